"""Keys for programs: one's own, and those that act for an organisation one manages."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Answer, Asked, delete, get, post
from marketplace.api.shapes import In, Line, Listed, Out, all_of
from marketplace.identity.actions.signing_in import confirm_password
from marketplace.identity.actions.tokens import end_token, make_token
from marketplace.identity.models import Token
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_own
from marketplace.identity.queries.people import Key, tokens_for, tokens_of
from marketplace.kit.calendar import day_in_london

USUAL_LIFE = timedelta(days=90)


class TokenIn(In):
    """A token that may do no more than this one. `current` is one's password: a stolen token makes no others."""

    name: Line
    scopes: Annotated[list[Line], Field(min_length=1, max_length=50)]
    expires_on: date | None = None
    current: Annotated[str, Field(max_length=1_000)] = ""


class TokenOut(Out):
    id: UUID
    name: str
    person_name: str
    organisation_name: str
    scopes: list[str]
    created_at: datetime
    expires_on: date | None


class TokenMadeOut(Out):
    """A token that was just made. `secret` is shown this once, and kept nowhere."""

    id: UUID
    name: str
    scopes: list[str]
    created_at: datetime
    expires_on: date | None
    secret: str | None


@get("/tokens", who=ANYBODY_SIGNED_IN)
def list_tokens(ask: Asked) -> Listed[TokenOut]:
    """One's own tokens, the latest first."""
    return all_of(_token(key) for key in tokens_of(ask.db, ask.person_id))


@get("/organisations/{ref:str}/tokens", who=Permission.TOKEN_MANAGE)
def list_organisation_tokens(ask: Asked, ref: str) -> Listed[TokenOut]:
    """The tokens that act for the organisation, whosever they are."""
    find_own(ask.db, ref, by=ask.by)
    return all_of(_token(key) for key in tokens_for(ask.db, by=ask.by))


@post("/tokens", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, status=201, slow=True)
def make(ask: Asked, body: TokenIn) -> Answer[TokenMadeOut]:
    """Make a token that acts for the same organisation, with some of one's permissions as its scopes."""
    confirm_password(ask.services.database, body.current, by=ask.by, at=ask.at)
    last = body.expires_on or day_in_london(ask.at) + USUAL_LIFE
    with ask.services.database.writing() as db:
        token, secret = make_token(
            db, name=body.name, scopes=body.scopes, expires_on=last, by=ask.by, at=ask.at
        )
        return Answer(_made(token, secret), location="/v1/tokens")


@delete("/tokens/{token:str}", who=ANYBODY_SIGNED_IN)
def end(ask: Asked, token: UUID) -> None:
    """End a token of one's own, or one that acts for an organisation whose tokens one manages."""
    end_token(ask.db, token, by=ask.by, at=ask.at)


def _token(key: Key) -> TokenOut:
    token = key.token
    return TokenOut(
        id=token.id, name=token.name, person_name=key.person_name, organisation_name=key.organisation_name,
        scopes=token.scopes, created_at=token.created_at, expires_on=token.expires_on,
    )  # fmt: skip


def _made(token: Token, secret: str) -> TokenMadeOut:
    return TokenMadeOut(
        id=token.id, name=token.name, scopes=token.scopes, created_at=token.created_at, expires_on=token.expires_on,
        secret=secret,
    )  # fmt: skip


CALLS = [list_tokens, list_organisation_tokens, make, end]
