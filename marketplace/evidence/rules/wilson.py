"""Intervals of counts: a share of cases by Wilson, a rate of events by Poisson. Source: evidence.md section 6."""

from math import sqrt

from marketplace.evidence.rules.curves import chi_squared_quantile, normal_quantile
from marketplace.kit.values import Value


class Share(Value):
    """`events` of `cases`, with the ends of its interval; all between 0 and 1."""

    events: int
    cases: int
    value: float
    low: float
    high: float


def wilson(events: int, cases: int, *, level: float = 0.95) -> Share:
    """The share with Wilson's interval, which holds where the count is small or nothing. Raises ValueError."""
    if cases < 1 or not 0 <= events <= cases:
        raise ValueError(f"{events} of {cases} is no share")
    z, share = normal_quantile((1 + level) / 2), events / cases
    whole = 1 + z * z / cases
    centre = (share + z * z / (2 * cases)) / whole
    half = z * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases)) / whole
    low = 0.0 if events == 0 else max(centre - half, 0.0)
    return Share(events, cases, share, low, 1.0 if events == cases else min(centre + half, 1.0))


def poisson(events: int, base: float, *, level: float = 0.95) -> tuple[float, float, float]:
    """Events for one of `base`, with the exact interval of a count that may come more than once to one case."""
    if events < 0 or base <= 0:
        raise ValueError(f"{events} in {base} is no rate")
    outside = (1 - level) / 2
    low = chi_squared_quantile(outside, 2 * events) / 2 if events else 0.0
    return events / base, low / base, chi_squared_quantile(1 - outside, 2 * events + 2) / 2 / base
