"""Signing in and out, signing up, and setting a new password with a mailed link."""

from marketplace.faces.ask import Ask
from marketplace.identity.actions.credentials import ask_reset, ask_sign_up, reset_password, sign_up
from marketplace.identity.actions.links import RESET, SIGN_UP, open_link
from marketplace.identity.actions.sessions import end_session
from marketplace.identity.actions.signing_in import sign_in
from marketplace.identity.policies import KINDS
from marketplace.identity.queries.people import Player, demonstration_people
from marketplace.kit.errors import Refusal
from marketplace.web import cookies
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.identity.common import common_ones, device_of, leaving, mailed, session_id, told_of, way_on
from marketplace.web.identity.proofs import entered, passkey_asked

ASKED = "If that address can be used, a mail is on its way. Its link works once, within an hour."


@page("/sign-in", who=PUBLIC)
def show_sign_in(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Address and password, a passkey, or another house; on a demonstration, also the people to enter as."""
    values = {
        "next": way_on(ask.form.one("next") or ask.query.one("next")),
        "email": ask.form.one("email"),
        "errors": told_of(refusal),
        "passkey": passkey_asked(ask),
        "houses": list(ask.services.elsewhere.providers.values()),
        "players": _players(ask),
    }
    return Page("identity/sign-in.html", values)


@post("/sign-in", who=PUBLIC, again=show_sign_in, slow=True)
def enter(ask: Ask) -> Goto:
    """Sign in, with a session that is new; or go on to the second factor."""
    got = sign_in(
        ask.services.database, ask.form.one("email"), ask.form.one("password"), device=device_of(ask), at=ask.at,
        leaving=leaving(ask),
    )  # fmt: skip
    return entered(ask, got, ask.form.one("next"))


@post("/sign-out", who=ANYBODY_SIGNED_IN)
def leave(ask: Ask) -> Goto:
    """End this session."""
    end_session(ask.db, session_id(ask), by=ask.by, at=ask.at)
    return Goto("/", told="You are signed out.", cookies=[cookies.no_session(ask.services)])


@page("/sign-up", who=PUBLIC)
def show_sign_up(ask: Ask, refusal: Refusal | None = None) -> Page:
    """An address, to which a link is mailed."""
    return Page("identity/sign-up.html", {"email": ask.form.one("email"), "errors": told_of(refusal)})


@post("/sign-up", who=PUBLIC, again=show_sign_up)
def ask_for_account(ask: Ask) -> Page:
    """Mail a link; the same page whether or not the address has an account."""
    ask_sign_up(ask.db, ask.form.one("email"), address=ask.address, at=ask.at, language=ask.language)
    return mailed(ask, ASKED)


@page("/sign-up/{secret:str}", who=PUBLIC)
def show_account_form(ask: Ask, secret: str, refusal: Refusal | None = None) -> Page:
    """Name and password of a new account. Raises NotFound for a link that is used or too old."""
    link = open_link(ask.db, secret, SIGN_UP, at=ask.at)
    values = {"email": link.email, "name": ask.form.one("name"), "errors": told_of(refusal), "to": f"/sign-up/{secret}"}
    return Page("identity/newcomer.html", {**values, "title": "Make your account", "lead": ""})


@post("/sign-up/{secret:str}", who=PUBLIC, again=show_account_form, slow=True)
def make_account(ask: Ask, secret: str) -> Goto:
    """Make the account, and sign in."""
    session = sign_up(
        ask.services.database, secret, name=ask.form.one("name"), password=ask.form.one("password"),
        common=common_ones(ask), device=device_of(ask), at=ask.at,
    )  # fmt: skip
    told = "Your account is made. Now find your organisation."
    return Goto("/organisations/new", told=told, cookies=[cookies.session(session, ask.services)])


@page("/reset", who=PUBLIC)
def show_reset(ask: Ask, refusal: Refusal | None = None) -> Page:
    """An address, to which a link is mailed."""
    return Page("identity/reset.html", {"email": ask.form.one("email"), "errors": told_of(refusal)})


@post("/reset", who=PUBLIC, again=show_reset)
def ask_for_reset(ask: Ask) -> Page:
    """Mail a link; the same page whether or not the address has an account."""
    ask_reset(ask.db, ask.form.one("email"), address=ask.address, at=ask.at)
    return mailed(ask, ASKED)


@page("/reset/{secret:str}", who=PUBLIC)
def show_new_password(ask: Ask, secret: str, refusal: Refusal | None = None) -> Page:
    """A new password. Raises NotFound for a link that is used or too old."""
    open_link(ask.db, secret, RESET, at=ask.at)
    return Page("identity/new-password.html", {"to": f"/reset/{secret}", "errors": told_of(refusal)})


@post("/reset/{secret:str}", who=PUBLIC, again=show_new_password, slow=True)
def set_new_password(ask: Ask, secret: str) -> Goto:
    """Set the new password; every session ends."""
    reset_password(
        ask.services.database, secret, ask.form.one("password"), common=common_ones(ask), at=ask.at
    )
    return Goto("/sign-in", told="Your password is set, and every session has ended. Sign in with it.")


def _players(ask: Ask) -> list[dict[str, object]]:
    if not ask.services.is_demonstration:
        return []
    doors = ask.services.doors
    return [_player(player, doors.get(player.email, "")) for player in demonstration_people(ask.db, among=list(doors))]


def _player(player: Player, says: str) -> dict[str, object]:
    """A person to enter as, with what the demonstration says of them, or else what their roles are for."""
    telling = [role for role in player.roles if role.key != "manager"] or player.roles
    return {
        "id": player.id,
        "name": player.name,
        "organisation": player.organisation_name,
        "kind": KINDS[player.kind],
        "roles": ", ".join(role.name for role in player.roles) or "No role yet",
        "does": says or " ".join(role.description for role in telling),
    }


ROUTES = [
    show_sign_in, enter, leave, show_sign_up, ask_for_account, show_account_form, make_account, show_reset,
    ask_for_reset, show_new_password, set_new_password,
]  # fmt: skip
