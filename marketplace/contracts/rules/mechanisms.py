"""The payment mechanism of the at-risk fee: what a month's outcome earns, before it is capped and shared.

f = clamp((value - threshold) / (target - threshold), 0, 1) for each measure, and
pay = F x (1 - r) + F x r x sum(weight x f). Linear from threshold to target, so that no cliff invites a hug.
"""

from collections.abc import Mapping
from fractions import Fraction

from marketplace.contracts.rules.pooling import Pooled
from marketplace.contracts.rules.terms import MeasureTerms, Terms
from marketplace.kit.money import Money
from marketplace.kit.values import Value

MISSING, TOO_FEW, BREACHED = "missing", "too-few", "breached"
NOBODY = Pooled(None, 0)


class Reached(Value):
    """What one measure came to. `fraction` is how far from threshold to target, `earned` that times its weight.

    `why` says why nothing is earned whatever the value: missing, or too few cases; breached for a guard.
    """

    key: str
    value: Fraction | None
    count: int
    fraction: Fraction
    weight: Fraction
    earned: Fraction
    why: str = ""


class Outcome(Value):
    """What a month comes to for all organisations together, in whole pence before cap and VAT.

    `earned` is the part of the fee at risk that is paid, from 0 to 1. `part` is the part of the month that counts.
    """

    base_pence: int
    at_risk_pence: int
    earned: Fraction
    part: Fraction
    measures: tuple[Reached, ...]

    @property
    def total_pence(self) -> int:
        return self.base_pence + self.at_risk_pence

    @property
    def breached(self) -> tuple[str, ...]:
        return tuple(reached.key for reached in self.measures if reached.why == BREACHED)


def reached_by(measure: MeasureTerms, value: Fraction) -> Fraction:
    """How far a value is from threshold to target: 0 at the threshold or worse, 1 at the target or better."""
    distance = (value - measure.threshold) / (measure.target - measure.threshold)
    return min(max(distance, Fraction(0)), Fraction(1))


def is_breached(measure: MeasureTerms, value: Fraction) -> bool:
    """Whether a guard lies on the wrong side of its limit; at the limit it holds."""
    if measure.guard_limit is None:
        return False
    return value < measure.guard_limit if measure.better == "higher" else value > measure.guard_limit


def at_risk_fee(terms: Terms, found: Mapping[str, Pooled], *, part: Fraction = Fraction(1)) -> Outcome:
    """What the pooled values, by key of their measures, earn. The fee is rounded half-up to the penny here, and once.

    A guard that is breached leaves `terms.guard_keeps` of what was earned. One that nobody measured is breached, for
    otherwise it would pay to leave it out; one of too few cases breaches nothing.
    """
    total = sum((measure.weight for measure in terms.measures), Fraction(0))
    measures = tuple(_reached(measure, found.get(measure.key, NOBODY), total) for measure in terms.measures)
    earned = sum((each.earned for each in measures), Fraction(0))
    if any(each.why == BREACHED for each in measures):
        earned *= terms.guard_keeps
        measures = tuple(_cut(each, terms.guard_keeps) for each in measures)
    fee = Money(terms.fee_pence)
    base = fee.times(part * (1 - terms.at_risk))
    whole = fee.times(part * (1 - terms.at_risk + terms.at_risk * earned))
    return Outcome(base.pence, (whole - base).pence, earned, part, measures)


def _reached(measure: MeasureTerms, pooled: Pooled, total: Fraction) -> Reached:
    weight = measure.weight / total if total else Fraction(0)
    if measure.is_guard:
        nothing = Fraction(0)
        return Reached(measure.key, pooled.value, pooled.count, nothing, nothing, nothing, _guarded(measure, pooled))
    if pooled.value is None:
        return Reached(measure.key, None, 0, Fraction(0), weight, Fraction(0), MISSING)
    fraction = reached_by(measure, pooled.value)
    if pooled.count < measure.fewest:
        return Reached(measure.key, pooled.value, pooled.count, fraction, weight, Fraction(0), TOO_FEW)
    return Reached(measure.key, pooled.value, pooled.count, fraction, weight, weight * fraction)


def _guarded(measure: MeasureTerms, pooled: Pooled) -> str:
    if pooled.value is None:
        return BREACHED
    if pooled.count < measure.fewest:
        return TOO_FEW
    return BREACHED if is_breached(measure, pooled.value) else ""


def _cut(reached: Reached, keeps: Fraction) -> Reached:
    """The measure with what a breached guard left of what it earned."""
    return Reached(
        reached.key, reached.value, reached.count, reached.fraction, reached.weight, reached.earned * keeps, reached.why
    )
