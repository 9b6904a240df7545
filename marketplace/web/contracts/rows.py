"""Outcome measures as rows of the terms: the table of them, the form of one, and the rows with one written anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.contracts.rules.parameters import in_words
from marketplace.faces.ask import Values
from marketplace.frameworks.schema.contracts import ContractTemplate, Parameter
from marketplace.frameworks.schema.forms import Entry, Form, Section
from marketplace.frameworks.schema.questions import Kind, Question
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import fold, quote
from marketplace.kit.values import replace
from marketplace.web.catalogue.fields import FieldShown, Filled, fields_of, raw_of

TABLE = "measures"
NEW = "new"
LONG = 200
"""A text that may be longer than this gets several lines."""
Row = Mapping[str, Any]


def rows_shown(template: ContractTemplate, values: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    """The measures as rows of a table, each with where below `base` it is written anew."""
    columns = {column.id: column for column in template.parameters[TABLE].columns}
    shown = ("unit", "better", "threshold", "target", "weight")
    return [
        {
            "key": row.get("key", ""),
            "label": row.get("label", ""),
            "is_guard": row.get("guard") == "yes",
            "limit": in_words(columns["guard-limit"], row.get("guard-limit")) if row.get("guard") == "yes" else "",
            "cells": [in_words(columns[name], row[name]) if name in row else "" for name in shown],
            "url": f"{base}/{row.get('key', '')}",
        }
        for row in values.get(TABLE, ())
    ]


def fields_of_measure(
    template: ContractTemplate, row: Row, typed: Values, errors: Mapping[str, str]
) -> list[FieldShown]:
    """The form of one measure, as kept or as typed."""
    filled = Filled(_measure_form(template), row, typed, errors)
    return [_several_lines(field) for field in fields_of(filled, "measure")]


def row_of(values: Mapping[str, Any], key: str) -> Row:
    """The row of that short name; an empty one for a new measure. Raises NotFound."""
    if key == NEW:
        return {}
    row: Row = values[TABLE][place_of(values, key)]
    return row


def place_of(values: Mapping[str, Any], key: str) -> int:
    """Raises NotFound."""
    for at, row in enumerate(values.get(TABLE, ())):
        if row.get("key") == key:
            return at
    raise NotFound(f"there is no measure {quote(key)}", "The contract lists its measures.")


def rows_with(template: ContractTemplate, values: Mapping[str, Any], key: str, typed: Values) -> tuple[list[Row], int]:
    """Every row with this one put in or written anew, and its place. Raises NotFound, Invalid for a name taken."""
    rows: list[Row] = list(values.get(TABLE, ()))
    row = {name: value for name, value in raw_of(_measure_form(template), typed).items() if value != ""}
    row["key"] = _key_of(str(row.get("key") or row.get("label", "")))
    place = len(rows) if key == NEW else place_of(values, key)
    if any(one.get("key") == row["key"] for at, one in enumerate(rows) if at != place):
        told = "Another measure has this short name. Give this one its own."
        raise Invalid("two measures would have one name", told, fields={"key": told})
    rows[place : place + 1] = [row]
    return rows, place


def rows_without(values: Mapping[str, Any], key: str) -> list[Row]:
    """Every row but this one. Raises NotFound."""
    rows: Sequence[Row] = values.get(TABLE, ())
    gone = place_of(values, key)
    return [row for at, row in enumerate(rows) if at != gone]


def about_row(refusal: Invalid, place: int) -> Invalid:
    """A refusal of the table as one of the fields of a row."""
    start = f"{TABLE}.{place}."
    fields = {name.removeprefix(start): text for name, text in refusal.fields.items()}
    return Invalid(refusal.fact, refusal.hint, fields=fields)


def _measure_form(template: ContractTemplate) -> Form:
    """The columns of the table of measures as a form of their own."""
    table = template.parameters[TABLE]
    entries = tuple(
        Entry(_question(column, table), frozenset({""}), frozenset(), bool(column.required), compared=False)
        for column in table.columns
    )
    return Form(kind="", sections=(Section("measure", table.label, "", stands_above=False, entries=entries),))


def _question(column: Any, table: Parameter) -> Question:
    told = {name: getattr(column, name) for name in column.model_fields_set | {"options"}}
    told.pop("required", None)
    return Question.model_construct(**told, ask=column.label, source=table.source)


def _several_lines(field: FieldShown) -> FieldShown:
    return replace(field, kind="long-text") if field.kind == Kind.TEXT and field.limit > LONG else field


def _key_of(words: str) -> str:
    """A short name made of some words: small letters, digits and hyphens."""
    plain = "".join(char for char in fold(words) if char.isascii())
    return "-".join(plain.split())[:40].strip("-") or "measure"
