"""Pooling what several organisations measured into one value: the mean, weighted by how many each counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Reading:
    """What one organisation found of one measure: a value taken from `count` cases, or None for none."""

    organisation: str
    value: Fraction | None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Pooled:
    """One value over all who measured, and how many it was taken from; a value of None says that nobody did."""

    value: Fraction | None
    count: int


def pool(readings: Iterable[Reading]) -> Pooled:
    """The mean of the values, each weighted by its count. What was stated as missing counts for nothing."""
    known = [(reading.value, reading.count) for reading in readings if reading.value is not None and reading.count > 0]
    count = sum(each for _, each in known)
    if not count:
        return Pooled(None, 0)
    return Pooled(sum((value * each for value, each in known), Fraction(0)) / count, count)
