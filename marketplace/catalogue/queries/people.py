"""Whom to tell about a listing."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Grant, Membership, Organisation

WRITERS = ("bid-writer", "supplier-manager")
MODERATORS = ("operator",)


def people_of(db: Session, organisation_id: UUID, roles: Collection[str] = WRITERS) -> list[UUID]:
    """The active members of an organisation who hold one of the roles, in a fixed order."""
    holders = select(Membership.person_id).join(Grant, Grant.membership_id == Membership.id)
    holders = holders.where(Membership.organisation_id == organisation_id, Membership.state == "active")
    return list(db.scalars(holders.where(Grant.role.in_(roles)).distinct().order_by(Membership.person_id)))


def moderators(db: Session) -> list[UUID]:
    """Everybody who moderates for the operator."""
    holders = select(Membership.person_id).join(Grant, Grant.membership_id == Membership.id)
    holders = holders.join(Organisation, Organisation.id == Membership.organisation_id)
    holders = holders.where(Organisation.kind == "operator", Membership.state == "active", Grant.role.in_(MODERATORS))
    return list(db.scalars(holders.distinct().order_by(Membership.person_id)))
