"""A form that was sent: whether it is one of ours, and what becomes of the words where its session has run out."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Request
from sqlalchemy.orm import Session

from marketplace.faces.ask import Ask, Values, hash_of, same
from marketplace.faces.services import Services
from marketplace.identity.queries.lapsed import sessions_behind
from marketplace.kit.errors import Invalid, NotAllowed, Refusal
from marketplace.kit.unsent import Owner, keep
from marketplace.web.cookies import session_name
from marketplace.web.keeping import TITLE, VERSION, place_of, typed_in
from marketplace.web.shell import csrf_token

RAN_OUT = "Your session had run out, and nothing was saved. What you typed is kept as a draft."
"""Told where the form stands, or before signing in."""
NOT_TAKEN = "You are not signed in, or no longer, and what you sent was not taken. Sign in, and send it again."
"""Told before signing in, of a form of which nothing is kept; what follows is the page that it stood on."""


class RanOut(NotAllowed):
    """The form was made for a session that has ended."""


class SignInFirst(NotAllowed):
    """Nobody is signed in: the way on is the sign-in page, and back here, or to the page that a form stood on."""

    def __init__(self, ask: Ask) -> None:
        super().__init__("this page needs you to sign in", "Sign in, and you come back here.")
        self.url, self.told = (ask.before, NOT_TAKEN) if ask.form else (ask.url, "")


def sign_in_for(url: str) -> str:
    """The sign-in page that leads on to an address."""
    return f"/sign-in?{urlencode({'next': url})}"


def check_form(request: Request[Any, Any, Any], ask: Ask) -> None:
    """Refuse a form that another site sent, or one with another session's token. Raises NotAllowed."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in (ask.services.base_url, f"{request.url.scheme}://{request.url.netloc}"):
        raise NotAllowed("this form was sent from another site", "Open the page here, and send it again.")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("this form was sent from another site", "Open the page here, and send it again.")
    if ask.caller is None:
        return
    sent = ask.form.one("csrf_token") or request.headers.get("x-csrf-token", "")
    if not same(sent, csrf_token(ask.caller, ask.services)):
        fact = "this form was opened before you signed in again, or chose another organisation to act for"
        raise RanOut(fact, "Nothing was changed. Open the page again, and send it again.")


def kept_for_later(request: Request[Any, Any, Any], services: Services, refusal: Refusal, typed: Values) -> str:
    """Keep what was typed into a form of a session that ran out, for its person alone; returns where the form stands.

    "" where it is no kept form, where it was refused for another reason, or where cookie and form are not of sessions
    of one and the same person.
    """
    place, cookie = place_of(typed), request.cookies.get(session_name(services))
    if not place or not cookie or not isinstance(refusal, (RanOut, SignInFirst)):
        return ""
    at, sent = services.clock(), next(iter(typed.all("csrf_token")), "")
    with services.database.writing() as db:
        for session in sessions_behind(db, hash_of(cookie), at=at):
            if same(sent, csrf_token(session, services)):
                owner = Owner(session.organisation_id, session.person_id)
                return _kept(db, owner, place, typed, at)
    return ""


def _kept(db: Session, owner: Owner, place: str, typed: Values, at: datetime) -> str:
    title, version = (next(iter(typed.all(name)), "") for name in (TITLE, VERSION))
    try:
        keep(db, owner, place, typed_in(typed), title=title, version=version, at=at)
    except Invalid:
        return ""
    return place
