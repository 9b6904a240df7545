"""Who may join when: the rule for buyers that come late, and what is left to those who may not."""

from collections.abc import Collection

from marketplace.frameworks.schema.procedures import Joining, WayOn
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


def may_leave(state: str) -> bool:
    """Whether a party can leave without a variation of the contract: before the award, which is before it runs."""
    return state in BEFORE_THE_AWARD
