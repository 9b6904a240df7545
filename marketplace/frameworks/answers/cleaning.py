"""Everything that was sent in, checked against the form: the good answers, and what is wrong with the others.

Fields of a page and JSON meet the same checks. On a page a table is sent as `base-models.0.name`, a date perhaps as
`available-since.day`, `.month` and `.year`; a name ahead of the dot is always the question's id.
"""

from collections import defaultdict
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from marketplace.frameworks.answers.raw import in_words
from marketplace.frameworks.answers.tables import read_table
from marketplace.frameworks.answers.values import read_value
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import Kind
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

Answers = Mapping[str, Any]
_DATE_PARTS = frozenset({"day", "month", "year"})


def clean(form: Form, raw: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers that hold, in the order of the form, and by field what is wrong with the rest and what to do."""
    sent, errors = _gathered(form, raw)
    found: dict[str, Any] = {}
    for name, value in sent.items():
        answer, faults = _read(form, name, value)
        errors |= faults
        if answer is not None:
            found[name] = answer
    return _in_order(form, found), errors


def amend(form: Form, before: Answers, raw: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers with what was sent put in: a blank clears, a fault leaves what stood there, the rest is kept.

    So a question that is skipped for now keeps its answer, and one page of the form does not touch the others.
    """
    answers, errors = clean(form, raw)
    sent, _ = _gathered(form, raw)
    faulty = {field.partition(".")[0] for field in errors}
    kept = {name: answer for name, answer in before.items() if name not in sent or name in faulty}
    good = {name: answer for name, answer in answers.items() if name not in faulty}
    return _in_order(form, kept | good), errors


def _read(form: Form, name: str, value: object) -> tuple[Any, dict[str, str]]:
    question = form.questions[name]
    try:
        if question.kind is Kind.TABLE:
            return read_table(question, value)
        return read_value(question, value), {}
    except Invalid as refusal:
        return None, {name: in_words(refusal)}


def _gathered(form: Form, raw: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """What was sent, by question, the parts of dates and tables together; and the fields that belong to no question."""
    sent: dict[str, object] = {}
    parts: dict[str, dict[str, object]] = defaultdict(dict)
    errors: dict[str, str] = {}
    for field, value in raw.items():
        name, dot, part = field.partition(".")
        if name not in form.questions or (dot and not _may_have(form.questions[name].kind, part)):
            errors[field] = in_words(_unknown(form, field))
        elif dot:
            parts[name][part] = value
        else:
            sent[name] = value
    return sent | parts, errors


def _may_have(kind: Kind, part: str) -> bool:
    return kind is Kind.TABLE or (kind is Kind.DATE and part in _DATE_PARTS)


def _unknown(form: Form, field: str) -> Invalid:
    near = get_close_matches(field[:80], form.questions, n=1)
    where = f" of a {form.kind}" if form.kind else ""
    hint = f"Did you mean “{near[0]}”?" if near else "Leave it out."
    return Invalid(f"{quote(field)} is not asked{where}", hint)


def _in_order(form: Form, answers: Answers) -> dict[str, Any]:
    known = {name: answers[name] for name in form.questions if name in answers}
    return known | dict(answers)
