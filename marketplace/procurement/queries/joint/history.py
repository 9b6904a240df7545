"""What happened, read from the record as far as the actor's organisation may see it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.identity.queries.members import people_named
from marketplace.kit.events import event_from
from marketplace.kit.record import Entry
from marketplace.kit.values import replace
from marketplace.procurement.models import Procurement
from marketplace.procurement.queries.joint.finding import own_party
from marketplace.procurement.queries.joint.standing import procedure_of
from marketplace.procurement.rules.joint.history import Line, Reader, line_of, until_left


def history_of(db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor) -> list[Line]:
    """The lines in order of time; a party that left reads until it left."""
    own = own_party(procurement, by)
    reader = Reader(
        organisation_id=by.organisation_id,
        names={party.organisation_id: party.organisation.name for party in procurement.parties},
        approvals={each.id: each.label for each in procedure_of(frameworks, procurement).approvals},
    )
    entries = list(db.scalars(select(Entry).where(Entry.about_id == procurement.id).order_by(Entry.id)))
    told = [event_from(entry.name, entry.payload) for entry in entries]
    if own is not None and not own.takes_part:
        told = told[: until_left(told, own.organisation_id)]
    people = people_named(db, (entry.by_person_id for entry in entries))
    found = []
    for entry, event in zip(entries, told, strict=False):
        line = line_of(event, entry.at, _who(entry, people, reader), reader)
        if line is not None:
            found.append(replace(line, entry=str(entry.id)))
    return found


def _who(entry: Entry, people: dict[UUID, str], reader: Reader) -> str:
    """Names of one's own organisation; of others the organisation alone."""
    organisation_id = entry.by_organisation_id
    if organisation_id is None:
        return "Touchstone"
    person = people.get(entry.by_person_id, "") if entry.by_person_id else ""
    organisation = reader.names.get(organisation_id, "")
    return f"{person}, {organisation}" if organisation_id == reader.organisation_id and person else organisation
