"""Answers as people read them, and as the fields of a page hold them."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from marketplace.frameworks.answers.cleaning import Answers
from marketplace.frameworks.answers.gates import effective
from marketplace.frameworks.answers.quantities import written_number
from marketplace.frameworks.schema.forms import Entry, Form, Section
from marketplace.frameworks.schema.questions import Answerable, Kind, Question
from marketplace.kit.values import Value

Reading = Literal["text", "long-text", "lines", "link", "table", "nothing"]


class Shown(Value):
    """An answer to be read. `text` is always a full plain reading; `lines`, or `head` and `rows`, say it in parts."""

    kind: Reading
    text: str
    lines: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


NOT_STATED = Shown("nothing", "Not stated")
READINGS: Mapping[Kind, Reading] = {Kind.LONG_TEXT: "long-text", Kind.LINK: "link"}


def display(question: Question, answer: Any) -> Shown:
    """One answer with the labels of its options, its unit, its date in words."""
    if question.kind is Kind.TABLE:
        return _table(question, answer)
    if question.kind in (Kind.CHOICES, Kind.LIST):
        lines = tuple(question.labels.get(str(value), str(value)) for value in answer)
        return Shown("lines", "; ".join(lines), lines=lines)
    return Shown(READINGS.get(question.kind, "text"), written(question, answer))


def written(question: Answerable, answer: Any) -> str:
    """One value as one text; empty when there is none."""
    if answer is None:
        return ""
    if question.kind is Kind.NUMBER:
        return f"{written_number(answer)} {question.unit}".rstrip()
    if question.kind is Kind.DATE:
        day = date.fromisoformat(answer)
        return f"{day.day} {day:%B %Y}"
    return question.labels.get(str(answer), str(answer))


def _table(question: Question, answer: Any) -> Shown:
    rows = [[written(column, row.get(column.id)) for column in question.columns] for row in answer]
    used = [at for at in range(len(question.columns)) if any(row[at] for row in rows)]
    head = tuple(question.columns[at].label for at in used)
    shown = tuple(tuple(row[at] for at in used) for row in rows)
    lines = tuple(", ".join(cell for cell in row if cell) for row in shown)
    return Shown("table", "; ".join(lines), lines=lines, head=head, rows=shown)


def described(form: Form, answers: Answers) -> list[tuple[Section, list[tuple[Entry, Shown]]]]:
    """Section by section what is answered and asked; sections without an answer are left out."""
    counted = effective(form, answers)
    sections = ((section, _shown(section, counted)) for section in form.sections)
    return [(section, shown) for section, shown in sections if shown]


def _shown(section: Section, answers: Answers) -> list[tuple[Entry, Shown]]:
    present = (entry for entry in section.entries if entry.question.id in answers)
    return [(entry, display(entry.question, answers[entry.question.id])) for entry in present]


def fields(form: Form, answers: Answers) -> dict[str, str | list[str]]:
    """The answers as the fields of a page hold them; `clean` of these gives the answers back."""
    filled: dict[str, str | list[str]] = {}
    for name, question in form.questions.items():
        if name in answers:
            filled |= _fields(question, answers[name])
    return filled


def _fields(question: Question, answer: Any) -> dict[str, str | list[str]]:
    if question.kind is Kind.TABLE:
        cells = ((at, column, value) for at, row in enumerate(answer) for column, value in _items(row))
        return {f"{question.id}.{at}.{column}": str(value) for at, column, value in cells}
    if question.kind is Kind.CHOICES:
        return {question.id: list(answer)}
    return {question.id: "\n".join(answer) if question.kind is Kind.LIST else _number_or_text(answer)}


def _items(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(column, _number_or_text(value)) for column, value in row.items()]


def _number_or_text(value: Any) -> str:
    return written_number(value) if isinstance(value, int | float) else str(value)
