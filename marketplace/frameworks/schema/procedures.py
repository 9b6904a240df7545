"""How a purchase goes, as lawyers declare it: its stages, who approves what, what must be ready, who may still join."""

from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from marketplace.frameworks.schema.base import Count, Declared, DeclaredFile, Flag, Identifier, Source, Words, twice
from marketplace.frameworks.schema.calendars import Day

Again = Literal["version", "protocol", "parties", "share", "rise"]
"""What makes an approval lapse: another product version, another protocol, other parties, another share, or more to
pay than was approved."""

Move = Literal["open", "settle", "run"]
Part = Literal["question", "exit-criteria", "stop-rule", "starts-on", "ends-on", "price-afterwards", "fee-ceiling"]


class Stage(Declared):
    """A state of the procedure: what it means, and who sees what while it lasts."""

    id: Identifier
    label: Words
    meaning: Words
    sees: Words


class Required(Declared):
    """What has to be written down before a move, and why."""

    field: Part
    label: Words
    hint: Words
    before: Move
    source: Source


class ApprovalDeclared(Declared):
    """One local approval. `permission` is what a person needs to give it; `limited` ones need a limit that covers the
    share; those of `after` come first; `again_when` makes it lapse."""

    id: Identifier
    label: Words
    asks: Words
    who: Words
    permission: Words
    before: Move
    limited: Flag = False
    document: Literal["required", "optional", "none"] = "none"
    after: tuple[Identifier, ...] = ()
    again_when: Annotated[tuple[Again, ...], Field(min_length=1)]
    source: Source


class ReadinessDeclared(Declared):
    """Something that has to be ready at each site, as many days before its start."""

    id: Identifier
    label: Words
    meaning: Words
    days_before: Count
    source: Source


class Quorum(Declared):
    """How many have to take part, and whether everybody who was invited has to have answered."""

    fewest: Annotated[int, Strict(), Field(ge=1)]
    everybody_answers: Flag
    meaning: Words
    source: Source


class Clock(Declared):
    """A number of days that runs from a move. What it leads to is a reminder, never a decision."""

    id: Identifier
    label: Words
    from_: Move
    days: Count
    source: Source


class WayOn(Declared):
    """What an organisation can do that may not join."""

    id: Identifier
    label: Words
    meaning: Words
    leads_to: Literal["own-pilot", "product", "none"] = "none"


class Joining(Declared):
    """Who may join when, in words."""

    named: Words
    not_named: Words
    after_settling: Words
    ways_on: Annotated[tuple[WayOn, ...], Field(min_length=1)]
    source: Source


class Fact(Declared):
    """Something that the parties settle between themselves, and how this procedure settles it unless they say else."""

    id: Identifier
    label: Words
    meaning: Words
    source: Source


class Vat(Declared):
    """The rate at which planning adds tax: an invoice states its own."""

    percent: Count
    meaning: Words
    source: Source


class Procedure(DeclaredFile):
    """frameworks/procurement/<procedure>.yaml. Unlike other files it is written out in full in every version."""

    summary: Words
    law: Source
    stages: Annotated[tuple[Stage, ...], Field(min_length=2)]
    requires: tuple[Required, ...]
    quorum: Quorum
    approvals: tuple[ApprovalDeclared, ...]
    readiness: tuple[ReadinessDeclared, ...]
    clocks: tuple[Clock, ...]
    roles: tuple[Fact, ...]
    routes: tuple[Fact, ...]
    remainder: Fact
    agreed: tuple[Fact, ...]
    joining: Joining
    vat: Vat

    @model_validator(mode="after")
    def _parts_fit(self) -> Self:
        for part in (self.stages, self.approvals, self.readiness, self.clocks, self.routes, self.agreed):
            if repeated := twice(each.id for each in part):
                raise ValueError(f"{repeated} stands twice")
        earlier: set[str] = set()
        for approval in self.approvals:
            if unknown := set(approval.after) - earlier:
                raise ValueError(f"“{approval.id}” comes after {', '.join(sorted(unknown))}, which is not before it")
            earlier.add(approval.id)
        return self

    def approval(self, kind: str) -> ApprovalDeclared | None:
        """The approval of that id; None where this procedure has none."""
        return next((each for each in self.approvals if each.id == kind), None)

    def clock(self, name: str) -> Clock | None:
        """The clock of that id; None where this procedure has none."""
        return next((each for each in self.clocks if each.id == name), None)

    def amended_by(self, newer: Self) -> Self:
        return newer


class ThresholdRow(Declared):
    """An amount from which a rule holds for some kinds of buyer, between two days. VAT is in it unless `vat` says."""

    id: Identifier
    rule: Literal["act", "notifiable"]
    kinds: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    nations: tuple[Identifier, ...] = ()
    label: Words
    pence: Annotated[int, Strict(), Field(gt=0)]
    vat: Literal["included", "excluded"] = "included"
    from_: Day
    until: Day
    source: Source


class Thresholds(DeclaredFile):
    """frameworks/procurement/thresholds.yaml: the amounts, each with its days and its source."""

    rows: Annotated[tuple[ThresholdRow, ...], Field(min_length=1)]
    elsewhere: dict[Identifier, Words]
    valuation: Words

    @model_validator(mode="after")
    def _rows_stand_once(self) -> Self:
        if repeated := twice(row.id for row in self.rows):
            raise ValueError(f"{repeated} stands twice")
        if turned := [row.id for row in self.rows if row.until < row.from_]:
            raise ValueError(f"“{turned[0]}” ends before it begins")
        return self

    def amended_by(self, newer: Self) -> Self:
        return newer
