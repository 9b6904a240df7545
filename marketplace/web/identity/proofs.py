"""What the pages of proofs share: passkeys asked for and answered, and the two faces of a sign-in that is let in."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.passkeys import ask_for_proof
from marketplace.identity.actions.people import oneself
from marketplace.identity.actions.second_step import NOBODY, Half
from marketplace.identity.queries.factors import has_second_factor
from marketplace.ports.signin.passkeys import Site, site_of
from marketplace.web import cookies
from marketplace.web.edge import Goto
from marketplace.web.identity.common import way_on
from marketplace.web.proving import prove

HOUSE = "Touchstone"


def site(ask: Ask) -> Site:
    """For whom passkeys are made here."""
    return site_of(ask.services.base_url, HOUSE)


def passkey_asked(ask: Ask, *, about: str = NOBODY, person_id: UUID | None = None) -> dict[str, str]:
    """What the form of a passkey carries: the question for the browser, and the challenge that comes back with it."""
    place = site(ask)
    asked, challenge = ask_for_proof(ask.db, ask.services.secret, place, about=about, person_id=person_id, at=ask.at)
    return {"asked": asked, "challenge": challenge, "origin": place.origins[0]}


def answered(ask: Ask) -> dict[str, str]:
    """What came back from a form of a passkey."""
    return {"challenge": ask.form.one("challenge"), "answer": ask.form.one("answer")}


def entered(ask: Ask, got: str | Half, onward: str) -> Goto:
    """The way on after a first factor: in, or to the page that asks for the second."""
    if isinstance(got, Half):
        waiting = cookies.passing(cookies.HALF, got.secret, ask.services)
        return Goto(with_next("/sign-in/second-factor", onward), cookies=[waiting])
    return inside(ask, got, onward)


def inside(ask: Ask, secret: str, onward: str) -> Goto:
    """In, with a session; whatever was on its way is over."""
    begun = [name for name in (cookies.HALF, cookies.JOURNEY) if brought(ask, name)]
    done: list[Any] = [cookies.passing(name, "", ask.services) for name in begun]
    return Goto(way_on(onward), cookies=[cookies.session(secret, ask.services), *done])


def with_next(path: str, onward: str) -> str:
    """A path that leads on to another one."""
    return f"{path}?{urlencode({'next': onward})}" if onward else path


def brought(ask: Ask, name: str) -> str:
    """What this browser was given for the next minutes."""
    return ask.cookies.get(cookies.passing_name(name, ask.services), "")


def prove_more(ask: Ask, back: str) -> None:
    """For forms that ask for the password anyway: whoever has more than that, or none, proves the rest first."""
    person = oneself(ask.db, ask.by)
    if person.password_hash is None or has_second_factor(ask.db, person.id):
        prove(ask, back)
