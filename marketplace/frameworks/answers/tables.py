"""Tables: rows of cells, each cell read by its column."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from marketplace.frameworks.answers.raw import in_words, is_blank
from marketplace.frameworks.answers.values import read_value
from marketplace.frameworks.schema.questions import Column, Question
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

Row = dict[str, Any]
Faults = dict[str, str]


def read_table(question: Question, raw: object) -> tuple[list[Row] | None, Faults]:
    """The rows that are not blank, or what is wrong by field (`base-models.0.name`): kept whole or not at all.

    Raises Invalid for a fault of the table as such.
    """
    sent = _rows_of(question, raw)
    if len(sent) > question.most:
        raise Invalid(f"there are {len(sent)} rows", f"Keep at most {question.most}.")
    rows: list[Row] = []
    faults: Faults = {}
    for at, cells in sent:
        row, wrong = _read_row(question, cells)
        faults |= {f"{question.id}.{at}.{name}": fault for name, fault in wrong.items()}
        rows += [row] if row else []
    return (rows or None) if not faults else None, faults


def _rows_of(question: Question, raw: object) -> list[tuple[int, Mapping[str, object]]]:
    """Each row that holds something, with the number that its fields carry."""
    rows = _numbered(question, raw) if isinstance(raw, Mapping) else _listed(raw)
    return [(at, cells) for at, cells in rows if not all(map(is_blank, cells.values()))]


def _numbered(question: Question, raw: Mapping[str, object]) -> list[tuple[int, Mapping[str, object]]]:
    """From the fields of a page: `{"0.name": ..., "1.name": ...}`."""
    rows: dict[int, dict[str, object]] = defaultdict(dict)
    for field, value in raw.items():
        number, _, cell = str(field).partition(".")
        if not (number.isascii() and number.isdigit()) or len(number) > 4 or not cell:
            example = f"{question.id}.0.{question.columns[0].id}"
            raise Invalid(f"{quote(field)} names no cell of this table", f"Write it like {example}.")
        rows[int(number)][cell] = value
    return sorted(rows.items())


def _listed(raw: object) -> list[tuple[int, Mapping[str, object]]]:
    """From JSON: a list of objects."""
    rows = [row for row in (raw if isinstance(raw, list | tuple) else [raw]) if not is_blank(row)]
    held = [row for row in rows if isinstance(row, Mapping)]
    if len(held) != len(rows):
        raise Invalid("this is not a list of rows", "Give each row as an object that names its columns.")
    return list(enumerate(held))


def _read_row(question: Question, cells: Mapping[str, object]) -> tuple[Row, Faults]:
    columns = {column.id: column for column in question.columns}
    row: Row = {}
    faults = {str(name): f"There is no column {quote(name)}. Leave it out." for name in cells if name not in columns}
    for name, column in columns.items():
        try:
            answer = read_value(column, cells.get(name))
            if answer is not None:
                row[name] = answer
            elif column.required:
                faults[name] = _is_needed(column)
        except Invalid as refusal:
            faults[name] = in_words(refusal)
    return row, faults


def _is_needed(column: Column) -> str:
    return f"“{column.label}” is needed in every row. Fill it in, or empty the whole row."
