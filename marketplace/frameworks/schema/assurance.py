"""An assurance framework: which questions are asked of whom, what opens each, what passes, and what makes it age.

As it is written in frameworks/assurance/. `schema.criteria` has what the loader makes of it.
"""

import re
from datetime import date
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
    twice,
)

_CODE = re.compile(r"([A-Z]+\.?)?[0-9]+(\.[0-9]+)*[a-z]?")

Who = Literal["supplier", "deploying-organisation"]
Unit = Literal["product-version", "organisation", "deployment"]
Assessed = Literal["pass", "scored", "context"]
FrameworkKind = Literal["assessed", "attested", "local"]
PRODUCT_KIND = "product-kind"
"""Stands among the questions of a condition for the kind of product, which is no question of the description."""


def _code(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise ValueError(f"“{text}” is not a code: write capitals and numbers with points, such as C1.2.4 or GA.3")
    return text


Code = Annotated[str, AfterValidator(_code)]
CodeGate = dict[Code, tuple[str, ...]]
Bound = Annotated[int | float, Field(allow_inf_nan=False)]


class PassRule(Declared):
    """What an answer must be. Exactly one way: one of `options`, `all-of` several, being `answered`, or within bounds.

    Options that are `not-applicable` close the criterion: no documents and no date are asked for.
    """

    options: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    answered: Literal[True] | None = None
    at_least: Bound | None = None
    below: Bound | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        bounded = self.at_least is not None or self.below is not None
        if [bool(self.options), bool(self.all_of), bool(self.answered), bounded].count(True) != 1:
            raise ValueError("say one of `options`, `all-of`, `answered: true`, or `at-least` and `below`")
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

    Gates name codes of this framework. Without `who` it is whoever completes the framework. `known` is what Touchstone
    knows from the listing and does not ask again. Of the documents in `evidence` as many as `documents` says must be
    there for it to pass.
    """

    code: Code
    question: Identifier
    who: Who | None = None
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


class Condition(Declared):
    """A condition on the description of a product: each question named has one of the answers named.

    Questions are those of the catalogue's description; `product-kind` stands for the kind of product.
    """

    when: Annotated[dict[Identifier, tuple[str, ...]], Field(min_length=1)]
    because: Words
    source: Source | None = None


class Tier(Declared):
    """A group of products that a framework tells apart. A product belongs to the first whose `when` holds."""

    id: Identifier
    label: Words
    meaning: Words
    when: Annotated[dict[Identifier, tuple[str, ...]], Field(min_length=1)]
    source: Source | None = None


class Transition(Declared):
    """What a new version does to what was decided under the one before: until when its certificates stand.

    Without `stand-until` they stand until their own dates. Cases that are open stay with the version they began with.
    """

    stand_until: date | None = None
    words: Words


class AssuranceFile(DeclaredFile):
    """A framework. A next version names the sections that changed, each in full, and those `retired`.

    `edition` is what its publisher calls it, `name` its name without that. `kind`: two assessors decide (`assessed`),
    somebody else certifies or registers (`attested`), or each deploying organisation does it (`local`). It applies to
    a product where any condition of `applies` holds; without conditions, to every product.
    """

    name: Words
    edition: Words
    publisher: Words
    about: Words
    source: Source
    kind: FrameworkKind = "assessed"
    completed_by: Who = "supplier"
    applies: tuple[Condition, ...] = ()
    tiers: tuple[Tier, ...] = ()
    transition: Transition | None = None
    sections: tuple[SectionDeclared, ...]
    retired: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _tiers_stand_once(self) -> Self:
        if repeated := twice(tier.id for tier in self.tiers):
            raise ValueError(f"the tier {repeated} stands twice")
        return self

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when a section is retired that there never was."""
        sections = amended(self.sections, newer.sections)
        if unknown := set(newer.retired) - {section.id for section in sections}:
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never had")
        kept = tuple(section for section in sections if section.id not in newer.retired)
        said = {name: getattr(self, name) for name in KEPT if name not in newer.model_fields_set}
        return newer.model_copy(update={**said, "sections": kept, "retired": ()})


KEPT = ("kind", "completed_by", "applies", "tiers")
"""What a next version leaves as it was where it says nothing of it."""
