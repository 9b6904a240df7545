"""The audit trail of a project, read from the record as far as the actor may see it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.kit.events import event_from
from marketplace.kit.record import Entry
from marketplace.kit.values import Value, replace
from marketplace.procurement.models import Project, Step
from marketplace.procurement.queries.comments import comments_of
from marketplace.procurement.queries.declared import direct_award, exclusion_reasons, facet_words, records
from marketplace.procurement.queries.searches import locked_steps
from marketplace.procurement.rules.declared import Record
from marketplace.procurement.rules.trail import Labels, Line, held, in_order, line_of, marked_late


class Kept(Value):
    """A record that a buyer must keep, and how many lines of the trail hold it."""

    record: Record
    lines: int


class Trail(Value):
    """Everything that happened in a project, what locked searches listed, and what of it has to be kept."""

    project: Project
    lines: tuple[Line, ...]
    locked: tuple[Step, ...]
    kept: tuple[Kept, ...]


def trail_of(db: Session, project: Project, frameworks: Frameworks, *, by: Actor) -> Trail:
    """The trail in order of time. Comments that are private to another organisation are not in it."""
    entries = list(db.scalars(select(Entry).where(Entry.about_id == project.id).order_by(Entry.id)))
    labels = _labels(db, project, frameworks, entries, by)
    lines = marked_late(in_order(filter(None, (_line(entry, labels) for entry in entries))))
    kept = tuple(Kept(each, held(each.kinds, lines)) for each in records(frameworks).records)
    return Trail(project, tuple(lines), tuple(locked_steps(db, project)), kept)


def _line(entry: Entry, labels: Labels) -> Line | None:
    line = line_of(event_from(entry.name, entry.payload), labels)
    if line is None:
        return None
    person = labels.people.get(entry.by_person_id, "") if entry.by_person_id else "Touchstone"
    organisation = labels.organisations.get(entry.by_organisation_id, "") if entry.by_organisation_id else ""
    return replace(line, at=entry.at, entry=str(entry.id), by=person, organisation=organisation)


def _labels(db: Session, project: Project, frameworks: Frameworks, entries: Iterable[Entry], by: Actor) -> Labels:
    people, organisations, products = set(), set(), {}
    for entry in entries:
        event = event_from(entry.name, entry.payload)
        products[getattr(event, "product_ref", "")] = getattr(event, "product_name", "")
        people |= {entry.by_person_id, getattr(event, "person_id", None)}
        organisations |= {entry.by_organisation_id, getattr(event, "organisation_id", None)}
    return Labels(
        reasons=exclusion_reasons(frameworks),
        facets=facet_words(frameworks),
        grounds=direct_award(frameworks).grounds,
        people=_names(db, Person, people),
        organisations=_names(db, Organisation, organisations),
        comments={comment.id: comment.words for comment in comments_of(db, project, by=by)},
        products=products,
    )


def _names(db: Session, table: type[Person] | type[Organisation], ids: set[UUID | None]) -> dict[UUID, str]:
    known = [each for each in ids if each is not None]
    return dict(db.execute(select(table.id, table.name).where(table.id.in_(known))).all())
