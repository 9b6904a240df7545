"""What one side of a framework is asked: its criteria, once the gates between them are open, shut or waiting.

Few questions are gates and each has few answers, so that a sheet is made once and serves many products.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from marketplace.assurance.rules.gates import Gating, gatings, options_of
from marketplace.assurance.rules.remembering import Remembered
from marketplace.assurance.rules.verdicts import CriterionVerdict, Given
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.kit.values import Value

OTHERS = {
    "supplier": "The supplier answers this, once for all buyers.",
    "deploying-organisation": "Each organisation that deploys it answers this for itself.",
}
"""Why a criterion of the other side is not asked."""


class Line(NamedTuple):
    """A criterion with what holds of it without an answer. `question_id` is empty where no answer is looked at."""

    criterion: Criterion
    question_id: str
    unanswered: CriterionVerdict


class Sheet(Value):
    """The lines in the order of the framework, and by their places what becomes of those that are asked.

    `counting` are those that must pass, in the order of their codes; `assessed` those that can be answered and are
    more than read; `scored` those of each section that is scored.
    """

    lines: tuple[Line, ...]
    counting: tuple[int, ...]
    assessed: tuple[int, ...]
    scored: tuple[tuple[Section, tuple[int, ...]], ...]


_SHEETS = Remembered[Sheet]()


def sheet_of(framework: AssuranceFramework, given: Mapping[str, Given], who: Who) -> Sheet:
    """What `who` is asked after these answers, by question id."""
    known = ((name, given.get(name)) for name in framework.gate_questions)
    values = {name: each.value for name, each in known if each and each.value is not None}
    key = (who, *((name, _plain(value)) for name, value in values.items()))
    return _SHEETS.of(framework, key, lambda: _sheet(framework, values, who))


def _plain(value: object) -> object:
    return value if isinstance(value, str) else frozenset(options_of(value))


def _sheet(framework: AssuranceFramework, values: Mapping[str, Any], who: Who) -> Sheet:
    gates = gatings(framework, values)
    lines = tuple(_line(criterion, gates[criterion.code], who) for criterion in framework.criteria)
    asked = [place for place, line in enumerate(lines) if line.unanswered.status != "skipped"]

    def of(places: Sequence[int], section: Section) -> tuple[int, ...]:
        return tuple(place for place in places if lines[place].criterion.section == section.id)

    return Sheet(
        lines,
        counting=tuple(sorted(
            (place for place in asked if lines[place].criterion.assessed == "pass"),
            key=lambda place: lines[place].criterion.place,
        )),
        assessed=tuple(
            place for place in asked
            if not lines[place].criterion.known and lines[place].criterion.assessed != "context"
        ),
        scored=tuple((each, of(asked, each)) for each in framework.sections if each.assessed == "scored"),
    )  # fmt: skip


def _line(criterion: Criterion, gate: Gating, who: Who) -> Line:
    if criterion.who != who:
        return Line(criterion, "", CriterionVerdict(criterion, "skipped", OTHERS[criterion.who]))
    if gate.state == "shut":
        return Line(criterion, "", CriterionVerdict(criterion, "skipped", gate.reason))
    if gate.state == "waiting":
        return Line(criterion, "", CriterionVerdict(criterion, "not-answered", gate.reason))
    if criterion.known:
        return Line(criterion, "", CriterionVerdict(criterion, "met", "Touchstone takes it from the listing."))
    unanswered = CriterionVerdict(criterion, "not-answered", "There is no answer yet.")
    return Line(criterion, criterion.question_id, unanswered)
