"""What a result does for a claim, as far as its numbers show, and what all of them come to."""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Protocol

from marketplace.evidence.rules.effects import NO_EFFECT
from marketplace.kit.values import Value

SUPPORTS, CONTRADICTS, NEUTRAL = "supports", "contradicts", "neutral"
STANCES = {SUPPORTS: "Supports it", CONTRADICTS: "Contradicts it", NEUTRAL: "Settles nothing"}
HIGHER, LOWER, UNCHANGED = "higher", "lower", "unchanged"
DIRECTIONS = {HIGHER: "It goes up", LOWER: "It goes down", UNCHANGED: "It stays as it was"}

SUPPORTED, CONTESTED, CONTRADICTED, UNDECIDED, UNTESTED = (
    "supported", "contested", "contradicted", "undecided", "untested",
)  # fmt: skip
VERDICTS = {
    SUPPORTED: "Supported by every result that settles it",
    CONTESTED: "Some results support it, others contradict it",
    CONTRADICTED: "Contradicted by every result that settles it",
    UNDECIDED: "No result settles it",
    UNTESTED: "No published result speaks to it",
}


class Measure(Protocol):
    """What a claim and a result share: the scale that both stand on."""

    @property
    def measure(self) -> str: ...
    @property
    def measure_id(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def effect(self) -> str: ...
    @property
    def better(self) -> str: ...


class Claimed(Measure, Protocol):
    """A claim: where the product takes a measure, and by how much at least."""

    @property
    def direction(self) -> str: ...
    @property
    def size(self) -> Decimal | None: ...


class Placed(Protocol):
    """Where and in whom something is claimed, either empty for any."""

    @property
    def setting(self) -> str: ...
    @property
    def population(self) -> str: ...


class Found(Measure, Protocol):
    """A result with its interval."""

    @property
    def estimate(self) -> Decimal: ...
    @property
    def low(self) -> Decimal | None: ...
    @property
    def high(self) -> Decimal | None: ...


class Stance(Value):
    """What a result does for a claim, and why."""

    id: str
    reason: str


def is_of(claim: Measure, result: Measure) -> bool:
    """Whether both stand on one scale: the same measure by its id or its words, unit and way of telling."""
    same_id = bool(claim.measure_id) and claim.measure_id == result.measure_id
    same_words = claim.measure.casefold().strip() == result.measure.casefold().strip()
    scales = (claim.unit.casefold(), claim.effect, claim.better)
    return (same_id or same_words) and scales == (result.unit.casefold(), result.effect, result.better)


def stance_of(claim: Claimed, result: Found) -> Stance:
    """What the 95 % interval of a result says of a claim on the same scale. An end on a bound settles nothing."""
    if result.low is None or result.high is None:
        return Stance(NEUTRAL, "It has no 95% interval, so chance cannot be told apart.")
    if claim.direction == UNCHANGED:
        return _of_unchanged(claim, result.low, result.high)
    if claim.effect not in NO_EFFECT:
        return _of_level(claim, result.low, result.high)
    return _of_change(claim, result)


def made_elsewhere(claim: Placed, settings: Collection[str], populations: Collection[str]) -> tuple[str, ...]:
    """What of where and in whom is claimed a study leaves out, by what it names; nothing where either is open."""
    asked = (("setting", claim.setting, settings), ("population", claim.population, populations))
    return tuple(name for name, claimed, studied in asked if claimed and studied and claimed not in studied)


def goes(claim: Claimed) -> int:
    """Which way is towards the claim: 1 up, -1 down."""
    return 1 if claim.direction == HIGHER else -1


def bound_of(claim: Claimed) -> Decimal | None:
    """The value that the claim says is reached: a difference has the sign of its direction, a ratio and a level are
    as they were typed. None where no size is claimed.
    """
    if claim.size is None:
        return None
    return claim.size * goes(claim) if claim.effect == "difference" else claim.size


def verdict_of(stances: Iterable[str]) -> str:
    """What all results that count come to."""
    told = list(stances)
    if not told:
        return UNTESTED
    has = {SUPPORTS: SUPPORTS in told, CONTRADICTS: CONTRADICTS in told}
    if has[SUPPORTS] and has[CONTRADICTS]:
        return CONTESTED
    if has[SUPPORTS]:
        return SUPPORTED
    return CONTRADICTED if has[CONTRADICTS] else UNDECIDED


def _of_change(claim: Claimed, result: Found) -> Stance:
    """A difference or a ratio beside the value of no effect, and beside the size that is claimed."""
    assert result.low is not None
    assert result.high is not None
    way, nothing = goes(claim), NO_EFFECT[claim.effect]
    near, far = sorted((result.low * way, result.high * way))
    zero, bound = nothing * way, bound_of(claim)
    if far < zero:
        return Stance(CONTRADICTS, "Its whole interval lies on the other side of no difference.")
    if bound is not None and far < bound * way:
        return Stance(CONTRADICTS, "Its interval leaves out the size that is claimed.")
    if near <= zero:
        return Stance(NEUTRAL, "Its interval reaches from better to worse.")
    if bound is not None and result.estimate * way < bound * way:
        return Stance(NEUTRAL, "It goes the way that is claimed, by less; its interval leaves the size open.")
    return Stance(SUPPORTS, "Its whole interval lies on the side that is claimed.")


def _of_level(claim: Claimed, low: Decimal, high: Decimal) -> Stance:
    """A proportion or a mean beside the level that is claimed."""
    if claim.size is None:
        return Stance(NEUTRAL, "The claim names no level to hold it against.")
    way = goes(claim)
    near, far = sorted((low * way, high * way))
    if near >= claim.size * way:
        return Stance(SUPPORTS, "Its whole interval reaches the level that is claimed.")
    if far < claim.size * way:
        return Stance(CONTRADICTS, "Its whole interval falls short of the level that is claimed.")
    return Stance(NEUTRAL, "The level that is claimed lies within its interval.")


def _of_unchanged(claim: Claimed, low: Decimal, high: Decimal) -> Stance:
    """Near enough to no difference: within the size that is claimed, on either side."""
    nothing = NO_EFFECT.get(claim.effect)
    if nothing is None or claim.size is None:
        return Stance(NEUTRAL, "The claim does not say how near to no difference is near enough.")
    if claim.effect == "ratio":
        widest = max(claim.size, 1 / claim.size)
        least, most = 1 / widest, widest
    else:
        least, most = nothing - claim.size, nothing + claim.size
    if low >= least and high <= most:
        return Stance(SUPPORTS, "Its whole interval is near enough to no difference.")
    if high < least or low > most:
        return Stance(CONTRADICTS, "Its whole interval is further from no difference than is claimed.")
    return Stance(NEUTRAL, "Its interval is too wide to say.")
