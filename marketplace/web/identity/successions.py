"""Organisations that join another or are split: proposed, looked at, agreed to, carried out."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.faces.succession_shown import Shown, shown_to
from marketplace.faces.successions import MOVERS
from marketplace.identity.actions.successions import (
    agree_to_succession,
    carry_out_succession,
    decline_succession,
    propose_succession,
    withdraw_succession,
)
from marketplace.identity.models import Succession
from marketplace.identity.policies import Permission
from marketplace.identity.queries.registers import organisation_named
from marketplace.identity.queries.successions import find_succession, passing_of, successions_of
from marketplace.identity.rules.successions import KINDS, MERGER, NOUNS, SPLIT
from marketplace.kit.errors import Refusal
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import day_of, day_typed, told_of

STATES = {
    "proposed": ("Waits for both to agree", "submitted"),
    "agreed": ("Agreed, waits to be carried out", "conditions"),
    "declined": ("Declined", "withdrawn"),
    "withdrawn": ("Taken back", "withdrawn"),
    "done": ("Carried out", "met"),
}
TITLES = {MERGER: "{} joins {}", SPLIT: "{} hands a part over to {}"}


@page("/successions", who=ANYBODY_SIGNED_IN)
def list_successions(ask: Ask) -> Page:
    """Those that concern the reader, newest first."""
    rows = [_row(one) for one in successions_of(ask.db, by=ask.by)]
    return Page("identity/successions.html", {"rows": rows, "may_propose": ask.may(Permission.OPERATE)})


def _row(succession: Succession) -> dict[str, Any]:
    word, status = STATES[succession.state]
    return {
        "ref": succession.ref, "title": title_of(succession), "word": word, "status": status,
        "effective_on": succession.effective_on,
    }  # fmt: skip


def title_of(succession: Succession) -> str:
    return TITLES[succession.kind].format(succession.old.name, succession.new.name)


@page("/successions/new", who=Permission.OPERATE)
def show_new(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form of a proposal."""
    values = {
        "typed": {name: ask.form.one(name) for name in ("old", "new", "kind", "reason")},
        "day": day_typed(ask.form, "effective_on"),
        "kinds": [{"value": value, "label": label} for value, label in KINDS.items()],
        "errors": told_of(refusal),
    }
    return Page("identity/succession_new.html", values)


@post("/successions/new", who=Permission.OPERATE, again=show_new)
def propose(ask: Ask) -> Goto:
    """Put it before the managers of both."""
    old, new = (organisation_named(ask.db, ask.form.one(side), field=side) for side in ("old", "new"))
    made = propose_succession(
        ask.db, old, new, ask.form.one("kind"), effective_on=day_of(ask.form, "effective_on"),
        reason=ask.form.one("reason"), by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/successions/{made.ref}", told="It is proposed. The managers are told.")


@page("/successions/{ref:str}", who=ANYBODY_SIGNED_IN)
def show(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What would pass, or passed; what stands in the way; who agreed."""
    succession = find_succession(ask.db, ref, by=ask.by)
    shown = shown_to(ask.db, succession, by=ask.by)
    word, status = STATES[succession.state]
    values = {
        "succession": succession,
        "title": title_of(succession),
        "word": word,
        "status": status,
        "kind": KINDS[succession.kind],
        "sides": [
            _side(succession.old.name, succession.old_agreed_by, succession.old_agreed_at),
            _side(succession.new.name, succession.new_agreed_by, succession.new_agreed_at),
        ],
        "words": passing_of(succession).words if succession.state == "done" else "",
        "shown": shown,
        "choices": _choices(shown),
        "chosen": ask.form.all("chosen"),
        "reason": ask.form.one("reason"),
        "errors": told_of(refusal),
    }
    return Page("identity/succession.html", values)


def _side(name: str, agreed_by: Any, agreed_at: Any) -> dict[str, Any]:
    return {"name": name, "by": agreed_by.name if agreed_by else "", "at": agreed_at}


def _choices(shown: Shown) -> list[dict[str, str]]:
    """What the old organisation chooses among, each with its kind."""
    return [
        {"value": one.key, "label": one.label, "hint": f"{NOUNS[one.kind][0]}. {one.note}".strip()}
        for one in shown.to_choose
    ]


@post("/successions/{ref:str}/agreement", who=Permission.MEMBER_MANAGE, again=show)
def agree(ask: Ask, ref: str) -> Goto:
    """Say yes for one's organisation."""
    succession = find_succession(ask.db, ref, by=ask.by)
    agree_to_succession(
        ask.db, succession, chosen=ask.form.all("chosen"), movers=MOVERS, by=ask.by, at=ask.at
    )  # fmt: skip
    return Goto(f"/successions/{ref}", told="You agreed. Until it is carried out you can still decline.")


@post("/successions/{ref:str}/refusal", who=Permission.MEMBER_MANAGE, again=show)
def decline(ask: Ask, ref: str) -> Goto:
    """Say no for one's organisation, with a reason."""
    succession = find_succession(ask.db, ref, by=ask.by)
    decline_succession(ask.db, succession, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/successions/{ref}", told="You declined. Nothing passes.")


@post("/successions/{ref:str}/withdrawal", who=Permission.OPERATE, again=show)
def withdraw(ask: Ask, ref: str) -> Goto:
    """Take the proposal back."""
    succession = find_succession(ask.db, ref, by=ask.by)
    withdraw_succession(ask.db, succession, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/successions/{ref}", told="It is taken back. Nothing passes.")


@post("/successions/{ref:str}/completion", who=Permission.OPERATE, again=show)
def carry_out(ask: Ask, ref: str) -> Goto:
    """Pass everything on, in one step."""
    succession = find_succession(ask.db, ref, by=ask.by)
    found = carry_out_succession(ask.db, succession, movers=MOVERS, by=ask.by, at=ask.at)
    told = f"Carried out: {len(found.things)} {'thing' if len(found.things) == 1 else 'things'} passed."
    return Goto(f"/successions/{ref}", told=told)


ROUTES = [list_successions, show_new, propose, show, agree, decline, withdraw, carry_out]
