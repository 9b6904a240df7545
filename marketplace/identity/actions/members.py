"""Joining an organisation and leaving it: asked for, approved or refused, admitted, ended in one step."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.identity.actions.attempts import count
from marketplace.identity.actions.races import flush_or
from marketplace.identity.actions.roles import check_a_manager_stays, drop_grant, grant_of, hold, role_named
from marketplace.identity.actions.sessions import drop_sessions
from marketplace.identity.events import JoinAsked, JoinRefused, JoinTakenBack, MemberJoined, MembershipEnded
from marketplace.identity.models import Grant, Invitation, Membership, Organisation, Token
from marketplace.identity.policies import Actor, may_admit, may_manage_members
from marketplace.identity.queries.members import has_manager
from marketplace.identity.rules.attempts import JOINING
from marketplace.identity.states import MEMBERSHIP
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_line

LONGEST_MESSAGE = 500


def ask_to_join(db: Session, organisation: Organisation, *, message: str, by: Actor, at: datetime) -> Membership:
    """Ask the managers of an organisation to be let in. Raises Conflict for a member, and for who waits already."""
    if by.person_id is None:
        raise NotFound("there is no such person", "Sign in first.")
    _refuse_joined(db, organisation)
    count(db, JOINING, str(by.person_id), at=at)
    words = clean_line(message, LONGEST_MESSAGE)
    membership = membership_of(db, organisation.id, by.person_id)
    if membership is None:
        membership = _begun(organisation.id, by.person_id, MEMBERSHIP.start, at=at)
        db.add(membership)
    elif membership.state == "asked":
        raise Conflict(f"you asked to join {organisation.name} already", "A manager decides; you are told.")
    elif membership.state == "active":
        raise Conflict(f"you are a member of {organisation.name} already", "Act for it from the top of the page.")
    else:
        membership.state = MEMBERSHIP.after("ask", membership.state)
        membership.since, membership.ended_at = at, None
    membership.message = words
    flush_or(db, Conflict(f"you asked to join {organisation.name} already", "A manager decides; you are told."))
    asked = JoinAsked(organisation_id=organisation.id, person_id=by.person_id, membership_id=membership.id)
    record(db, asked, by=by, at=at)
    return membership


def take_request_back(db: Session, ref: str, *, by: Actor, at: datetime) -> Organisation:
    """Ask to be let in no more; returns whom one had asked. Raises NotFound for whoever did not ask.

    Raises Conflict where it was decided meanwhile.
    """
    mine = select(Organisation).join(Membership, Membership.organisation_id == Organisation.id)
    organisation = db.scalars(mine.where(Organisation.ref == ref, Membership.person_id == by.person_id)).one_or_none()
    membership = membership_of(db, organisation.id, by.person_id) if organisation and by.person_id else None
    if organisation is None or membership is None:
        raise NotFound("you did not ask to join such an organisation", "Look at your organisations.")
    membership.state = MEMBERSHIP.after("take back", membership.state)
    membership.ended_at = at
    taken = JoinTakenBack(organisation_id=organisation.id, person_id=membership.person_id, membership_id=membership.id)
    record(db, taken, by=by, at=at)
    return organisation


def approve_join(db: Session, membership: Membership, roles: Sequence[str], *, by: Actor, at: datetime) -> None:
    """Let somebody in who asked, with these roles. A manager decides, or an operator where there is none yet."""
    organisation = hold(db, membership.organisation_id)
    _check_admits(db, organisation, membership.person_id, by=by, at=at)
    membership.state = MEMBERSHIP.after("approve", membership.state)
    _enter(db, organisation, membership, roles, how="approval", by=by, at=at)


def refuse_join(db: Session, membership: Membership, *, reason: str, by: Actor, at: datetime) -> None:
    """Turn somebody down who asked, with a reason that they read."""
    organisation = hold(db, membership.organisation_id)
    _check_admits(db, organisation, membership.person_id, by=by, at=at)
    words = clean_line(reason, LONGEST_MESSAGE)
    if not words:
        told = "Write a reason: the person who asked reads it."
        raise Invalid("a refusal needs a reason", told, fields={"reason": told})
    membership.state = MEMBERSHIP.after("refuse", membership.state)
    membership.ended_at = at
    refused = JoinRefused(
        organisation_id=organisation.id, person_id=membership.person_id, membership_id=membership.id, reason=words
    )
    record(db, refused, by=by, at=at)


def admit(
    db: Session,
    organisation: Organisation,
    person_id: UUID,
    roles: Sequence[str],
    *,
    how: str = "admission",
    by: Actor,
    at: datetime,
) -> Membership:
    """Make somebody a member at once, with these roles; whoever was one before is one again.

    By a manager; by an operator, where there is no manager yet; by CLOCK, when the database is prepared. Raises
    NotAllowed, Invalid, Conflict.
    """
    hold(db, organisation.id)
    _check_admits(db, organisation, person_id, by=by, at=at)
    return enter(db, organisation, person_id, roles, how=how, by=by, at=at)


def enter(
    db: Session,
    organisation: Organisation,
    person_id: UUID,
    roles: Sequence[str],
    *,
    how: str,
    by: Actor,
    at: datetime,
    given_by: UUID | None = None,
) -> Membership:
    """Make somebody a member whose way in was checked by the caller: an invitation, a registration, an admission.

    `given_by` is whose roles they are, where it is not the one who acts: whoever accepts was invited by another.
    """
    membership = membership_of(db, organisation.id, person_id)
    if membership is None:
        membership = _begun(organisation.id, person_id, "active", at=at)
        db.add(membership)
    else:
        membership.state = MEMBERSHIP.after("admit", membership.state)
    _enter(db, organisation, membership, roles, how=how, by=by, at=at, given_by=given_by)
    return membership


def end_membership(db: Session, membership: Membership, *, reason: str, by: Actor, at: datetime) -> None:
    """Let a member leave, or remove them, in one step: roles, deputies, sessions, tokens and invitations end.

    By a manager, or by the member. Raises NotAllowed, Conflict where no manager would be left.
    """
    organisation = hold(db, membership.organisation_id)
    if by.person_id != membership.person_id and not may_manage_members(by, organisation.id):
        raise NotAllowed("only a manager removes a member", "Ask one of them.")
    ended = MEMBERSHIP.after("end", membership.state)
    if grant_of(db, membership.id, "manager") is not None:
        check_a_manager_stays(db, membership, on=day_in_london(at))
    for grant in db.scalars(select(Grant).where(Grant.membership_id == membership.id)).all():
        drop_grant(db, membership, grant, by=by, at=at)
    membership.state, membership.ended_at = ended, at
    _shut_out(db, membership, at=at)
    left = MembershipEnded(
        organisation_id=organisation.id,
        person_id=membership.person_id,
        membership_id=membership.id,
        reason=clean_line(reason, LONGEST_MESSAGE),
    )
    record(db, left, by=by, at=at)
    db.flush()
    db.expire(membership, ["grants"])


def membership_of(db: Session, organisation_id: UUID, person_id: UUID) -> Membership | None:
    """How a person stands to an organisation, if at all; an ended membership too."""
    both = (Membership.organisation_id == organisation_id, Membership.person_id == person_id)
    return db.scalars(select(Membership).where(*both).with_for_update()).one_or_none()


def _refuse_joined(db: Session, organisation: Organisation) -> None:
    """Nobody comes into an organisation that joined another."""
    if organisation.joined_to_id is not None and organisation.joined_on is not None:
        other = db.get_one(Organisation, organisation.joined_to_id)
        fact = f"{organisation.name} joined {other.name} on {in_words(organisation.joined_on)}"
        raise Conflict(fact, f"Ask to join {other.name}.")


def _begun(organisation_id: UUID, person_id: UUID, state: str, *, at: datetime) -> Membership:
    return Membership(
        id=new_id(at), organisation_id=organisation_id, person_id=person_id, state=state, message="", since=at
    )


def _check_admits(db: Session, organisation: Organisation, person_id: UUID, *, by: Actor, at: datetime) -> None:
    managed = has_manager(db, organisation.id, on=day_in_london(at))
    if not may_admit(by, organisation.id, has_manager=managed):
        raise NotAllowed("only a manager of the organisation decides who joins", "Ask one of them.")
    if by.person_id is not None and by.person_id == person_id:
        raise NotAllowed("nobody admits themselves", "Somebody else decides.")


def _enter(
    db: Session,
    organisation: Organisation,
    membership: Membership,
    roles: Sequence[str],
    *,
    how: str,
    by: Actor,
    at: datetime,
    given_by: UUID | None = None,
) -> None:
    giver = given_by or by.person_id
    named = [role_named(role, organisation.kind) for role in dict.fromkeys(roles)]
    membership.since, membership.ended_at = at, None
    db.flush()
    for role in named:
        db.add(Grant(id=new_id(at), membership_id=membership.id, role=role.key, given_by_id=giver, given_at=at))
    joined = MemberJoined(
        organisation_id=organisation.id,
        person_id=membership.person_id,
        membership_id=membership.id,
        roles=[role.key for role in named],
        how=how,
    )
    record(db, joined, by=by, at=at)
    db.flush()
    db.expire(membership, ["grants"])


def _shut_out(db: Session, membership: Membership, *, at: datetime) -> None:
    """What a leaver could still come in by ends now."""
    person_id, organisation_id = membership.person_id, membership.organisation_id
    drop_sessions(db, person_id, at=at, acting_for=organisation_id)
    tokens = (Token.person_id == person_id, Token.organisation_id == organisation_id, Token.ended_at.is_(None))
    db.execute(update(Token).where(*tokens).values(ended_at=at))
    offers = (Invitation.invited_by_id == person_id, Invitation.organisation_id == organisation_id)
    still_open = (Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))
    db.execute(update(Invitation).where(*offers, *still_open).values(withdrawn_at=at))
