"""What comes in of readings: an appraisal by a tool, a consensus, the steps of GRADE, and what was looked up."""

import re
from collections.abc import Mapping
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
from marketplace.kit.values import Value, field

LONGEST_REASON = 500
OTHERWISE, MOST_OTHERWISE = "otherwise", 60
NO_RESULTS: Mapping[str, str] = {}
STEPS = {"0": 0, "1": 1, "2": 2, "3": 3}
WHAT = {"doi": "DOI", "registration": "Registration"}
OUTCOMES = {
    "found": "It is there, and says the same",
    "differs": "It is there, and says otherwise",
    "not-found": "It is not there",
}


_ROW = re.compile(rf"{OTHERWISE}-([0-9]{{1,3}})-(?:result|domain|answer|reason)")


class Reading(Value):
    """A reading of a study by one tool; `by_result` has the domains that are otherwise for a result, by its id."""

    judgements: dict[str, dict[str, str]]
    overall: str
    about: str
    reason: str
    by_result: dict[str, dict[str, dict[str, str]]] = field(default_factory=dict)


class Judged(Value):
    """Where certainty begins, and the steps of each domain with their reasons."""

    start: str
    judgements: dict[str, dict[str, Any]]


class LookedUp(Value):
    """What somebody saw when they looked a number up."""

    what: str
    outcome: str
    note: str
    looked_on: date


def read_reading(
    raw: Mapping[str, str], tool: Checklist | BiasTool, rules: AppraisalRules, results: Mapping[str, str] = NO_RESULTS
) -> Reading:
    """A reading: `answer-<row>` and `reason-<row>` for each row of the tool.

    For the risk of bias, `otherwise-1-result`, `-domain`, `-answer` and `-reason` say what is otherwise for one result;
    `results` are their ids by their number in the study. Raises Invalid by field.
    """
    fields, judgements = Fields(raw), {}
    known = [answer.id for answer in answers_of(tool, rules)]
    for row in rows_of(tool):
        answer = fields.one_of(f"answer-{row.id}", known, needed=f"Say what you found of {row.label.lower()}.")
        reason = fields.text(f"reason-{row.id}", LONGEST_REASON)
        if answer and not reason and (answer == NOT_APPLICABLE or (isinstance(tool, BiasTool) and answer != known[0])):
            fields.wrong[f"reason-{row.id}"] = f"Say why, of {row.label.lower()}."
        judgements[row.id] = {"answer": answer, "reason": reason}
    by_result = _by_result(fields, tool, judgements, results)
    about = fields.line("about", LONGEST["measure"])
    reason = fields.text("reason", LONGEST["reason"])
    fields.check("the reading is not complete")
    overall = _overall(raw.get("overall", ""), tool, judgements, reason)
    return Reading(judgements, overall, about, reason, by_result)


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


def _by_result(
    fields: Fields, tool: Checklist | BiasTool, judgements: Mapping[str, Mapping[str, str]], results: Mapping[str, str]
) -> dict[str, dict[str, dict[str, str]]]:
    """What is judged otherwise for single results; rows in which nothing was chosen are none."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    if isinstance(tool, Checklist):
        return found
    domains, answers = [row.id for row in tool.domains], [answer.id for answer in tool.answers]
    for number in _rows_in(fields.raw):
        row = f"{OTHERWISE}-{number}"
        result = fields.one_of(f"{row}-result", results, needed="Say for which result.")
        domain = fields.one_of(f"{row}-domain", domains, needed="Say in which domain.")
        answer = fields.one_of(f"{row}-answer", answers, needed="Say what you found.")
        reason = fields.text(f"{row}-reason", LONGEST_REASON, needed="Say why it is otherwise for this result.")
        if answer and domain and answer == judgements[domain]["answer"]:
            fields.wrong[f"{row}-answer"] = "That is what you found for the study: leave the row out."
        if result and domain and domain in found.setdefault(results[result], {}):
            fields.wrong[f"{row}-domain"] = "This domain of this result stands in a row above."
        if result and domain:
            found[results[result]][domain] = {"answer": answer, "reason": reason}
    return found


def _rows_in(raw: Mapping[str, str]) -> list[int]:
    """The numbers of the rows in which anything was chosen or written, in order."""
    named = (_ROW.fullmatch(name) for name, value in raw.items() if value.strip())
    return sorted({int(row[1]) for row in named if row})[:MOST_OTHERWISE]


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
