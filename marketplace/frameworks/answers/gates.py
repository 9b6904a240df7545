"""What is asked, given what was answered, and what is still missing. A skipped question keeps its earlier answer."""

from dataclasses import dataclass

from marketplace.frameworks.answers.cleaning import Answers
from marketplace.frameworks.schema.forms import Form
from marketplace.frameworks.schema.questions import Question


@dataclass(frozen=True)
class Missing:
    """A question that must be answered before listing, and the section where it stands."""

    question: str
    section: str
    label: str


def asked(form: Form, answers: Answers) -> dict[str, str]:
    """For each question why it is skipped; empty for one that is asked."""
    reasons: dict[str, str] = {}
    for name, question in form.questions.items():
        reasons[name] = _skipped(form, question, answers, reasons) if question.when else ""
    return reasons


def _skipped(form: Form, question: Question, answers: Answers, reasons: dict[str, str]) -> str:
    shut = (_shut(form, gate, question, answers, reasons) for gate in question.when)
    return next((reason for reason in shut if reason), "")


def _shut(form: Form, gate: str, question: Question, answers: Answers, reasons: dict[str, str]) -> str:
    """Why this gate is shut; empty when it is open, or when the part of the form at hand does not hold it."""
    if gate not in form.questions and gate not in answers:
        return ""
    given = () if reasons.get(gate) else _given(answers.get(gate))
    if set(given) & set(question.when[gate]):
        return ""
    if gate not in form.questions:
        return "Not asked, because of an earlier answer."
    labels = form.questions[gate].labels
    wanted = " or ".join(f"“{labels[value]}”" for value in question.when[gate])
    return f"Asked only when “{form.questions[gate].label}” is {wanted}."


def _given(answer: object) -> tuple[str, ...]:
    values = answer if isinstance(answer, list | tuple) else [answer]
    return tuple(value for value in values if isinstance(value, str))


def effective(form: Form, answers: Answers) -> dict[str, object]:
    """The answers that count: those of questions that are asked, in order."""
    return {name: answers[name] for name, skipped in asked(form, answers).items() if not skipped and name in answers}


def missing(form: Form, answers: Answers) -> list[Missing]:
    """What must still be answered before this can be listed, in order."""
    skipped = asked(form, answers)
    return [
        Missing(entry.question.id, section.id, entry.question.label)
        for section in form.sections
        for entry in section.entries
        if entry.required and not skipped[entry.question.id] and entry.question.id not in answers
    ]
