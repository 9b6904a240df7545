"""Who belongs to an organisation, with which roles, and who wants to."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.models import Grant, Invitation, Membership, Organisation, Person
from marketplace.identity.policies import ROLES, Actor, Permission, may_admit, may_manage_members
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value


def members_of(db: Session, organisation_id: UUID, *, state: str = "active") -> list[Membership]:
    """The memberships in that state, with person and grants, by name."""
    found = (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .options(joinedload(Membership.person), selectinload(Membership.grants))
        .where(Membership.organisation_id == organisation_id, Membership.state == state)
        .order_by(Person.name, Membership.id)
    )
    return list(db.scalars(found))


def find_membership(db: Session, membership_id: UUID | str, *, by: Actor) -> Membership:
    """A membership, asked for or active, of the organisation that the actor acts for. Raises NotFound."""
    found = (
        select(Membership)
        .options(joinedload(Membership.person), joinedload(Membership.organisation), selectinload(Membership.grants))
        .where(Membership.id == _key(membership_id), Membership.organisation_id == by.organisation_id)
        .where(Membership.state != "ended")
    )
    membership = db.scalars(found).one_or_none()
    if membership is None:
        raise nobody()
    return membership


def _key(text: UUID | str) -> UUID | None:
    """An id as it stands in an address; None, which nothing has, for anything else."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        return None


def nobody() -> NotFound:
    return NotFound("there is no such member", "Go to the members of your organisation.")


def managers_of(db: Session, organisation_id: UUID, *, on: date) -> list[UUID]:
    """The people who manage the organisation on that day."""
    return list(db.scalars(_managing(organisation_id, on)))


def has_manager(db: Session, organisation_id: UUID, *, on: date, besides: UUID | None = None) -> bool:
    """Whether somebody manages the organisation, besides a person; without an end date, where `besides` is given."""
    managing = _managing(organisation_id, on)
    if besides is not None:
        managing = managing.where(Membership.person_id != besides, Grant.until.is_(None))
    return db.scalars(managing.limit(1)).first() is not None


def _managing(organisation_id: UUID, on: date) -> Select[UUID]:
    return (
        select(Membership.person_id)
        .join(Grant, Grant.membership_id == Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.organisation_id == organisation_id, Membership.state == "active", Grant.role == "manager")
        .where((Grant.until.is_(None)) | (Grant.until >= on), Person.disabled_at.is_(None))
        .order_by(Membership.person_id)
    )


def holders_of(db: Session, permission: Permission, *, on: date) -> list[UUID]:
    """Everybody who has the permission in some organisation on that day."""
    able = [role.key for role in ROLES.values() if permission in role.permissions]
    holding = (
        select(Membership.person_id)
        .join(Grant, Grant.membership_id == Membership.id)
        .where(Membership.state == "active", Grant.role.in_(able), (Grant.until.is_(None)) | (Grant.until >= on))
    )
    return sorted(set(db.scalars(holding)))


class Reach(Value):
    """What a person may sign or approve: `limit_pence` is None where there is no limit; whom they deputise for."""

    role: str
    limit_pence: int | None
    deputy_for_id: UUID | None


def reach_of(db: Session, actor: Actor, permission: Permission, *, on: date) -> list[Reach]:
    """The roles by which the actor has the permission on that day, each with its limit, the widest first."""
    able = [role.key for role in ROLES.values() if permission in role.permissions]
    held = (
        select(Grant)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(Membership.person_id == actor.person_id, Membership.organisation_id == actor.organisation_id)
        .where(Membership.state == "active", Grant.role.in_(able), (Grant.until.is_(None)) | (Grant.until >= on))
    )
    reaches = [Reach(grant.role, grant.limit_pence, grant.deputy_for_id) for grant in db.scalars(held)]
    return sorted(reaches, key=lambda reach: (reach.limit_pence is not None, -(reach.limit_pence or 0)))


def open_invitations(db: Session, organisation_id: UUID, *, at: datetime) -> list[Invitation]:
    """Invitations that may still be accepted, newest first."""
    return list(db.scalars(_open(at).where(Invitation.organisation_id == organisation_id)))


def invitations_to(db: Session, email: str, *, at: datetime) -> list[Invitation]:
    """Invitations that wait for whoever reads that address."""
    return list(db.scalars(_open(at).where(Invitation.email == email)))


def find_invitation(db: Session, invitation_id: UUID | str, *, by: Actor) -> Invitation:
    """An invitation of the organisation that the actor manages. Raises NotFound."""
    found = select(Invitation).options(joinedload(Invitation.organisation)).where(Invitation.id == _key(invitation_id))
    invitation = db.scalars(found).one_or_none()
    if invitation is None or not may_manage_members(by, invitation.organisation_id):
        raise _no_invitation()
    return invitation


def _open(at: datetime) -> Select[Invitation]:
    return (
        select(Invitation)
        .options(joinedload(Invitation.organisation))
        .where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > at)
        .order_by(Invitation.id.desc())
    )


def _no_invitation() -> NotFound:
    return NotFound("there is no such invitation", "Go to the members of your organisation.")


def waiting_without_manager(db: Session, *, on: date) -> list[Membership]:
    """Who asks to join an organisation that nobody manages yet, the longest waiting first: for an operator."""
    managed = (
        select(Membership.organisation_id)
        .join(Grant, Grant.membership_id == Membership.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.state == "active", Grant.role == "manager", Person.disabled_at.is_(None))
        .where((Grant.until.is_(None)) | (Grant.until >= on))
    )
    asked = (
        select(Membership)
        .options(joinedload(Membership.person), joinedload(Membership.organisation), selectinload(Membership.grants))
        .where(Membership.state == "asked", Membership.organisation_id.not_in(managed))
        .order_by(Membership.since)
    )
    return list(db.scalars(asked))


def find_request(db: Session, membership_id: UUID | str, *, by: Actor, on: date) -> Membership:
    """Somebody who asks to join what the actor decides about: own, or as an operator where nobody manages it yet.

    Raises NotFound for any other.
    """
    asked = (
        select(Membership)
        .options(joinedload(Membership.person), joinedload(Membership.organisation), selectinload(Membership.grants))
        .where(Membership.id == _key(membership_id), Membership.state == "asked")
    )
    membership = db.scalars(asked).one_or_none()
    if membership is None:
        raise nobody()
    managed = has_manager(db, membership.organisation_id, on=on)
    if not may_admit(by, membership.organisation_id, has_manager=managed):
        raise nobody()
    return membership


def domains_of(db: Session, organisation: Organisation) -> frozenset[str]:
    """The mail domains by which the organisation's people are known: those that it named, and those of its members."""
    addresses = (
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation.id, Membership.state == "active")
    )
    return frozenset(organisation.email_domains) | frozenset(map(domain_of, db.scalars(addresses)))


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def people_named(db: Session, person_ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, of those who are known."""
    known = {person_id for person_id in person_ids if person_id is not None}
    return dict(db.execute(select(Person.id, Person.name).where(Person.id.in_(known))).all())
