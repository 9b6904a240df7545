"""A person's own account: name, language, address, password and sessions."""

from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.credentials import change_password
from marketplace.identity.actions.links import ADDRESS, open_link
from marketplace.identity.actions.people import (
    LANGUAGES,
    ask_address_change,
    change_address,
    change_person,
    choose_language,
    oneself,
)
from marketplace.identity.actions.sessions import end_other_sessions, end_session
from marketplace.identity.actions.signing_in import confirm_password
from marketplace.identity.queries.factors import code_app_of, known_elsewhere, passkeys_of
from marketplace.identity.queries.people import sessions_of, tokens_of
from marketplace.identity.rules.devices import device_in_words
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web import cookies
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import common_ones, mailed, session_id, told_of
from marketplace.web.identity.proofs import prove_more
from marketplace.web.proving import is_proven


@page("/account", who=ANYBODY_SIGNED_IN)
def show_account(ask: Ask) -> Page:
    """What is known of oneself, each with the way to change it."""
    person = oneself(ask.db, ask.by)
    values = {
        "person": person,
        "language": LANGUAGES[person.language],
        "languages": [{"value": key, "label": label} for key, label in LANGUAGES.items()],
        "sessions": len(sessions_of(ask.db, person.id, at=ask.at)),
        "tokens": len(tokens_of(ask.db, person.id)),
        "has_password": person.password_hash is not None,
        "factors": _factors(ask, person.id),
        "links": len(known_elsewhere(ask.db, person.id)),
    }
    return Page("identity/account.html", values)


def _factors(ask: Ask, person_id: UUID) -> str:
    """What is asked for besides the password, in a few words."""
    keys = len(passkeys_of(ask.db, person_id))
    said = ["an app for codes"] if code_app_of(ask.db, person_id) else []
    said += [f"{keys} passkey{'' if keys == 1 else 's'}"] if keys else []
    return " and ".join(said).capitalize() or "None: a password alone opens this account"


@page("/account/name", who=ANYBODY_SIGNED_IN)
def show_name(ask: Ask, refusal: Refusal | None = None) -> Page:
    name = ask.form.one("name") if ask.form else oneself(ask.db, ask.by).name
    return Page("identity/name.html", {"name": name, "errors": told_of(refusal)})


@post("/account/name", who=ANYBODY_SIGNED_IN, again=show_name)
def save_name(ask: Ask) -> Goto:
    change_person(ask.db, name=ask.form.one("name"), by=ask.by, at=ask.at)
    return Goto("/account", told="Your name is changed.")


@post("/account/language", who=ANYBODY_SIGNED_IN, again=show_account)
def save_language(ask: Ask) -> Goto:
    language = ask.form.one("language")
    choose_language(ask.db, language, by=ask.by, at=ask.at)
    kept = cookies.chosen_language(language, ask.services)
    return Goto("/account", told="Your language is changed.", cookies=[kept])


@page("/account/password", who=ANYBODY_SIGNED_IN)
def show_password(ask: Ask, refusal: Refusal | None = None) -> Page:
    return Page("identity/password.html", {"errors": told_of(refusal)})


@post("/account/password", who=ANYBODY_SIGNED_IN, again=show_password, slow=True)
def save_password(ask: Ask) -> Goto:
    """Replace the password; the other sessions end."""
    change_password(
        ask.services.database, ask.form.one("current"), ask.form.one("password"), common=common_ones(ask),
        keep=session_id(ask), by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto("/account", told="Your password is changed, and your other sessions have ended.")


@page("/account/address", who=ANYBODY_SIGNED_IN)
def show_address(ask: Ask, refusal: Refusal | None = None) -> Page:
    prove_more(ask, "/account/address")
    person = oneself(ask.db, ask.by)
    values = {
        "now": person.email, "email": ask.form.one("email"), "has_password": person.password_hash is not None,
        "errors": told_of(refusal),
    }  # fmt: skip
    return Page("identity/address.html", values)


@post("/account/address", who=ANYBODY_SIGNED_IN, again=show_address, slow=True)
def ask_for_address(ask: Ask) -> Page:
    """Mail a link to the new address, once the password was given again, or whatever else there is."""
    prove_more(ask, "/account/address")
    confirm_password(
        ask.services.database, ask.form.one("current"), by=ask.by, is_proven=is_proven(ask, sending=True), at=ask.at
    )
    with ask.services.database.writing() as db:
        ask_address_change(db, ask.form.one("email"), address=ask.address, by=ask.by, at=ask.at)
    return mailed(
        ask, "A link is on its way to the new address. Until you open it, your present address stays in use."
    )


@page("/account/address/{secret:str}", who=ANYBODY_SIGNED_IN)
def show_confirmation(ask: Ask, secret: str, refusal: Refusal | None = None) -> Page:
    """The new address and a button. Raises NotFound for a link that is used, too old or somebody else's."""
    link = open_link(ask.db, secret, ADDRESS, at=ask.at)
    if link.person_id != ask.person_id:
        raise NotFound("this link belongs to somebody else", "Sign in as the person who asked for it.")
    values = {"email": link.email, "to": f"/account/address/{secret}", "errors": told_of(refusal)}
    return Page("identity/confirm-address.html", values)


@post("/account/address/{secret:str}", who=ANYBODY_SIGNED_IN, again=show_confirmation)
def confirm_address(ask: Ask, secret: str) -> Goto:
    change_address(ask.db, secret, by=ask.by, keep=session_id(ask), at=ask.at)
    return Goto("/account", told="Your address is changed. The former one is told.")


@page("/account/sessions", who=ANYBODY_SIGNED_IN)
def show_sessions(ask: Ask) -> Page:
    """Where one is signed in."""
    here = session_id(ask)
    rows = [
        {
            "id": each.id,
            "device": device_in_words(each.device),
            "address": each.address or "an unknown address",
            "since": each.authenticated_at,
            "seen": each.seen_at,
            "is_here": each.id == here,
        }
        for each in sessions_of(ask.db, ask.person_id, at=ask.at)
    ]
    return Page("identity/sessions.html", {"sessions": rows})


@post("/account/sessions/others/end", who=ANYBODY_SIGNED_IN)
def end_others(ask: Ask) -> Goto:
    count = end_other_sessions(ask.db, keep=session_id(ask), by=ask.by, at=ask.at)
    told = f"{count} other {'session has' if count == 1 else 'sessions have'} ended."
    return Goto("/account/sessions", told=told if count else "There was no other session.")


@post("/account/sessions/{key:uuid}/end", who=ANYBODY_SIGNED_IN)
def end_one(ask: Ask, key: UUID) -> Goto:
    end_session(ask.db, key, by=ask.by, at=ask.at)
    return Goto("/account/sessions", told="The session has ended.")


ROUTES = [
    show_account, show_name, save_name, save_language, show_password, save_password, show_address, ask_for_address,
    show_confirmation, confirm_address, show_sessions, end_others, end_one,
]  # fmt: skip
