"""How a foreign file is read: which of its columns, pointers or paths answers which of our questions."""

from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Strict, StringConstraints, model_validator
from pydantic import Field as Bounded

from marketplace.frameworks.schema.base import Declared, Flag, Identifier, Words

PRODUCT_FIELDS = frozenset({"external-ref", "name", "supplier", "url", "kind", "version"})
"""What a mapping may fill besides questions."""

EVERYTHING_ELSE = "*"
"""In `values`: what stands for every value that the table does not name."""


class Publication(Declared):
    """The document that is read, and on what terms; its date is as exact as the publisher gives it, a year at least."""

    document: Words
    publisher: Words
    date: date | Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d{2})?$")]
    licence: Words
    address: str = ""


class FieldMapping(Declared):
    """Where one field comes from. `values` replaces exact values, `split` cuts one value into several."""

    from_: Words | None = None
    values: dict[str, str] = Bounded(default_factory=dict)
    split: str | None = Bounded(default=None, min_length=1)
    default: str | None = None
    required: Flag = False

    @property
    def may_be_empty(self) -> bool:
        """Whether a record that says nothing here neither lacks it nor gets something in its place."""
        return self.default is None and not self.required

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Self:
        if self.from_ is None and self.default is None:
            raise ValueError("say where it comes `from`, or give a `default`")
        return self


def _in_short(value: object) -> object:
    return {"from": value} if isinstance(value, str) else value


class ImportMapping(Declared):
    """One mapping. `each` names the element that repeats in JSON (a pointer) or in XML (a path)."""

    id: Identifier
    version: Annotated[int, Strict(), Bounded(ge=1)]
    reads: Literal["csv", "json", "jsonl", "xml"]
    each: Words | None = None
    source: Publication
    fields: dict[Identifier, Annotated[FieldMapping, BeforeValidator(_in_short)]]

    @cached_property
    def asked(self) -> tuple[tuple[str, str | None, bool, FieldMapping], ...]:
        """Each field, where it comes from and whether it may be empty: what each of many thousand records is asked."""
        return tuple((name, rule.from_, rule.may_be_empty, rule) for name, rule in self.fields.items())

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.each is None and self.reads == "xml":
            raise ValueError("XML needs `each`, the path of the element that repeats")
        if self.each is not None and self.reads in ("csv", "jsonl"):
            raise ValueError(f"`each` is left out for {self.reads}: every row is one product")
        if missing := {"external-ref", "name", "kind"} - self.fields.keys():
            raise ValueError(f"`fields` must fill {', '.join(sorted(missing))}")
        return self
