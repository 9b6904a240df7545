"""A succession: proposed by an operator, agreed to by a manager of each side, and carried out in one step."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.identity.actions.roles import hold
from marketplace.identity.events import SuccessionAgreed, SuccessionEnded, SuccessionProposed, ThingsPassed
from marketplace.identity.models import Organisation, Passed, Succession
from marketplace.identity.policies import BUYING, Actor, Permission, may_manage_members
from marketplace.identity.queries.successions import (
    LOADED,
    OPEN,
    Movers,
    all_that_is_there,
    foreseen,
    passing_of,
)
from marketplace.identity.rules.successions import CHOSEN, KINDS, MERGER, Foreseen, counted
from marketplace.identity.states import SUCCESSION
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.holding import hold_row, hold_rows
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_text, quote

LONGEST = 2_000
NAMED = 3


def propose_succession(
    db: Session, old: Organisation, new: Organisation, kind: str, *, effective_on: date | None, reason: str, by: Actor,
    at: datetime,
) -> Succession:  # fmt: skip
    """Propose that one buying organisation joins another, or hands a part over to it. By an operator.

    Raises NotAllowed, Invalid by field, Conflict where one of the two has an open succession or joined another.
    """
    _check_operates(by)
    why, day = _terms(old, new, kind, effective_on, reason)
    for one in sorted((old, new), key=lambda each: each.id):
        _check_free(db, hold(db, one.id))
    succession = Succession(
        id=new_id(at), ref=new_reference("SUC"), kind=kind, old_id=old.id, new_id=new.id, effective_on=day, reason=why,
        chosen=[], state=SUCCESSION.start, state_reason="", proposed_by_id=by.person_id, proposed_at=at,
    )  # fmt: skip
    db.add(succession)
    db.flush()
    proposed = SuccessionProposed(**_named(succession), kind=kind, effective_on=day)
    record(db, proposed, by=by, at=at)
    return succession


def agree_to_succession(
    db: Session, succession: Succession, *, chosen: Collection[str] = (), movers: Movers, by: Actor, at: datetime
) -> None:
    """Agree for one's organisation; of a split the old one agrees first, and chooses what passes.

    Raises NotAllowed, Invalid, Conflict.
    """
    _hold(db, succession)
    is_old = _side_of(succession, by)
    SUCCESSION.after("agree", succession.state)
    if is_old:
        _agree_for_old(db, succession, chosen, movers, by, at)
    else:
        if succession.kind != MERGER and succession.old_agreed_at is None:
            raise Conflict(f"{succession.old.name} has not said yet what passes", "It agrees first, then you.")
        if succession.new_agreed_at is not None:
            raise Conflict(f"{succession.new.name} has agreed already", "Nothing more is needed from you.")
        succession.new_agreed_by_id, succession.new_agreed_at = by.person_id, at
    is_complete = succession.old_agreed_at is not None and succession.new_agreed_at is not None
    if is_complete:
        succession.state = SUCCESSION.after("agree", succession.state)
    side = succession.old_id if is_old else succession.new_id
    agreed = SuccessionAgreed(**_named(succession), organisation_id=side, is_complete=is_complete)
    record(db, agreed, by=by, at=at)
    db.flush()


def decline_succession(db: Session, succession: Succession, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no for one's organisation, also after one's yes, until it is carried out. Raises NotAllowed, Invalid."""
    _hold(db, succession)
    _side_of(succession, by)
    _end(db, succession, "decline", reason, by=by, at=at)


def withdraw_succession(db: Session, succession: Succession, *, reason: str, by: Actor, at: datetime) -> None:
    """Take back what was proposed. By an operator. Raises NotAllowed, Invalid, Conflict."""
    _hold(db, succession)
    _check_operates(by)
    _end(db, succession, "take back", reason, by=by, at=at)


def carry_out_succession(db: Session, succession: Succession, *, movers: Movers, by: Actor, at: datetime) -> Foreseen:
    """Pass everything on, in this one transaction; what passed. By an operator, on its day or later.

    Raises NotAllowed; Conflict before its day, or while something stands in the way.
    """
    _hold(db, succession)
    _check_operates(by)
    state = SUCCESSION.after("carry out", succession.state)
    if day_in_london(at) < succession.effective_on:
        raise Conflict(f"it counts from {in_words(succession.effective_on)}", "Carry it out on that day or later.")
    passing = passing_of(succession)
    found = foreseen(db, passing, movers)
    refuse_blocked(found)
    db.add_all(_passed(succession, found, at))
    for mover in movers:
        mover.move(db, passing, by, at)
        db.flush()
    if succession.kind == MERGER:
        _join(succession)
    succession.state, succession.done_at, succession.done_by_id = state, at, by.person_id
    for is_old in (True, False):
        record(db, _told(succession, found, is_old=is_old), by=by, at=at)
    db.flush()
    return found


def refuse_blocked(found: Foreseen) -> None:
    """Raise Conflict that names what stands in the way."""
    if not found.blockers:
        return
    first = "; ".join(one.fact for one in found.blockers[:NAMED])
    more = f"; and {len(found.blockers) - NAMED} more" if len(found.blockers) > NAMED else ""
    raise Conflict(f"{first}{more}", found.blockers[0].hint)


def _terms(old: Organisation, new: Organisation, kind: str, effective_on: date | None, reason: str) -> tuple[str, date]:
    """The reason and the day as they are kept. Raises Invalid by field."""
    wrong: dict[str, str] = {}
    why = clean_text(reason, LONGEST)
    if kind not in KINDS:
        wrong["kind"] = "Choose what happens."
    if old.id == new.id:
        wrong["new"] = "Choose another organisation than the first."
    elif old.kind != new.kind or old.kind not in BUYING:
        wrong["new"] = f"Both have to be trusts, boards or integrated care boards, and of one kind: {old.name} is not."
        if old.kind in BUYING:
            wrong["new"] = f"{new.name} is of another kind than {old.name}."
    if effective_on is None:
        wrong["effective_on"] = "Give the day from which it counts."
    if not why:
        wrong["reason"] = "Say why, and under which order or agreement: both sides read it."
    if wrong or effective_on is None:
        raise Invalid("this succession does not hold", "Look at what is marked. Nothing was lost.", fields=wrong)
    return why, effective_on


def _agree_for_old(
    db: Session, succession: Succession, chosen: Collection[str], movers: Movers, by: Actor, at: datetime
) -> None:
    if succession.old_agreed_at is not None:
        raise Conflict(f"{succession.old.name} has agreed already", "Decline it first, if it is wrong.")
    if succession.kind != MERGER:
        there = {one.key for one in foreseen(db, all_that_is_there(succession), movers).things if one.kind in CHOSEN}
        strange = sorted(set(chosen) - there)
        if strange or not chosen:
            told = "Choose at least one thing of what is listed."
            fact = f"{quote(strange[0])} is not there" if strange else "nothing is chosen"
            raise Invalid(fact, told, fields={"chosen": told})
        succession.chosen = sorted(set(chosen))
    succession.old_agreed_by_id, succession.old_agreed_at = by.person_id, at


def _side_of(succession: Succession, by: Actor) -> bool:
    """Whether the actor speaks for the old one; False for the new. Raises NotAllowed for everybody else."""
    sides = (succession.old_id, succession.new_id)
    if by.organisation_id not in sides or not may_manage_members(by, by.organisation_id):
        raise NotAllowed("only a manager of one of the two organisations decides", "Ask one of them.")
    others = {succession.proposed_by_id, succession.old_agreed_by_id, succession.new_agreed_by_id} - {None}
    if by.person_id in others and by.person_id not in _own_yes(succession, by):
        raise NotAllowed("one person does not speak for two of the three", "Another manager decides.")
    return by.organisation_id == succession.old_id


def _own_yes(succession: Succession, by: Actor) -> set[UUID | None]:
    is_old = by.organisation_id == succession.old_id
    return {succession.old_agreed_by_id if is_old else succession.new_agreed_by_id}


def _end(db: Session, succession: Succession, move: str, reason: str, *, by: Actor, at: datetime) -> None:
    state, why = SUCCESSION.after(move, succession.state), clean_text(reason, LONGEST)
    if not why:
        told = "Say why: both sides and the operator read it."
        raise Invalid("this needs a reason", told, fields={"reason": told})
    succession.state, succession.state_reason = state, why
    record(db, SuccessionEnded(**_named(succession), reason=why), by=by, at=at)
    db.flush()


def _hold(db: Session, succession: Succession) -> None:
    """The succession and both organisations to ourselves until the transaction ends."""
    hold_rows(db, Organisation, (succession.old_id, succession.new_id))
    hold_row(db, Succession, succession.id, LOADED)


def _check_operates(by: Actor) -> None:
    if not by.may(Permission.OPERATE):
        raise NotAllowed("only an operator does this", "The two organisations agree to it.")


def _check_free(db: Session, organisation: Organisation) -> None:
    if organisation.joined_to_id is not None:
        raise Conflict(f"{organisation.name} joined another organisation", "Choose the one that it joined.")
    concerns = or_(Succession.old_id == organisation.id, Succession.new_id == organisation.id)
    other = db.scalars(select(Succession.ref).where(concerns, Succession.state.in_(OPEN)).limit(1)).first()
    if other is not None:
        raise Conflict(f"{organisation.name} is part of {other}", "Carry that one out first, or take it back.")


def _passed(succession: Succession, found: Foreseen, at: datetime) -> list[Passed]:
    return [
        Passed(
            id=new_id(at), succession_id=succession.id, kind=one.kind, thing_id=one.id, label=one.label, note=one.note
        )
        for one in found.things
    ]


def _join(succession: Succession) -> None:
    """The old one stays as joined to the new one, which stands for it and for all that had joined it."""
    old, new = succession.old, succession.new
    old.joined_to_id, old.joined_on = new.id, succession.effective_on
    new.predecessors = [*new.predecessors, str(old.id), *old.predecessors]
    new.email_domains = sorted({*new.email_domains, *old.email_domains})


def _told(succession: Succession, found: Foreseen, *, is_old: bool) -> ThingsPassed:
    mine, other = (succession.old_id, succession.new_id) if is_old else (succession.new_id, succession.old_id)
    return ThingsPassed(
        organisation_id=mine, other_id=other, succession_id=succession.id, kind=succession.kind, is_old=is_old,
        effective_on=succession.effective_on, reason=succession.reason, count=counted(found.things),
    )  # fmt: skip


def _named(succession: Succession) -> dict[str, Any]:
    return {"succession_id": succession.id, "old_id": succession.old_id, "new_id": succession.new_id}
