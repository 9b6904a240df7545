"""The second factor of an account: an app for codes, passkeys, and codes on paper."""

from datetime import date
from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.factors import (
    add_code_app,
    make_recovery_codes,
    offer_codes,
    offered,
    remove_code_app,
)
from marketplace.identity.actions.passkeys import add_passkey, ask_for_new, remove_passkey
from marketplace.identity.actions.people import oneself, refuse_of_demonstration
from marketplace.identity.models import Membership, Person
from marketplace.identity.queries import memberships_of
from marketplace.identity.queries.factors import code_app_of, passkeys_of, recovery_codes_left
from marketplace.identity.rules.codes import address_for_app, is_demanded, shown_secret
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.starting import read_later
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import session_id, told_of
from marketplace.web.identity.proofs import HOUSE, answered, site
from marketplace.web.proving import prove

HERE = "/account/second-factor"
segno = read_later("segno")
"""Read when somebody first asks for a square to scan."""


@page(HERE, who=ANYBODY_SIGNED_IN)
def show_second_factor(ask: Ask) -> Page:
    """What is asked for besides the password, what could be, and who asks for it."""
    person = oneself(ask.db, ask.by)
    app = code_app_of(ask.db, person.id)
    today = day_in_london(ask.at)
    values = {
        "is_demonstration": person.is_demonstration,
        "app_since": app.added_at if app else None,
        "passkeys": [
            {"id": key.id, "name": key.name, "added_at": key.added_at, "used_at": key.used_at}
            for key in passkeys_of(ask.db, person.id)
        ],
        "left": recovery_codes_left(ask.db, person.id),
        "demands": [_demand(one, today) for one in memberships_of(ask.db, person.id) if _asks(one)],
    }
    return Page("identity/second-factor.html", values)


def _asks(held: Membership) -> bool:
    return held.organisation.second_factor_from is not None


def _demand(held: Membership, today: date) -> dict[str, Any]:
    since = held.organisation.second_factor_from
    return {"name": held.organisation.name, "since": since, "is_now": is_demanded(since, today)}


@page(f"{HERE}/codes", who=ANYBODY_SIGNED_IN)
def show_codes(ask: Ask, refusal: Refusal | None = None) -> Page:
    """A square to scan and the form for the first code; the same square again after a wrong one."""
    prove(ask)
    person = _able(ask)
    shared, offer = _offer(ask, person)
    address = address_for_app(shared, account=person.email, issuer=HOUSE)
    values = {
        "square": segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#17212b", light="#ffffff"),
        "secret": shown_secret(shared),
        "offer": offer,
        "errors": told_of(refusal),
    }
    return Page("identity/codes.html", values)


def _able(ask: Ask) -> Person:
    person = oneself(ask.db, ask.by)
    refuse_of_demonstration(person)
    return person


def _offer(ask: Ask, person: Person) -> tuple[bytes, str]:
    before = ask.form.one("offer")
    shared = offered(ask.services.secret, person.id, before)
    return (shared, before) if shared else offer_codes(ask.services.secret, person.id)


@post(f"{HERE}/codes", who=ANYBODY_SIGNED_IN, again=show_codes)
def add_codes(ask: Ask) -> Page:
    """Ask for codes from now on; where there were no recovery codes, they are shown this once."""
    prove(ask, f"{HERE}/codes")
    made = add_code_app(
        ask.db, ask.services.secret, offer=ask.form.one("offer"), code=ask.form.one("code"), by=ask.by,
        sign_in_id=session_id(ask), at=ask.at,
    )  # fmt: skip
    return _done("One-time codes are on", made)


@post(f"{HERE}/codes/end", who=ANYBODY_SIGNED_IN)
def end_codes(ask: Ask) -> Goto:
    prove(ask, HERE)
    remove_code_app(ask.db, by=ask.by, at=ask.at)
    return Goto(HERE, told="The app for one-time codes is removed. A mail tells you so, too.")


@post(f"{HERE}/recovery", who=ANYBODY_SIGNED_IN)
def renew_recovery(ask: Ask) -> Page:
    """Ten new codes; those made before work no longer."""
    prove(ask, HERE)
    return _done("New recovery codes", make_recovery_codes(ask.db, ask.services.secret, by=ask.by, at=ask.at))


def _done(title: str, codes: list[str]) -> Page:
    return Page("identity/recovery-codes.html", {"title": title, "codes": codes})


@page(f"{HERE}/passkeys", who=ANYBODY_SIGNED_IN)
def show_passkey(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form that makes a passkey on this device, or on one near it."""
    prove(ask)
    _able(ask)
    place = site(ask)
    asked, challenge = ask_for_new(ask.db, ask.services.secret, place, by=ask.by, at=ask.at)
    made = {"asked": asked, "challenge": challenge, "origin": place.origins[0]}
    return Page("identity/passkey.html", {"passkey": made, "name": ask.form.one("name"), "errors": told_of(refusal)})


@post(f"{HERE}/passkeys", who=ANYBODY_SIGNED_IN, again=show_passkey)
def keep_passkey(ask: Ask) -> Page:
    prove(ask, f"{HERE}/passkeys")
    made = add_passkey(
        ask.db, ask.services.secret, site(ask), **answered(ask), name=ask.form.one("name"), by=ask.by,
        sign_in_id=session_id(ask), at=ask.at,
    )  # fmt: skip
    return _done("Your passkey is kept", made)


@post(f"{HERE}/passkeys/{{key:uuid}}/end", who=ANYBODY_SIGNED_IN)
def end_passkey(ask: Ask, key: UUID) -> Goto:
    prove(ask, HERE)
    name = remove_passkey(ask.db, key, by=ask.by, at=ask.at)
    return Goto(HERE, told=f"{name} opens nothing here any more. Remove it on your device, too.")


ROUTES = [
    show_second_factor, show_codes, add_codes, end_codes, renew_recovery, show_passkey, keep_passkey, end_passkey,
]  # fmt: skip
