"""How sure a cost for an effect is: each part at its ends, one at a time, and all of them drawn together many times.

Source: evidence.md section 12 (one-way and probabilistic sensitivity). Draws come out of a seed that is given: the same
seed gives the same picture, so that anybody can check it.
"""

import random
from collections.abc import Sequence

from marketplace.evidence.rules.curves import normal_quantile
from marketplace.evidence.rules.economics import QUADRANTS, icer, net_benefit, quadrant
from marketplace.kit.values import Value

COSTS, EFFECTS = "costs", "effects"
FIXED, NORMAL, GAMMA, BETA = "fixed", "normal", "gamma", "beta"
SHAPES = {
    FIXED: "always the same",
    NORMAL: "normal",
    GAMMA: "gamma, for costs, which cannot fall below 0",
    BETA: "beta, for shares, which stay from 0 to 1",
}
MOST_PARTS, MOST_DRAWS, FEWEST_DRAWS = 12, 5_000, 100


class Part(Value):
    """One part of the difference in cost or in effect, with its 95 % interval; `low` and `high` None where it is fixed.

    Negative where the product costs or brings less. A gamma or a beta is drawn on its size and keeps its sign.
    """

    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    shape: str = FIXED

    @property
    def sd(self) -> float:
        """The spread that its interval comes to."""
        if self.low is None or self.high is None:
            return 0.0
        return (self.high - self.low) / (2 * normal_quantile(0.975))


class OneWay(Value):
    """The net benefit with one part at its lower and upper end and all others as they are."""

    name: str
    at_low: float
    at_high: float

    @property
    def reach(self) -> float:
        return abs(self.at_high - self.at_low)


class Sensitivity(Value):
    """What many draws come to. `worth_it` has for each threshold the share of draws whose net benefit is above 0."""

    cost: float
    effect: float
    icer: float | None
    draws: tuple[tuple[float, float], ...]
    quadrants: tuple[tuple[str, float], ...]
    worth_it: tuple[tuple[float, float], ...]
    benefits: tuple[tuple[float, float, float, float], ...]
    """For each threshold: it, the net benefit as stated, and the ends between which 95 % of the draws lie."""
    one_way: tuple[OneWay, ...]


def sensitivity(parts: Sequence[Part], thresholds: Sequence[float], *, draws: int, seed: int) -> Sensitivity:
    """The whole of it, `one_way` at the first threshold, widest first. Raises ValueError, naming the part."""
    for part in parts:
        check(part)
    cost, effect = _total(parts, COSTS), _total(parts, EFFECTS)
    chance = random.Random(seed)  # noqa: S311 - a picture of chance that can be drawn again, nothing secret
    drawn = tuple(_drawn(parts, chance) for _ in range(draws))
    counted = [quadrant(*each) for each in drawn]
    return Sensitivity(
        cost=cost, effect=effect, icer=icer(cost, effect), draws=drawn,
        quadrants=tuple((name, counted.count(name) / draws) for name in QUADRANTS),
        worth_it=tuple((each, _share_worth(each, drawn)) for each in thresholds),
        benefits=tuple(_benefit(each, cost, effect, drawn) for each in thresholds),
        one_way=tuple(sorted(_one_way(parts, thresholds[0]), key=lambda one: -one.reach)),
    )  # fmt: skip


def check(part: Part) -> None:
    """Raises ValueError where its interval does not hold it, or its shape cannot have such numbers."""
    if part.shape == FIXED:
        return
    if part.low is None or part.high is None or not part.low <= part.value <= part.high or part.low == part.high:
        raise ValueError(f"{part.name}: give low, then the value, then high")
    if part.shape == GAMMA and not part.value:
        raise ValueError(f"{part.name}: a gamma has no mean of 0")
    if part.shape == BETA and (not 0 < abs(part.value) < 1 or part.sd**2 >= abs(part.value) * (1 - abs(part.value))):
        raise ValueError(f"{part.name}: a beta lies between 0 and 1, and its interval cannot be as wide as all of it")


def one_draw(part: Part, chance: random.Random) -> float:
    """A value that the part could have."""
    if part.shape == FIXED:
        return part.value
    if part.shape == NORMAL:
        return chance.gauss(part.value, part.sd)
    sign, mean, variance = (-1 if part.value < 0 else 1), abs(part.value), part.sd**2
    if part.shape == GAMMA:
        return sign * chance.gammavariate(mean * mean / variance, variance / mean)
    weight = mean * (1 - mean) / variance - 1
    return sign * chance.betavariate(mean * weight, (1 - mean) * weight)


def _total(parts: Sequence[Part], kind: str) -> float:
    return sum(part.value for part in parts if part.kind == kind)


def _drawn(parts: Sequence[Part], chance: random.Random) -> tuple[float, float]:
    found = {COSTS: 0.0, EFFECTS: 0.0}
    for part in parts:
        found[part.kind] += one_draw(part, chance)
    return found[COSTS], found[EFFECTS]


def _share_worth(threshold: float, drawn: Sequence[tuple[float, float]]) -> float:
    return sum(net_benefit(threshold, *each) > 0 for each in drawn) / len(drawn)


def _benefit(
    threshold: float, cost: float, effect: float, drawn: Sequence[tuple[float, float]]
) -> tuple[float, float, float, float]:
    found = sorted(net_benefit(threshold, *each) for each in drawn)
    edge = int(0.025 * len(found))
    return threshold, net_benefit(threshold, cost, effect), found[edge], found[-1 - edge]


def _one_way(parts: Sequence[Part], threshold: float) -> list[OneWay]:
    cost, effect = _total(parts, COSTS), _total(parts, EFFECTS)

    def moved(part: Part, to: float) -> float:
        more = to - part.value
        if part.kind == COSTS:
            return net_benefit(threshold, cost + more, effect)
        return net_benefit(threshold, cost, effect + more)

    return [
        OneWay(part.name, moved(part, part.low), moved(part, part.high))
        for part in parts
        if part.low is not None and part.high is not None
    ]  # fmt: skip
