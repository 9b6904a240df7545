"""The curves that intervals are cut from: normal, Student's t and chi-squared, in plain arithmetic.

Each tail is worked out to about twelve digits by the continued fractions of the incomplete beta and gamma functions.
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp, lgamma, log, log1p
from statistics import NormalDist

NORMAL = NormalDist()
TINY, CLOSE, MOST_STEPS = 1e-300, 1e-14, 500


def normal_quantile(share: float) -> float:
    """The value that a standard normal stays below with this probability: 1.959964 for 0.975."""
    return NORMAL.inv_cdf(share)


def normal_p(z: float) -> float:
    """The two-sided p of a standard normal value."""
    return 2 * (1 - NORMAL.cdf(abs(z)))


def t_below(value: float, df: float) -> float:
    """The probability that Student's t with `df` degrees of freedom stays below `value`."""
    tail = _beta_share(df / (df + value * value), df / 2, 0.5) / 2
    return tail if value < 0 else 1 - tail


def t_p(value: float, df: float) -> float:
    """The two-sided p of a value of Student's t."""
    return _beta_share(df / (df + value * value), df / 2, 0.5)


@lru_cache(maxsize=1_000)
def t_quantile(share: float, df: float) -> float:
    """The value that Student's t stays below with this probability: 2.1788 for 0.975 and 12 degrees of freedom."""
    return _turned(lambda value: t_below(value, df), share, -1e6, 1e6)


def chi_squared_p(value: float, df: float) -> float:
    """The probability that chi-squared with `df` degrees of freedom is above `value`."""
    if value <= 0:
        return 1.0
    return 1 - _gamma_series(df / 2, value / 2) if value < df + 2 else _gamma_fraction(df / 2, value / 2)


def chi_squared_quantile(share: float, df: float) -> float:
    """The value that chi-squared stays below with this probability."""
    return _turned(lambda value: 1 - chi_squared_p(value, df), share, 0, 100 + 100 * df)


def _turned(below: Callable[[float], float], share: float, low: float, high: float) -> float:
    """Where a rising curve reaches `share`, by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(1 - x, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    """Lentz's continued fraction of the incomplete beta function."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        step = 1.0
        for part in (even, odd):
            d, c = 1 / _away(1 + part * d), _away(1 + part / c)
            step = d * c
            found *= step
        if abs(step - 1) < CLOSE:
            break
    return found


def _gamma_series(a: float, x: float) -> float:
    """The lower regularised incomplete gamma function, by its series."""
    term = found = 1 / a
    for n in range(1, MOST_STEPS * 10):
        term *= x / (a + n)
        found += term
        if abs(term) < abs(found) * CLOSE:
            break
    return found * exp(a * log(x) - x - lgamma(a))


def _gamma_fraction(a: float, x: float) -> float:
    """The upper regularised incomplete gamma function, by its continued fraction."""
    b = x + 1 - a
    c, d = 1 / TINY, 1 / _away(b)
    found = d
    for n in range(1, MOST_STEPS * 10):
        part = -n * (n - a)
        b += 2
        d, c = 1 / _away(part * d + b), _away(b + part / c)
        found *= d * c
        if abs(d * c - 1) < CLOSE:
            break
    return found * exp(a * log(x) - x - lgamma(a))


def _away(value: float) -> float:
    """Never quite nothing, so that it can be divided by."""
    return value if abs(value) > TINY else TINY
