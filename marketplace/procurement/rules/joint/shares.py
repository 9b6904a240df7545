"""Shares: typed as per cent or as parts, kept as whole weights, and always adding up.

Money is split by `Money.split`, so that shares of a sum add up to the penny whatever the weights.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd

from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote

PERCENT, PARTS = "percent", "parts"
WAYS = {PERCENT: "Per cent", PARTS: "Parts, such as 2 and 1"}
WHOLE = Decimal(100)
LARGEST_WEIGHT = 1_000_000

_PERCENT = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,4}))?")
_PARTS = re.compile(r"[0-9]{1,7}")


def shares(weights: Sequence[int]) -> list[Fraction]:
    """One exact share for each weight; together they are 1. Raises Invalid where one is negative or all are 0."""
    if not any(weights) or min(weights) < 0:
        raise Invalid("these weights make no shares", "A share is 0 or more, and one is above 0.")
    whole = sum(weights)
    return [Fraction(weight, whole) for weight in weights]


def amounts(whole: Money, weights: Mapping[str, int]) -> dict[str, Money]:
    """What each pays of a sum, in the order given; the pennies left over go as `Money.split` says."""
    return dict(zip(weights, whole.split(list(weights.values())), strict=True))


def typed_shares(way: str, typed: Mapping[str, str]) -> dict[str, int]:
    """Weights from what was typed for each party, by its reference, in their smallest whole numbers.

    Per cent have to make 100 exactly: 99.99 is refused, and the difference told. Raises Invalid by field, `share-REF`.
    """
    if way not in WAYS:
        raise Invalid("shares are typed as per cent or as parts", "Choose one.", fields={"way": "Choose one."})
    reader = _percent if way == PERCENT else _parts
    found, wrong = {}, {}
    for ref, text in typed.items():
        try:
            found[ref] = reader(text.strip().removesuffix("%").strip())
        except Invalid as refusal:
            wrong[f"share-{ref}"] = f"{refusal.fact}. {refusal.hint}"
    if wrong:
        raise Invalid("a share does not hold", "Look at what is marked. Nothing was lost.", fields=wrong)
    if way == PERCENT:
        _check_whole(found)
    return smallest({ref: int(value * 10_000) for ref, value in found.items()})


def smallest(weights: Mapping[str, int]) -> dict[str, int]:
    """The same shares in the smallest whole weights."""
    common = gcd(*weights.values()) or 1
    return {ref: weight // common for ref, weight in weights.items()}


def percent_of(share: Fraction) -> str:
    """A share for reading: "50%", "33.33%". Rounded for the eye alone; money is never worked out from it."""
    shown = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return f"{shown.quantize(Decimal('0.01')).normalize():f}%"


def _check_whole(found: Mapping[str, Decimal]) -> None:
    total = sum(found.values(), Decimal(0))
    if total == WHOLE:
        return
    short, difference = total < WHOLE, f"{abs(total - WHOLE).normalize():f}%"
    way, mend = ("less", "Add it to one of them") if short else ("more", "Take it off one of them")
    told = f"That is {difference} {way} than 100%. {mend}, or type parts, which always add up."
    fields = {f"share-{ref}": f"In all {difference} {way} than 100%." for ref in found}
    raise Invalid(f"the shares make {total.normalize():f}%, not 100%", told, fields=fields)


def _percent(text: str) -> Decimal:
    if not _PERCENT.fullmatch(text):
        raise Invalid(f"{quote(text)} is not a share", "Write a number such as 33.34, with at most four decimals")
    value = Decimal(text)
    if not 0 < value <= WHOLE:
        raise Invalid(f"{quote(text)} per cent is not a share", "Write more than 0 and at most 100")
    return value


def _parts(text: str) -> Decimal:
    if not _PARTS.fullmatch(text) or not 0 < int(text) <= LARGEST_WEIGHT:
        raise Invalid(f"{quote(text)} is not a number of parts", f"Write a whole number from 1 to {LARGEST_WEIGHT:,}")
    return Decimal(text)
