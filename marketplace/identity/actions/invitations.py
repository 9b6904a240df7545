"""Invitations: offered by a manager to an address, accepted once by whoever reads it."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.actions.attempts import count
from marketplace.identity.actions.credentials import new_hash
from marketplace.identity.actions.members import enter, membership_of
from marketplace.identity.actions.people import add_person, address_of, name_of_person, oneself
from marketplace.identity.actions.roles import hold, role_named
from marketplace.identity.actions.secrets import hash_of, new_secret, nobodys_hash
from marketplace.identity.actions.sessions import Device, start_session
from marketplace.identity.events import InvitationWithdrawn, MemberInvited
from marketplace.identity.models import Invitation, Membership, Organisation, Person
from marketplace.identity.policies import Actor, may_manage_members
from marketplace.identity.queries.members import find_invitation
from marketplace.identity.rules.attempts import INVITING
from marketplace.kit.db import Database
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote

LASTS = timedelta(days=14)


def invite(
    db: Session, organisation: Organisation, email: str, roles: Sequence[str], *, by: Actor, at: datetime
) -> Invitation:
    """Offer membership with these roles to whoever reads that address, for 14 days. Raises Invalid, Conflict."""
    if not may_manage_members(by, organisation.id) or by.person_id is None:
        raise NotAllowed("only a manager of the organisation invites", "Ask one of them.")
    hold(db, organisation.id)
    address = address_of(email)
    named = [role_named(role, organisation.kind).key for role in dict.fromkeys(roles)]
    _refuse_known(db, organisation, address, at=at)
    count(db, INVITING, str(by.person_id), at=at)
    invitation = Invitation(
        id=new_id(at),
        token_hash=nobodys_hash(),
        organisation_id=organisation.id,
        email=address,
        roles=named,
        invited_by_id=by.person_id,
        invited_at=at,
        expires_at=at + LASTS,
    )
    db.add(invitation)
    db.flush()
    invited = MemberInvited(organisation_id=organisation.id, invitation_id=invitation.id, roles=named)
    record(db, invited, by=by, at=at)
    return invitation


def invite_again(db: Session, invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Mail an open invitation once more, for 14 days from now; the link before works no longer. Raises Conflict."""
    mine = find_invitation(db, invitation.id, by=by)
    if not mine.is_open(at):
        raise Conflict("this invitation is not open any more", "Invite them anew.")
    count(db, INVITING, str(by.person_id), at=at)
    mine.token_hash, mine.expires_at = nobodys_hash(), at + LASTS
    again = MemberInvited(organisation_id=mine.organisation_id, invitation_id=mine.id, roles=mine.roles)
    record(db, again, by=by, at=at)


def give_invitation_secret(invitation: Invitation) -> str:
    """Make the secret of an invitation, for its mail; one made before for the same invitation works no longer."""
    secret = new_secret()
    invitation.token_hash = hash_of(secret)
    return secret


def withdraw_invitation(db: Session, invitation: Invitation, *, by: Actor, at: datetime) -> None:
    """Take an offer back. Raises NotFound, Conflict where it was accepted."""
    mine = find_invitation(db, invitation.id, by=by)
    if not mine.is_open(at):
        raise Conflict("this invitation is not open any more", "Look at the members of the organisation.")
    mine.withdrawn_at = at
    record(db, InvitationWithdrawn(organisation_id=mine.organisation_id, invitation_id=mine.id), by=by, at=at)


def open_invitation(db: Session, secret: str, *, at: datetime) -> Invitation:
    """The invitation that this secret opens. Raises NotFound for one that is unknown, used, withdrawn or too old."""
    known = select(Invitation).options(joinedload(Invitation.organisation))
    invitation = db.scalars(known.where(Invitation.token_hash == hash_of(secret))).one_or_none()
    if invitation is None or not invitation.is_open(at):
        raise dead_invitation()
    return invitation


def accept_invitation(db: Session, invitation: Invitation, *, by: Actor, at: datetime) -> Membership:
    """Join, with the roles that were offered. Raises NotAllowed for anybody but the reader of that address."""
    person = oneself(db, by)
    if person.email != invitation.email:
        fact = f"this invitation was sent to {invitation.email}, and you are signed in as {person.email}"
        raise NotAllowed(fact, "Sign in with that address, or ask for an invitation to yours.")
    _use(db, invitation, at=at)
    return _joined(db, invitation, person, at=at)


def accept_as_newcomer(
    database: Database,
    secret: str,
    *,
    name: str,
    password: str,
    common: Collection[str],
    device: Device,
    at: datetime,
) -> str:
    """Make the account that an invitation is for, and join; returns the secret of its first session."""
    with database.reading() as reading:
        email = open_invitation(reading, secret, at=at).email
    cleaned = name_of_person(name)
    stored = new_hash(password, common=common, about=[email, cleaned])
    with database.writing() as db:
        invitation = open_invitation(db, secret, at=at)
        _use(db, invitation, at=at)
        person = add_person(db, name=cleaned, email=email, password_hash=stored, at=at)
        _joined(db, invitation, person, at=at)
        return start_session(db, person, how="invitation", device=device, at=at)


def dead_invitation() -> NotFound:
    return NotFound("this invitation was used, withdrawn or is too old", "Ask whoever invited you for a new one.")


def _use(db: Session, invitation: Invitation, *, at: datetime) -> None:
    """Use an invitation up: of several who try at once, one succeeds. Raises NotFound for the others."""
    mine = update(Invitation).where(
        Invitation.id == invitation.id,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > at,
    )
    if db.execute(mine.values(used_at=at).returning(Invitation.id)).first() is None:
        raise dead_invitation()


def _joined(db: Session, invitation: Invitation, person: Person, *, at: datetime) -> Membership:
    organisation = hold(db, invitation.organisation_id)
    by = Actor(person.id, organisation.id, frozenset(), person.name)
    return enter(
        db, organisation, person.id, invitation.roles, how="invitation", by=by, at=at,
        given_by=invitation.invited_by_id,
    )  # fmt: skip


def _refuse_known(db: Session, organisation: Organisation, address: str, *, at: datetime) -> None:
    person_id = db.scalars(select(Person.id).where(Person.email == address)).one_or_none()
    membership = membership_of(db, organisation.id, person_id) if person_id else None
    if membership is not None and membership.state != "ended":
        standing = "is a member already" if membership.state == "active" else "asks to join already"
        told = f"{quote(address)} {standing}"
        raise Conflict(told, "Look at the members.", fields={"email": f"{told}."})
    waiting = (Invitation.organisation_id == organisation.id, Invitation.email == address)
    if any(each.is_open(at) for each in db.scalars(select(Invitation).where(*waiting))):
        told = f"{quote(address)} is invited already"
        hint = "Send that invitation again, or withdraw it to change it."
        raise Conflict(told, hint, fields={"email": f"{told}. {hint}"})
