"""Answers beside one another: of two versions, of several products, and of all products as facets."""

from collections.abc import Sequence

from marketplace.frameworks.answers.cleaning import Answers
from marketplace.frameworks.answers.gates import asked, effective
from marketplace.frameworks.answers.showing import NOT_STATED, Shown, display
from marketplace.frameworks.schema.forms import Entry, Form
from marketplace.frameworks.schema.questions import Kind, Question
from marketplace.kit.values import Value


class Change(Value):
    """What the next version says otherwise; `before` or `after` is empty when it said nothing.

    Where an answer has parts (options, lines, rows), `added` and `removed` name those that differ.
    """

    question: str
    label: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class Row(Value):
    """One question over the products compared, a cell for each; a cell without an answer says why."""

    section: str
    question: str
    label: str
    cells: tuple[Shown, ...]
    differs: bool


def changes(form: Form, before: Answers, after: Answers) -> list[Change]:
    """What differs between two versions, in the order of the form; what is not asked does not count."""
    old, new = effective(form, before), effective(form, after)
    return [
        _change(question, old.get(name), new.get(name))
        for name, question in form.questions.items()
        if old.get(name) != new.get(name)
    ]


def _change(question: Question, before: object, after: object) -> Change:
    old, new = (_shown(question, each) for each in (before, after))
    added = tuple(line for line in new.lines if line not in old.lines)
    removed = tuple(line for line in old.lines if line not in new.lines)
    return Change(question.id, question.label, old.text, new.text, added, removed)


def _shown(question: Question, answer: object) -> Shown:
    return Shown("nothing", "") if answer is None else display(question, answer)


def facets(form: Form, counted: Answers) -> dict[str, tuple[str, ...]]:
    """The options by which a product is found, of its `effective` answers, under the id of each filterable question."""
    found = {name: _options(q, counted[name]) for name, q in form.filterable.items() if name in counted}
    return {name: options for name, options in found.items() if options}


def _options(question: Question, answer: object) -> tuple[str, ...]:
    values = answer if isinstance(answer, list | tuple) else [answer]
    return tuple(value for value in values if value in question.labels)


def compare(form: Form, products: Sequence[Answers], *, kinds: Sequence[str] = ()) -> list[Row]:
    """Row by row the products side by side, in the order given; `kinds` holds the kind of each, where they differ.

    Questions that none of them is asked are left out. No answer differs from every answer, not from no answer.
    """
    skipped = [asked(form, answers) for answers in products]
    of = list(kinds) or [form.kind] * len(products)
    rows = []
    for section in form.sections:
        for entry in (each for each in section.entries if each.compared):
            cells = tuple(_cell(entry, *each) for each in zip(products, skipped, of, strict=True))
            if any(cell.kind != "nothing" or cell == NOT_STATED for cell in cells):
                rows.append(_row(section.label, entry.question, cells))
    return rows


def _cell(entry: Entry, answers: Answers, skipped: dict[str, str], kind: str) -> Shown:
    question = entry.question
    if kind and kind not in entry.kinds:
        return Shown("nothing", "Not asked of this kind of product")
    if skipped[question.id]:
        return Shown("nothing", skipped[question.id])
    return display(question, answers[question.id]) if question.id in answers else NOT_STATED


def _row(section: str, question: Question, cells: tuple[Shown, ...]) -> Row:
    unordered = question.kind in (Kind.LIST, Kind.TABLE)
    readings = {_reading(cell, unordered=unordered) for cell in cells}
    return Row(section, question.id, question.label, cells, len(readings) > 1)


def _reading(cell: Shown, *, unordered: bool) -> tuple[str, ...]:
    if cell.kind == "nothing":
        return ()
    return tuple(sorted(cell.lines)) if unordered else (cell.text,)
