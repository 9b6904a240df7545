"""The second factor of a sign-in, and a passkey in place of both."""

from marketplace.faces.ask import Ask
from marketplace.identity.actions.second_step import (
    finish_with_code,
    finish_with_passkey,
    half_of,
    sign_in_with_passkey,
)
from marketplace.identity.queries.factors import code_app_of, passkeys_of
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web import cookies
from marketplace.web.edge import PUBLIC, Answer, Goto, Page, page, post
from marketplace.web.identity.common import device_of, leaving, told_of, way_on
from marketplace.web.identity.proofs import answered, brought, inside, passkey_asked, site
from marketplace.web.identity.signing import show_sign_in


@page("/sign-in/second-factor", who=PUBLIC)
def show_second_factor(ask: Ask, refusal: Refusal | None = None) -> Answer:
    """A code or a passkey, for whoever gave the right password just now."""
    try:
        half = half_of(ask.db, brought(ask, cookies.HALF), at=ask.at)
    except NotFound as over:
        return Goto("/sign-in", told=f"{over.fact[:1].upper()}{over.fact[1:]}. {over.hint}")
    has_passkeys = bool(passkeys_of(ask.db, half.person_id))
    asked = passkey_asked(ask, about=str(half.id), person_id=half.person_id) if has_passkeys else None
    values = {
        "next": way_on(ask.form.one("next") or ask.query.one("next")),
        "has_app": code_app_of(ask.db, half.person_id) is not None,
        "passkey": asked,
        "errors": told_of(refusal),
    }
    return Page("identity/second-step.html", values)


@post("/sign-in/second-factor", who=PUBLIC, again=show_second_factor, slow=True)
def give_code(ask: Ask) -> Goto:
    """Sign in with a code of the app, or with one on paper."""
    secret = finish_with_code(
        ask.services.database, ask.services.secret, brought(ask, cookies.HALF), ask.form.one("code"),
        device=device_of(ask), leaving=leaving(ask), at=ask.at,
    )  # fmt: skip
    return inside(ask, secret, ask.form.one("next"))


@post("/sign-in/second-factor/passkey", who=PUBLIC, again=show_second_factor, slow=True)
def give_passkey(ask: Ask) -> Goto:
    """Sign in with a passkey, after the password."""
    secret = finish_with_passkey(
        ask.services.database, ask.services.secret, site(ask), brought(ask, cookies.HALF), **answered(ask),
        device=device_of(ask), leaving=leaving(ask), at=ask.at,
    )  # fmt: skip
    return inside(ask, secret, ask.form.one("next"))


@post("/sign-in/passkey", who=PUBLIC, again=show_sign_in, slow=True)
def enter_with_passkey(ask: Ask) -> Goto:
    """Sign in with a passkey alone: the device, and what unlocks it."""
    secret = sign_in_with_passkey(
        ask.services.database, ask.services.secret, site(ask), **answered(ask), device=device_of(ask),
        leaving=leaving(ask), at=ask.at,
    )  # fmt: skip
    return inside(ask, secret, ask.form.one("next"))


ROUTES = [show_second_factor, give_code, give_passkey, enter_with_passkey]
