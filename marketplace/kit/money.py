"""Money in whole pence: added, split so that it adds up, and rounded once, at a named place, when a rate meets it."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import ClassVar, Literal

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

LARGEST_TYPED = 10**13
"""Pence: a hundred thousand million pounds, above which an amount is taken for a slip."""

Rate = Fraction | Decimal | int
Rounding = Literal["half-up", "half-even"]

_TYPED = re.compile(r"([-\u2212]?)£? ?([-\u2212]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?")
_LONGEST_TYPED = 40


class Money(Value, order=True):
    """A sum in pence sterling; negative where it goes back. Raises TypeError for anything but a whole number."""

    pence: int
    zero: ClassVar["Money"]

    def __post_init__(self) -> None:
        if type(self.pence) is not int:
            raise TypeError(f"pence are a whole number, not {self.pence!r}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.pence + other.pence) if isinstance(other, Money) else NotImplemented

    def __radd__(self, other: int) -> "Money":
        return self if type(other) is int and other == 0 else NotImplemented

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.pence - other.pence) if isinstance(other, Money) else NotImplemented

    def __neg__(self) -> "Money":
        return Money(-self.pence)

    def __abs__(self) -> "Money":
        return Money(abs(self.pence))

    def __bool__(self) -> bool:
        return self.pence != 0

    def __str__(self) -> str:
        pounds, pence = divmod(abs(self.pence), 100)
        return f"{'-' if self.pence < 0 else ''}£{pounds:,}.{pence:02}"

    @staticmethod
    def parse(text: str) -> "Money":
        """The amount that a person typed: "1,234.56", "£12", "-£3.10". Raises Invalid for anything less certain."""
        typed = _TYPED.fullmatch(text.strip()) if len(text) <= _LONGEST_TYPED else None
        if typed is None or (typed[1] and typed[2]):
            raise Invalid(f"{quote(text)} is not an amount of money", "Write pounds and pence, such as 1,234.56.")
        pounds, part = typed[3].replace(",", ""), typed[4] or "0"
        if len(part) > 2:
            raise Invalid(f"{quote(text)} has a fraction of a penny", "Give at most two digits after the point.")
        pence = int(pounds) * 100 + int(part.ljust(2, "0"))
        if pence > LARGEST_TYPED:
            raise Invalid(f"{quote(text)} is too large", f"The largest amount taken is {Money(LARGEST_TYPED)}.")
        return Money(-pence if typed[1] or typed[2] else pence)

    def split(self, weights: Sequence[int | Fraction]) -> "list[Money]":
        """One share for each weight, in that order, that add up to the penny whatever the weights.

        By largest remainder; of equal remainders the earlier gets the penny. Nothing goes to a weight of 0.
        Raises Invalid where a weight is negative or all are 0, TypeError where one is not exact.
        """
        exact = [_exact(weight) for weight in weights]
        if not any(exact) or min(exact) < 0:
            raise Invalid(f"{self} cannot be shared by {_listed(weights)}", "Shares are 0 or more, and one is above 0.")
        parts = [abs(self.pence) * weight / sum(exact) for weight in exact]
        shares = [int(part) for part in parts]
        by_remainder = sorted(range(len(parts)), key=lambda place: (shares[place] - parts[place], place))
        for place in by_remainder[: abs(self.pence) - sum(shares)]:
            shares[place] += 1
        return [Money(-share if self.pence < 0 else share) for share in shares]

    def times(self, rate: Rate, *, rounding: Rounding = "half-up") -> "Money":
        """This at an exact rate, rounded once to the penny; half-up rounds a half away from zero."""
        exact = self.pence * _exact(rate)
        if rounding == "half-even":
            return Money(round(exact))
        whole = int(abs(exact) + Fraction(1, 2))
        return Money(-whole if exact < 0 else whole)

    def vat(self, rate: Rate) -> "Vat":
        """This as a net amount, with the tax at `rate` (Fraction(1, 5) is 20%) rounded half-up on this one line."""
        tax = self.times(rate)
        return Vat(net=self, vat=tax, gross=self + tax)


Money.zero = Money(0)


class Vat(Value, kw_only=True):
    """One amount seen three ways, which always add up."""

    net: Money
    vat: Money
    gross: Money

    def __post_init__(self) -> None:
        if self.net + self.vat != self.gross:
            raise ValueError(f"{self.net} and {self.vat} do not make {self.gross}")

    @staticmethod
    def within(gross: Money, rate: Rate) -> "Vat":
        """The net amount and the tax that a gross amount holds."""
        net = gross.times(1 / (1 + _exact(rate)))
        return Vat(net=net, vat=gross - net, gross=gross)


def _exact(rate: Rate) -> Fraction:
    if isinstance(rate, bool) or not isinstance(rate, Fraction | Decimal | int):
        raise TypeError(f"a rate or weight is exact: a Fraction, a Decimal or an int, not {rate!r}")
    return Fraction(rate)


def _listed(weights: Sequence[int | Fraction]) -> str:
    return "weights of " + ", ".join(str(weight) for weight in weights[:8]) if weights else "no weights"
