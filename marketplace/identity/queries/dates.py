"""The days of one's own: what comments ask for, roles that end, and tokens that run out."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.models import Grant, Membership, Remark, Token
from marketplace.identity.policies import ROLES, Actor
from marketplace.identity.queries.remarks import asked_between
from marketplace.kit.icalendar import Entry

ACCOUNT, COMMENT = "account", "comment"


def dates_of(db: Session, *, by: Actor, first: date, last: date) -> list[Entry]:
    """What the actor was asked for or asks for, and what ends of what they hold, from `first` to `last`."""
    if by.person_id is None or by.organisation_id is None:
        return []
    grants = (
        select(Grant)
        .join(Membership, Membership.id == Grant.membership_id)
        .where(Membership.person_id == by.person_id, Membership.organisation_id == by.organisation_id)
        .where(Membership.state == "active", Grant.until.between(first, last))
    )
    tokens = select(Token).where(
        Token.person_id == by.person_id, Token.organisation_id == by.organisation_id, Token.ended_at.is_(None),
        Token.expires_on.between(first, last),
    )  # fmt: skip
    asked = [_asked(each, by) for each in asked_between(db, by=by, first=first, last=last)]
    return asked + [_role(each, by) for each in db.scalars(grants)] + [_token(each) for each in db.scalars(tokens)]


def _asked(remark: Remark, by: Actor) -> Entry:
    assert remark.due_on is not None
    assert remark.assigned_to is not None
    is_mine = remark.assigned_to_id == by.person_id
    who = f"{remark.by.name} asks you" if is_mine else f"You ask {remark.assigned_to.name}"
    return Entry(
        f"comment-{remark.id}@touchstone", remark.due_on, f"{who}: {remark.title}", remark.words,
        remark.done_at is not None, COMMENT, f"/comments/{remark.kind}/{remark.ref}",
    )  # fmt: skip


def _role(grant: Grant, by: Actor) -> Entry:
    assert grant.until is not None
    name = ROLES[grant.role].name.lower() if grant.role in ROLES else grant.role
    words = f"The last day of your role {name} for {by.organisation_name}. A manager can give it for longer."
    return Entry(
        f"role-{grant.id}@touchstone",
        grant.until,
        f"Your role ends: {name}",
        words,
        kind=ACCOUNT,
        path="/account",
        is_task=False,
    )


def _token(token: Token) -> Entry:
    assert token.expires_on is not None
    title, words = f"Your token runs out: {token.name}", "Make another before then, where a program still needs one."
    return Entry(
        f"token-{token.id}@touchstone",
        token.expires_on,
        title,
        words,
        kind=ACCOUNT,
        path="/account/tokens",
        is_task=False,
    )
