"""Signing in through another house: the way out, the way back, and the accounts that are linked.

A browser carries its journey in a sealed cookie; whoever comes back without it, with another's, or twice, begins again.
"""

import hmac
import logging
import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.identity.actions.elsewhere import arrive, confirm_elsewhere, link_account, unlink_account
from marketplace.identity.actions.once import spend
from marketplace.identity.queries.factors import known_elsewhere
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.secrecy import brought_back, given_along
from marketplace.kit.text import quote
from marketplace.ports.signin.port import Claims, ElsewhereRefused, ElsewhereUnavailable, Journey, Provider
from marketplace.web import cookies
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Goto, Page, page, post
from marketplace.web.identity.common import device_of, leaving, session_id, way_on
from marketplace.web.identity.confirming import PROVEN
from marketplace.web.identity.proofs import brought, entered
from marketplace.web.proving import prove

JOURNEY = "a journey to another house"
LASTS = timedelta(minutes=10)
SIGN_IN, LINK, CONFIRM = "sign-in", "link", "confirm"
LONGEST_CODE = 4_000
HERE = "/account/single-sign-on"
log = logging.getLogger(__name__)


@page("/sign-in/with/{house:str}", who=PUBLIC)
def go_out(ask: Ask, house: str) -> Goto:
    """Send the browser to another house, to sign in there."""
    return _out(ask, house, SIGN_IN, way_on(ask.query.one("next")))


@page(f"{HERE}/{{house:str}}/link", who=ANYBODY_SIGNED_IN)
def go_and_link(ask: Ask, house: str) -> Goto:
    """Send the browser to another house, whose account is to open this one."""
    prove(ask)
    return _out(ask, house, LINK, HERE)


@page("/account/confirm/with/{house:str}", who=ANYBODY_SIGNED_IN)
def go_and_confirm(ask: Ask, house: str) -> Goto:
    """Send the browser to another house, which asks the person anew."""
    return _out(ask, house, CONFIRM, way_on(ask.query.one("next"), "/account"))


def _out(ask: Ask, house: str, purpose: str, onward: str) -> Goto:
    _provider(ask, house)
    journey = Journey(*(secrets.token_urlsafe(32) for _ in range(3)))
    carried = {
        "state": journey.state, "nonce": journey.nonce, "verifier": journey.verifier, "house": house,
        "purpose": purpose, "next": onward, "session": str(session_id(ask)) if purpose != SIGN_IN else "",
    }  # fmt: skip
    try:
        address = ask.services.elsewhere.way_out(
            house, journey, back=_back(ask, house), anew=purpose == CONFIRM, at=ask.at
        )
    except ElsewhereUnavailable as missing:
        raise _silent(ask, house, missing) from missing
    cookie = given_along(ask.services.secret, JOURNEY, carried, until=ask.at + LASTS)
    return Goto(address, is_outside=True, cookies=[cookies.passing(cookies.JOURNEY, cookie, ask.services)])


@page("/sign-in/with/{house:str}/return", who=PUBLIC)
def come_back(ask: Ask, house: str) -> Goto:
    """What another house says of whoever comes back from it. Its code is worth something once, as is our journey."""
    provider = _provider(ask, house)
    carried = _carried(ask, house)
    over = cookies.passing(cookies.JOURNEY, "", ask.services)
    if ask.query.one("error"):
        onward = {SIGN_IN: "/sign-in", LINK: HERE, CONFIRM: "/account"}[carried["purpose"]]
        return Goto(onward, told=f"{provider.name} did not let you through, or you turned back.", cookies=[over])
    claims = _claims(ask, provider, carried)
    with ask.services.database.writing() as db:
        spend(db, f"{JOURNEY} {carried['state']}", until=ask.at + LASTS)
        if carried["purpose"] == SIGN_IN:
            got = arrive(db, provider, claims, device=device_of(ask), leaving=leaving(ask), at=ask.at)
            return entered(ask, got, carried["next"])
        mine = session_id(ask)
        if carried["purpose"] == LINK:
            link_account(db, provider, claims, by=ask.by, sign_in_id=mine, at=ask.at)
            return Goto(HERE, told=f"{provider.name} opens your account from now on.", cookies=[over])
        confirm_elsewhere(db, claims, by=ask.by, sign_in_id=mine, at=ask.at)
    return Goto(way_on(carried["next"], "/account"), told=PROVEN, cookies=[over])


def _carried(ask: Ask, house: str) -> dict[str, Any]:
    """The journey that this browser is on. Raises Conflict where it is on none, or on another one."""
    carried = brought_back(ask.services.secret, JOURNEY, brought(ask, cookies.JOURNEY), at=ask.at)
    strange = Conflict("this browser did not set out on this journey, or it took too long", "Begin again.")
    if carried is None or carried["house"] != house:
        raise strange
    if not hmac.compare_digest(carried["state"].encode(), ask.query.one("state").encode()):
        raise strange
    if carried["session"] and carried["session"] != str(ask.caller.sign_in_id if ask.caller else ""):
        raise strange
    return carried


def _claims(ask: Ask, provider: Provider, carried: dict[str, Any]) -> Claims:
    """What the house says. Raises Conflict, which tells a visitor no more than that."""
    if ask.query.one("iss", provider.issuer) != provider.issuer:
        raise Conflict(f"this answer is not of {provider.name}", "Begin again.")
    journey = Journey(carried["state"], carried["nonce"], carried["verifier"])
    code, anew = ask.query.one("code")[:LONGEST_CODE], carried["purpose"] == CONFIRM
    try:
        return ask.services.elsewhere.claims(
            provider.key, code, journey, back=_back(ask, provider.key), anew=anew, at=ask.at
        )
    except ElsewhereUnavailable as missing:
        raise _silent(ask, provider.key, missing) from missing
    except ElsewhereRefused as wrong:
        log.warning("sign-in through %s refused: %s", provider.key, wrong.reason)
        raise Conflict(f"what {provider.name} says does not hold", "Begin again.") from wrong


def _silent(ask: Ask, house: str, missing: ElsewhereUnavailable) -> Conflict:
    log.error("sign-in through %s: %s", house, missing.reason)
    name = ask.services.elsewhere.providers[house].name
    return Conflict(f"{name} does not answer at this moment", "Try again in a minute, or sign in in another way.")


def _provider(ask: Ask, house: str) -> Provider:
    known = ask.services.elsewhere.providers.get(house)
    if known is None:
        raise NotFound(f"nobody signs in through {quote(house)} here", "Go to the sign-in page.")
    return known


def _back(ask: Ask, house: str) -> str:
    return f"{ask.services.base_url}/sign-in/with/{house}/return"


@page(HERE, who=ANYBODY_SIGNED_IN)
def show_links(ask: Ask) -> Page:
    """Which other houses open this account, and which could."""
    linked = known_elsewhere(ask.db, ask.person_id)
    names = {one.issuer: one.name for one in ask.services.elsewhere.providers.values()}
    known = {one.issuer for one in linked}
    values = {
        "links": [
            {"id": one.id, "name": names.get(one.issuer, one.issuer), "email": one.email, "linked_at": one.linked_at,
             "used_at": one.used_at, "is_strong": one.is_strong}
            for one in linked
        ],
        "others": [one for one in ask.services.elsewhere.providers.values() if one.issuer not in known],
    }  # fmt: skip
    return Page("identity/single-sign-on.html", values)


@post(f"{HERE}/{{key:uuid}}/end", who=ANYBODY_SIGNED_IN)
def end_link(ask: Ask, key: UUID) -> Goto:
    prove(ask, HERE)
    issuer = unlink_account(ask.db, key, by=ask.by, at=ask.at)
    names = {one.issuer: one.name for one in ask.services.elsewhere.providers.values()}
    return Goto(HERE, told=f"{names.get(issuer, issuer)} opens your account no longer.")


ROUTES = [go_out, go_and_link, go_and_confirm, come_back, show_links, end_link]
