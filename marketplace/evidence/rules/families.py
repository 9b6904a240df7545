"""The shape of frameworks/evidence/pooling.yaml: which designs go together, and what is told of a sum."""

from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from marketplace.evidence.rules.declared import Origin


class _Declared(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", alias_generator=lambda name: name.replace("_", "-")
    )


class Family(_Declared):
    """Designs that are added up with one another, or are not, and why."""

    id: str
    label: str
    designs: tuple[str, ...]
    pools: bool
    why: str


class Refused(_Declared):
    """Why a result is not added up."""

    id: str
    label: str


class Unknown(_Declared):
    """Something that is still not known."""

    id: str
    label: str
    why: str


class PoolingRules(_Declared):
    """frameworks/evidence/pooling.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    method: str
    knapp: bool
    families: tuple[Family, ...]
    refusals: tuple[Refused, ...]
    unknowns: tuple[Unknown, ...]
    examples_per_thousand: tuple[int, ...]

    @cached_property
    def family_of(self) -> dict[str, Family]:
        """The family of each design."""
        return {design: family for family in self.families for design in family.designs}

    @cached_property
    def refusal(self) -> dict[str, str]:
        return {each.id: each.label for each in self.refusals}
