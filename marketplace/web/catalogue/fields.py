"""The declared form as the fields of a page: each question with its value, as kept or as typed, and what is wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.faces.ask import Values
from marketplace.frameworks import answers
from marketplace.frameworks.schema.forms import Entry, Form
from marketplace.frameworks.schema.questions import Answerable, Kind
from marketplace.kit.values import Value, field

MANY = 100
"""With more options than this a question is typed with suggestions instead of ticked."""
BLANK_ROWS = 2
SHOWN = "shown"
"""The hidden field that names each question that stood on the page: what is not named is not touched."""


class Cell(Value):
    """One cell of a table; `suggestions` names the list that it offers."""

    name: str
    label: str
    value: str
    error: str
    suggestions: str
    options: tuple[dict[str, str], ...] = ()


class FieldShown(Value, kw_only=True):
    """A question on the page. `skipped` says why it is not asked now; `remark` is what a moderator said of it."""

    id: str
    kind: str
    ask: str
    hint: str
    required: bool
    value: Any
    error: str
    remark: str
    skipped: str
    unit: str
    limit: int
    options: tuple[dict[str, str], ...]
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    suggestions: str = ""


class Filled(Value):
    """What fills the fields: answers kept, or what was typed where the form comes back; errors and remarks by field."""

    form: Form
    kept: Mapping[str, Any]
    typed: Values = field(default_factory=Values)
    errors: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str | list[str]]:
        """Every field of the page by name."""
        if not self.typed:
            return answers.fields(self.form, self.kept)
        return {name: values if len(values) != 1 else values[0] for name, values in self.typed.items().items()}


def fields_of(filled: Filled, section: str) -> list[FieldShown]:
    """The questions of a section, those that are skipped too, with the reason why."""
    skipped = answers.asked(filled.form, filled.kept)
    values = filled.values
    entries = filled.form.section(section).entries
    return [_field(entry, filled, values, skipped[entry.question.id]) for entry in entries]


def raw_of(form: Form, typed: Values) -> dict[str, object]:
    """What was sent for the questions that stood on the page, as `answers.amend` takes it."""
    raw: dict[str, object] = {}
    for name in typed.all(SHOWN):
        if name in form.questions:
            raw |= _raw(form.questions[name], typed)
    return raw


def saved_in_words(form: Form, changed: Sequence[str]) -> str:
    """Which answers were saved, by their labels."""
    labels = [form.questions[name].label if name in form.questions else name for name in changed]
    return f"Saved: {', '.join(labels)}." if labels else "Nothing was changed."


def _raw(question: Answerable, typed: Values) -> dict[str, object]:
    name = question.id
    if question.kind is Kind.CHOICES:
        return {name: [value for value in typed.all(name) if value.strip()]}
    if question.kind is Kind.DATE and f"{name}-day" in typed:
        return {f"{name}.{part}": typed.one(f"{name}-{part}") for part in ("day", "month", "year")}
    if question.kind is Kind.TABLE:
        cells: dict[str, object] = {key: typed.one(key) for key in typed.items() if key.startswith(f"{name}.")}
        return cells or {name: []}
    return {name: typed.one(name)}


def _field(entry: Entry, filled: Filled, values: Mapping[str, Any], skipped: str) -> FieldShown:
    question = entry.question
    return FieldShown(
        id=question.id, kind=_kind(question), ask=question.ask if entry.required else f"{question.ask} (optional)",
        hint=question.hint, required=entry.required, value=_value(question, values, bool(filled.typed)),
        error=_error(question, filled.errors), remark=filled.remarks.get(question.id, ""), skipped=skipped,
        unit=question.unit, limit=question.longest, options=_options(question),
        columns=tuple(column.label for column in question.columns), rows=tuple(_rows(entry, filled, values)),
        suggestions="countries" if question.taxonomy == "countries" else "",
    )  # fmt: skip


def _kind(question: Answerable) -> str:
    many = question.kind is Kind.CHOICES and len(question.options) > MANY
    return "typed-choices" if many else str(question.kind)


def _value(question: Answerable, values: Mapping[str, Any], is_typed: bool) -> Any:
    name = question.id
    if question.kind is Kind.DATE and is_typed:
        return {part: values.get(f"{name}-{part}", "") for part in ("day", "month", "year")}
    value = values.get(name, "")
    if question.kind is not Kind.CHOICES:
        return _labelled(question, value) if question.kind is Kind.COUNTRY else value
    chosen = [value] if isinstance(value, str) else list(value)
    return [_labelled(question, one) for one in chosen if one] if _kind(question) == "typed-choices" else chosen


def _labelled(question: Answerable, value: Any) -> str:
    """An option by its label, where people type it; what is not an option stays as it was typed."""
    return question.labels.get(str(value), str(value))


def _error(question: Answerable, errors: Mapping[str, str]) -> str:
    inside = [text for name, text in errors.items() if name.partition(".")[0] == question.id]
    return " ".join(dict.fromkeys(inside))


def _options(question: Answerable) -> tuple[dict[str, str], ...]:
    if _kind(question) == "typed-choices" or question.kind is Kind.COUNTRY:
        return ()
    return tuple({"value": o.id, "label": o.label, "hint": o.hint} for o in question.options if not o.retired)


def _rows(entry: Entry, filled: Filled, values: Mapping[str, Any]) -> list[tuple[Cell, ...]]:
    """The rows that are there and two blank ones, as far as there may be so many."""
    question = entry.question
    if question.kind is not Kind.TABLE:
        return []
    numbers = {int(part) for part in (name.split(".")[1] for name in values if name.startswith(f"{question.id}."))
               if part.isdecimal() and len(part) < 4}  # fmt: skip
    count = min(max(numbers, default=-1) + 1 + (0 if filled.typed else BLANK_ROWS), question.most)
    return [tuple(_cell(question.id, at, column, filled, values) for column in question.columns) for at in range(count)]


def _cell(name: str, at: int, column: Any, filled: Filled, values: Mapping[str, Any]) -> Cell:
    key = f"{name}.{at}.{column.id}"
    is_country = column.taxonomy == "countries"
    label = f"{column.label}, row {at + 1}"
    options = () if is_country or column.kind is not Kind.CHOICE else _options(column)
    return Cell(key, label, _labelled(column, values.get(key, "")), filled.errors.get(key, ""),
                "countries" if is_country else "", options)  # fmt: skip
