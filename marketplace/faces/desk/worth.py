"""`desk worth`: costs and effects with their intervals give cost for a QALY, and how sure that is."""

from collections.abc import Mapping
from typing import Any

from marketplace.evidence.rules.economics import QUADRANTS, THRESHOLDS
from marketplace.evidence.rules.uncertainty import (
    COSTS,
    EFFECTS,
    FEWEST_DRAWS,
    FIXED,
    MOST_DRAWS,
    MOST_PARTS,
    NORMAL,
    SHAPES,
    Part,
    Sensitivity,
    sensitivity,
)
from marketplace.faces.desk.numbers import number, refuse_strangers, rows, shown, values, whole, word
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.values import asdict

KNOWN = (COSTS, EFFECTS, "thresholds", "draws", "seed")
OF_PART = ("name", "value", "low", "high", "shape")
EXAMPLE_ROW = "{name: licence, value: 300, low: 250, high: 350, shape: gamma}"
MOST_THRESHOLDS = 10


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """ICER, net benefit, one part at a time and all drawn together. Raises Invalid, naming what does not hold."""
    refuse_strangers(given, KNOWN)
    parts = [*_parts(given, COSTS), *_parts(given, EFFECTS)]
    thresholds = values(given, "thresholds") if given.get("thresholds") else list(map(float, THRESHOLDS))
    draws, seed = whole(given, "draws", default=1_000), whole(given, "seed", default=1)
    if not FEWEST_DRAWS <= draws <= MOST_DRAWS:
        raise Invalid(f"{draws:,} draws are not taken", f"Write draws: {FEWEST_DRAWS} to {MOST_DRAWS}.")
    if len(thresholds) > MOST_THRESHOLDS:
        raise Invalid(f"{len(thresholds)} thresholds are too many", f"Give at most {MOST_THRESHOLDS}.")
    try:
        found = sensitivity(parts, thresholds, draws=draws, seed=seed)
    except ValueError as wrong:
        raise Invalid(str(wrong), f"Write it such as {EXAMPLE_ROW}.") from wrong
    return Worked("Cost for an effect, and how sure", _rows(found, draws, seed), as_document(found, draws, seed))


def as_document(found: Sensitivity, draws: int, seed: int) -> dict[str, Any]:
    """The whole as data, each draw too."""
    return {
        "cost": found.cost, "effect": found.effect, "icer": found.icer, "draws": draws, "seed": seed,
        "quadrants": dict(found.quadrants),
        "thresholds": [
            {"threshold": each, "net_benefit": benefit, "low": low, "high": high, "worth_it": share}
            for (each, share), (_, benefit, low, high) in zip(found.worth_it, found.benefits, strict=True)
        ],
        "one_way": [asdict(each) for each in found.one_way],
        "plane": [list(each) for each in found.draws],
    }  # fmt: skip


def _parts(given: Mapping[str, Any], kind: str) -> list[Part]:
    found = []
    listed = rows(given, kind, EXAMPLE_ROW)
    if len(listed) > MOST_PARTS:
        raise Invalid(f"{len(listed)} {kind} are too many", f"Give at most {MOST_PARTS}.")
    for place, row in enumerate(listed, start=1):
        where = f"{kind} {place}: "
        refuse_strangers(row, OF_PART, where)
        has_ends = row.get("low") is not None or row.get("high") is not None
        low, high = (number(row, end, where=where) if has_ends else None for end in ("low", "high"))
        shape = word(row, "shape", SHAPES, default=NORMAL if has_ends else FIXED)
        name = str(row.get("name") or f"{kind} {place}")[:60]
        found.append(Part(name, kind, number(row, "value", where=where), low, high, shape))
    return found


def _rows(found: Sensitivity, draws: int, seed: int) -> list[tuple[str, str, str]]:
    lines = [
        ("Difference in cost", _pounds(found.cost), "for each person, with the product less without it"),
        ("Difference in effect", shown(found.effect), "QALYs for each person"),
        ("Cost for a QALY (ICER)", _pounds(found.icer) if found.icer is not None else "none",
         "cost / effect; read it with the quadrant" if found.icer is not None else "there is no effect to divide by"),
    ]  # fmt: skip
    for (threshold, share), (_, benefit, low, high) in zip(found.worth_it, found.benefits, strict=True):
        at = f"at {_pounds(threshold)}"
        how = f"{_pounds(threshold)} x effect - cost; 95% of draws {_pounds(low)} to {_pounds(high)}"
        lines.append((f"Net benefit {at}", _pounds(benefit), how))
        lines.append((f"Worth it {at}", f"{100 * share:.1f}%", f"share of {draws:,} draws, seed {seed}"))
    lines += [(QUADRANTS[name], f"{100 * share:.1f}%", "of draws") for name, share in found.quadrants]
    lines += [
        (f"{one.name} alone", f"{_pounds(one.at_low)} to {_pounds(one.at_high)}", "net benefit at its two ends")
        for one in found.one_way
    ]
    return lines


def _pounds(value: float) -> str:
    sign = "\N{MINUS SIGN}" if value < 0 and round(abs(value)) else ""
    return f"{sign}£{abs(value):,.0f}"


EXAMPLE = """\
costs:
- {name: licence and running, value: 420, low: 380, high: 460, shape: gamma}
- {name: care avoided, value: -120, low: -220, high: -40, shape: gamma}
effects:
- {name: QALYs, value: 0.02, low: 0.004, high: 0.036}
thresholds: [25000, 35000]
draws: 1000
seed: 1
"""

CALCULATOR = Calculator(
    name="worth",
    label="What an effect costs, and how sure that is",
    text="Costs and QALYs with their intervals give cost for a QALY, net benefit, and the plane of many draws.",
    source="NICE's threshold of £25,000 to £35,000 for a QALY, for decisions from April 2026",
    example=EXAMPLE,
    work=work,
)
