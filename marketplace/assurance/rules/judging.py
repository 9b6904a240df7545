"""`judge`: a framework, what was answered and a day give the verdict on that day."""

from collections.abc import Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import cast

from marketplace.assurance.rules.ageing import holds_until, is_future
from marketplace.assurance.rules.gates import options_of
from marketplace.assurance.rules.remembering import Remembered
from marketplace.assurance.rules.sheets import sheet_of
from marketplace.assurance.rules.verdicts import RANK, CriterionVerdict, Finding, Given, Score, Status, Verdict
from marketplace.frameworks.answers import display
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion, Section
from marketplace.kit.calendar import in_words
from marketplace.kit.values import replace

CHOSEN = (str, tuple)
_WORKED_OUT = Remembered[CriterionVerdict]()


def judge(
    framework: AssuranceFramework, given: Mapping[str, Given], *, on: date, who: Who | None = None
) -> Verdict:  # fmt: skip
    """The verdict on a day; `given` is by question id. The same whatever the order of questions or answers.

    Judged is what `who` has to answer: whoever completes the framework, where nobody is named.
    """
    sheet = sheet_of(framework, given, who or framework.completed_by)
    criteria = tuple([
        unanswered if (answer := given.get(name)) is None or answer.value is None else judged(criterion, answer, on=on)
        for criterion, name, unanswered in sheet.lines
    ])  # fmt: skip
    status, cause, until, until_cause = _least([criteria[place] for place in sheet.counting])
    return Verdict(
        status, cause, until, until_cause, criteria,
        scores=tuple([_score(section, [criteria[place] for place in places]) for section, places in sheet.scored]),
        answered=len([place for place in sheet.assessed if criteria[place].status != "not-answered"]),
        asked=len(sheet.assessed),
    )  # fmt: skip


def judged(criterion: Criterion, answer: Given, *, on: date) -> CriterionVerdict:
    """One criterion that is asked: its answer, its rule, its documents, its date, and what was found of it."""
    if answer.finding is None:
        return _remembered(criterion, answer, on)
    return _found(_by_answer(criterion, answer, on), answer.finding, on)


def _remembered(criterion: Criterion, answer: Given, on: date) -> CriterionVerdict:
    """The same options with as many documents and the same date come to the same: of many products worked out once."""
    value = tuple(answer.value) if isinstance(answer.value, list) else answer.value
    if not criterion.question.labels or not isinstance(value, CHOSEN):
        return _by_answer(criterion, answer, on)
    key = (value, len(set(answer.documents)) if answer.documents else 0, answer.dated, on)
    return _WORKED_OUT.of(criterion, key, lambda: _by_answer(criterion, answer, on))


def _by_answer(criterion: Criterion, answer: Given, on: date) -> CriterionVerdict:
    if _does_not_apply(criterion, answer.value):
        return CriterionVerdict(criterion, "not-applicable", _said(criterion, answer))
    return _by_rule(criterion, answer, on)


def _does_not_apply(criterion: Criterion, value: object) -> bool:
    rule = criterion.passes
    return rule is not None and bool(rule.not_applicable) and not options_of(value).isdisjoint(rule.not_applicable)


def _by_rule(criterion: Criterion, answer: Given, on: date) -> CriterionVerdict:
    said = _said(criterion, answer)
    if not _passes(criterion, answer.value):
        return CriterionVerdict(criterion, "not-met", f"{said} What passes: {passing(criterion)}")
    if (lacking := criterion.documents - len(set(answer.documents))) > 0:
        return CriterionVerdict(criterion, "not-answered", _lacking(criterion, lacking))
    if not criterion.dated:
        return CriterionVerdict(criterion, "met", said)
    return _dated(criterion, answer, said, on)


def _said(criterion: Criterion, answer: Given) -> str:
    value, labels = answer.value, criterion.question.labels
    text = labels.get(value, value) if labels and isinstance(value, str) else display(criterion.question, value).text
    return f"Answered: {text if len(text) <= 80 else f'{text[:77]}...'}."


def _lacking(criterion: Criterion, lacking: int) -> str:
    papers = "; ".join(paper.label for paper in criterion.papers)
    count = "a document is" if lacking == 1 else f"{lacking} documents are"
    return f"{count[0].upper()}{count[1:]} missing behind the answer. Asked for: {papers}."


def _dated(criterion: Criterion, answer: Given, said: str, on: date) -> CriterionVerdict:
    expires = criterion.expires
    if expires is None or answer.dated is None:
        return CriterionVerdict(criterion, "not-answered", f"The date is missing: {criterion.dated}.")
    day = in_words(answer.dated)
    if is_future(expires, answer.dated, on=on):
        return CriterionVerdict(criterion, "not-answered", f"{criterion.dated}: {day} is still to come.")
    until = holds_until(expires, answer.dated)
    cause = f"{criterion.code} {criterion.label}: {criterion.dated} {day}"
    if until < on:
        reason = f"Held until {in_words(until)} ({criterion.dated}: {day})."
        return CriterionVerdict(criterion, "expired", reason, until, cause)
    return CriterionVerdict(criterion, "met", f"{said} {criterion.dated}: {day}.", until, cause)


def _found(verdict: CriterionVerdict, finding: Finding | None, on: date) -> CriterionVerdict:
    """The verdict with what an assessor found, which lowers it or leaves it as it is."""
    if finding is None or finding.judgement == "met" or RANK[verdict.status] <= RANK["not-met"]:
        return verdict
    if finding.judgement == "not-met":
        return replace(verdict, status="not-met", reason=f"The assessor: {finding.note or 'not met'}.", until=None)
    return _on_condition(verdict, finding, on)


def _on_condition(verdict: CriterionVerdict, finding: Finding, on: date) -> CriterionVerdict:
    """What holds on condition ends when the condition is due, or before where its own last day comes first."""
    condition, due = finding.condition or finding.note, finding.due_on
    if due is None or (verdict.until is not None and verdict.until <= due):
        if verdict.status == "expired":
            return verdict
        by = f", by {in_words(due)}" if due else ""
        return replace(verdict, status="met-with-conditions", reason=f"On condition{by}: {condition}.")
    cause = f"{verdict.criterion.code} {verdict.criterion.label}: condition due {in_words(due)}"
    if due < on:
        reason = f"The condition was due on {in_words(due)}: {condition}."
        return replace(verdict, status="expired", reason=reason, until=due, cause=cause)
    reason = f"On condition, by {in_words(due)}: {condition}."
    return replace(verdict, status="met-with-conditions", reason=reason, until=due, cause=cause)


def _passes(criterion: Criterion, value: object) -> bool:
    rule = criterion.passes
    if rule is None or rule.answered:
        return True
    if rule.options:
        chosen = options_of(value)
        return bool(chosen) and chosen <= {*rule.options, *rule.not_applicable}
    if rule.all_of:
        return set(rule.all_of) <= options_of(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return (rule.at_least is None or value >= rule.at_least) and (rule.below is None or value < rule.below)


def passing(criterion: Criterion) -> str:
    """What passes, in words; its author's own where there are some."""
    rule, labels = criterion.passes, criterion.question.labels
    if criterion.pass_in_words or rule is None:
        return criterion.pass_in_words or "It is read, and nothing passes or fails."
    if rule.options:
        return f"{' or '.join(f'“{labels[option]}”' for option in (*rule.options, *rule.not_applicable))}."
    if rule.all_of:
        named = ", ".join(f"“{labels[option]}”" for option in rule.all_of)
        return f"All of {named}." if len(rule.all_of) > 1 else f"{named}."
    if rule.answered:
        return "It is answered."
    bounds = [f"at least {rule.at_least}"] if rule.at_least is not None else []
    bounds += [f"below {rule.below}"] if rule.below is not None else []
    text = f"{' and '.join(bounds)}{f' {criterion.question.unit}' if criterion.question.unit else ''}."
    return text[0].upper() + text[1:]


def _least(asked: Sequence[CriterionVerdict]) -> tuple[Status, str, date | None, str]:
    """The least of the parts, by their codes, with the first of them as the cause; and the earliest end of all."""
    counted = [each for each in asked if each.status != "not-applicable"]
    if not counted:
        return "not-applicable", "Nothing of what must pass is asked.", None, ""
    ending = [(each.until, each.cause) for each in counted if each.until is not None]
    until, until_cause = min(ending, key=itemgetter(0)) if ending else (None, "")
    ranks = [RANK[each.status] for each in counted]
    worst = counted[ranks.index(min(ranks))]
    if worst.status == "met":
        ends = f"First to end: {until_cause}." if until_cause else "None of them is dated."
        return "met", f"Every part is met. {ends}", until, until_cause
    if worst.status == "expired":
        worst = next((each for each in counted if each.status == "expired" and each.until == until), worst)
    cause = f"{worst.criterion.code} {worst.criterion.label}: {worst.reason}"
    return cast("Status", worst.status), cause, until, until_cause


def _score(section: Section, asked: Sequence[CriterionVerdict]) -> Score:
    counted = [each.status for each in asked if each.status != "not-applicable"]
    return Score(section, sum(status in ("met", "met-with-conditions") for status in counted), len(counted))
