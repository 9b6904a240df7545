"""One record of a file becomes a described product, or a list of what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from marketplace.frameworks import answers
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.kit.errors import Refusal
from marketplace.kit.reading import Record
from marketplace.kit.text import clean_line, quote
from marketplace.kit.values import Value, field

LONGEST_NAME = 200
LONGEST_REFERENCE = 200
LONGEST_SUPPLIER = 200
LONGEST_NUMBER = 30


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
    kind = str(fields.get("kind", ""))
    try:
        form = frameworks.form(kind)
    except Refusal as refusal:
        return Failed(record.number, [_reason("kind", kind, f"{refusal.fact}. {refusal.hint}")], record.cells)
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


def _reason(name: str, value: object, text: str) -> dict[str, str]:
    shown = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
    return {"field": name, "value": quote(shown) if shown else "", "reason": text}


def is_same(described: Described, *, name: str, number: str, kind: str, known: Mapping[str, Any]) -> bool:
    """Whether the record says what stands there already."""
    return (described.name, described.version, described.kind) == (name, number, kind) and dict(known) == dict(
        described.answers
    )
