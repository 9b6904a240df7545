"""Naming colleagues on a project, of one's own and of other organisations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid, NotAllowed, NotFound
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote
from marketplace.procurement.actions.seats import begin_leading, give_seat
from marketplace.procurement.events import ColleagueRemoved
from marketplace.procurement.models import Colleague, Project
from marketplace.procurement.policies import may_be_named, may_lead
from marketplace.procurement.queries.projects import organisations_of, person_by_email

ACCESS = {"read": "Read", "write": "Read and write"}


def add_colleague(
    db: Session, project: Project, *, email: str, access: str, organisation: str = "", by: Actor, at: datetime
) -> Colleague:
    """Name somebody by e-mail address: they see this project and nothing else of the organisation.

    `organisation` is the name or reference of the one they act for, where they belong to several.
    Raises NotAllowed, Invalid by field.
    """
    begin_leading(db, project, by=by)
    if access not in ACCESS:
        raise Invalid(f"{quote(access)} is not a kind of access", "Choose one.", fields={"access": "Read, or write."})
    address = _address(email)
    person = person_by_email(db, address)
    if person is None:
        told = f"Nobody with an account here uses {address}. They sign up first, then you name them."
        raise Invalid("the colleague was not found", "Check the address.", fields={"email": told})
    seat = _organisation(db, project, person, clean_line(organisation, 200))
    return give_seat(db, project, person.id, seat.id, access, by=by, at=at)


def remove_colleague(db: Session, project: Project, colleague_id: UUID, *, by: Actor, at: datetime) -> Colleague:
    """Take somebody off the project, or leave it. What they did stays. Raises NotFound, NotAllowed."""
    rows = select(Colleague).where(Colleague.id == colleague_id, Colleague.project_id == project.id)
    seat = db.scalars(rows.where(Colleague.ended_at.is_(None))).one_or_none()
    if seat is None:
        raise NotFound("there is no such colleague on this project", "The project lists them.")
    if not may_lead(by, project) and seat.person_id != by.person_id:
        raise NotAllowed("you can take only yourself off this project", "Ask one of its buyers.")
    seat.ended_at = at
    gone = ColleagueRemoved(project_id=project.id, person_id=seat.person_id, organisation_id=seat.organisation_id)
    record(db, gone, by=by, at=at)
    return seat


def _address(email: str) -> str:
    address = clean_line(email, 254)
    name, at_sign, domain = address.rpartition("@")
    if not (name and at_sign and "." in domain):
        told = f"{quote(address)} is not an e-mail address. Write one such as name@example.org."
        raise Invalid("the colleague was not found", "Check the address.", fields={"email": told})
    return address


def _organisation(db: Session, project: Project, person: Person, wanted: str) -> Organisation:
    """The one that the person acts for here: the one named, else the project's own, else the only one."""
    welcome = [each for each in organisations_of(db, person.id) if may_be_named(each.kind)]
    if not welcome:
        told = f"{person.name} acts for no organisation that can share a project: a supplier cannot."
        raise Invalid("the colleague cannot be named", "Name somebody else.", fields={"email": told})
    named = [each for each in welcome if wanted and wanted.casefold() in (each.name.casefold(), each.ref.casefold())]
    own = [each for each in welcome if each.id == project.organisation_id]
    found = named or ([] if wanted else own or (welcome if len(welcome) == 1 else []))
    if not found:
        told = f"{person.name} acts for {', '.join(each.name for each in welcome)}. Write the one that is meant."
        raise Invalid("the colleague acts for several organisations", "Say which.", fields={"organisation": told})
    return found[0]
