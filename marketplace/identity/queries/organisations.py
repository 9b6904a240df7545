"""Organisations as their members see them."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.models import Membership, Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound


def find_own(db: Session, ref: str, *, by: Actor) -> Organisation:
    """The organisation that the actor acts for. Raises NotFound for any other, whether or not it exists."""
    own = select(Organisation).where(Organisation.ref == ref, Organisation.id == by.organisation_id)
    organisation = db.scalars(own).one_or_none()
    if organisation is None:
        raise NotFound("you act for no such organisation", "Choose one of yours under Organisations.")
    return organisation


def find_organisation(db: Session, ref: str) -> Organisation:
    """Any organisation, for whoever wants to join it. Raises NotFound."""
    organisation = db.scalars(select(Organisation).where(Organisation.ref == ref)).one_or_none()
    if organisation is None:
        raise NotFound("there is no such organisation", "Find yours by typing its name.")
    return organisation


def joined_organisation(db: Session, ref: str) -> Organisation | None:
    """The organisation of that reference, where it joined another; None where it did not, or there is none."""
    joined = select(Organisation).where(Organisation.ref == ref, Organisation.joined_to_id.is_not(None))
    return db.scalars(joined).one_or_none()


def standings_of(db: Session, person_id: UUID) -> list[Membership]:
    """The organisations that a person belongs to or has asked to join, with roles, by name."""
    mine = (
        select(Membership)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .options(joinedload(Membership.organisation), selectinload(Membership.grants))
        .where(Membership.person_id == person_id, Membership.state != "ended")
        .order_by(Organisation.name)
    )
    return list(db.scalars(mine))
