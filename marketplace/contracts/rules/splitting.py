"""Who shares the fee of a period, and by which parts: functions of the set of parties on each day."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from marketplace.kit.calendar import ONE_DAY
from marketplace.kit.values import Value


class Member(Value):
    """An organisation that shares the fee by its weight, from `joined_on` to `left_on`, both included.

    One whose share grew stands for each of its weights, on days of its own.
    """

    name: str
    weight: int
    joined_on: date | None = None
    left_on: date | None = None

    def takes_part(self, day: date) -> bool:
        return (self.joined_on is None or self.joined_on <= day) and (self.left_on is None or day <= self.left_on)

    def overlaps(self, other: "Member") -> bool:
        """Whether the same organisation would share by both on some day."""
        starts = max(self.joined_on or date.min, other.joined_on or date.min)
        return self.name == other.name and starts <= min(self.left_on or date.max, other.left_on or date.max)


def parts_of(members: Sequence[Member], first: date, last: date) -> dict[str, Fraction]:
    """Each member's part of what these days cost, by name: the parts add up to 1. Empty where nobody takes part.

    Each day's cost is shared by the weights of those who take part on that day. A day on which nobody does is
    shared like the others.
    """
    found: dict[str, Fraction] = {}
    for begins, ends in _stretches(members, first, last):
        there = [member for member in members if member.weight > 0 and member.takes_part(begins)]
        total = sum(member.weight for member in there)
        days = (ends - begins).days + 1
        for member in there:
            found[member.name] = found.get(member.name, Fraction(0)) + Fraction(member.weight * days, total)
    counted = sum(found.values())
    return {name: part / counted for name, part in found.items()} if counted else {}


def _stretches(members: Sequence[Member], first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days from first to last, cut where somebody comes or goes."""
    cuts = {first, last + ONE_DAY}
    for member in members:
        comes = member.joined_on
        goes = member.left_on + timedelta(days=1) if member.left_on else None
        cuts |= {day for day in (comes, goes) if day is not None and first < day <= last}
    for begins, ends in pairwise(sorted(cuts)):
        yield begins, ends - ONE_DAY
