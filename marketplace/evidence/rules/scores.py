"""Questionnaires as their authors score them: SUS, PDQI-9 and NASA-TLX; and the gap between groups.

Source: evidence.md section 9; NASA-TLX from memory, check.
"""

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev

from marketplace.evidence.rules.curves import t_quantile
from marketplace.evidence.rules.review import PDQI_ITEMS
from marketplace.kit.values import Value

SUS_ITEMS, TLX_SCALES = 10, 6
SUS_MEAN = 68
"""Near which the mean of many products lies."""
TLX_PAIRS = 15
"""How many comparisons of two scales the weights of NASA-TLX add up to."""
EQUITY_ALERT = 5.0
"""Percentage points between the best and the worst group that are proposed as an alert."""


class Mean(Value):
    """The mean of scores with the ends of its 95 % t interval, None for a single one."""

    count: int
    value: float
    low: float | None
    high: float | None


def sus(answers: Sequence[float]) -> float:
    """System Usability Scale, 0 to 100: ten answers of 1 to 5, odd ones said well of it and even ones ill.

    Raises ValueError.
    """
    _check(answers, SUS_ITEMS, 1, 5)
    good, ill = answers[::2], answers[1::2]
    return (sum(each - 1 for each in good) + sum(5 - each for each in ill)) * 2.5


def pdqi(answers: Sequence[float]) -> float:
    """PDQI-9, 9 to 45: nine answers of 1 to 5, added up. Raises ValueError."""
    _check(answers, len(PDQI_ITEMS), 1, 5)
    return sum(answers)


def tlx(scales: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """NASA-TLX, 0 to 100: the mean of six scales, or weighted by how often each was chosen in 15 pairs.

    Raises ValueError.
    """
    _check(scales, TLX_SCALES, 0, 100)
    if weights is None:
        return fmean(scales)
    _check(weights, TLX_SCALES, 0, 5)
    if sum(weights) != TLX_PAIRS:
        raise ValueError(f"the weights add up to {sum(weights):g}, not to {TLX_PAIRS}")
    return sum(weight * scale for weight, scale in zip(weights, scales, strict=True)) / TLX_PAIRS


def mean_of(scores: Sequence[float]) -> Mean:
    """The mean of people's scores with its interval. There is at least one."""
    value = fmean(scores)
    if len(scores) < 2:
        return Mean(1, value, None, None)
    half = t_quantile(0.975, len(scores) - 1) * stdev(scores) / sqrt(len(scores))
    return Mean(len(scores), value, value - half, value + half)


def equity_gap(by_group: Mapping[str, float], *, better: str) -> tuple[str, str, float]:
    """The group that fares best, the one that fares worst, and how far they are apart. There are at least two."""
    order = sorted(by_group, key=lambda group: by_group[group], reverse=better == "higher")
    best, worst = order[0], order[-1]
    return best, worst, abs(by_group[best] - by_group[worst])


def _check(answers: Sequence[float], wanted: int, low: float, high: float) -> None:
    if len(answers) != wanted:
        raise ValueError(f"{len(answers)} answers were given and {wanted} are asked")
    outside = next((each for each in answers if not low <= each <= high), None)
    if outside is not None:
        raise ValueError(f"{outside:g} does not lie from {low:g} to {high:g}")
