"""An algorithmic transparency record, put together from what is known: field by field, and whose word it is."""

from collections.abc import Mapping
from typing import Literal

from marketplace.frameworks.schema.base import Declared, DeclaredFile, Flag, Identifier, Source, Words
from marketplace.kit.values import Value

Whose = Literal["organisation", "supplier", "record", ""]


class RecordField(Declared):
    """A field: filled from questions of the description, from a fact of the record, or by the organisation.

    `answers` are questions of the framework of the record, which the organisation may have answered there.
    """

    code: Words
    label: Words
    from_: tuple[Identifier, ...] = ()
    fact: str = ""
    answers: tuple[Identifier, ...] = ()
    seen: Flag = False


class Block(Declared):
    id: Identifier
    label: Words
    fields: tuple[RecordField, ...]


class RecordShape(DeclaredFile):
    """The record, block by block."""

    source: Source
    blocks: tuple[Block, ...]


class Filled(Value):
    """A field as it stands: `whose` word it is, nobody's where it is missing; `own` is what the organisation wrote."""

    code: str
    label: str
    text: str
    whose: Whose
    own: str
    is_seen: bool


class FilledBlock(Value):
    id: str
    label: str
    fields: tuple[Filled, ...]


def filled_record(
    shape: RecordShape, facts: Mapping[str, str], said: Mapping[str, str], own: Mapping[str, str],
    answered: Mapping[str, str] | None = None,
) -> list[FilledBlock]:  # fmt: skip
    """The record: what the organisation wrote counts before what the supplier says and what is known here.

    `said` are answers of the description in words, by question; `answered` those of the organisation to the framework.
    """
    here = answered or {}
    return [
        FilledBlock(block.id, block.label, tuple(_filled(field, facts, said, own, here) for field in block.fields))
        for block in shape.blocks
    ]


def missing_of(record: list[FilledBlock]) -> list[Filled]:
    """The fields that nobody filled."""
    return [field for block in record for field in block.fields if not field.text]


def _filled(
    field: RecordField, facts: Mapping[str, str], said: Mapping[str, str], own: Mapping[str, str],
    answered: Mapping[str, str],
) -> Filled:  # fmt: skip
    written = own.get(field.code, "")
    given = "\n".join(answered[name] for name in field.answers if name in answered)
    known = [facts.get(field.fact, ""), *(said.get(name, "") for name in field.from_)]
    text = written or given or "\n".join(part for part in known if part)
    whose: Whose = ""
    if written or given:
        whose = "organisation"
    elif text:
        whose = "record" if facts.get(field.fact) else "supplier"
    return Filled(field.code, field.label, text, whose, written, field.seen)
