"""What a pilot came to, measure by measure: its baseline, what was found since, and what that says."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from marketplace.contracts.queries.outcomes.books import Book, reading_of
from marketplace.contracts.rules.mechanisms import is_breached, reached_by
from marketplace.contracts.rules.pooling import Pooled, half_width, pool
from marketplace.contracts.rules.terms import MeasureTerms
from marketplace.evidence.schemas import Measured
from marketplace.kit.values import Value

DESIGNS = {"before-after": "before-after", "stepped": "controlled-before-after", "matched": "cohort"}
"""How the counterfactual of a contract is called among the designs of studies."""
TWO, FOUR = Decimal("0.01"), Decimal("0.0001")


class Finding(Value):
    """One measure over the whole pilot. `verdict` is met, partly, not-met, held, breached or unknown.

    `half` is half the 95 % interval around what was found, from how much the `readings` differ; None for too few.
    """

    measure: MeasureTerms
    baseline: Fraction | None
    baseline_n: int
    found: Pooled
    verdict: str
    words: str
    half: Fraction | None = None
    readings: int = 0

    @property
    def is_too_small(self) -> bool:
        return self.found.value is not None and self.found.count < self.measure.fewest

    @property
    def change(self) -> Fraction | None:
        if self.baseline is None or self.found.value is None:
            return None
        return self.found.value - self.baseline


def findings_of(book: Book) -> list[Finding]:
    """Every measure of the terms that were last in force, pooled over all months and organisations."""
    terms = book.given.variations[-1][1] if book.given.variations else book.given.terms
    return [_finding(book, measure) for measure in terms.measures]


def _finding(book: Book, measure: MeasureTerms) -> Finding:
    rows = [row for (_, key, _), row in book.latest.items() if key == measure.key]
    readings = [reading_of(row, str(row.organisation_id)) for row in rows]
    found, half = pool(readings), half_width(readings)
    known = book.measures.get(measure.key)
    baseline = Fraction(known.baseline) if known is not None and known.baseline is not None else None
    verdict = _verdict(measure, found)
    count = known.baseline_n or 0 if known is not None else 0
    words = _words(measure, baseline, found, verdict)
    return Finding(measure, baseline, count, found, verdict, words, half, sum(one.count > 0 for one in readings))


def _verdict(measure: MeasureTerms, found: Pooled) -> str:
    if found.value is None:
        return "unknown"
    if measure.is_guard:
        return "breached" if is_breached(measure, found.value) else "held"
    fraction = reached_by(measure, found.value)
    return "met" if fraction == 1 else "partly" if fraction > 0 else "not-met"


SAID = {
    "met": "the target was met",
    "partly": "the target was met in part",
    "not-met": "the threshold was not reached",
    "held": "the guard held",
    "breached": "the guard was breached",
    "unknown": "nobody measured it",
}


def _words(measure: MeasureTerms, baseline: Fraction | None, found: Pooled, verdict: str) -> str:
    """Such as: From 12.4 minutes at baseline to 8.1 minutes over 400 cases: the target was met."""
    if found.value is None:
        return f"{SAID[verdict][:1].upper()}{SAID[verdict][1:]}."
    unit = f" {measure.unit}" if measure.unit else ""
    now = f"{shown(found.value)}{unit} over {found.count:,} cases"
    if baseline is None:
        return f"{now}: {SAID[verdict]}."
    return f"From {shown(baseline)}{unit} at baseline to {now}: {SAID[verdict]}."


def shown(value: Fraction) -> str:
    """A number for people: two decimals from 1 on, four below."""
    exponent = TWO if abs(value) >= 1 else FOUR
    text = f"{(Decimal(value.numerator) / Decimal(value.denominator)).quantize(exponent):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded_of(value: Fraction) -> Decimal:
    """A number with four decimals, as it goes into the evidence."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(FOUR)


def as_evidence(findings: Sequence[Finding]) -> list[Measured]:
    """The findings as the results of a study: differences from the baseline, or levels where there is none."""
    return [_result(finding) for finding in findings if finding.found.value is not None]


def _result(finding: Finding) -> Measured:
    measure, change = finding.measure, finding.change
    value = change if change is not None else finding.found.value
    assert value is not None
    ends = _ends(value, finding.half)
    return Measured(
        measure=measure.label[:120], unit=measure.unit[:40], better=measure.better,
        effect="difference" if change is not None else "mean", estimate=rounded_of(value),
        role="equity" if measure.is_guard else "effectiveness", participants=finding.found.count,
        at_time="over the whole pilot", interpretation=f"{finding.words}{_sure(finding)}", low=ends[0], high=ends[1],
    )  # fmt: skip


def _ends(value: Fraction, half: Fraction | None) -> tuple[Decimal | None, Decimal | None]:
    return (None, None) if half is None else (rounded_of(value - half), rounded_of(value + half))


def _sure(finding: Finding) -> str:
    """Where the interval comes from, and what it leaves out."""
    if finding.half is None:
        return " No interval: the readings are too few, or all alike."
    base = "" if finding.change is None else "; the baseline counts as it was locked"
    return f" The interval is of how much {finding.readings} monthly readings differ{base}."


def design_of(findings: Sequence[Finding]) -> str:
    """The design of the pilot as evidence: that of its weakest measure that decides on payment."""
    named = [finding.measure.design for finding in findings if not finding.measure.is_guard]
    order = ("none", "before-after", "matched", "stepped")
    weakest = min(named, key=order.index, default="none")
    return DESIGNS.get(weakest, "before-after")
