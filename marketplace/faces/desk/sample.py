"""`desk sample`: what is expected and the chances taken give how many have to take part, with the working."""

from collections.abc import Mapping
from typing import Any

from marketplace.evidence.rules.samples import Chances, Size, for_half_width, for_means, for_none_seen, for_shares
from marketplace.faces.desk.numbers import number, refuse_strangers, whole, word
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.values import asdict

CHANCES = ("alpha", "power", "ratio", "lost", "cluster", "icc", "steps")
OF = {
    "means": ("baseline", "difference", "sd", *CHANCES),
    "shares": ("baseline", "difference", "expected", *CHANCES),
    "one-share": ("share", "half-width", "alpha"),
    "none-seen": ("most", "alpha"),
}
LABELS = {
    "means": "To find a difference between two means",
    "shares": "To find a difference between two shares",
    "one-share": "To know one share closely enough",
    "none-seen": "To show that an event is rare",
}


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """How many, for one of four questions. Raises Invalid, naming what does not hold."""
    kind = word(given, "for", OF, default="means" if "sd" in given else "shares")
    refuse_strangers({name: value for name, value in given.items() if name != "for"}, OF[kind])
    try:
        size = _size(kind, given)
    except ValueError as wrong:
        raise Invalid(str(wrong), "Check the numbers against the example.") from wrong
    except OverflowError as wrong:
        raise Invalid("the number would be beyond counting", "Look for a larger difference.") from wrong
    rows = [(step.what, step.value, step.how) for step in size.steps]
    if size.other:
        rows.append(("In each group", f"{size.each:,} and {size.other:,}", "rounded up"))
    rows.append(("In all", f"{size.total:,}", ""))
    if size.clusters:
        rows.append(("Clusters", f"{size.clusters:,}", "teams, wards or sites"))
    return Worked(LABELS[kind], rows, as_document(size))


def chances_from(given: Mapping[str, Any]) -> Chances:
    """The chances taken, as usual where nothing is said. Raises Invalid."""
    usual = Chances()
    return Chances(
        alpha=number(given, "alpha", default=usual.alpha), power=number(given, "power", default=usual.power),
        ratio=number(given, "ratio", default=usual.ratio), lost=number(given, "lost", default=usual.lost),
        cluster=number(given, "cluster", default=usual.cluster), icc=number(given, "icc", default=usual.icc),
        sequences=whole(given, "steps", default=0),
    )  # fmt: skip


def _size(kind: str, given: Mapping[str, Any]) -> Size:
    if kind == "means":
        return for_means(number(given, "difference"), number(given, "sd"), chances_from(given))
    if kind == "shares":
        baseline = number(given, "baseline")
        expected = number(given, "expected") if "expected" in given else baseline + number(given, "difference")
        return for_shares(baseline, round(expected, 12), chances_from(given))
    alpha = number(given, "alpha", default=0.05)
    if not 0 < alpha < 1:
        raise Invalid(f"alpha {alpha:g} is no chance", "Write alpha: 0.05.")
    if kind == "one-share":
        return for_half_width(number(given, "share"), number(given, "half-width"), alpha=alpha)
    return for_none_seen(number(given, "most"), alpha=alpha)


def as_document(size: Size) -> dict[str, Any]:
    """The size as data."""
    return {
        "first_group": size.each, "second_group": size.other, "total": size.total, "clusters": size.clusters,
        "working": [asdict(step) for step in size.steps],
    }  # fmt: skip


EXAMPLE = """\
for: means
difference: -1.5
sd: 4
power: 0.9
cluster: 20
icc: 0.05
lost: 0.1
"""

CALCULATOR = Calculator(
    name="sample",
    label="How many have to take part",
    text="The difference to be found and the chances taken give a sample size, with the working.",
    source="the usual formulas, the design effect of clusters, Woertman 2013 for a stepped wedge; not yet checked",
    example=EXAMPLE,
    work=work,
)
