"""What an organisation has of projects and purchases to pass on."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Membership
from marketplace.identity.rules.successions import Foreseen, Passing, Thing
from marketplace.procurement.models import Colleague, Comment, Follow, Party, Procurement, Project, SavedSearch
from marketplace.procurement.queries.joint.finding import LOADED
from marketplace.procurement.rules.joint.shares import percent_of, shares


def foresee(db: Session, passing: Passing) -> Foreseen:
    """Projects, seats on those of others, what people saved, and seats in purchases made with others."""
    projects = projects_of(db, passing)
    seats = seats_of(db, passing, {project.id for project in projects})
    things = [Thing("project", project.id, f"{project.name} ({project.ref})") for project in projects]
    things += [Thing("seat", seat.id, f"{seat.person.name} on {name}") for seat, name in seats]
    things += [Thing("saved", one.id, one.name) for one in saved_of(db, passing)]
    things += [Thing("saved", one.id, followed(one)) for one in follows_of(db, passing)]
    things += [Thing("comment", one.id, one.words[:80]) for one in comments_of(db, passing)]
    parties = parties_to_pass(db, passing)
    things += [_purchase(passing, party) for party in parties]
    return Foreseen(tuple(things), (), tuple(note for party in parties for note in _notes(passing, party)))


def projects_of(db: Session, passing: Passing) -> list[Project]:
    """The old organisation's projects that pass."""
    rows = select(Project).where(Project.organisation_id == passing.old.id).order_by(Project.id)
    return [project for project in db.scalars(rows) if passing.takes("project", project.id)]


def seats_of(db: Session, passing: Passing, own: Collection[UUID]) -> list[tuple[Colleague, str]]:
    """Seats that the people who go have on projects, with the names of the projects."""
    rows = (
        select(Colleague, Project.name)
        .join(Project, Project.id == Colleague.project_id)
        .options(joinedload(Colleague.person))
        .where(Colleague.organisation_id == passing.old.id, Colleague.ended_at.is_(None))
        .order_by(Colleague.id)
    )
    going = people_of(db, passing)
    return [(seat, name) for seat, name in db.execute(rows) if seat.project_id in own or seat.person_id in going]


def people_of(db: Session, passing: Passing) -> set[UUID]:
    """The people who go, whether or not they have gone already in this transaction."""
    rows = select(Membership.id, Membership.person_id).where(Membership.organisation_id == passing.old.id)
    return {person_id for key, person_id in db.execute(rows) if passing.takes("person", key)}


def saved_of(db: Session, passing: Passing) -> list[SavedSearch]:
    """Searches that the people who go saved for the old organisation."""
    rows = select(SavedSearch).where(SavedSearch.organisation_id == passing.old.id, SavedSearch.ended_at.is_(None))
    return list(db.scalars(rows.where(SavedSearch.person_id.in_(people_of(db, passing))).order_by(SavedSearch.id)))


def follows_of(db: Session, passing: Passing) -> list[Follow]:
    """Products and suppliers that the people who go follow for the old organisation."""
    rows = select(Follow).options(joinedload(Follow.product), joinedload(Follow.supplier))
    rows = rows.where(Follow.organisation_id == passing.old.id, Follow.ended_at.is_(None))
    return list(db.scalars(rows.where(Follow.person_id.in_(people_of(db, passing))).order_by(Follow.id)))


def comments_of(db: Session, passing: Passing) -> list[Comment]:
    """What the old organisation's people said: in a split, on the projects that pass."""
    rows = select(Comment).where(Comment.organisation_id == passing.old.id).order_by(Comment.id)
    return [one for one in db.scalars(rows) if passing.takes("project", one.project_id)]


def parties_to_pass(db: Session, passing: Passing) -> list[Party]:
    """The old organisation's seats in purchases, each with the whole purchase."""
    rows = (
        select(Party)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .options(joinedload(Party.organisation), joinedload(Party.procurement).options(*LOADED))
        .where(or_(Party.organisation_id == passing.old.id, Procurement.organisation_id == passing.old.id))
        .order_by(Party.id)
    )
    mine = (party for party in db.scalars(rows) if party.organisation_id == passing.old.id)
    return [party for party in mine if passing.takes("procurement", party.procurement_id)]


def other_seat(passing: Passing, party: Party) -> Party | None:
    """The seat that the new organisation has in the same purchase."""
    return next((one for one in party.procurement.parties if one.organisation_id == passing.new.id), None)


def followed(one: Follow) -> str:
    """What somebody follows, by name."""
    return one.product.name if one.product is not None else one.supplier.name if one.supplier is not None else ""


def _purchase(passing: Passing, party: Party) -> Thing:
    procurement = party.procurement
    return Thing("procurement", procurement.id, f"{procurement.name} ({procurement.ref})", _share(passing, party))


def _share(passing: Passing, party: Party) -> str:
    """What becomes of the share, in words."""
    if not party.takes_part or not party.weight:
        return ""
    there = [one for one in party.procurement.parties if one.takes_part]
    other = other_seat(passing, party)
    weight = party.weight + (other.weight if other is not None and other.takes_part else 0)
    whole = sum(one.weight for one in there)
    part = percent_of(shares([weight, whole - weight])[0])
    added = other is not None and other.takes_part
    return f"{passing.new.name} has {part} of it then" + (", both shares together." if added else ".")


def _notes(passing: Passing, party: Party) -> list[str]:
    """What people should know of a purchase in which both have a seat."""
    other, procurement = other_seat(passing, party), party.procurement
    if other is None or not (party.takes_part and other.takes_part) or procurement.state not in ("inviting", "settled"):
        return []
    again = f"{passing.new.name} says yes to {procurement.ref} again, with the two shares as one."
    if sum(one.takes_part for one in procurement.parties) - 1 < procurement.fewest:
        again += f" It needs {procurement.fewest} parties and will have one less."
    return [again]
