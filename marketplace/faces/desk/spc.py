"""`desk spc`: a series gives its limits and the points that chance alone would seldom make."""

from collections.abc import Mapping
from typing import Any

from marketplace.evidence.rules.process import ASSURANCES, SIGNALS, VARIATIONS, Chart, Limits, Settings, chart
from marketplace.faces.desk.numbers import between, number, refuse_strangers, shown, values, whole, word, yes_or_no
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.values import asdict

KNOWN = ("values", "better", "target", "fix-on", "rebase-at", "screen", "trend", "shift")


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """Limits, signals, what the last point says and whether a target would be met. Raises Invalid."""
    refuse_strangers(given, KNOWN)
    series = values(given, "values")
    settings = settings_from(given, len(series))
    try:
        found = chart(series, settings)
    except ValueError as wrong:
        raise Invalid(str(wrong), "Add values, or leave the setting out.") from wrong
    rows = [*_limits(found.limits), ("What the last point says", VARIATIONS[found.variation], found.variation)]
    if found.assurance:
        rows.append(("Target", ASSURANCES[found.assurance], f"{shown(settings.target or 0)}, {found.assurance}"))
    if found.is_trial:
        rows.append(("Trial limits", "yes", "fewer than 13 points: they will move as more come"))
    rows += [
        (f"Point {place}", shown(point.value), SIGNALS[point.signal] if point.signal else "nothing unusual")
        for place, point in enumerate(found.points, start=1)
    ]
    return Worked(f"A series of {len(series)}", rows, as_document(found))


def settings_from(given: Mapping[str, Any], count: int) -> Settings:
    """How signals are to be looked for. Raises Invalid."""
    rebase = given.get("rebase-at", [])
    if not isinstance(rebase, list):
        raise Invalid("rebase-at is not a list of places", "Write rebase-at: [13], the first point of the new limits.")
    places = tuple(whole({"rebase-at": each}, "rebase-at") - 1 for each in rebase)
    if any(not 0 < place < count for place in places):
        raise Invalid("a place of rebase-at lies outside the series", f"Write places from 2 to {count}.")
    trend, shift = whole(given, "trend", default=7), whole(given, "shift", default=7)
    if min(trend, shift) < 3:
        raise Invalid("runs of fewer than 3 say nothing", "Leave trend and shift out for the usual 7.")
    return Settings(
        better=word(given, "better", ("higher", "lower", "neither"), default="neither"),
        target=number(given, "target") if given.get("target") not in (None, "") else None,
        fix_on=whole(given, "fix-on") if given.get("fix-on") not in (None, "") else None,
        rebase_at=places,
        screens=yes_or_no(given, "screen", default=False),
        trend=trend,
        shift=shift,
    )


def as_document(found: Chart) -> dict[str, Any]:
    """The chart as data."""
    return {
        **asdict(found.limits),
        "variation": found.variation,
        "assurance": found.assurance,
        "trial_limits": found.is_trial,
        "points": [
            {"value": point.value, "signal": point.signal, "lower": point.limits.lower, "upper": point.limits.upper}
            for point in found.points
        ],
    }


def _limits(limits: Limits) -> list[tuple[str, str, str]]:
    return [
        ("Mean", shown(limits.mean), "of the values that the limits stand on"),
        ("Average moving range", shown(limits.moving_range), "mean of the steps from each value to the next"),
        ("Limits", between(limits.lower, limits.upper), "mean ± 2.66 x average moving range"),
        ("Near limits", between(limits.near_lower, limits.near_upper), "two thirds of the way out"),
    ]


EXAMPLE = """\
values: [42, 45, 39, 44, 41, 47, 40, 43, 46, 38, 44, 41, 39, 38, 40, 37, 36, 39, 35]
better: lower
target: 40
fix-on: 12
"""

CALCULATOR = Calculator(
    name="spc",
    label="What a series over time says",
    text="A series gives its natural limits, and which points are more than what varies by itself.",
    source="NHS England's Making Data Count, as NHSRplotthedots 0.2.2 works it out",
    example=EXAMPLE,
    work=work,
)
