"""Organisations that join another or are split: proposed, looked at, agreed to, carried out."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, get, post
from marketplace.api.shapes import In, Line, Listed, MoveOut, Out, Reason, Text, all_of, move
from marketplace.faces.succession_shown import shown_to
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
from marketplace.identity.queries.successions import find_succession, successions_of

PATHS = {
    "agree": ("Agree", "agreement"), "decline": ("Decline", "refusal"), "take back": ("Take it back", "withdrawal"),
    "carry out": ("Carry it out", "completion"),
}  # fmt: skip


class SuccessionIn(In):
    """Which of two organisations passes what on: `kind` is merger or split, `old` and `new` are references or names."""

    kind: Line
    old: Line
    new: Line
    effective_on: date
    reason: Text


class ChosenIn(In):
    """In a split, the keys of what passes, as `to_choose` names them; the old organisation gives them."""

    chosen: Annotated[list[Line], Field(max_length=5_000)] = Field(default_factory=list)


class SuccessionOut(Out):
    """A succession without what passes."""

    ref: str
    kind: str
    state: str
    old_ref: str
    old_name: str
    new_ref: str
    new_name: str
    effective_on: date
    reason: str
    state_reason: str
    old_agreed_at: datetime | None
    new_agreed_at: datetime | None
    done_at: datetime | None


class ThingOut(Out):
    key: str
    label: str
    note: str


class GroupOut(Out):
    """Things of one kind: how many; each by name for the organisation that has them."""

    kind: str
    words: str
    count: int
    things: list[ThingOut]


class BlockerOut(Out):
    fact: str
    hint: str


class SuccessionWhole(SuccessionOut):
    """With what passes or passed, what stands in the way, what to choose among, and what may be done now."""

    passes: list[GroupOut]
    blockers: list[BlockerOut]
    notes: list[str]
    to_choose: list[ThingOut]
    moves: list[MoveOut]


@get("/successions", who=ANYBODY_SIGNED_IN)
def list_successions(ask: Asked) -> Listed[SuccessionOut]:
    """Those that concern the caller, newest first."""
    return all_of(SuccessionOut(**_facts(one)) for one in successions_of(ask.db, by=ask.by))


@post("/successions", who=Permission.OPERATE, status=201)
def propose(ask: Asked, body: SuccessionIn) -> SuccessionWhole:
    """Propose that one organisation joins another, or hands a part over to it. For an operator."""
    old, new = (organisation_named(ask.db, getattr(body, side), field=side) for side in ("old", "new"))
    made = propose_succession(
        ask.db, old, new, body.kind, effective_on=body.effective_on, reason=body.reason, by=ask.by, at=ask.at
    )
    return _whole(ask, made.ref)


@get("/successions/{ref:str}", who=ANYBODY_SIGNED_IN)
def show(ask: Asked, ref: str) -> SuccessionWhole:
    """What would pass today, or passed; by number to whoever does not have the things."""
    return _whole(ask, ref)


@post("/successions/{ref:str}/agreement", who=Permission.MEMBER_MANAGE, scope=EVERYTHING)
def agree(ask: Asked, ref: str, body: ChosenIn) -> SuccessionWhole:
    """Agree for one's organisation; of a split the old one agrees first, and chooses."""
    succession = find_succession(ask.db, ref, by=ask.by)
    agree_to_succession(ask.db, succession, chosen=body.chosen, movers=MOVERS, by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/successions/{ref:str}/refusal", who=Permission.MEMBER_MANAGE, scope=EVERYTHING)
def decline(ask: Asked, ref: str, body: Reason) -> SuccessionWhole:
    """Say no for one's organisation."""
    succession = find_succession(ask.db, ref, by=ask.by)
    decline_succession(ask.db, succession, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/successions/{ref:str}/withdrawal", who=Permission.OPERATE)
def withdraw(ask: Asked, ref: str, body: Reason) -> SuccessionWhole:
    """Take the proposal back. For an operator."""
    succession = find_succession(ask.db, ref, by=ask.by)
    withdraw_succession(ask.db, succession, reason=body.reason, by=ask.by, at=ask.at)
    return _whole(ask, ref)


@post("/successions/{ref:str}/completion", who=Permission.OPERATE)
def carry_out(ask: Asked, ref: str) -> SuccessionWhole:
    """Pass everything on, in one step, on its day or later. For an operator."""
    succession = find_succession(ask.db, ref, by=ask.by)
    carry_out_succession(ask.db, succession, movers=MOVERS, by=ask.by, at=ask.at)
    return _whole(ask, ref)


def _whole(ask: Asked, ref: str) -> SuccessionWhole:
    succession = find_succession(ask.db, ref, by=ask.by)
    shown = shown_to(ask.db, succession, by=ask.by)
    return SuccessionWhole(
        **_facts(succession),
        passes=[
            GroupOut(
                kind=group.kind, words=group.words, count=group.count,
                things=[ThingOut(key=one.key, label=one.label, note=one.note) for one in group.things],
            )
            for group in shown.groups
        ],
        blockers=[BlockerOut(fact=one.fact, hint=one.hint) for one in shown.blockers],
        notes=list(shown.notes),
        to_choose=[ThingOut(key=one.key, label=one.label, note=one.note) for one in shown.to_choose],
        moves=[
            move(name, label, f"/v1/successions/{succession.ref}/{path}")
            for name, (label, path) in PATHS.items()
            if name in shown.moves
        ],
    )  # fmt: skip


def _facts(one: Succession) -> dict[str, Any]:
    return {
        "ref": one.ref, "kind": one.kind, "state": one.state, "old_ref": one.old.ref, "old_name": one.old.name,
        "new_ref": one.new.ref, "new_name": one.new.name, "effective_on": one.effective_on, "reason": one.reason,
        "state_reason": one.state_reason, "old_agreed_at": one.old_agreed_at, "new_agreed_at": one.new_agreed_at,
        "done_at": one.done_at,
    }  # fmt: skip


CALLS = [list_successions, propose, show, agree, decline, withdraw, carry_out]
