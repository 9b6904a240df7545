"""What comes in of readings: an appraisal by a tool, a consensus, the steps of GRADE, and what was looked up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from marketplace.evidence.rules.appraising import (
    NOT_APPLICABLE,
    AppraisalRules,
    BiasTool,
    Checklist,
    answers_of,
    may_be_raised_to,
    overall_of,
    rows_of,
)
from marketplace.evidence.rules.certainty import judgement_faults
from marketplace.evidence.schemas.studies import LONGEST
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import Fields

LONGEST_REASON = 500
STEPS = {"0": 0, "1": 1, "2": 2, "3": 3}
WHAT = {"doi": "DOI", "registration": "Registration"}
OUTCOMES = {
    "found": "It is there, and says the same",
    "differs": "It is there, and says otherwise",
    "not-found": "It is not there",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a study by one tool."""

    judgements: dict[str, dict[str, str]]
    overall: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Where certainty begins, and the steps of each domain with their reasons."""

    start: str
    judgements: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What somebody saw when they looked a number up."""

    what: str
    outcome: str
    note: str
    looked_on: date


def read_reading(raw: Mapping[str, str], tool: Checklist | BiasTool, rules: AppraisalRules) -> Reading:
    """A reading: `answer-<row>` and `reason-<row>` for each row of the tool. Raises Invalid by field."""
    fields, judgements = Fields(raw), {}
    known = [answer.id for answer in answers_of(tool, rules)]
    for row in rows_of(tool):
        answer = fields.one_of(f"answer-{row.id}", known, needed=f"Say what you found of {row.label.lower()}.")
        reason = fields.text(f"reason-{row.id}", LONGEST_REASON)
        if answer and not reason and (answer == NOT_APPLICABLE or (isinstance(tool, BiasTool) and answer != known[0])):
            fields.wrong[f"reason-{row.id}"] = f"Say why, of {row.label.lower()}."
        judgements[row.id] = {"answer": answer, "reason": reason}
    about = fields.line("about", LONGEST["measure"])
    reason = fields.text("reason", LONGEST["reason"])
    fields.check("the reading is not complete")
    overall = _overall(raw.get("overall", ""), tool, judgements, reason)
    return Reading(judgements, overall, about, reason)


def read_judged(raw: Mapping[str, str], rules: AppraisalRules) -> Judged:
    """The steps of GRADE: `start`, and `steps-<domain>` and `reason-<domain>` for each. Raises Invalid by field."""
    fields, judgements = Fields(raw), {}
    grade = rules.grade
    start = fields.one_of("start", grade.start, needed="Say with what designs the results begin.")
    for domain, sign in [*((each, -1) for each in grade.down), *((each, 1) for each in grade.up)]:
        steps = STEPS[fields.one_of(f"steps-{domain.id}", STEPS, blank="0")] * sign
        reason = fields.text(f"reason-{domain.id}", LONGEST_REASON)
        if steps or reason:
            judgements[domain.id] = {"steps": steps, "reason": reason}
    if start:
        faults = judgement_faults(grade, start, judgements)
        fields.wrong |= {f"reason-{name}" if "why" in told else f"steps-{name}": told for name, told in faults.items()}
    fields.check("the judgement does not hold")
    return Judged(start, judgements)


def read_looked_up(raw: Mapping[str, str], *, on: date) -> LookedUp:
    """What was looked up, on which day, with what result. Raises Invalid by field."""
    fields = Fields(raw)
    what = fields.one_of("what", WHAT, needed="Say what you looked up.")
    outcome = fields.one_of("outcome", OUTCOMES, needed="Say what you saw.")
    looked_on = fields.day("looked_on") or on
    if looked_on > on:
        fields.wrong["looked_on"] = "That day has not come yet."
    note = fields.text("note", LONGEST["reason"])
    if outcome in ("differs", "not-found") and not note:
        fields.wrong["note"] = "Say what is otherwise, or where you looked."
    fields.check("what was looked up is not said yet")
    return LookedUp(what, outcome, note, looked_on)


def _overall(chosen: str, tool: Checklist | BiasTool, judgements: Mapping[str, Mapping[str, str]], reason: str) -> str:
    """The rule's judgement, or one step up where the tool leaves that to people and they say why."""
    own = overall_of(tool, judgements)
    if not chosen or chosen == own:
        return own
    if chosen not in may_be_raised_to(tool, judgements):
        told = "The rule of the tool gives another, from the domains above."
        raise Invalid("the overall judgement does not follow", told, fields={"overall": told})
    if not reason:
        told = "Say why they come to more together than each alone."
        raise Invalid("the overall judgement needs its reason", told, fields={"reason": told})
    return chosen
