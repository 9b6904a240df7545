"""When a shortlist of one would become a direct award, and where the threshold of the Act stands."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.kit.money import Money
from marketplace.kit.values import Value

NONE, WOULD_BE, IS = "none", "would-be", "is"


class Threshold(Value):
    """An amount, VAT included, from which the whole of the Act applies to a buyer of this kind."""

    amount: Money
    label: str
    source: str
    mark: str = ""


def warning(*, included: int, undecided: int) -> str:
    """`is` with one product left, `would-be` while others are still to decide upon, else `none`."""
    if included != 1:
        return NONE
    return WOULD_BE if undecided else IS


def threshold_for(kind: str, on: date, rows: Sequence[Mapping[str, Any]]) -> Threshold | None:
    """The threshold of a kind of buyer on a day, from the declared rows; None where none is declared."""
    for row in rows:
        if kind in row["kinds"] and row["from"] <= on <= row["until"]:
            return Threshold(Money(row["pence"]), row["label"], row["source"], row.get("mark", ""))
    return None


def reaches(estimate: Money | None, threshold: Threshold) -> bool:
    """Whether the value reaches the threshold. One that cannot be estimated counts as if it did (Sch. 3 para 5)."""
    return estimate is None or estimate >= threshold.amount
