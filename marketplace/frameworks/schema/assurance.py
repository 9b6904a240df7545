"""An assurance framework: which questions are asked of whom, what opens each, what passes, and what makes it age.

As it is written in frameworks/assurance/. `schema.criteria` has what the loader makes of it.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, Strict, model_validator

from marketplace.frameworks.schema.base import (
    Count,
    Declared,
    DeclaredFile,
    Identifier,
    Source,
    Words,
    amended,
)

_CODE = re.compile(r"[A-Z][0-9]+(\.[0-9]+)*[a-z]?")

Who = Literal["supplier", "deploying-organisation"]
Unit = Literal["product-version", "organisation", "deployment"]
Assessed = Literal["pass", "scored", "context"]


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"“{text}” is not a code: write a capital letter and numbers with points, such as C1.2.4")
    return text


Code = Annotated[str, AfterValidator(_code)]
CodeGate = dict[Code, tuple[str, ...]]
Bound = Annotated[int | float, Field(allow_inf_nan=False)]


class PassRule(Declared):
    """What an answer must be. Exactly one way: one of `options`, being `answered`, or a number within bounds.

    Options that are `not-applicable` close the criterion: no documents and no date are asked for.
    """

    options: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    answered: Literal[True] | None = None
    at_least: Bound | None = None
    below: Bound | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        bounded = self.at_least is not None or self.below is not None
        if [bool(self.options), bool(self.answered), bounded].count(True) != 1:
            raise ValueError("say one of `options`, `answered: true`, or `at-least` and `below`")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise ValueError(f"nothing is at least {self.at_least} and below {self.below}")
        return self


class YearEnd(Declared):
    """The day on which each year of a register ends."""

    month: Annotated[int, Strict(), Field(ge=1, le=12)]
    day: Annotated[int, Strict(), Field(ge=1, le=31)]


class Expiry(Declared):
    """What makes an answer age. `dated` asks for its day; then one of `months`, `days`, `year-ends`, `stated`.

    `months` and `days` count from that day; `year-ends` holds to the end of the year after its own; `stated` is the
    last day itself. `events` are what voids it whatever the day.
    """

    dated: str = ""
    months: Annotated[int, Strict(), Field(ge=1, le=120)] | None = None
    days: Annotated[int, Strict(), Field(ge=1, le=3660)] | None = None
    year_ends: YearEnd | None = None
    stated: Literal[True] | None = None
    events: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        ways = [self.months, self.days, self.year_ends, self.stated]
        said = sum(way is not None for way in ways)
        if said > 1:
            raise ValueError("say one of `months`, `days`, `year-ends`, `stated`")
        if bool(said) != bool(self.dated):
            raise ValueError("`dated` names the day from which `months`, `days`, `year-ends` or `stated` count")
        if not said and not self.events:
            raise ValueError("say what makes it age")
        return self


class Evidence(Declared):
    """A document asked for: of which kind, and what it is."""

    kind: Identifier
    label: Words


class CriterionDeclared(Declared):
    """One criterion: a question in its place. `when` needs every gate named, `when-any` one of its mappings.

    Gates name codes of this framework. `known` is what Touchstone knows from the listing and does not ask again.
    Of the documents in `evidence` as many as `documents` says must be there for it to pass.
    """

    code: Code
    question: Identifier
    who: Who = "supplier"
    unit: Unit = "product-version"
    known: Literal["", "supplier-name", "product-name", "version-name"] = ""
    when: CodeGate = Field(default_factory=dict)
    when_any: tuple[CodeGate, ...] = ()
    passes: PassRule | None = None
    pass_in_words: str = ""
    evidence: tuple[Evidence, ...] = ()
    documents: Count = 0
    expires: Expiry | None = None
    source: Source
    note: str = ""

    @model_validator(mode="after")
    def _names_the_documents_that_it_needs(self) -> Self:
        if self.documents > len(self.evidence):
            raise ValueError(f"needs {self.documents} documents and names {len(self.evidence)} as `evidence`")
        return self


class SectionDeclared(Declared):
    """Criteria that stand together. `pass`: each must pass; `scored`: told, never decides; `context`: only read."""

    id: Identifier
    label: Words
    assessed: Assessed
    note: str = ""
    criteria: tuple[CriterionDeclared, ...]


class AssuranceFile(DeclaredFile):
    """A framework. A next version names the sections that changed, each in full, and those `retired`.

    `edition` is what its publisher calls it, `name` its name without that.
    """

    name: Words
    edition: Words
    publisher: Words
    about: Words
    source: Source
    sections: tuple[SectionDeclared, ...]
    retired: tuple[Identifier, ...] = ()

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when a section is retired that there never was."""
        sections = amended(self.sections, newer.sections)
        if unknown := set(newer.retired) - {section.id for section in sections}:
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never had")
        kept = tuple(section for section in sections if section.id not in newer.retired)
        return newer.model_copy(update={"sections": kept, "retired": ()})
