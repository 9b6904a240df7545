"""What an effect comes to for 1,000 people or cases, which is how a clinician can weigh it."""

from collections.abc import Sequence
from math import ceil

from marketplace.evidence.rules.fitting import Finding
from marketplace.kit.values import Value

POINTS = ("%", "points", "percentage points", "pp")
THOUSAND = 1_000


class PerThousand(Value):
    """Of 1,000: `without` the product, and `with_it`; `fewer` is negative where there are more. Ends are of 95 %.

    `is_example` says that `without` is an example and was not measured. Only the difference is known where `without`
    is None.
    """

    without: float | None
    with_it: float | None
    fewer: float
    fewest: float
    most: float
    needed: int | None
    is_example: bool


def per_thousand(
    effect: str, unit: str, estimate: float, low: float, high: float, *, baseline: float | None,
    examples: Sequence[int] = (),
) -> list[PerThousand]:  # fmt: skip
    """One row with the baseline that was measured, or one for each example; none for what is no share of cases.

    `baseline` is how many of 1,000 have it without the product.
    """
    if effect == "ratio":
        bases = [(baseline, False)] if baseline else [(float(each), True) for each in examples]
        return [_of_ratio(base, estimate, low, high, is_example=example) for base, example in bases]
    if effect == "difference" and unit.casefold() in POINTS:
        fewer = -10 * estimate
        with_it = baseline - fewer if baseline is not None else None
        return [PerThousand(baseline, with_it, fewer, -10 * high, -10 * low, _needed(fewer), is_example=False)]
    return []


def baseline_of(findings: Sequence[Finding]) -> float | None:
    """How many of 1,000 had it in the groups without the product, over all studies that say so; None where none does.

    The groups of a result come with the product first and those compared last.
    """
    events = cases = 0.0
    for finding in findings:
        arms = list(finding.arms)
        if len(arms) == 2 and all("events" in arm and "n" in arm for arm in arms):
            events, cases = events + float(arms[-1]["events"]), cases + float(arms[-1]["n"])
    return THOUSAND * events / cases if cases else None


def _of_ratio(base: float, ratio: float, low: float, high: float, *, is_example: bool) -> PerThousand:
    fewer, fewest, most = (base - min(base * each, THOUSAND) for each in (ratio, high, low))
    return PerThousand(base, base - fewer, fewer, fewest, most, _needed(fewer), is_example=is_example)


def _needed(fewer: float) -> int | None:
    return ceil(THOUSAND / abs(fewer) - 1e-9) if abs(fewer) > 1e-9 else None
