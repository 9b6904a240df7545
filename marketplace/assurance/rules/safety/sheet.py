"""A hazard log as a spreadsheet has it: whose column is whose, and what each cell means."""

import re
from collections.abc import Mapping, Sequence

from marketplace.assurance.rules.safety.declared import LogShape, Matrix
from marketplace.kit.text import fold, quote
from marketplace.kit.values import Value, field

STATES = {"open": "open", "transferred": "transferred", "handed over": "transferred", "closed": "closed"}
_LEADING = re.compile(r"^\s*[0-9]+\s*[.):-]*\s*")


class HazardRow(Value):
    """A row as it would come in: its fields by column, and what is wrong with it, in words; empty where it is good."""

    number: int
    fields: Mapping[str, str]
    wrong: Sequence[str] = field(default=())


def columns_of(names: Sequence[str], shape: LogShape) -> dict[str, str]:
    """The columns of a spreadsheet that are known: its own name -> the column's id. The first of two wins."""
    known = {fold(name): column.id for column in shape.columns for name in (*column.names, column.label, column.id)}
    found: dict[str, str] = {}
    for name in names:
        column = known.get(fold(name), "")
        if column and column not in found.values():
            found[name] = column
    return found


def missing_columns(found: Mapping[str, str], shape: LogShape) -> list[str]:
    """The labels of the columns without which a log says nothing."""
    return [column.label for column in shape.columns if column.needed and column.id not in found.values()]


def row_of(number: int, cells: Mapping[str, str], columns: Mapping[str, str], matrix: Matrix) -> HazardRow:
    """A row of the spreadsheet as fields of a hazard: words become the ids that are declared."""
    fields = {columns[name]: text.strip() for name, text in cells.items() if name in columns}
    wrong: list[str] = []
    scales = {
        "severity": {each.id: each.label for each in matrix.severities},
        "likelihood": {each.id: each.label for each in matrix.likelihoods},
    }
    for column in ("severity", "likelihood", "residual-severity", "residual-likelihood"):
        scale = scales[column.removeprefix("residual-")]
        fields[column] = _declared(fields.get(column, ""), scale, column, wrong)
    state = fold(fields.get("state", "")) or "open"
    if state not in STATES:
        wrong.append(f"{quote(fields['state'])} is no status: write open, transferred or closed")
    fields["state"] = STATES.get(state, "open")
    wrong.extend(f"the {column} is empty" for column in ("name", "effect", "causes") if not fields.get(column))
    return HazardRow(number, fields, tuple(wrong))


def _declared(text: str, known: Mapping[str, str], column: str, wrong: list[str]) -> str:
    """The id that is meant: by its label, its id, or “4. Major” and “4 - Major”."""
    words = fold(_LEADING.sub("", text)) or fold(text)
    by_words = {fold(label): name for name, label in known.items()} | {fold(name): name for name in known}
    if words not in by_words:
        name, choices = column.replace("-", " "), ", ".join(known.values())
        wrong.append(f"{name} {quote(text)} is not one of {choices}" if text else f"the {name} is empty")
    return by_words.get(words, "")
