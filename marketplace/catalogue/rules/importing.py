"""One record of a file becomes a described product, or a list of what is wrong with it."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.reading import Record
from marketplace.kit.text import clean_line, quote
from marketplace.kit.values import Value, field

LONGEST_NAME = 200
LONGEST_REFERENCE = 200
LONGEST_SUPPLIER = 200
LONGEST_NUMBER = 30
NUMBER, MEND = "Record", "What to mend"
"""The columns that a report adds to the records that failed; a file that was mended may still have them."""
DIVIDERS = {";": "semicolons", "\t": "tabs", "|": "upright lines"}


class Described(Value):
    """A product as a record describes it. `number` is the record's; `version` the supplier's word for the version.

    `cells` is the record as it came: should it be refused for what stands there already, it can be mended.
    """

    number: int
    external_ref: str
    kind: str
    name: str
    version: str
    supplier: str
    url: str
    answers: Mapping[str, Any]
    cells: Mapping[str, Any] = field(default_factory=dict)


class Failed(Value):
    """A record that does not hold: each reason names a field, the value and what to do."""

    number: int
    reasons: list[dict[str, str]]
    cells: Mapping[str, Any] = field(default_factory=dict)


def describe(record: Record, mapping: ImportMapping, frameworks: Frameworks) -> Described | Failed:
    """Translate and check one record by the mapping and the declared questions."""
    if record.wrong:
        return Failed(record.number, [_reason("", "", record.wrong)], record.cells)
    fields, missing = answers.translate(mapping, record.pick)
    stated = str(fields.get("kind", ""))
    kind = next((one.id for one in frameworks.kinds if stated.casefold() in (one.id, one.label.casefold())), "")
    if not kind:
        told = missing.get("kind") or f"this is no kind of product. Use {_listed([k.label for k in frameworks.kinds])}."
        return Failed(record.number, [_reason("kind", stated, told)], record.cells)
    form = frameworks.form(kind)
    described, errors = answers.clean(form, {name: value for name, value in fields.items() if name in form.questions})
    facts, wrong = _facts(fields)
    found = {**missing, **errors, **wrong}
    if found:
        reasons = [_reason(name, fields.get(name.split(".")[0], ""), text) for name, text in found.items()]
        return Failed(record.number, reasons, record.cells)
    return Described(number=record.number, kind=kind, answers=described, cells=record.cells, **facts)


def refused(described: Described, name: str, value: str, text: str) -> Failed:
    """A record that holds by itself, and not beside what stands there or came before it."""
    return Failed(described.number, [{"field": name, "value": value, "reason": text}], described.cells)


def _facts(fields: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields that are no questions, cleaned, and what is wrong with them."""
    limits = {
        "external-ref": LONGEST_REFERENCE, "name": LONGEST_NAME, "version": LONGEST_NUMBER,
        "supplier": LONGEST_SUPPLIER, "url": 500,
    }  # fmt: skip
    facts: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, limit in limits.items():
        value = fields.get(name, "")
        try:
            facts[name.replace("-", "_")] = clean_line(value if isinstance(value, str) else value[0], limit)
        except Refusal as refusal:
            wrong[name] = f"{refusal.fact}. {refusal.hint}".strip()
    if not facts.get("version") and "version" not in wrong:
        facts["version"] = "1.0"
    return facts, wrong


def _listed(labels: Sequence[str]) -> str:
    return f"{', '.join(labels[:-1])} or {labels[-1]}"


def _reason(name: str, value: object, text: str) -> dict[str, str]:
    shown = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"field": name, "value": quote(shown) if shown else "", "reason": text}


def is_same(described: Described, *, name: str, number: str, kind: str, known: Mapping[str, Any]) -> bool:
    """Whether the record says what stands there already."""
    return (described.name, described.version, described.kind) == (name, number, kind) and dict(known) == dict(
        described.answers
    )


def refuse_other_columns(record: Record, mapping: ImportMapping) -> None:
    """Raises Invalid where a column is missing that every record needs: one thing to mend instead of every row."""
    needed = [rule.from_ for rule in mapping.fields.values() if rule.required and rule.default is None and rule.from_]
    missing = [quote(column) for column in needed if column not in record.cells]
    if not missing:
        return
    first = next(iter(record.cells), "")
    divider = next((word for mark, word in DIVIDERS.items() if len(record.cells) == 1 and mark in first), "")
    fact = f"there is no column called {' or '.join(missing)}"
    hint = f"The cells are divided by {divider}: save the file divided by commas." if divider else ""
    raise Invalid(fact, hint or f"The first row names the columns; its first one is {quote(first)}.")


def unread_in(record: Record, mapping: ImportMapping) -> Sequence[str]:
    """The columns, or the names of an object, that the mapping reads nothing from; none of XML."""
    if mapping.reads == "xml":
        return ()
    read = {rule.from_ for rule in mapping.fields.values() if rule.from_}
    if mapping.reads != "csv":
        read = {path.removeprefix("/").partition("/")[0].replace("~1", "/").replace("~0", "~") for path in read}
    return [name for name in record.cells if name not in read and name not in (NUMBER, MEND)]
