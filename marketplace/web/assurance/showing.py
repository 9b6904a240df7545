"""Assurance as pages say it: statuses with their marks, clocks in words, criteria section by section."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from marketplace.assurance.models import Case
from marketplace.assurance.rules.clock import Clock
from marketplace.assurance.rules.conformity import Conformity
from marketplace.assurance.rules.verdicts import WORDS, CriterionVerdict, Given, Verdict
from marketplace.assurance.states import CASE_WORDS, CERTIFICATE_WORDS, OUTCOMES
from marketplace.frameworks.answers import NOT_STATED, Shown, display
from marketplace.frameworks.schema.base import titled
from marketplace.frameworks.schema.criteria import AssuranceFramework, Section
from marketplace.kit.values import Value

MARKS = {
    "met": "met", "met-with-conditions": "conditions", "not-met": "not-met", "not-answered": "unknown",
    "expired": "expired", "not-applicable": "unknown", "skipped": "unknown", "in-remediation": "conditions",
    "suspended": "suspended", "withdrawn": "withdrawn", "no-certificate": "unknown", "in-force": "met",
}  # fmt: skip
"""The mark of each status word: see components/status.html."""
CASE_MARKS = {"decided": "live", "withdrawn": "withdrawn", "clarification": "conditions"}


class Status(Value):
    """A word and its mark."""

    word: str
    kind: str


class Row(Value):
    """A criterion in a list: how it stands, why, and until when."""

    code: str
    label: str
    status: Status
    reason: str
    until: date | None
    cause: str


class Part(Value):
    """A section with its criteria and how far it is: `met` of those that are asked."""

    id: str
    label: str
    assessed: str
    rows: tuple[Row, ...]
    met: int
    asked: int

    @property
    def title(self) -> str:
        """Its label, behind its code where it has one."""
        return titled(self.id, self.label)

    @property
    def status(self) -> Status:
        """The least of its criteria, in one word."""
        if self.met == self.asked:
            return Status("Met" if self.asked else "Not asked", "met" if self.asked else "unknown")
        return next(row.status for row in self.rows if row.status.word not in ("Met", "Not asked", "Not applicable"))


def status_of(verdict: CriterionVerdict) -> Status:
    return Status(WORDS[verdict.status], MARKS[verdict.status])


def parts_of(framework: AssuranceFramework, verdict: Verdict) -> list[Part]:
    """Every section that is assessed, with each criterion as the verdict has it."""
    return [_part(section, verdict) for section in framework.sections if section.assessed != "context"]


def _part(section: Section, verdict: Verdict) -> Part:
    own = [each for each in verdict.criteria if each.criterion.section == section.id]
    asked = [each for each in own if each.status not in ("skipped", "not-applicable")]
    met = sum(each.status in ("met", "met-with-conditions") for each in asked)
    rows = tuple(
        Row(each.criterion.code, each.criterion.label, status_of(each), each.reason, each.until, each.cause)
        for each in own
    )
    return Part(section.id, section.label, section.assessed, rows, met, len(asked))


def dated_of(verdict: Verdict) -> list[Row]:
    """The dated parts, what ends first ahead."""
    dated = [each for each in verdict.criteria if each.counts and each.until is not None]
    ordered = sorted(dated, key=lambda each: (each.until or date.max, each.criterion.place))
    return [
        Row(each.criterion.code, each.criterion.label, status_of(each), each.reason, each.until, each.cause)
        for each in ordered
    ]


def conformity_status(conformity: Conformity) -> Status:
    return Status(conformity.word, MARKS[conformity.status])


def certificate_status(state: str) -> Status:
    return Status(CERTIFICATE_WORDS[state], MARKS[state])


def case_status(case: Case, state: str = "") -> Status:
    """Where a case is, or was when it stood in `state`; with the outcome where it is decided."""
    state = state or case.state
    if state == "decided":
        return Status(f"Decided: {OUTCOMES[case.outcome].lower()}", MARKS[case.outcome])
    return Status(CASE_WORDS[state], CASE_MARKS.get(state, "submitted"))


def clock_in_words(clock: Clock, *, to: str = "assessor") -> str:
    """How much time is left, to whom: the same for both sides, each addressed as it is."""
    assessors = _days(clock.left, "left to assess", "over")
    if not clock.is_stopped or clock.supplier_left is None:
        return f"{assessors}; the clock runs."
    supplier = _days(clock.supplier_left, "left to reply", "late")
    whose = "The supplier has" if to == "assessor" else "You have"
    return f"{whose} {supplier}. The assessors' clock stands still, with {assessors}."


def _days(count: int, left: str, over: str) -> str:
    number = abs(count)
    return f"{number} working day{'' if number == 1 else 's'} {left if count >= 0 else over}"


def shown_answer(framework: AssuranceFramework, given: Mapping[str, Given], question_id: str) -> Shown:
    """An answer as it reads."""
    found = given.get(question_id)
    if found is None or found.value is None:
        return NOT_STATED
    return display(framework.by_question[question_id].question, found.value)


def conditions_of(conditions: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Conditions with their days as days."""
    return [
        {"code": each["code"], "condition": each["condition"],
         "due_on": date.fromisoformat(each["due_on"]) if each["due_on"] else None}
        for each in conditions
    ]  # fmt: skip
