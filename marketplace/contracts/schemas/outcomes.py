"""Measurements as they come in: typed into a form, or as the rows of a CSV file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import BinaryIO

from marketplace.contracts.rules.periods import parse_period
from marketplace.contracts.rules.terms import MeasureTerms, as_decimal, exact
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import read_whole
from marketplace.kit.sheets import Row, read_csv
from marketplace.kit.text import clean_text, quote
from marketplace.kit.values import Value

COLUMNS = ("month", "measure", "value", "cases", "reason")
LONGEST_REASON = 1_000
MOST_ROWS = 2_000
NO_VALUE = ("", "missing", "none")


class Measured(Value):
    """One value of one measure, taken from `count` cases; None for none, and then `reason` says why."""

    key: str
    value: Decimal | None
    count: int
    reason: str = ""


class SheetRow(Value):
    """A row of a file as it was read. `wrong` says what is amiss; `number` is the one that a spreadsheet shows."""

    number: int
    cells: Mapping[str, str]
    period: str = ""
    measured: Measured | None = None
    wrong: str = ""


@dataclass(slots=True)
class _Faults:
    found: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, refusal: Invalid) -> None:
        self.found[name] = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}".rstrip()


def read_form(
    raw: Mapping[str, str], measures: Sequence[MeasureTerms], *, needs_reason: bool = False
) -> list[Measured]:
    """What a form gives: `value-KEY` and `cases-KEY` of each measure, and one `reason`. Raises Invalid by field.

    A measure that was left empty is passed over; `missing-KEY` says that there is no value.
    """
    faults, found = _Faults(), []
    reason = _reason(raw.get("reason", ""), faults)
    for measure in measures:
        typed = {part: raw.get(f"{part}-{measure.key}", "").strip() for part in ("value", "cases", "missing")}
        if not any(typed.values()):
            continue
        try:
            found.append(_measured(measure.key, "" if typed["missing"] else typed["value"], typed["cases"], reason))
        except Invalid as refusal:
            name = "cases" if "cases" in refusal.fields else "value"
            faults.note(f"{name}-{measure.key}", refusal)
    if needs_reason and not reason and not faults.found:
        faults.found["reason"] = "Say why the earlier values are replaced: others read it."
    if not found and not faults.found:
        faults.found[f"value-{measures[0].key}" if measures else ""] = "Give at least one value."
    if faults.found:
        raise Invalid("the measurements do not hold", "Look at what is marked. Nothing was lost.", fields=faults.found)
    return found


def _measured(key: str, value: str, cases: str, reason: str) -> Measured:
    if value.lower() in NO_VALUE:
        if not reason:
            raise Invalid("there is no value, and no reason for that", "Give the value, or say why there is none.")
        return Measured(key, None, 0, reason)
    found = as_decimal(exact(value.replace(",", "") if "." in value else value))
    return Measured(key, found, read_count(cases), reason)


def read_count(typed: str) -> int:
    """How many cases a value was taken from. Raises Invalid."""
    text = typed.replace(",", "").strip()
    if not (text.isascii() and text.isdigit() and text.strip("0")):
        told = "Give the number of cases that the value was taken from, such as 410."
        raise Invalid(f"{quote(typed)} is not a number of cases", told, fields={"cases": told})
    try:
        return read_whole(text)
    except Invalid as large:
        raise Invalid(large.fact, large.hint, fields={"cases": large.hint}) from large


def _reason(typed: str, faults: _Faults) -> str:
    try:
        return clean_text(typed, LONGEST_REASON)
    except Invalid as refusal:
        faults.note("reason", refusal)
        return ""


def read_sheet(stream: BinaryIO, keys: Mapping[str, str]) -> list[SheetRow]:
    """The rows of a CSV file; `keys` are the measures by key, with their labels. What is wrong is told row by row.

    Raises Invalid where the file cannot be read, lacks a column or has too many rows.
    """
    rows: list[SheetRow] = []
    for row in read_csv(stream):
        if not rows and (lacking := [name for name in COLUMNS[:4] if name not in row.cells]):
            raise Invalid(f"the file has no column {quote(lacking[0])}", f"Its columns are {', '.join(COLUMNS)}.")
        rows.append(_sheet_row(row, keys))
        if len(rows) > MOST_ROWS:
            raise Invalid(f"the file has more than {MOST_ROWS:,} rows", "Send it in parts.")
    if not rows:
        raise Invalid("the file has no rows under its header", "Write one row for each month and measure.")
    return rows


def _sheet_row(row: Row, keys: Mapping[str, str]) -> SheetRow:
    cells = {name: row.cells.get(name, "").strip() for name in COLUMNS}
    if row.wrong:
        return SheetRow(row.number, cells, wrong=row.wrong)
    faults = _Faults()
    try:
        period, key = parse_period(cells["month"]), _key(cells["measure"], keys)
        measured = _measured(key, cells["value"], cells["cases"], clean_text(cells["reason"], LONGEST_REASON))
    except Invalid as refusal:
        faults.note("row", refusal)
        return SheetRow(row.number, cells, wrong=faults.found["row"])
    return SheetRow(row.number, cells, period, measured)


def _key(typed: str, keys: Mapping[str, str]) -> str:
    by_label = {label.casefold(): key for key, label in keys.items()}
    found = typed if typed in keys else by_label.get(typed.casefold())
    if found is None:
        raise Invalid(f"{quote(typed)} is not a measure of the contract", f"There are {', '.join(keys)}.")
    return found
