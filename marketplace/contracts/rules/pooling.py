"""Pooling what several organisations measured into one value: the mean, weighted by how many each counted.

How sure one can be of it follows from how much the readings differ among themselves.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import sqrt

from marketplace.evidence.rules.curves import t_quantile
from marketplace.kit.values import Value

FEWEST_READINGS = 3
"""With fewer readings nothing can be said of how much they differ."""


class Reading(Value):
    """What one organisation found of one measure: a value taken from `count` cases, or None for none."""

    organisation: str
    value: Fraction | None
    count: int = 0


class Pooled(Value):
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


def half_width(readings: Iterable[Reading], *, level: float = 0.95) -> Fraction | None:
    """Half of the interval around the pooled value; None for fewer than three readings, and where all say the same.

    Each reading, an organisation in a month, is a cluster of cases: the ratio estimator of cluster sampling, with
    Student's t on one degree of freedom less than there are readings. Months of one organisation count as apart.
    """
    known = [(reading.value, reading.count) for reading in readings if reading.value is not None and reading.count > 0]
    if len(known) < FEWEST_READINGS:
        return None
    pooled = pool(Reading("", value, count) for value, count in known)
    assert pooled.value is not None
    squares = sum(((value - pooled.value) * count) ** 2 for value, count in known)
    variance = squares * Fraction(len(known), len(known) - 1) / pooled.count**2
    if not variance:
        return None
    return Fraction(t_quantile((1 + level) / 2, len(known) - 1) * sqrt(variance))
