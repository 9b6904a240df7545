"""Sessions: begun with a fresh secret, ended by their owner, acting for one organisation at a time."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.secrets import hash_of, new_secret
from marketplace.identity.events import ActingForChanged, SessionsEnded, SignedIn, SignedOut
from marketplace.identity.models import Membership, Organisation, Person, SignIn
from marketplace.identity.policies import Actor
from marketplace.identity.queries.callers import memberships_of
from marketplace.identity.rules.attempts import network_of
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value


class Device(Value):
    """Where a session is used from: what the browser calls itself, and its address."""

    name: str
    address: str


def start_session(
    db: Session, person: Person, *, how: str, device: Device, at: datetime, second_factor: str = ""
) -> str:
    """Begin a session for somebody who has proven who they are; returns the secret for the cookie, which is new."""
    secret = new_secret()
    sign_in = SignIn(
        id=new_id(at),
        token_hash=hash_of(secret),
        person_id=person.id,
        organisation_id=_where_they_left(db, person),
        csrf_secret=secrets.token_hex(32),
        device=device.name[:200],
        address=device.address[:45],
        network=network_of(device.address),
        authenticated_at=at,
        second_factor=second_factor,
        seen_at=at,
    )
    db.add(sign_in)
    by = Actor(person.id, sign_in.organisation_id, frozenset())
    record(db, SignedIn(person_id=person.id, sign_in_id=sign_in.id, how=how), by=by, at=at)
    return secret


def _where_they_left(db: Session, person: Person) -> UUID | None:
    """The organisation that the person acted for last, or else the first of theirs by name."""
    mine = [membership.organisation_id for membership in memberships_of(db, person.id)]
    latest = select(SignIn.organisation_id).where(SignIn.person_id == person.id).order_by(SignIn.seen_at.desc())
    last = db.scalars(latest.limit(1)).first()
    return last if last in mine else next(iter(mine), None)


def touch(db: Session, sign_in_id: UUID, *, at: datetime) -> None:
    """Note that a session is in use, so that it does not end for idleness. The clock never takes it back."""
    idle = (SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.seen_at < at)
    db.execute(update(SignIn).where(*idle).values(seen_at=at))


def end_session(db: Session, sign_in_id: UUID, *, by: Actor, at: datetime) -> None:
    """Sign out, here or on another device. Raises NotFound for a session of somebody else."""
    mine = (SignIn.id == sign_in_id, SignIn.person_id == by.person_id, SignIn.ended_at.is_(None))
    ended = db.execute(update(SignIn).where(*mine).values(ended_at=at).returning(SignIn.person_id)).scalar()
    if ended is None:
        raise NotFound("there is no such session", "It may have ended already.")
    record(db, SignedOut(person_id=ended, sign_in_id=sign_in_id), by=by, at=at)


def leave_session(db: Session, sign_in_id: UUID, *, at: datetime) -> None:
    """End the session that a browser had before somebody signed in with it; nothing where it ended already."""
    sign_in = db.get(SignIn, sign_in_id)
    if sign_in is not None and sign_in.ended_at is None:
        sign_in.ended_at = at
        owner = Actor(sign_in.person_id, sign_in.organisation_id, frozenset())
        record(db, SignedOut(person_id=sign_in.person_id, sign_in_id=sign_in.id), by=owner, at=at)


def end_other_sessions(db: Session, *, keep: UUID | None, by: Actor, at: datetime) -> int:
    """End the actor's sessions but the one they use; returns how many."""
    if by.person_id is None:
        return 0
    count = drop_sessions(db, by.person_id, at=at, keep=keep)
    if count:
        record(db, SessionsEnded(person_id=by.person_id, count=count), by=by, at=at)
    return count


def drop_sessions(
    db: Session, person_id: UUID, *, at: datetime, keep: UUID | None = None, acting_for: UUID | None = None
) -> int:
    """End a person's sessions, of all or of one organisation; whoever calls records why. Returns how many ended."""
    open_ones = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    if keep is not None:
        open_ones = open_ones.where(SignIn.id != keep)
    if acting_for is not None:
        open_ones = open_ones.where(SignIn.organisation_id == acting_for)
    return len(db.execute(open_ones.values(ended_at=at).returning(SignIn.id)).all())


def act_for(db: Session, sign_in_id: UUID, organisation_ref: str, *, by: Actor, at: datetime) -> Organisation:
    """Let a session act for another organisation of its owner; forms opened before then are refused.

    Raises NotFound for an organisation that the person is not a member of, whether or not there is one.
    """
    mine = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == by.person_id, Membership.state == "active")
    )
    organisation = db.scalars(mine.where(Organisation.ref == organisation_ref)).one_or_none()
    if organisation is None:
        raise NotFound("you are not a member of such an organisation", "Choose one of yours, or ask to join it.")
    changed = update(SignIn).where(SignIn.id == sign_in_id, SignIn.person_id == by.person_id)
    db.execute(changed.values(organisation_id=organisation.id, csrf_secret=secrets.token_hex(32)))
    acting = Actor(by.person_id, organisation.id, frozenset())
    record(db, ActingForChanged(organisation_id=organisation.id, sign_in_id=sign_in_id), by=acting, at=at)
    return organisation
