"""What is left to pay, what a payment does to an invoice, and how bank lines find theirs. Pure. Whole pence."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

from marketplace.kit.values import Value
from marketplace.payments.rules.numbers import NUMBER

MATCHED, UNCERTAIN, UNMATCHED = "matched", "uncertain", "unmatched"
_SPACED = re.compile(r"[^A-Z0-9]")


def left_of(gross_pence: int, payments: Iterable[int]) -> int:
    """What is still to be paid of an invoice; of a credit note, below zero, what can still be set against invoices."""
    return gross_pence - sum(payments)


class Taken(Value):
    """How much of what came in an invoice needs, and what is above it."""

    pence: int
    over_pence: int
    left_pence: int


def taken(left_pence: int, came_in: int) -> Taken:
    """Share what came in between the invoice and what is above it."""
    used = max(0, min(left_pence, came_in))
    return Taken(used, came_in - used, left_pence - used)


def move_after(left_pence: int, *, paid_pence: int) -> str:
    """The move that an invoice makes once something was set against it; empty where it makes none.

    `paid_pence` is what came as money, so that what credit notes took alone is told from what was paid.
    """
    if left_pence > 0:
        return "pay in part" if paid_pence else ""
    return "pay" if paid_pence else "credit"


def spread(credit_pence: int, lefts: Sequence[int]) -> list[int]:
    """A credit set against invoices in their order, each up to what is left of it."""
    parts: list[int] = []
    for left in lefts:
        part = max(0, min(left, credit_pence))
        credit_pence -= part
        parts.append(part)
    return parts


class Open(Value):
    """An invoice that waits for money, as far as matching needs to know it."""

    number: str
    left_pence: int
    purchase_order: str = ""
    due_on: date | None = None


class Match(Value):
    """What a bank line belongs to: `certainty` is matched where the number is named, uncertain for a likely guess."""

    certainty: str
    number: str
    why: str


def match(words: str, pence: int, candidates: Sequence[Open]) -> Match:
    """The invoice of a bank line: by its number; else, for a person to confirm, by a purchase order or the amount.

    Only the number matches by itself, whatever the amount: an amount alone may be somebody else's.
    """
    bare = _SPACED.sub("", words.upper())
    by_number = [one for one in candidates if _SPACED.sub("", one.number) in bare and NUMBER.fullmatch(one.number)]
    if len(by_number) == 1:
        return Match(MATCHED, by_number[0].number, "the words name its number")
    by_order = [one for one in candidates if _named(one.purchase_order, bare) and one.left_pence == pence]
    if len(by_order) == 1:
        return Match(UNCERTAIN, by_order[0].number, "the words name its purchase order, and the amount is the same")
    by_amount = [one for one in candidates if one.left_pence == pence]
    if len(by_amount) == 1 and not by_number:
        return Match(UNCERTAIN, by_amount[0].number, "it is the only one of this amount")
    return Match(UNMATCHED, "", "several numbers are named" if by_number else "no number is named that is open")


def _named(purchase_order: str, bare: str) -> bool:
    order = _SPACED.sub("", purchase_order.upper())
    return len(order) >= 4 and order in bare
