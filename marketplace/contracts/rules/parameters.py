"""What a contract is filled with: read, checked part by part and together, and compared with its template."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from marketplace.contracts.rules.digests import digest_of
from marketplace.frameworks import answers
from marketplace.frameworks.answers.quantities import written_number
from marketplace.frameworks.answers.showing import written
from marketplace.frameworks.schema.contracts import Check, ContractTemplate, Parameter
from marketplace.frameworks.schema.questions import Answerable, Kind
from marketplace.kit.calendar import add_months
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.values import Value

Values = Mapping[str, Any]
Faults = dict[str, str]
YES = "yes"
_SHORT_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def amended(template: ContractTemplate, before: Values, raw: Mapping[str, object]) -> dict[str, Any]:
    """The values with what was sent put in; a blank clears.

    Raises Invalid by field for an unknown key, a wrong type, a value beyond its limits, a day that does not exist.
    """
    values, faults = answers.amend(template.form, before, raw)
    if faults:
        raise Invalid("some values do not hold", "Look at what is marked; nothing was changed.", fields=faults)
    return values


def open_points(template: ContractTemplate, values: Values) -> Faults:
    """What is missing or does not agree, by parameter: with one of these a contract is not issued."""
    missing = {
        name: f"{one.label} is not filled in."
        for name, one in template.parameters.items()
        if one.required and name not in values
    }
    for check in template.declared.checks:
        if check.parameter in values and check.parameter not in missing and not _holds(check, values):
            missing[check.parameter] = check.says
    return missing


def is_beyond(values: Values, ceiling: int | None) -> bool:
    """Whether the cap is above what budget holders approved, in pence; None where they set no limit."""
    cap = values.get("cap-pence")
    return ceiling is not None and cap is not None and cap > ceiling


def _holds(check: Check, values: Values) -> bool:
    return _CHECKS[check.rule](check, values)


def _in_order(check: Check, values: Values) -> bool:
    other = values.get(check.other)
    return other is None or str(values[check.parameter]) >= str(other)


def _within_months(check: Check, values: Values) -> bool:
    start = values.get(check.other)
    if start is None:
        return True
    return date.fromisoformat(values[check.parameter]) <= add_months(date.fromisoformat(start), check.most)


def _at_least(check: Check, values: Values) -> bool:
    other = values.get(check.other)
    return other is None or values[check.parameter] >= other


def _adds_up(check: Check, values: Values) -> bool:
    given = (row.get(check.column, 0) for row in _rows(check, values))
    return sum(Decimal(str(number)) for number in given) == check.most


def _distinct(check: Check, values: Values) -> bool:
    given = [row.get(check.column) for row in _rows(check, values)]
    return len(given) == len(set(given))


def _short_names(check: Check, values: Values) -> bool:
    return all(_SHORT_NAME.fullmatch(str(row.get(check.column, ""))) for row in _rows(check, values))


def _needs(check: Check, values: Values) -> bool:
    return all(row.get(check.column) is not None for row in _rows(check, values))


def _towards(check: Check, values: Values) -> bool:
    return all(_is_better(check, row) for row in _rows(check, values))


def _is_better(check: Check, row: Values) -> bool:
    better, worse = row.get(check.column), row.get(check.other)
    if better is None or worse is None:
        return True
    higher: bool = better > worse
    return higher if row.get(check.by) == "higher" else bool(better < worse)


def _rows(check: Check, values: Values) -> Sequence[Values]:
    rows = values[check.parameter]
    left = [row for row in rows if not check.leaving or row.get(check.leaving) != YES]
    return [row for row in left if not check.only or row.get(check.only) == YES]


_CHECKS: Mapping[str, Callable[[Check, Values], bool]] = {
    "in-order": _in_order, "within-months": _within_months, "at-least": _at_least, "adds-up": _adds_up,
    "distinct": _distinct, "short-names": _short_names, "needs": _needs, "towards": _towards,
}  # fmt: skip


class Departure(Value):
    """A value outside what the template expects; `digest` is of the value, so that an approval is of this one alone."""

    parameter: str
    label: str
    value: str
    usual: str
    digest: str


def departures(template: ContractTemplate, values: Values) -> list[Departure]:
    """Where the values depart from the template, in the order of the form."""
    found = []
    for name, one in template.parameters.items():
        usual = _usual(one, values[name]) if one.usual and name in values else ""
        if usual:
            found.append(Departure(name, one.label, in_words(one, values[name]), usual, digest_of(values[name])))
    return found


def _usual(one: Parameter, value: Any) -> str:
    """What the template expects instead; empty where the value is within it."""
    usual = one.usual
    assert usual is not None
    if usual.empty:
        return "nothing"
    if usual.options:
        return "" if value in usual.options else " or ".join(one.labels[option] for option in usual.options)
    if usual.least is not None and value < usual.least:
        return f"{_limit(one, usual.least)} or more"
    if usual.most is not None and value > usual.most:
        return f"{_limit(one, usual.most)} or less"
    return ""


def _limit(one: Parameter, value: float) -> str:
    return in_words(one, int(value) if value == int(value) else value)


def in_words(one: Answerable, value: Any) -> str:
    """A value as it stands in a sentence: £60,000.00, 20%, 28 days, 1 working day, 1 May 2027."""
    if getattr(one, "money", False):
        return str(Money(value))
    if one.kind is Kind.TABLE:
        return "; ".join(", ".join(str(cell) for cell in row.values()) for row in value)
    if one.kind in (Kind.LIST, Kind.CHOICES):
        return "; ".join(one.labels.get(line, line) for line in value)
    if one.kind is not Kind.NUMBER:
        return _lowered(written(one, value)) if one.kind is Kind.CHOICE else written(one, value)
    number, unit = written_number(value), one.unit
    if unit == "%":
        return f"{number}%"
    return f"{number} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


def _lowered(label: str) -> str:
    """The label of a choice in the middle of a sentence."""
    return label[:1].lower() + label[1:] if label[1:2].islower() or label[1:2] == " " else label
