"""Charts over time with limits (XmR): mean, natural limits, and which points chance alone would seldom make.

Source: evidence.md section 8, after NHS England's Making Data Count. The lengths of runs are settings, seven each.
"""

from collections.abc import Sequence
from itertools import pairwise

from marketplace.kit.values import Value

FACTOR, SCREEN, NEAR = 2.66, 3.267, 2 / 3
TO_FIX, SETTLED = 12, 13
OUTSIDE, TREND, TWO_OF_THREE, SHIFT = "outside", "trend", "two-of-three", "shift"
SIGNALS = {
    OUTSIDE: "outside the limits",
    TREND: "in a run that rises or falls",
    TWO_OF_THREE: "one of two in three near a limit",
    SHIFT: "in a run on one side of the mean",
}
"""The special causes in order of priority: the first that holds names the point."""
COMMON, IMPROVEMENT, CONCERN, HIGH, LOW = "common-cause", "improvement", "concern", "neutral-high", "neutral-low"
VARIATIONS = {
    COMMON: "Nothing beyond what varies by itself",
    IMPROVEMENT: "Improvement beyond what varies by itself",
    CONCERN: "Worsening beyond what varies by itself",
    HIGH: "Higher beyond what varies by itself",
    LOW: "Lower beyond what varies by itself",
}
PASSES, FAILS, HIT_AND_MISS = "passes", "fails", "inconsistent"
ASSURANCES = {
    PASSES: "The target is met by itself",
    FAILS: "The target is missed by itself",
    HIT_AND_MISS: "The target is met at times, by chance",
}


class Settings(Value):
    """How signals are looked for. `better` is higher, lower or neither; `fix_on` how many first points make the limits.

    `rebase_at` are the places, from 0, at which limits begin anew.
    """

    better: str = "neither"
    target: float | None = None
    fix_on: int | None = None
    rebase_at: tuple[int, ...] = ()
    screens: bool = False
    trend: int = 7
    shift: int = 7


class Limits(Value):
    """The limits of a segment; `near_lower` and `near_upper` stand two thirds of the way out."""

    mean: float
    moving_range: float
    lower: float
    upper: float
    near_lower: float
    near_upper: float


class Point(Value):
    """A value with its limits. `signal` is of SIGNALS, empty for none; `side` is 1 above, -1 below, 0 on the mean."""

    value: float
    limits: Limits
    signal: str
    side: int


class Chart(Value):
    """A series with its limits. `is_trial` warns that there are too few points to trust them."""

    points: tuple[Point, ...]
    variation: str
    assurance: str
    is_trial: bool

    @property
    def limits(self) -> Limits:
        """Those that hold now."""
        return self.points[-1].limits


def chart(values: Sequence[float], settings: Settings) -> Chart:
    """Limits and signals of a series in order of time. Raises ValueError for fewer than two values in a segment."""
    starts = sorted({0, *settings.rebase_at})
    ends = [*starts[1:], len(values)]
    points: list[Point] = []
    for start, end in zip(starts, ends, strict=True):
        fixed = settings.fix_on if start == 0 else None
        points += _segment(values[start:end], fixed, settings)
    last = points[-1]
    return Chart(
        points=tuple(points),
        variation=_variation(last, values, settings),
        assurance=_assurance(last.limits, settings),
        is_trial=ends[-1] - starts[-1] < SETTLED,
    )


def limits_of(values: Sequence[float], *, screens: bool = False) -> Limits:
    """The natural limits; where it `screens`, moving ranges that are far out are dropped once. Raises ValueError."""
    if len(values) < 2:
        raise ValueError("limits need two values or more")
    mean = sum(values) / len(values)
    ranges = [abs(after - before) for before, after in pairwise(values)]
    moving = sum(ranges) / len(ranges)
    if screens:
        kept = [each for each in ranges if each < SCREEN * moving]
        moving = sum(kept) / len(kept) if kept else moving
    out = FACTOR * moving
    return Limits(mean, moving, mean - out, mean + out, mean - NEAR * out, mean + NEAR * out)


def _segment(values: Sequence[float], fixed: int | None, settings: Settings) -> list[Point]:
    if fixed is not None and fixed < TO_FIX:
        raise ValueError(f"limits are fixed on {TO_FIX} values or more, not on {fixed}")
    limits = limits_of(values[:fixed] if fixed else values, screens=settings.screens)
    sides = [(value > limits.mean) - (value < limits.mean) for value in values]
    found = {
        OUTSIDE: {place for place, value in enumerate(values) if not limits.lower <= value <= limits.upper},
        TREND: _trends(values, settings.trend),
        TWO_OF_THREE: _two_of_three(values, sides, limits),
        SHIFT: _runs(sides, settings.shift),
    }
    return [
        Point(value, limits, next((name for name in SIGNALS if place in found[name]), ""), sides[place])
        for place, value in enumerate(values)
    ]  # fmt: skip


def _trends(values: Sequence[float], length: int) -> set[int]:
    """Every point of `length` or more that rise, or fall, one after another; a tie ends it."""
    steps = [(after > before) - (after < before) for before, after in pairwise(values)]
    found: set[int] = set()
    for start in range(len(steps) - length + 2):
        run = steps[start : start + length - 1]
        if run and run[0] and all(step == run[0] for step in run):
            found |= set(range(start, start + length))
    return found


def _runs(sides: Sequence[int], length: int) -> set[int]:
    """Every point of `length` or more on one side of the mean; one on the mean ends it."""
    found: set[int] = set()
    for start in range(len(sides) - length + 1):
        run = sides[start : start + length]
        if run[0] and all(side == run[0] for side in run):
            found |= set(range(start, start + length))
    return found


def _two_of_three(values: Sequence[float], sides: Sequence[int], limits: Limits) -> set[int]:
    """Points beyond a near limit and within the limits, two or more in three on one side of the mean."""
    beyond = [
        limits.near_upper < value <= limits.upper or limits.lower <= value < limits.near_lower for value in values
    ]
    found: set[int] = set()
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        out = [place for place in window if beyond[place]]
        if len(out) >= 2 and sides[start] and len({sides[place] for place in window}) == 1:
            found |= set(out)
    return found


def _variation(last: Point, values: Sequence[float], settings: Settings) -> str:
    """What the last point says."""
    if not last.signal:
        return COMMON
    rises = last.side > 0
    if last.signal == TREND:
        rises = values[-1] > values[-2]
    if settings.better not in ("higher", "lower"):
        return HIGH if rises else LOW
    return IMPROVEMENT if rises == (settings.better == "higher") else CONCERN


def _assurance(limits: Limits, settings: Settings) -> str:
    """Whether the target would be met as things vary by themselves; empty without a target or a direction."""
    if settings.target is None or settings.better not in ("higher", "lower"):
        return ""
    if limits.lower <= settings.target <= limits.upper:
        return HIT_AND_MISS
    return FAILS if (settings.target > limits.upper) == (settings.better == "higher") else PASSES
