"""`desk scores`: answers to SUS, PDQI-9 and NASA-TLX give scores, their means, and the gap between groups."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marketplace.evidence.rules.scores import EQUITY_ALERT, SUS_MEAN, equity_gap, mean_of, pdqi, sus, tlx
from marketplace.faces.desk.numbers import MOST_ROWS, between, number, refuse_strangers, shown, values, word
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.values import asdict

SCALES: dict[str, tuple[str, str, Callable[[Sequence[float]], float]]] = {
    "sus": ("System Usability Scale", f"0 to 100, higher is better; many products lie near {SUS_MEAN}", sus),
    "pdqi-9": ("PDQI-9", "9 to 45, higher is better", pdqi),
    "nasa-tlx": ("NASA-TLX, raw", "0 to 100, lower is better; not yet checked against its manual", tlx),
}
KNOWN = (*SCALES, "nasa-tlx-weights", "groups", "better")
Line = tuple[str, str, str]


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """A score for each list of answers and their mean. Raises Invalid, naming the answer that does not hold."""
    refuse_strangers(given, KNOWN)
    if not any(given.get(name) for name in (*SCALES, "groups")):
        raise Invalid("there are no answers", "Write sus: [[4, 2, 5, 1, 4, 2, 5, 1, 4, 2]].")
    lines: list[Line] = []
    document: dict[str, Any] = {name: _scored(given, name, lines) for name in SCALES if given.get(name)}
    if given.get("groups"):
        document["equity-gap"] = _gap(given, lines)
    return Worked("What the answers come to", lines, document)


def _scored(given: Mapping[str, Any], name: str, lines: list[Line]) -> dict[str, Any]:
    label, about, score = SCALES[name]
    weights = values(given, "nasa-tlx-weights") if name == "nasa-tlx" and given.get("nasa-tlx-weights") else None
    if weights:
        label = "NASA-TLX, weighted"
    found = []
    for place, answers in enumerate(_lists(given, name), start=1):
        try:
            found.append(tlx(answers, weights) if weights else score(answers))
        except ValueError as wrong:
            raise Invalid(f"{name} {place}: {wrong}", "Give the answers in the order of the questions.") from wrong
    mean = mean_of(found)
    how = f"95% {between(mean.low, mean.high, 1)}" if mean.low is not None and mean.high is not None else "one person"
    lines += [(f"{label}, {place}", shown(each, 1), "") for place, each in enumerate(found, start=1)]
    lines.append((label, shown(mean.value, 1), f"{how}; {about}"))
    return {"scores": found, **asdict(mean)}


def _lists(given: Mapping[str, Any], name: str) -> list[list[float]]:
    raw = given[name]
    if not isinstance(raw, list) or not all(isinstance(each, list) for each in raw) or len(raw) > MOST_ROWS:
        raise Invalid(f"{name} is no list of lists", f"Write {name}: [[...], [...]], one for each person.")
    return [values({f"answers of {name} {place}": each}, f"answers of {name} {place}")
            for place, each in enumerate(raw, start=1)]  # fmt: skip


def _gap(given: Mapping[str, Any], lines: list[Line]) -> dict[str, Any]:
    raw = given["groups"]
    if not isinstance(raw, Mapping) or len(raw) < 2:
        raise Invalid("groups are not two or more named values", "Write groups: {women: 94, men: 96}, in per cent.")
    found = {str(group): number(raw, group) for group in raw}
    best, worst, gap = equity_gap(found, better=word(given, "better", ("higher", "lower"), default="higher"))
    alert = f"; {EQUITY_ALERT:g} or more is proposed as an alert" if gap >= EQUITY_ALERT else ""
    lines.append(("Equity gap", f"{shown(gap, 1)} points", f"{best} fares best, {worst} worst{alert}"))
    return {"best": best, "worst": worst, "gap": gap, "alert": gap >= EQUITY_ALERT}


EXAMPLE = """\
sus:
- [4, 2, 5, 1, 4, 2, 5, 1, 4, 2]
- [4, 2, 4, 2, 4, 2, 4, 2, 4, 2]
- [4, 2, 4, 2, 4, 1, 5, 2, 4, 3]
- [5, 2, 4, 1, 4, 2, 4, 2, 5, 2]
pdqi-9:
- [5, 4, 4, 5, 4, 5, 3, 4, 5]
nasa-tlx:
- [55, 10, 40, 25, 45, 20]
groups: {speaks English at home: 96.1, speaks another language at home: 90.4}
better: higher
"""

CALCULATOR = Calculator(
    name="scores",
    label="What a questionnaire comes to",
    text="Answers to SUS, PDQI-9 and NASA-TLX give scores with their mean, and groups give the gap between them.",
    source="the published scoring of each questionnaire; that of NASA-TLX is not yet checked against its manual",
    example=EXAMPLE,
    work=work,
)
