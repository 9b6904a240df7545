"""Organisations founded, their first managers let in, and everybody else invited by them."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.demonstration.content import OrganisationOf, PersonOf, Seat
from marketplace.demonstration.stage import Stage, organisation_called, person_at
from marketplace.identity.actions.invitations import accept_invitation, invite
from marketplace.identity.actions.members import admit, membership_of
from marketplace.identity.actions.organisations import register_organisation
from marketplace.identity.actions.people import add_person
from marketplace.identity.actions.roles import give_role
from marketplace.identity.models import Invitation, Organisation, Person
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.schemas import Details

FOUNDED = 740
"""Days ago; longer where a supplier published something before."""
OPERATOR_BEFORE = 30


def bring_in(db: Session, stage: Stage) -> None:
    """Everybody, each organisation with its first manager ahead of the others."""
    for declared in stage.content.organisations:
        _found(db, stage, declared)
    seats = [(person, seat) for person in stage.content.people for seat in person.seats]
    for person, seat in sorted(seats, key=lambda pair: "manager" not in pair[1].roles):
        _seat(db, stage, person, seat)
    for offer in stage.content.invitations:
        organisation = _known(db, offer.organisation)
        asked = select(Invitation.id).where(Invitation.email == offer.email)
        if db.scalar(asked.where(Invitation.organisation_id == organisation.id)) is None:
            manager = stage.somebody(db, offer.organisation, "manager")
            invite(db, organisation, offer.email, offer.roles, by=manager, at=stage.moment(offer.days_ago, 90))


def founded(stage: Stage, name: str) -> int:
    """How many days ago an organisation came: a month ahead of its oldest edition, and the operator ahead of all."""
    oldest = {
        offered.organisation: max(edition.days_ago for product in offered.products for edition in product.editions)
        for offered in stage.content.offered
    }
    kind = next(each.kind for each in stage.content.organisations if each.name == name)
    first = max(oldest.values()) + OPERATOR_BEFORE if kind == "operator" else oldest.get(name, 0)
    return max(FOUNDED, first + OPERATOR_BEFORE)


def _found(db: Session, stage: Stage, declared: OrganisationOf) -> None:
    if organisation_called(db, declared.name) is not None:
        return
    details = Details(
        kind=declared.kind, name=declared.name, town=declared.town, nation=declared.nation, size=declared.size,
        website=declared.website, about=declared.about, email_domains=(declared.mail,), is_demonstration=True,
    )  # fmt: skip
    register_organisation(db, details, by=CLOCK, at=stage.moment(founded(stage, declared.name)))


def _seat(db: Session, stage: Stage, declared: PersonOf, seat: Seat) -> None:
    organisation = _known(db, seat.organisation)
    at = stage.moment(founded(stage, seat.organisation), 60)
    person = _person(db, stage, declared)
    if membership_of(db, organisation.id, person.id) is not None:
        return
    if "manager" in seat.roles:
        admit(db, organisation, person.id, seat.roles, how="demonstration", by=CLOCK, at=at)
        return
    manager = stage.somebody(db, seat.organisation, "manager")
    invitation = invite(db, organisation, person.email, seat.roles, by=manager, at=at)
    reader = Actor(person.id, None, frozenset(), person.name, is_demonstration=True)
    membership = accept_invitation(db, invitation, by=reader, at=at + timedelta(hours=5))
    for role, pounds in seat.limits.items():
        give_role(db, membership, role, limit=pounds * 100, until=None, by=manager, at=at + timedelta(hours=6))


def _person(db: Session, stage: Stage, declared: PersonOf) -> Person:
    at = stage.moment(max(founded(stage, seat.organisation) for seat in declared.seats), 30)
    return person_at(db, declared.email) or add_person(
        db, name=declared.name, email=declared.email, password_hash=None, at=at, is_demonstration=True
    )


def _known(db: Session, name: str) -> Organisation:
    organisation = organisation_called(db, name)
    assert organisation is not None, name
    return organisation
