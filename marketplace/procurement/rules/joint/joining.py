"""Who may join when: the rule for buyers that come late, and what is left to those who may not."""

from collections.abc import Collection
from datetime import date, timedelta

from marketplace.frameworks.schema.procedures import Joining, Procedure, WayOn
from marketplace.kit.calendar import ONE_DAY
from marketplace.kit.values import Value

OPEN = "inviting"
BEFORE_THE_AWARD = ("draft", "inviting", "settled")


class Door(Value):
    """Whether an organisation may join, why or why not in words, and what else it can do."""

    is_open: bool
    why: str
    ways_on: tuple[WayOn, ...] = ()


def door(declared: Joining, *, ref: str, admits: Collection[str], state: str) -> Door:
    """The answer to an organisation that holds the link. It tells nothing of the purchase but the rule.

    Procurement Act 2023: a buyer that was not in the named list or published category from the start needs its own
    procurement (s. 45(5)(f), reg. 20(2)(e)), and a plain contract is not stretched to new buyers (Sch. 8 para 1).
    """
    if ref not in admits:
        return Door(is_open=False, why=declared.not_named, ways_on=declared.ways_on)
    if state != OPEN:
        return Door(is_open=False, why=declared.after_settling, ways_on=declared.ways_on)
    return Door(is_open=True, why=declared.named)


def answer_by(procedure: Procedure, starts_on: date | None, *, on: date) -> date | None:
    """The last day to answer an invitation of that day; None where no clock is declared."""
    clock = procedure.clock("answer-invitation")
    return answered_before(on + timedelta(days=clock.days), starts_on, on=on) if clock else None


def answered_before(by: date, starts_on: date | None, *, on: date) -> date:
    """The last day to answer an invitation: `by`, but no day on which the pilot runs, where that is still to come."""
    return starts_on - ONE_DAY if starts_on is not None and on < starts_on <= by else by


def may_leave(state: str) -> bool:
    """Whether a party can leave without a variation of the contract: before the award, which is before it runs."""
    return state in BEFORE_THE_AWARD
