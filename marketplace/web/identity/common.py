"""What the pages of identity share: where a request comes from, and how a form's fields are read."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from marketplace.faces.ask import Ask, Values
from marketplace.identity.actions.sessions import Device
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Role, may_manage_members
from marketplace.identity.queries.organisations import find_own, joined_organisation
from marketplace.identity.queries.successions import merger_of, successor_of
from marketplace.identity.rules.credentials import common_passwords
from marketplace.kit.errors import Invalid, NotAllowed, Refusal
from marketplace.kit.money import Money
from marketplace.kit.text import quote
from marketplace.web.edge import Page, is_own_path

DESK = "/my-desk"
PARTS = ("day", "month", "year")


def device_of(ask: Ask) -> Device:
    return Device(ask.device, ask.address)


def common_ones(ask: Ask) -> frozenset[str]:
    """The passwords that everybody knows."""
    return common_passwords(ask.services.registers.common_passwords)


def told_of(refusal: Refusal | None) -> dict[str, str]:
    """What is wrong by field, for the summary and the fields; the fact itself where it concerns no field."""
    if refusal is None:
        return {}
    return refusal.fields or {"": f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}".strip()}


def mailed(ask: Ask, told: str) -> Page:
    """The page that says what is on its way; on a demonstration it says where to read it."""
    return Page("identity/mailed.html", {"told": told, "dev": ask.services.is_demonstration})


def way_on(text: str, otherwise: str = DESK) -> str:
    """Where to go next: only ever a path of this site."""
    return text if is_own_path(text) else otherwise


def leaving(ask: Ask) -> Any:
    """The session that this browser has now, which ends when somebody signs in with it."""
    return ask.caller.sign_in_id if ask.caller else None


def session_id(ask: Ask) -> Any:
    """The session of this request. Raises NotAllowed where there is none."""
    if ask.caller is None:
        raise NotAllowed("nobody is signed in", "Sign in first.")
    return ask.caller.sign_in_id


def own(ask: Ask, ref: str) -> Organisation:
    """The organisation that the actor acts for. Raises NotFound for any other."""
    return find_own(ask.db, ref, by=ask.by)


def joined_one(ask: Ask, ref: str) -> Page | None:
    """The page of an organisation that joined another, leading on to that one; None for any other."""
    old = joined_organisation(ask.db, ref)
    if old is None:
        return None
    new = ask.db.get_one(Organisation, successor_of(ask.db, old.id))
    is_own = old.id in ask.by.stands_for
    values = {"old": old, "new": new, "is_own": is_own, "succession": merger_of(ask.db, old.id) if is_own else ""}
    return Page("identity/joined.html", values)


def tabs(ask: Ask, organisation: Organisation, current: str) -> list[dict[str, Any]]:
    """The pages of an organisation that this actor may open."""
    base, manages = f"/organisations/{organisation.ref}", may_manage_members(ask.by, organisation.id)
    pages = [("Details", base), ("Members", f"{base}/members"), ("Deputies", f"{base}/deputies")]
    if manages:
        pages += [("Invitations", f"{base}/invitations"), ("Tokens", f"{base}/tokens"), ("Mails", f"{base}/mails"),
                  ("Signing in", f"{base}/second-factor"), ("Audit", "/audit")]  # fmt: skip
    return [{"label": label, "url": url, "current": label == current} for label, url in pages]


def options(roles: Iterable[Role]) -> list[dict[str, str]]:
    return [{"value": role.key, "label": role.name, "hint": role.description} for role in roles]


def pence_of(form: Values, name: str) -> int | None:
    """An amount in pounds as it was typed; None where it was left empty. Raises Invalid, for that field."""
    typed = form.one(name).strip()
    if not typed:
        return None
    try:
        return Money.parse(typed).pence
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: f"{wrong.fact}. {wrong.hint}"}) from wrong


def day_of(form: Values, name: str) -> date | None:
    """A day as it was typed in three parts; None where all are empty. Raises Invalid, for that field."""
    parts = day_typed(form, name)
    if not any(parts.values()):
        return None
    try:
        return date(*(int(parts[part]) for part in reversed(PARTS)))
    except (ValueError, OverflowError) as wrong:
        shown = quote(" ".join(parts[part] for part in PARTS))
        told = f"{shown} is not a day. Write it like 24 11 2026."
        raise Invalid(f"{shown} is not a day", "Write it like 24 11 2026.", fields={name: told}) from wrong


def day_typed(form: Values, name: str) -> dict[str, str]:
    """The three parts of a day as they were typed."""
    return {part: form.one(f"{name}-{part}").strip() for part in PARTS}
