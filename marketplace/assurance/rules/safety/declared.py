"""The shape of what is declared in frameworks/safety/."""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from pydantic import model_validator

from marketplace.frameworks.schema.base import Count, Declared, DeclaredFile, Flag, Identifier, Option, Source, Words


class Severity(Declared):
    """How bad it would be, for several patients and for one."""

    id: Identifier
    label: Words
    several: Words
    one: Words


class Likelihood(Declared):
    id: Identifier
    label: Words
    says: Words


class Level(Declared):
    """What a rating means: whether it blocks a release, or needs the reason of the clinical safety officer.

    `on_sale` is what becomes of a listing on show when a risk that is left is rated so.
    """

    level: Count
    label: Words
    says: Words
    blocks: Flag
    needs_reason: Flag
    on_sale: Literal["stays", "suspended"] = "stays"


class Matrix(DeclaredFile):
    """The scheme by which risks are rated; severities and likelihoods stand from least to most."""

    source: Source
    on_sale_source: Source | None = None
    severities: tuple[Severity, ...]
    likelihoods: tuple[Likelihood, ...]
    ratings: Mapping[Identifier, tuple[Count, ...]]
    levels: tuple[Level, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> "Matrix":
        known = {each.level for each in self.levels}
        if set(self.ratings) != {each.id for each in self.likelihoods}:
            raise ValueError("ratings needs one row for each likelihood, and no other")
        for name, row in self.ratings.items():
            if len(row) != len(self.severities) or not set(row) <= known:
                raise ValueError(f"the row “{name}” needs one known level for each severity")
        return self

    def rated(self, likelihood: str, severity: str) -> Level | None:
        """The level of a risk; None where it was not rated, or names what is not declared."""
        column = next((place for place, each in enumerate(self.severities) if each.id == severity), None)
        if column is None or likelihood not in self.ratings:
            return None
        return self.by_level[self.ratings[likelihood][column]]

    @property
    def off_sale(self) -> tuple[Level, ...]:
        """The levels at which a listing on show is suspended."""
        return tuple(each for each in self.levels if each.on_sale == "suspended")

    @property
    def off_sale_risks(self) -> list[tuple[str, str]]:
        """Likelihood and severity of each risk at which a listing on show is suspended."""
        columns, taken = [each.id for each in self.severities], {each.level for each in self.off_sale}
        return [
            (likelihood, severity) for likelihood, row in self.ratings.items()
            for severity, level in zip(columns, row, strict=True) if level in taken
        ]  # fmt: skip

    @cached_property
    def by_level(self) -> Mapping[int, Level]:
        return {each.level: each for each in self.levels}


class Column(Declared):
    """A column of a hazard log, and the names by which spreadsheets call it."""

    id: Identifier
    label: Words
    names: tuple[str, ...]
    needed: Flag


class LogShape(DeclaredFile):
    """What a hazard log holds; `controls` stand in order of preference."""

    source: Source
    columns: tuple[Column, ...]
    controls: tuple[Option, ...]
    controls_source: Source
    dispositions: tuple[Option, ...]


class ReportPart(Declared):
    id: Identifier
    label: Words
    says: Words
    filled: Literal["record", "log", "typed"]


class Phase(Declared):
    id: Identifier
    label: Words
    side: Literal["manufacturer", "deploying-organisation"]


class ReportShape(DeclaredFile):
    """The parts of a safety case report, and when one is given out."""

    source: Source
    parts: tuple[ReportPart, ...]
    phases: tuple[Phase, ...]
    phases_source: Source

    def phases_of(self, side: str) -> tuple[Phase, ...]:
        return tuple(phase for phase in self.phases if phase.side == side)

    @property
    def typed(self) -> tuple[ReportPart, ...]:
        """The parts that somebody writes; the others come from what is recorded."""
        return tuple(part for part in self.parts if part.filled == "typed")


class Harmed(Declared):
    """How severe an incident is."""

    id: Identifier
    label: Words
    serious: Flag


class Limit(Declared):
    """A time limit: hours from the report, by severity; none where the severity is not named."""

    id: Identifier
    label: Words
    from_: Literal["reported"]
    device: Flag = False
    hours: Mapping[Identifier, Count]
    source: Source


class NationalNumber(Declared):
    """A reference that another system gives, and whose it is to record."""

    id: Identifier
    label: Words
    says: Words
    who: Literal["reporter", "supplier"]


class Urgency(Declared):
    id: Identifier
    label: Words
    acknowledge_days: Count
    act_days: Count
    chase_days: Count


class AnswerTo(Declared):
    """What a holder can answer to a notice; `final` where nothing is left to do."""

    id: Identifier
    label: Words
    final: Flag


class Clocks(DeclaredFile):
    """Time limits of incidents and of notices. `change_days` by a kind of change of frameworks/reuse/changes.yaml."""

    severities: tuple[Harmed, ...]
    limits: tuple[Limit, ...]
    numbers: tuple[NationalNumber, ...]
    numbers_source: Source
    urgencies: tuple[Urgency, ...]
    urgencies_source: Source
    change_days: Mapping[Identifier, Count]
    change_days_source: Source
    answers: Mapping[Literal["safety", "change"], tuple[AnswerTo, ...]]

    @cached_property
    def severity(self) -> Mapping[str, Harmed]:
        return {each.id: each for each in self.severities}

    def answers_to(self, kind: str) -> Mapping[str, AnswerTo]:
        """What a holder can answer to a notice of this kind, by id."""
        return {each.id: each for name, rows in self.answers.items() if name == kind for each in rows}

    @cached_property
    def urgency(self) -> Mapping[str, Urgency]:
        return {each.id: each for each in self.urgencies}
