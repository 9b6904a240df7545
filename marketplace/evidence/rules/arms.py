"""What two groups beside each other come to: ratios, differences and their variances, and agreement with a reference.

Source: evidence.md section 6. Ratios carry their variance on the log scale, where they are pooled.
"""

from math import ceil, exp, log, sqrt

from marketplace.evidence.rules.curves import normal_quantile
from marketplace.kit.values import Value

NINETY_FIVE = 0.95


class Compared(Value):
    """An effect on the scale on which it is added up: a ratio as its logarithm, a difference as it is."""

    y: float
    v: float
    is_log: bool = False

    @property
    def se(self) -> float:
        return sqrt(self.v)

    @property
    def estimate(self) -> float:
        """The effect as people read it."""
        return exp(self.y) if self.is_log else self.y

    def interval(self, level: float = NINETY_FIVE) -> tuple[float, float]:
        """Its normal interval, as people read it."""
        half = normal_quantile((1 + level) / 2) * self.se
        low, high = self.y - half, self.y + half
        return (exp(low), exp(high)) if self.is_log else (low, high)


def risk_ratio(a: float, b: float, c: float, d: float) -> Compared:
    """Of `a` with and `b` without the event when treated, `c` and `d` when not. Raises ValueError as `_filled` does."""
    a, b, c, d = _filled(a, b, c, d)
    return Compared(log(a / (a + b) / (c / (c + d))), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d), is_log=True)


def odds_ratio(a: float, b: float, c: float, d: float) -> Compared:
    """The ratio of the odds. Raises ValueError as `_filled` does."""
    a, b, c, d = _filled(a, b, c, d)
    return Compared(log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d, is_log=True)


def risk_difference(a: float, b: float, c: float, d: float) -> Compared:
    """How much more often the event is when treated; nothing is added to a zero."""
    treated, control = a + b, c + d
    return Compared(a / treated - c / control, a * b / treated**3 + c * d / control**3)


def needed_to_treat(difference: float) -> int | None:
    """How many for one event more or fewer, rounded up; None where there is no difference."""
    return ceil(1 / abs(difference) - 1e-9) if difference else None


def mean_difference(n1: int, mean1: float, sd1: float, n2: int, mean2: float, sd2: float) -> Compared:
    """The mean when treated less the mean when not."""
    return Compared(mean1 - mean2, sd1**2 / n1 + sd2**2 / n2)


def pooled_sd(n1: int, sd1: float, n2: int, sd2: float) -> float:
    """The spread of two groups taken together."""
    return sqrt(((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2))


def hedges_g(n1: int, mean1: float, sd1: float, n2: int, mean2: float, sd2: float) -> Compared:
    """The difference in spreads, corrected for small groups."""
    shrink = 1 - 3 / (4 * (n1 + n2 - 2) - 1)
    g = shrink * (mean1 - mean2) / pooled_sd(n1, sd1, n2, sd2)
    return Compared(g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)))


def rate_ratio(x1: float, time1: float, x2: float, time2: float) -> Compared:
    """The ratio of events in a time. Raises ValueError where one group had none."""
    if not x1 or not x2:
        raise ValueError("a group without any event has no rate ratio")
    return Compared(log(x1 / time1 / (x2 / time2)), 1 / x1 + 1 / x2, is_log=True)


class Accuracy(Value):
    """Agreement with a reference, out of true and false positives and negatives."""

    sensitivity: float
    specificity: float
    positive_predictive: float
    negative_predictive: float
    likelihood_positive: float
    likelihood_negative: float


def accuracy(tp: int, fp: int, fn: int, tn: int) -> Accuracy:
    """Raises ZeroDivisionError where a row or a column is empty."""
    sensitivity, specificity = tp / (tp + fn), tn / (tn + fp)
    return Accuracy(
        sensitivity, specificity, tp / (tp + fp), tn / (tn + fn),
        sensitivity / (1 - specificity), (1 - sensitivity) / specificity,
    )  # fmt: skip


def kappa(table: tuple[tuple[float, ...], ...]) -> float:
    """Cohen's kappa of a square table of two raters: 1 where they always agree, 0 where chance alone would do it.

    Two raters who gave everything the same one answer agree wholly: 1.
    """
    total = sum(map(sum, table))
    observed = sum(table[place][place] for place in range(len(table))) / total
    down = [sum(row[place] for row in table) for place in range(len(table))]
    expected = sum(sum(row) * column for row, column in zip(table, down, strict=True)) / total**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def _filled(a: float, b: float, c: float, d: float) -> tuple[float, float, float, float]:
    """With a half added to all four where one is nothing. Raises ValueError where nobody, or everybody, had it."""
    if (a == 0 and c == 0) or (b == 0 and d == 0):
        raise ValueError("no ratio where nobody had the event in either group, or everybody had it in both")
    return (a, b, c, d) if all((a, b, c, d)) else (a + 0.5, b + 0.5, c + 0.5, d + 0.5)
