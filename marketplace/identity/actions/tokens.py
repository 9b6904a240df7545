"""Keys for programs: of a person acting for an organisation, shown once, ended by their owner or a manager."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.secrets import TOKEN_PREFIX, hash_of, new_secret
from marketplace.identity.events import TokenEnded, TokenMade
from marketplace.identity.models import Token
from marketplace.identity.policies import Actor, Permission, owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.fields import told as told_of
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, quote

LONGEST_NAME = 80
LONGEST_LIFE = timedelta(days=366)


def make_token(
    db: Session, *, name: str, scopes: Collection[str], expires_on: date, by: Actor, at: datetime
) -> tuple[Token, str]:
    """A key that may do what its maker may, cut down to the scopes; the secret is shown once. Raises Invalid."""
    if by.person_id is None or by.organisation_id is None:
        raise NotAllowed("a token acts for an organisation", "Join one first.")
    token = Token(
        id=new_id(at),
        name=_name(name),
        person_id=by.person_id,
        organisation_id=by.organisation_id,
        scopes=_scopes(scopes, by),
        created_at=at,
        expires_on=_last_day(expires_on, today=day_in_london(at)),
    )
    secret = new_secret(TOKEN_PREFIX)
    token.token_hash = hash_of(secret)
    db.add(token)
    made = TokenMade(
        person_id=by.person_id, token_id=token.id, organisation_id=by.organisation_id, scopes=token.scopes
    )
    record(db, made, by=by, at=at)
    return token, secret


def end_token(db: Session, token_id: UUID | str, *, by: Actor, at: datetime) -> Token:
    """End a key: one's own, or one that acts for the organisation whose tokens one manages. Raises NotFound."""
    token = _find(db, token_id)
    manages = owns(by, token.organisation_id) and by.may(Permission.TOKEN_MANAGE)
    if token.person_id != by.person_id and not manages:
        raise _no_token()
    if token.ended_at is not None:
        raise Conflict(f"{quote(token.name)} has ended already")
    token.ended_at = at
    ended = TokenEnded(person_id=token.person_id, token_id=token.id, organisation_id=token.organisation_id)
    record(db, ended, by=by, at=at)
    return token


def _find(db: Session, token_id: UUID | str) -> Token:
    try:
        token = db.get(Token, token_id if isinstance(token_id, UUID) else UUID(token_id))
    except ValueError as garbage:
        raise _no_token() from garbage
    if token is None:
        raise _no_token()
    return token


def _name(name: str) -> str:
    try:
        cleaned = clean_line(name, LONGEST_NAME)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"name": told_of(wrong)}) from wrong
    if not cleaned:
        told = "Write what it is for, so that you know it when you end it."
        raise Invalid("a token needs a name", told, fields={"name": told})
    return cleaned


def _scopes(scopes: Collection[str], by: Actor) -> list[str]:
    """Raises NotAllowed for a scope beyond what the maker may, Invalid where none is left."""
    beyond = sorted(set(scopes) - {permission.value for permission in by.permissions})
    if beyond:
        raise NotAllowed(f"you may not give {', '.join(map(quote, beyond))}", "Choose among what you may do yourself.")
    if not scopes:
        told = "Choose at least one thing that it may do."
        raise Invalid("a token without a scope can do nothing", told, fields={"scopes": told})
    return sorted(set(scopes))


def _last_day(day: date, *, today: date) -> date:
    if not today <= day <= today + LONGEST_LIFE:
        told = "Give a day within the next year."
        raise Invalid(f"{day} is not within a year from now", told, fields={"expires_on": told})
    return day


def _no_token() -> NotFound:
    return NotFound("there is no such token", "Go to the tokens of your account.")
