"""Adding up effects: inverse variance, fixed, DerSimonian-Laird and REML, Hartung-Knapp, heterogeneity, prediction.

Source: evidence.md section 7, whose worked values (metafor's BCG analysis, Raudenbush 2009, Normand 1999) these
functions reproduce to the digits given. Effects are on the scale on which they add: a ratio as its logarithm. What may
be added up at all is for fitting.py to say; this file only refuses fewer than two.
"""

from collections.abc import Sequence
from math import sqrt

from marketplace.evidence.rules.curves import chi_squared_p, normal_p, normal_quantile, t_p, t_quantile
from marketplace.kit.values import Value

FIXED, DL, REML = "fixed", "dl", "reml"
METHODS = {FIXED: "One true effect", DL: "DerSimonian-Laird", REML: "REML"}
NEAR, MOST_STEPS = 1e-10, 10_000
FEWEST, FRAGILE, FUNNEL_FROM = 2, 5, 10
"""Fewer than two are not added up; under five tau2 is fragile; a funnel says little under ten."""


class Spread(Value):
    """How far the studies differ beyond chance: `i2` in per cent; `p` is that of Q."""

    q: float
    df: int
    p: float
    tau2: float
    tau2_se: float | None
    i2: float
    h2: float

    @property
    def tau(self) -> float:
        return sqrt(self.tau2)


class Pooled(Value):
    """A pooled effect. `weights` are each study's share of one; `statistic` is z, or t where `knapp`.

    `predicted` is where the effect of a new study is to be looked for; `predicted_by` says with which quantile.
    """

    method: str
    knapp: bool
    mu: float
    se: float
    low: float
    high: float
    statistic: float
    p: float
    spread: Spread
    weights: tuple[float, ...]
    predicted: tuple[float, float] | None
    predicted_by: str

    @property
    def count(self) -> int:
        return len(self.weights)


def pool(
    effects: Sequence[float], variances: Sequence[float], *, method: str = REML, knapp: bool = False,
    level: float = 0.95, near: float = NEAR,
) -> Pooled:  # fmt: skip
    """Add effects up. Raises ValueError for fewer than two, or a variance that is not above nothing.

    `near` is the change of tau2 at which REML stops; metafor stops at 1e-5, which shows in the fourth digit of some t.
    """
    _refuse(effects, variances, method)
    tau2 = 0.0 if method == FIXED else _tau2_dl(effects, variances)
    if method == REML:
        tau2 = _tau2_reml(effects, variances, tau2, near)
    weights = [1 / (v + tau2) for v in variances]
    mu, se = _mean(effects, weights), sqrt(1 / sum(weights))
    df = len(effects) - 1
    if knapp:
        se *= sqrt(sum(w * (y - mu) ** 2 for w, y in zip(weights, effects, strict=True)) / df)
    critical = t_quantile((1 + level) / 2, df) if knapp else normal_quantile((1 + level) / 2)
    statistic = mu / se if se else 0.0
    around = critical * sqrt(tau2 + se * se)
    return Pooled(
        method=method, knapp=knapp, mu=mu, se=se, low=mu - critical * se, high=mu + critical * se,
        statistic=statistic, p=t_p(statistic, df) if knapp else normal_p(statistic),
        spread=_spread(effects, variances, tau2, method),
        weights=tuple(w / sum(weights) for w in weights),
        predicted=None if method == FIXED else (mu - around, mu + around),
        predicted_by=f"t with {df} degrees of freedom" if knapp else "the normal curve",
    )  # fmt: skip


def predicted_higgins(pooled: Pooled, *, level: float = 0.95, df: int | None = None) -> tuple[float, float] | None:
    """The prediction interval with Student's t and k - 2 degrees of freedom, or `df`; None below three studies."""
    freedom = pooled.count - 2 if df is None else df
    if freedom < 1:
        return None
    half = t_quantile((1 + level) / 2, freedom) * sqrt(pooled.spread.tau2 + pooled.se**2)
    return pooled.mu - half, pooled.mu + half


def without_each(
    effects: Sequence[float], variances: Sequence[float], *, method: str = REML, knapp: bool = False
) -> list[Pooled | None]:
    """The pooled effect without each study in turn; None where fewer than two would be left."""
    left = range(len(effects))
    if len(effects) <= FEWEST:
        return [None for _ in left]
    return [
        pool(_but(effects, place), _but(variances, place), method=method, knapp=knapp) for place in left
    ]  # fmt: skip


def one_by_one(
    effects: Sequence[float], variances: Sequence[float], *, method: str = REML, knapp: bool = False
) -> list[Pooled | None]:
    """The pooled effect as studies came in, in the order given; None for the first, which stands alone."""
    return [
        pool(effects[:count], variances[:count], method=method, knapp=knapp) if count >= FEWEST else None
        for count in range(1, len(effects) + 1)
    ]


def _refuse(effects: Sequence[float], variances: Sequence[float], method: str) -> None:
    if method not in METHODS:
        raise ValueError(f"{method} is not one of {', '.join(METHODS)}")
    if len(effects) != len(variances):
        raise ValueError("each effect needs its variance")
    if len(effects) < FEWEST:
        raise ValueError("fewer than two studies are not added up")
    if any(not v > 0 for v in variances):
        raise ValueError("a variance is above 0")


def _spread(effects: Sequence[float], variances: Sequence[float], tau2: float, method: str) -> Spread:
    weights, df = [1 / v for v in variances], len(effects) - 1
    mu = _mean(effects, weights)
    q = sum(w * (y - mu) ** 2 for w, y in zip(weights, effects, strict=True))
    typical = df * sum(weights) / (sum(weights) ** 2 - sum(w * w for w in weights))
    of_all = max(0.0, 100 * (q - df) / q) if method == FIXED and q else 100 * tau2 / (tau2 + typical)
    h2 = q / df if method == FIXED else (tau2 + typical) / typical
    return Spread(q, df, chi_squared_p(q, df), tau2, _tau2_se(variances, tau2, method), of_all, h2)


def _tau2_dl(effects: Sequence[float], variances: Sequence[float]) -> float:
    weights = [1 / v for v in variances]
    mu = _mean(effects, weights)
    q = sum(w * (y - mu) ** 2 for w, y in zip(weights, effects, strict=True))
    scale = sum(weights) - sum(w * w for w in weights) / sum(weights)
    return max(0.0, (q - (len(effects) - 1)) / scale)


def _tau2_reml(effects: Sequence[float], variances: Sequence[float], start: float, near: float) -> float:
    """Fisher scoring from DerSimonian-Laird; halved where a step goes up and down without end."""
    tau2, last = start, 0.0
    for _ in range(MOST_STEPS):
        weights = [1 / (v + tau2) for v in variances]
        mu = _mean(effects, weights)
        squares = sum(w * w * (y - mu) ** 2 for w, y in zip(weights, effects, strict=True))
        trace, trace2 = _traces(weights)
        step = (squares - trace) / trace2
        step = step / 2 if step * last < 0 else step
        found = max(0.0, tau2 + step)
        if abs(found - tau2) < near * max(1.0, tau2):
            return found
        tau2, last = found, step
    return tau2


def _traces(weights: Sequence[float]) -> tuple[float, float]:
    """The traces of P and of PP, where P = W - W11'W / sum(W)."""
    one, two, three = (sum(w**power for w in weights) for power in (1, 2, 3))
    return one - two / one, two - 2 * three / one + (two / one) ** 2


def _tau2_se(variances: Sequence[float], tau2: float, method: str) -> float | None:
    """The standard error of tau2 under REML; None for the other methods."""
    if method != REML:
        return None
    return sqrt(2 / _traces([1 / (v + tau2) for v in variances])[1])


def _mean(effects: Sequence[float], weights: Sequence[float]) -> float:
    return sum(w * y for w, y in zip(weights, effects, strict=True)) / sum(weights)


def _but(values: Sequence[float], place: int) -> list[float]:
    return [*values[:place], *values[place + 1 :]]
