"""Proving once more who one is, before what a stolen session must not do."""

from marketplace.faces.ask import Ask
from marketplace.identity.actions.confirming import confirm_by_passkey, confirm_by_typing
from marketplace.identity.actions.people import oneself
from marketplace.identity.queries.factors import code_app_of, known_elsewhere, passkeys_of
from marketplace.kit.errors import Refusal
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import session_id, told_of, way_on
from marketplace.web.identity.proofs import answered, passkey_asked, site

PROVEN = "That was you. Go on."


@page("/account/confirm", who=ANYBODY_SIGNED_IN)
def show_confirm(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Every way in which this person can prove it."""
    person = oneself(ask.db, ask.by)
    linked = {one.issuer for one in known_elsewhere(ask.db, person.id)}
    has_passkeys = bool(passkeys_of(ask.db, person.id))
    asked = passkey_asked(ask, about=str(session_id(ask)), person_id=person.id) if has_passkeys else None
    values = {
        "next": way_on(ask.form.one("next") or ask.query.one("next"), "/account"),
        "has_password": person.password_hash is not None,
        "has_app": code_app_of(ask.db, person.id) is not None,
        "passkey": asked,
        "houses": [one for one in ask.services.elsewhere.providers.values() if one.issuer in linked],
        "errors": told_of(refusal),
    }
    return Page("identity/confirm.html", values)


@post("/account/confirm", who=ANYBODY_SIGNED_IN, again=show_confirm, slow=True)
def confirm(ask: Ask) -> Goto:
    """Prove it with what can be typed."""
    confirm_by_typing(
        ask.services.database, ask.services.secret, password=ask.form.one("current"), code=ask.form.one("code"),
        sign_in_id=session_id(ask), address=ask.address, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(way_on(ask.form.one("next"), "/account"), told=PROVEN)


@post("/account/confirm/passkey", who=ANYBODY_SIGNED_IN, again=show_confirm)
def confirm_with_passkey(ask: Ask) -> Goto:
    confirm_by_passkey(
        ask.db, ask.services.secret, site(ask), **answered(ask), sign_in_id=session_id(ask), by=ask.by, at=ask.at
    )
    return Goto(way_on(ask.form.one("next"), "/account"), told=PROVEN)


ROUTES = [show_confirm, confirm, confirm_with_passkey]
