"""A contract template: what it leaves open, when a clause stands in it, its words, and what it obliges whom to do."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, Strict, model_validator

from marketplace.frameworks.schema.base import (
    Count,
    Declared,
    DeclaredFile,
    Flag,
    Identifier,
    Source,
    Words,
    amended,
    twice,
)
from marketplace.frameworks.schema.forms import Entry, Form, Section
from marketplace.frameworks.schema.questions import Kind, Question
from marketplace.kit.values import Value

FACTS = frozenset({
    "contract", "procurement", "lead", "supplier", "product", "product-version", "intended-use", "certificate",
    "parties", "shares",
})  # fmt: skip
"""What the words of a clause may name besides parameters; those of LAID_OUT_FACTS stand alone."""
LAID_OUT_FACTS = frozenset({"parties", "shares", "intended-use"})
Whole = Annotated[int, Strict()]
Role = Literal["lead", "participant", "supplier"]


class Usual(Declared):
    """What a template expects: a value outside it departs from the template, and needs a named approver.

    `empty`: anything at all departs.
    """

    least: float | None = None
    most: float | None = None
    options: tuple[Identifier, ...] = ()
    empty: Flag = False


class Parameter(Question):
    """Something that the parties fill in. `money` is kept in whole pence; `default` fills it where nobody did."""

    money: Flag = False
    required: Flag = True
    default: Any = None
    usual: Usual | None = None

    @model_validator(mode="after")
    def _money_is_a_number(self) -> Self:
        if self.money and self.kind is not Kind.NUMBER:
            raise ValueError("money is a number, in pence")
        return self


class ParameterSection(Declared):
    """Parameters that stand together in the form."""

    id: Identifier
    label: Words
    hint: str = ""
    parameters: tuple[Parameter, ...]


class Condition(Declared):
    """When something stands in a contract: all of what is named here has to hold. `trusts` counts the buyers."""

    id: Identifier
    label: Words
    chosen: dict[Identifier, tuple[str, ...]] = Field(default_factory=dict)
    above: dict[Identifier, int] = Field(default_factory=dict)
    given: tuple[Identifier, ...] = ()
    trusts: Literal["one", "several", ""] = ""


class Check(Declared):
    """What has to hold between parameters. `says` is told where it does not, at the field `parameter`.

    in-order: `parameter` is a day not before that of `other`; within-months: and at most `most` months after it;
    at-least: its number is not below that of `other`; adds-up: `column` of the table `parameter` adds up to `most`;
    distinct: no two rows share `column`; short-names: each is one such as letter-minutes; needs: each row has `column`;
    towards: in each row `column` is better than `other`, which the column `by` says (higher or lower). Rows whose
    column `leaving` says yes are left out, and where `only` is named, those whose column `only` does not say yes.
    """

    rule: Literal["in-order", "within-months", "at-least", "adds-up", "distinct", "short-names", "needs", "towards"]
    parameter: Identifier
    other: str = ""
    column: str = ""
    by: str = ""
    leaving: str = ""
    only: str = ""
    most: Whole = 0
    says: Words


class ClauseDeclared(Declared):
    """A clause, whose words stand in the Markdown file under the same id. `version` grows when they change."""

    id: Identifier
    version: Annotated[int, Strict(), Field(ge=1)] = 1
    source: Source
    when: Identifier | None = None


class Due(Declared):
    """A day: `days` and `months` after (below 0: before) the start or end of the term, or after each month ends.

    `parameters` add the days that they give, or take them off where `before` is true.
    """

    from_: Literal["start", "end", "each-month"]
    days: Whole = 0
    months: Whole = 0
    parameters: tuple[Identifier, ...] = ()
    before: Flag = False


class ObligationDeclared(Declared):
    """Something to do by a day. `owner`: who does it; participants and buyers each for themselves."""

    id: Identifier
    label: Words
    kind: Literal["report", "renewal", "notice", "exit", "payment", "safety", "data"]
    owner: Literal["lead", "supplier", "participants", "buyers", "everybody"]
    clause: Identifier
    due: Due
    when: Identifier | None = None


class Signatory(Declared):
    """One of several people who sign for a party, in the order in which they stand. `label` is what they sign as."""

    id: Identifier
    label: Words


class ContractFile(DeclaredFile):
    """The data of a template. A next version names what differs, by id, and what is `retired`."""

    source: Source
    title: Words
    notice: Words
    mechanism: Identifier
    signing: tuple[Role, ...]
    signatories: dict[Role, tuple[Signatory, ...]] = Field(default_factory=dict)
    warnings_months: tuple[Count, ...] = (12, 6, 3)
    sections: tuple[ParameterSection, ...]
    conditions: tuple[Condition, ...] = ()
    checks: tuple[Check, ...] = ()
    clauses: tuple[ClauseDeclared, ...]
    obligations: tuple[ObligationDeclared, ...] = ()
    retired: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _everything_stands_once(self) -> Self:
        parameters = (parameter.id for section in self.sections for parameter in section.parameters)
        people = ((one.id for one in several) for several in self.signatories.values())
        for ids in (parameters, *people, *((part.id for part in getattr(self, name)) for name in _PARTS)):
            if repeated := twice(ids):
                raise ValueError(f"{repeated} stands twice")
        return self

    def amended_by(self, newer: Self) -> Self:
        """Raises ValueError when the newer version retires what there never was."""
        laid = {name: amended(getattr(self, name), getattr(newer, name)) for name in _PARTS}
        known = {part.id for parts in laid.values() for part in parts}
        if unknown := set(newer.retired) - known:
            raise ValueError(f"retires {', '.join(sorted(unknown))}, which it never had")
        kept = {name: tuple(part for part in parts if part.id not in newer.retired) for name, parts in laid.items()}
        told = {"checks": newer.checks or self.checks, "signatories": newer.signatories or self.signatories}
        return newer.model_copy(update={**kept, **told, "retired": ()})


_PARTS = ("sections", "conditions", "clauses", "obligations")


class Run(Value):
    """A piece of a sentence: `mark` is "" or strong; `names` is the parameter or fact whose value stands here."""

    text: str = ""
    mark: str = ""
    names: str = ""


class Block(Value):
    """A part of a clause: a paragraph, a list of items, or what a parameter or fact lays out by itself.

    `when` and `unless` name conditions.
    """

    kind: Literal["paragraph", "items", "laid-out"]
    runs: tuple[Run, ...] = ()
    items: tuple[tuple[Run, ...], ...] = ()
    names: str = ""
    when: str = ""
    unless: str = ""


class Clause(Value):
    """A clause with its words."""

    id: str
    version: int
    heading: str
    source: Source
    when: str
    blocks: tuple[Block, ...]


class ContractTemplate(Value, dict=True):
    """One version of a template, with all its parts resolved. `digest` covers the files that it was read from."""

    id: str
    version: int
    label: str
    date: date
    digest: str
    declared: ContractFile
    clauses: tuple[Clause, ...]

    @cached_property
    def form(self) -> Form:
        """Everything to fill in, as the form machinery draws and checks it."""
        return Form(kind="", sections=tuple(_section(section) for section in self.declared.sections))

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Every parameter by its id, in order."""
        return {one.id: one for section in self.declared.sections for one in section.parameters}

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        return {condition.id: condition for condition in self.declared.conditions}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What stands where nobody filled anything in."""
        return {name: one.default for name, one in self.parameters.items() if one.default is not None}


def _section(declared: ParameterSection) -> Section:
    entries = tuple(
        Entry(one, frozenset({""}), frozenset({""} if one.required else ()), one.required, compared=False)
        for one in declared.parameters
    )
    return Section(declared.id, declared.label, declared.hint, stands_above=False, entries=entries)
