"""What the studies of one measure come to: the sums that can be made, how they stand up, and what is not known.

Everything here is plain values, so that it can be kept as it was on a day and read again later.
"""

from collections.abc import Sequence
from math import exp

from marketplace.evidence.rules.absolute import PerThousand, baseline_of, per_thousand
from marketplace.evidence.rules.effects import INDEPENDENT
from marketplace.evidence.rules.families import Family, PoolingRules
from marketplace.evidence.rules.fitting import Finding, Fitted, SortedOut, sort_out
from marketplace.evidence.rules.pooling import DL, FEWEST, FIXED, METHODS, REML, Pooled, one_by_one, pool, without_each
from marketplace.evidence.rules.versions import SAME, SAME_MODEL
from marketplace.kit.values import Value

LARGEST_LOG = 700


class Sum(Value):
    """A pooled effect as people read it: a ratio as a ratio. Without numbers where `count` is under two."""

    label: str
    count: int
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    tau2: float | None = None
    i2: float | None = None


class Row(Value):
    """One study of a sum, with its interval as people read it, its share of the sum, and its place in the funnel."""

    ref: str
    title: str
    estimate: float
    low: float
    high: float
    weight: float
    y: float
    se: float
    is_independent: bool
    independence: str
    design: str
    fit: str
    version: str
    participants: int | None
    ended: str
    at_time: str
    contract_ref: str


class Body(Value):
    """A family of studies that is added up. `mu` is the sum on the scale on which it was made."""

    family: str
    label: str
    why: str
    rows: tuple[Row, ...]
    total: Sum
    method: str
    predicted: tuple[float, float] | None
    predicted_by: str
    mu: float
    q: float
    df: int
    q_p: float
    models: tuple[Sum, ...]
    without_each: tuple[Sum, ...]
    one_by_one: tuple[Sum, ...]
    subsets: tuple[Sum, ...]
    absolute: tuple[PerThousand, ...]


class Left(Value):
    """A study that is not added up, with what it found and why it stays out."""

    ref: str
    title: str
    reason: str
    estimate: float
    low: float | None
    high: float | None
    unit: str
    effect: str
    is_independent: bool


class Synthesis(Value):
    """What is known of one measure. `bodies` are the sums, of the strongest design first; none where nothing fits.

    `level` is how sure it is by rules/grading.py, 0 where it is not graded, and `reasons` what took levels off or on.
    """

    measure: str
    unit: str
    effect: str
    better: str
    role: str
    studies: int
    independent: int
    participants: int
    bodies: tuple[Body, ...]
    left: tuple[Left, ...]
    unknown: tuple[str, ...]
    level: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def first(self) -> Body | None:
        return self.bodies[0] if self.bodies else None


def synthesise(findings: Sequence[Finding], rules: PoolingRules, *, groups_missing: bool) -> Synthesis:
    """What these findings of one measure come to, each of everybody in its study. There is at least one."""
    found = sort_out(findings, rules)
    bodies = tuple(_body(family, fitted, found, rules) for family, fitted in found.pooled)
    of_scale = [each for each in findings if each.scale == found.scale]
    told = of_scale[0]
    studies = {each.ref: each for each in findings}
    return Synthesis(
        measure=told.measure, unit=told.unit, effect=told.effect, better=told.better, role=told.role,
        studies=len(studies),
        independent=sum(each.independence == INDEPENDENT for each in studies.values()),
        participants=sum(each.participants or 0 for each in studies.values()),
        bodies=bodies, left=tuple(_left(each.finding, each.reason) for each in found.left),
        unknown=tuple(_unknown(list(studies.values()), bodies, rules, groups_missing)),
    )  # fmt: skip


def _body(family: Family, fitted: Sequence[Fitted], found: SortedOut, rules: PoolingRules) -> Body:
    y, v = [each.effect.y for each in fitted], [each.effect.v for each in fitted]
    is_log, knapp = fitted[0].effect.is_log, rules.knapp
    whole = pool(y, v, method=rules.method, knapp=knapp)
    total = _sum("All of them", whole, is_log)
    names = [each.finding.title for each in fitted]
    left = without_each(y, v, method=rules.method, knapp=knapp)
    steps = one_by_one(y, v, method=rules.method, knapp=knapp)
    unit, effect, _ = found.scale
    return Body(
        family=family.id, label=family.label, why=family.why, total=total, method=_method(whole), mu=whole.mu,
        rows=tuple(_row(each, weight) for each, weight in zip(fitted, whole.weights, strict=True)),
        predicted=_ends(whole, is_log), predicted_by=whole.predicted_by,
        q=whole.spread.q, df=whole.spread.df, q_p=whole.spread.p,
        models=tuple(_models(y, v, is_log)),
        without_each=tuple(_sum(name, one, is_log, len(y) - 1) for name, one in zip(names, left, strict=True)),
        one_by_one=tuple(
            _sum(name, one, is_log, place + 1) if one else _alone(fitted[place])
            for place, (name, one) in enumerate(zip(names, steps, strict=True))
        ),
        subsets=tuple(_subsets(fitted, rules)),
        absolute=tuple(_absolute(fitted, total, unit, effect, rules)),
    )  # fmt: skip


def _models(y: Sequence[float], v: Sequence[float], is_log: bool) -> list[Sum]:
    asked = [(FIXED, False), (DL, False), (DL, True), (REML, False), (REML, True)]
    found = [pool(y, v, method=method, knapp=knapp) for method, knapp in asked]
    return [_sum(_method(one), one, is_log) for one in found]


def _subsets(fitted: Sequence[Fitted], rules: PoolingRules) -> list[Sum]:
    """The sum again, of those alone that nothing can be held against."""
    asked = [
        ("Independent of the supplier alone", [each for each in fitted if each.finding.independence == INDEPENDENT]),
        (
            "Of the version on sale or its model alone",
            [each for each in fitted if each.finding.fit in (SAME, SAME_MODEL)],
        ),
    ]
    return [_of(label, kept, rules) for label, kept in asked]


def _of(label: str, kept: Sequence[Fitted], rules: PoolingRules) -> Sum:
    if len(kept) < FEWEST:
        return Sum(label, len(kept))
    y, v = [each.effect.y for each in kept], [each.effect.v for each in kept]
    return _sum(label, pool(y, v, method=rules.method, knapp=rules.knapp), kept[0].effect.is_log)


def _sum(label: str, one: Pooled | None, is_log: bool, count: int = 0) -> Sum:
    if one is None:
        return Sum(label, count)
    estimate, low, high = (_read(each, is_log) for each in (one.mu, one.low, one.high))
    return Sum(label, one.count, estimate, low, high, one.p, one.spread.tau2, one.spread.i2)


def _alone(fitted: Fitted) -> Sum:
    low, high = fitted.effect.interval()
    return Sum(fitted.finding.title, 1, fitted.effect.estimate, low, high)


def _ends(one: Pooled, is_log: bool) -> tuple[float, float] | None:
    if one.predicted is None:
        return None
    low, high = one.predicted
    return _read(low, is_log), _read(high, is_log)


def _read(value: float, is_log: bool) -> float:
    """As people read it; what is beyond any number stays a number."""
    return exp(min(value, LARGEST_LOG)) if is_log else value


def _method(one: Pooled) -> str:
    return METHODS[one.method] + (", Hartung-Knapp" if one.knapp else "")


def _row(fitted: Fitted, weight: float) -> Row:
    finding, (low, high) = fitted.finding, fitted.effect.interval()
    return Row(
        ref=finding.ref, title=finding.title, estimate=fitted.effect.estimate, low=low, high=high, weight=weight,
        y=fitted.effect.y, se=fitted.effect.se, is_independent=finding.independence == INDEPENDENT,
        independence=finding.independence, design=finding.design, fit=finding.fit, version=finding.version,
        participants=finding.participants, ended=finding.ended, at_time=finding.at_time,
        contract_ref=finding.contract_ref,
    )  # fmt: skip


def _left(finding: Finding, reason: str) -> Left:
    return Left(
        ref=finding.ref, title=finding.title, reason=reason, estimate=float(finding.estimate),
        low=float(finding.low) if finding.low is not None else None,
        high=float(finding.high) if finding.high is not None else None,
        unit=finding.unit, effect=finding.effect, is_independent=finding.independence == INDEPENDENT,
    )  # fmt: skip


def _absolute(
    fitted: Sequence[Fitted], total: Sum, unit: str, effect: str, rules: PoolingRules
) -> Sequence[PerThousand]:
    if total.estimate is None or total.low is None or total.high is None:
        return ()
    baseline = baseline_of([each.finding for each in fitted])
    return per_thousand(
        effect, unit, total.estimate, total.low, total.high, baseline=baseline, examples=rules.examples_per_thousand
    )


def _unknown(
    studies: Sequence[Finding], bodies: Sequence[Body], rules: PoolingRules, groups_missing: bool
) -> list[str]:
    """The ids of what is not known, in the order of the declaration. There is always something."""
    body = bodies[0] if bodies else None
    nothing = 1.0 if studies[0].effect == "ratio" else 0.0
    holds = {
        "not-pooled": body is None,
        "groups": groups_missing,
        "not-independent": all(each.independence != INDEPENDENT for each in studies),
        "other-version": not any(each.fit in (SAME, SAME_MODEL) for each in studies),
        "not-in-uk": not any(each.country == "gb" for each in studies),
        "long-term": not any(_ran_for_a_year(each) for each in studies),
        **(_of_body(body, nothing) if body else {}),
    }
    return [unknown.id for unknown in rules.unknowns if holds.get(unknown.id)]


def _of_body(body: Body, nothing: float) -> dict[str, bool]:
    total, predicted = body.total, body.predicted
    independent = body.subsets[0].count
    return {
        "few-studies": total.count < 5,
        "spread": (total.i2 or 0) > 50,
        "next-place": predicted is not None and predicted[0] <= nothing <= predicted[1],
        "no-difference": total.low is not None and total.high is not None and total.low <= nothing <= total.high,
        "small-studies": total.count < 10,
        "one-supplier": independent < FEWEST and independent < total.count,
        "other-version": body.subsets[1].count == 0,
        "baseline": any(each.is_example for each in body.absolute),
    }


def _ran_for_a_year(finding: Finding) -> bool:
    began, ended = finding.began, finding.ended
    return bool(began and ended) and f"{int(began[:4]) + 1}{began[4:]}" <= ended
