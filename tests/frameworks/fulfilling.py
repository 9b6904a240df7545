"""Answers that fulfil a framework: to every criterion one that passes, with its documents, dated some months ago."""

from datetime import date
from typing import Any

from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import CriterionVerdict, Given, Verdict
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.frameworks.schema.questions import Kind

TODAY = date(2026, 11, 26)
DATED, ENDS = date(2026, 10, 1), date(2027, 9, 30)
"""When what is dated was done, and when what states its end does."""
OTHERWISE = {Kind.NUMBER: 1, Kind.LIST: ["In words"], Kind.TABLE: [{}], Kind.DATE: "2027-03-31"}


def fulfilled(framework: AssuranceFramework, **others: Any) -> dict[str, Given]:
    """By question id. `others` are answers instead, by question id with underscores; None leaves one out."""
    found = {each.question_id: _fulfilling(each) for each in framework.criteria if not each.known}
    for name, value in others.items():
        question = name.replace("_", "-")
        if isinstance(value, Given):
            found[question] = value
        elif value is None:
            del found[question]
        else:
            found[question] = Given(value, found[question].documents, found[question].dated)
    return found


def verdict_of(framework: AssuranceFramework, *, on: date = TODAY, **others: Any) -> Verdict:
    """What everything fulfilled comes to, but for `others`."""
    return judge(framework, fulfilled(framework, **others), on=on)


def of_code(verdict: Verdict, code: str) -> CriterionVerdict:
    """What holds of one criterion."""
    return next(each for each in verdict.criteria if each.criterion.code == code)


def _fulfilling(criterion: Criterion) -> Given:
    stated = criterion.expires is not None and criterion.expires.stated
    day = (ENDS if stated else DATED) if criterion.dated else None
    return Given(_value(criterion), tuple(f"{at:064}" for at in range(criterion.documents)), day)


def _value(criterion: Criterion) -> Any:
    rule, labels = criterion.passes, list(criterion.question.labels)
    chosen = [*rule.all_of, *rule.options][:1] if rule else []
    if criterion.question.kind == "choices":
        return list(rule.all_of) if rule and rule.all_of else chosen or labels
    if labels:
        return (chosen or labels)[0]
    return OTHERWISE.get(criterion.question.kind, "In words")
