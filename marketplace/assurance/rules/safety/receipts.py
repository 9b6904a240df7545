"""How far each organisation is with a notice, in one word, and the picture over all of them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol

from marketplace.kit.values import Value

WORDS = {
    "silent": "Has not acknowledged it",
    "acknowledged": "Acknowledged, no action yet",
    "under-way": "Acting on it",
    "done": "Answered",
}


class Received(Protocol):
    """What the rules read of a receipt."""

    acknowledged_at: datetime | None
    answer: str


class Picture(Value):
    """How many organisations a notice reached, acknowledged it, and have nothing left to do."""

    reached: int
    acknowledged: int
    done: int
    late: int

    @property
    def is_complete(self) -> bool:
        return self.done == self.reached


def standing_of(receipt: Received, finals: frozenset[str]) -> str:
    """silent, acknowledged, under-way or done. `finals` are the answers after which nothing is left to do."""
    if receipt.acknowledged_at is None:
        return "silent"
    if not receipt.answer:
        return "acknowledged"
    return "done" if receipt.answer in finals else "under-way"


def due_of(standing: str, acknowledge_by: date, act_by: date) -> date | None:
    """The next day that binds an organisation; None where it is done."""
    if standing == "done":
        return None
    return acknowledge_by if standing == "silent" else act_by


def picture_of(receipts: Iterable[Received], finals: frozenset[str], due: tuple[date, date], *, today: date) -> Picture:
    """The picture over all receipts of a notice; `due` is by when it is acknowledged and acted on."""
    rows = [standing_of(receipt, finals) for receipt in receipts]
    days = [due_of(row, *due) for row in rows]
    return Picture(
        len(rows), sum(row != "silent" for row in rows), sum(row == "done" for row in rows),
        sum(day is not None and day < today for day in days),
    )  # fmt: skip
