"""What is asked, given what was answered, and what is still missing. A skipped question keeps its earlier answer."""

from collections.abc import Iterable

from marketplace.frameworks.answers.cleaning import Answers
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import Gate, Question
from marketplace.kit.values import Value


class Missing(Value):
    """A question that must be answered before listing, and the section where it stands."""

    question: str
    section: str
    label: str


def asked(form: Form, answers: Answers) -> dict[str, str]:
    """For each question why it is skipped; empty for one that is asked."""
    return dict.fromkeys(form.questions, "") | _reasons(form, answers, form.gated)


def _reasons(form: Form, answers: Answers, names: Iterable[str]) -> dict[str, str]:
    """Why each of these is skipped; in the order of the form, and all of them that are answered."""
    reasons: dict[str, str] = {}
    for name in names:
        reasons[name] = _skipped(form, form.gated[name], answers, reasons)
    return reasons


def _skipped(form: Form, question: Question, answers: Answers, reasons: dict[str, str]) -> str:
    """Why the first gate that is shut is shut; of the alternatives why each is."""
    if reason := _shut(form, question.when, answers, reasons):
        return reason
    shut = [_shut(form, gate, answers, reasons) for gate in question.when_any]
    return " ".join(dict.fromkeys(shut)) if shut and all(shut) else ""


def _shut(form: Form, gate: Gate, answers: Answers, reasons: dict[str, str]) -> str:
    shut = (_shut_by(form, name, wanted, answers, reasons) for name, wanted in gate.items())
    return next((reason for reason in shut if reason), "")


def _shut_by(form: Form, name: str, wanted: tuple[str, ...], answers: Answers, reasons: dict[str, str]) -> str:
    """Why this question shuts it; empty when it does not, or when the part of the form at hand does not hold it."""
    if name not in form.questions and name not in answers:
        return ""
    given = () if reasons.get(name) else _given(answers.get(name))
    if set(given) & set(wanted):
        return ""
    if name not in form.questions:
        return "Not asked, because of an earlier answer."
    labels = form.questions[name].labels
    needed = " or ".join(f"“{labels[value]}”" for value in wanted)
    return f"Asked only when “{form.questions[name].label}” is {needed}."


def _given(answer: object) -> tuple[str, ...]:
    values = answer if isinstance(answer, list | tuple) else [answer]
    return tuple(value for value in values if isinstance(value, str))


def effective(form: Form, answers: Answers) -> dict[str, object]:
    """The answers that count: those of questions that are asked, in order."""
    skipped = _reasons(form, answers, [name for name in form.gated if name in answers])
    return {name: answers[name] for name in form.questions if name in answers and not skipped.get(name)}


def missing(form: Form, answers: Answers) -> list[Missing]:
    """What must still be answered before this can be listed, in order."""
    skipped = asked(form, answers)
    return [
        Missing(entry.question.id, section.id, entry.question.label)
        for section in form.sections
        for entry in section.entries
        if entry.required and not skipped[entry.question.id] and entry.question.id not in answers
    ]
