"""Passing an organisation's people on: memberships with their roles, sessions, requests, invitations."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.actions.members import membership_of
from marketplace.identity.events import MemberJoined, MembershipEnded, TokenEnded, WebhookEnded
from marketplace.identity.models import CalendarFeed, Grant, Membership, Remark, SignIn
from marketplace.identity.policies import Actor
from marketplace.identity.queries.members import members_of
from marketplace.identity.queries.passing import open_offers, open_tokens, open_webhooks, remarks_of
from marketplace.identity.rules.successions import Passing
from marketplace.identity.states import MEMBERSHIP
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let people go on at the new organisation with the roles that they had; programs of theirs end."""
    going = [each for each in members_of(db, passing.old.id) if passing.takes("person", each.id)]
    leaving = {each.person_id for each in going}
    for token in open_tokens(db, passing, going):
        token.ended_at = at
        ended = TokenEnded(person_id=token.person_id, token_id=token.id, organisation_id=passing.old.id)
        record(db, ended, by=by, at=at)
    for remark in remarks_of(db, passing):
        remark.organisation_id = passing.new.id
        _share_with(remark, passing)
    for membership in going:
        _pass_membership(db, passing, membership, by, at)
    _end_deputies(db, passing, leaving)
    if passing.is_whole:
        _pass_the_rest(db, passing, by, at)


def _share_with(remark: Remark, passing: Passing) -> None:
    """What was shared with the organisation that has it now is its own."""
    if remark.with_id == passing.new.id and remark.organisation_id == passing.new.id:
        remark.with_id, remark.reach = None, "private"


def _pass_membership(db: Session, passing: Passing, membership: Membership, by: Actor, at: datetime) -> None:
    """One person: what they hold there already stays as it is, what they do not is added."""
    there = membership_of(db, passing.new.id, membership.person_id)
    if there is None:
        there = Membership(
            id=new_id(at), organisation_id=passing.new.id, person_id=membership.person_id, state="active", message="",
            since=at,
        )  # fmt: skip
        db.add(there)
        db.flush()
    elif there.state != "active":
        there.state, there.since, there.ended_at = MEMBERSHIP.after("admit", there.state), at, None
    held = set(db.scalars(select(Grant.role).where(Grant.membership_id == there.id)))
    grants = db.scalars(select(Grant).where(Grant.membership_id == membership.id)).all()
    for grant in grants:
        if grant.role in held:
            db.delete(grant)
        else:
            grant.membership_id = there.id
    membership.state, membership.ended_at = MEMBERSHIP.after("end", membership.state), at
    _take_sessions_along(db, passing, membership)
    _end_calendars(db, passing, membership, at)
    db.flush()
    db.expire(membership, ["grants"])
    left = MembershipEnded(
        organisation_id=passing.old.id, person_id=membership.person_id, membership_id=membership.id,
        reason=passing.words, by_succession=True,
    )  # fmt: skip
    roles = sorted(grant.role for grant in grants if grant.role not in held)
    joined = MemberJoined(
        organisation_id=passing.new.id, person_id=membership.person_id, membership_id=there.id, roles=roles,
        how="succession",
    )  # fmt: skip
    record(db, left, by=by, at=at)
    record(db, joined, by=by, at=at)


def _take_sessions_along(db: Session, passing: Passing, membership: Membership) -> None:
    """Who is signed in goes on for the new organisation; forms opened before then are refused."""
    rows = select(SignIn).where(
        SignIn.person_id == membership.person_id, SignIn.organisation_id == passing.old.id, SignIn.ended_at.is_(None)
    )
    for sign_in in db.scalars(rows):
        sign_in.organisation_id, sign_in.csrf_secret = passing.new.id, secrets.token_hex(32)


def _end_calendars(db: Session, passing: Passing, membership: Membership, at: datetime) -> None:
    """Secret addresses of calendars end, as programs do."""
    mine = (CalendarFeed.person_id == membership.person_id, CalendarFeed.organisation_id == passing.old.id)
    for feed in db.scalars(select(CalendarFeed).where(*mine, CalendarFeed.ended_at.is_(None))):
        feed.ended_at = at


def _end_deputies(db: Session, passing: Passing, leaving: set[UUID]) -> None:
    """Nobody deputises across two organisations: where holder or deputy stays behind, that role ends."""
    if passing.is_whole:
        return
    rows = (
        select(Grant, Membership.organisation_id)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(Membership.organisation_id.in_((passing.old.id, passing.new.id)), Grant.deputy_for_id.is_not(None))
    )
    for grant, where in db.execute(rows).all():
        holder_left = grant.deputy_for_id in leaving
        if holder_left == (where == passing.old.id) and (holder_left or _came(db, grant, leaving)):
            db.delete(grant)


def _came(db: Session, grant: Grant, leaving: set[UUID]) -> bool:
    """Whether the deputy came with the split, without whom they deputise for."""
    return db.get_one(Membership, grant.membership_id).person_id in leaving


def _pass_the_rest(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    for asked in members_of(db, passing.old.id, state="asked"):
        if membership_of(db, passing.new.id, asked.person_id) is None:
            asked.organisation_id = passing.new.id
        else:
            asked.state, asked.ended_at = MEMBERSHIP.after("refuse", asked.state), at
    for remark in db.scalars(select(Remark).where(Remark.with_id == passing.old.id)):
        remark.with_id = passing.new.id
        _share_with(remark, passing)
    for offer in open_offers(db, passing):
        offer.organisation_id = passing.new.id
    for webhook in open_webhooks(db, passing):
        webhook.ended_at = at
        record(db, WebhookEnded(organisation_id=passing.old.id, webhook_id=webhook.id), by=by, at=at)
