"""A question: asked once, kept for life, answered in one of ten ways."""

from enum import StrEnum
from functools import cached_property
from typing import Self

from pydantic import Field, field_validator, model_validator

from marketplace.frameworks.schema.base import (
    Count,
    Declared,
    DeclaredFile,
    Flag,
    Identifier,
    Option,
    Source,
    Words,
    amended,
    twice,
)


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    DATE = "date"
    LINK = "link"
    COUNTRY = "country"
    LIST = "list"
    TABLE = "table"


Gate = dict[Identifier, tuple[str, ...]]

CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.COUNTRY})
LONGEST = {Kind.TEXT: 200, Kind.LONG_TEXT: 5000, Kind.LINK: 2000, Kind.LIST: 200}
MOST = {Kind.LIST: 50, Kind.TABLE: 30}
_FOR = {
    "limit": frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.LIST}),
    "unit": frozenset({Kind.NUMBER}),
    "minimum": frozenset({Kind.NUMBER}),
    "maximum": frozenset({Kind.NUMBER, Kind.CHOICES, Kind.LIST, Kind.TABLE}),
    "decimals": frozenset({Kind.NUMBER}),
    "options": CHOSEN,
    "options_from": frozenset({Kind.CHOICE, Kind.CHOICES}),
    "columns": frozenset({Kind.TABLE}),
    "filterable": CHOSEN,
    "facet": CHOSEN,
}


class Answerable(Declared):
    """What a question and a column of a table share: a kind and its bounds.

    `limit` counts characters (in a list, of each line); `maximum` is the greatest number, or how many options, lines or
    rows there may be. The loader fills `options` from the taxonomy that `options-from` names, countries by themselves.
    """

    id: Identifier
    label: Words
    kind: Kind
    hint: str = ""
    options: tuple[Option, ...] = ()
    options_from: Identifier | None = None
    limit: Count | None = None
    unit: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None
    decimals: Count = 0

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        for name in self.model_fields_set & _FOR.keys():
            if self.kind not in _FOR[name]:
                raise ValueError(f"`{name.replace('_', '-')}` does not go with the kind {self.kind}")
        if self.kind in (Kind.CHOICE, Kind.CHOICES) and bool(self.options) == bool(self.options_from):
            raise ValueError("name either `options` or `options-from`")
        if repeated := twice(option.id for option in self.options):
            raise ValueError(f"the option {repeated} stands twice")
        return self

    @property
    def taxonomy(self) -> str | None:
        """The id of the taxonomy that its options come from."""
        return "countries" if self.kind is Kind.COUNTRY else self.options_from

    @property
    def longest(self) -> int:
        """How many characters a text, a link or a line of a list may have."""
        return self.limit or LONGEST.get(self.kind, 200)

    @property
    def most(self) -> int:
        """How many options, lines or rows an answer may have."""
        return int(self.maximum or MOST.get(self.kind, len(self.options)))

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of each option, in their order, the retired ones too."""
        return {option.id: option.label for option in self.options}

    @cached_property
    def offered(self) -> dict[str, str]:
        """Each option that can be chosen, by what people write for it (its id, its label) in lower case."""
        chosen = [option for option in self.options if not option.retired]
        return {option.label.casefold(): option.id for option in chosen} | {option.id: option.id for option in chosen}


class Column(Answerable):
    """One column of a table. A row without its required cells is not complete."""

    required: Flag = False

    @field_validator("kind")
    @classmethod
    def _fits_in_a_cell(cls, kind: Kind) -> Kind:
        if kind in (Kind.TABLE, Kind.CHOICES, Kind.LIST, Kind.LONG_TEXT):
            raise ValueError(f"a cell of a table cannot be a {kind}")
        return kind


class FacetWording(Declared):
    """How a filterable question is called among the filters, and where it stands (small numbers first)."""

    label: Words | None = None
    order: Count = 1000


class Question(Answerable):
    """A question. `when` is its gate: it is asked only if each question named has one of the answers named.

    Of `when-any`, where there are some, one must be open in the same way.
    """

    ask: Words
    source: Source
    columns: tuple[Column, ...] = ()
    when: Gate = Field(default_factory=dict)
    when_any: tuple[Gate, ...] = ()
    filterable: Flag = False
    facet: FacetWording = FacetWording()

    @model_validator(mode="after")
    def _has_its_parts(self) -> Self:
        if self.kind is Kind.TABLE and not self.columns:
            raise ValueError("a table names its `columns`")
        if repeated := twice(column.id for column in self.columns):
            raise ValueError(f"the column {repeated} stands twice")
        if "facet" in self.model_fields_set and not self.filterable:
            raise ValueError("a question with a `facet` says `filterable: true`")
        return self

    @property
    def gates(self) -> tuple[Gate, ...]:
        """Everything that it depends on."""
        return (self.when, *self.when_any)


class QuestionFile(DeclaredFile):
    """Questions on one theme. A next version names those that are new or reworded, and those `retired`."""

    source: Source | None = None
    questions: tuple[Question, ...]
    retired: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _questions_stand_once(self) -> Self:
        if repeated := twice(question.id for question in self.questions):
            raise ValueError(f"the question {repeated} stands twice")
        return self

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when the newer version retires a question that it never had, or changes its kind."""
        before = {question.id: question.kind for question in self.questions}
        if unknown := set(newer.retired) - before.keys():
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never asked")
        for question in newer.questions:
            if before.get(question.id, question.kind) is not question.kind:
                raise ValueError(f"answers to “{question.id}” are a {before[question.id]} for life: give it a new id")
        kept = tuple(q for q in amended(self.questions, newer.questions) if q.id not in newer.retired)
        return newer.model_copy(update={"questions": kept, "retired": ()})
