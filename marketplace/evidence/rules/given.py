"""A study's numbers as they are given, read into an effect with its variance: intervals, errors, counts or means."""

from collections.abc import Callable, Mapping
from math import log

from marketplace.evidence.rules.arms import (
    Compared,
    hedges_g,
    mean_difference,
    odds_ratio,
    risk_difference,
    risk_ratio,
)
from marketplace.evidence.rules.curves import normal_quantile

MEASURES = {
    "difference": "Difference",
    "ratio": "Ratio",
    "risk-ratio": "Risk ratio",
    "odds-ratio": "Odds ratio",
    "risk-difference": "Risk difference",
    "mean-difference": "Mean difference",
    "standardised-mean-difference": "Standardised mean difference (Hedges g)",
}
RATIOS = ("ratio", "risk-ratio", "odds-ratio")
COUNTS, MEANS = ("a", "b", "c", "d"), ("n1", "mean1", "sd1", "n2", "mean2", "sd2")
_OF_COUNTS: dict[str, Callable[[float, float, float, float], Compared]] = {
    "risk-ratio": risk_ratio, "odds-ratio": odds_ratio, "risk-difference": risk_difference,
}  # fmt: skip
_OF_MEANS = {"mean-difference": mean_difference, "standardised-mean-difference": hedges_g}


def effect_of(measure: str, numbers: Mapping[str, float], *, level: float = 0.95) -> Compared:
    """The effect of one study out of the numbers that it gives. Raises ValueError, saying what is missing.

    Counts are `a` with and `b` without the event when treated, `c` and `d` when not. A ratio is given as people read
    it; its `se` and `variance` are those of its logarithm.
    """
    if set(COUNTS) <= set(numbers) and measure in _OF_COUNTS:
        return _of_counts(measure, numbers)
    if set(MEANS) <= set(numbers) and measure in _OF_MEANS:
        return _of_means(measure, numbers)
    if "effect" not in numbers:
        wanted = f"{', '.join(COUNTS)}" if measure in _OF_COUNTS else f"{', '.join(MEANS)}"
        raise ValueError(f"give effect with low and high, se or variance; or {wanted}")
    return from_interval(numbers["effect"], numbers, is_log=measure in RATIOS, level=level)


def from_interval(effect: float, numbers: Mapping[str, float], *, is_log: bool, level: float = 0.95) -> Compared:
    """An effect with its variance out of `variance`, `se`, or the ends of its interval. Raises ValueError."""
    if is_log and effect <= 0:
        raise ValueError("a ratio is above 0")
    y = log(effect) if is_log else effect
    if "variance" in numbers or "se" in numbers:
        v = numbers["variance"] if "variance" in numbers else numbers["se"] ** 2
    else:
        v = _width(numbers, is_log=is_log) ** 2 / (2 * normal_quantile((1 + level) / 2)) ** 2
    if not v > 0:
        raise ValueError("its interval or error has no width")
    return Compared(y, v, is_log)


def _width(numbers: Mapping[str, float], *, is_log: bool) -> float:
    if "low" not in numbers or "high" not in numbers:
        raise ValueError("it has no interval and no standard error")
    low, high = numbers["low"], numbers["high"]
    if is_log and low <= 0:
        raise ValueError("the interval of a ratio lies above 0")
    return log(high) - log(low) if is_log else high - low


def _of_counts(measure: str, numbers: Mapping[str, float]) -> Compared:
    a, b, c, d = (numbers[name] for name in COUNTS)
    if min(a, b, c, d) < 0 or not (a + b and c + d):
        raise ValueError("each group has somebody in it, and no count is below 0")
    found = _OF_COUNTS[measure](a, b, c, d)
    if not found.v > 0:
        raise ValueError("its numbers leave no spread")
    return found


def _of_means(measure: str, numbers: Mapping[str, float]) -> Compared:
    n1, mean1, sd1, n2, mean2, sd2 = (numbers[name] for name in MEANS)
    if min(n1, n2) < 2 or min(sd1, sd2) <= 0:
        raise ValueError("each group has two or more in it, and a spread above 0")
    return _OF_MEANS[measure](int(n1), mean1, sd1, int(n2), mean2, sd2)
