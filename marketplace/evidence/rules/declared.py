"""The shape of what is declared for this room in frameworks/evidence/."""

from datetime import date
from decimal import Decimal
from functools import cached_property

from pydantic import BaseModel, ConfigDict


class Declared(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-")
    )


class Origin(Declared):
    """Where a rule comes from; `mark` says what of it nobody has confirmed."""

    document: str
    section: str
    mark: str = ""


class Level(Declared):
    """A level of strength, 0 to 4: `id` is of taxonomy/evidence-strength.yaml."""

    id: str
    level: int
    says: str


class Design(Declared):
    """What a design of taxonomy/study-designs.yaml is worth; `starts_at` 0 is not graded."""

    id: str
    starts_at: int
    ladder: str
    compares: bool
    in_use: bool


class Step(Declared):
    """What takes levels off a result."""

    id: str
    domain: str
    takes: int
    label: str
    source: str
    mark: str = ""


class Large(Declared):
    """What puts levels on a result: a ratio beyond one of two bounds."""

    above: Decimal
    below: Decimal
    gives: int
    label: str
    source: str


class StrengthRules(Declared):
    """frameworks/evidence/strength.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    levels: tuple[Level, ...]
    designs: tuple[Design, ...]
    steps: tuple[Step, ...]
    large_effect: Large
    very_large_effect: Large

    @cached_property
    def design(self) -> dict[str, Design]:
        return {each.id: each for each in self.designs}

    @cached_property
    def step(self) -> dict[str, Step]:
        return {each.id: each for each in self.steps}

    @cached_property
    def at_level(self) -> dict[int, Level]:
        return {each.level: each for each in self.levels}


class Lack(Declared):
    """Something that a buyer would look for."""

    id: str
    label: str
    why: str
    source: str


class Group(Declared):
    """People whose results are looked for apart."""

    id: str
    label: str
    why: str


class Role(Declared):
    """What a measure tells about."""

    id: str
    label: str


class GapRules(Declared):
    """frameworks/evidence/gaps.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    gaps: tuple[Lack, ...]
    groups: tuple[Group, ...]
    groups_source: Origin
    roles: tuple[Role, ...]

    @cached_property
    def gap(self) -> dict[str, Lack]:
        return {each.id: each for each in self.gaps}

    @cached_property
    def group(self) -> dict[str, Group]:
        return {each.id: each for each in self.groups}

    @cached_property
    def role(self) -> dict[str, Role]:
        return {each.id: each for each in self.roles}
