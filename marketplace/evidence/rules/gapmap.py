"""The map of evidence across the catalogue: what was measured, where and in whom, and where nobody has looked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from marketplace.evidence.rules.declared import Origin
from marketplace.kit.values import Value

NOT_TOLD = "not-told"


class Read(BaseModel):
    """Words that say that a study was done in this place, or in these people."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: str
    words: tuple[str, ...]


class MapRules(BaseModel):
    """frameworks/evidence/map.yaml."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    id: str
    version: int
    label: str
    date: date
    note: str
    source: Origin
    settings: tuple[Read, ...]
    populations: tuple[Read, ...]

    @cached_property
    def setting_ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.settings)


class Looked(Value):
    """One measure of one study: what it tells about, where, in whom, how sure that measure is, and who stands behind.

    `product` names whose evidence it is, `purposes` what that product is for.
    """

    study: str
    product: str
    role: str
    settings: frozenset[str]
    populations: frozenset[str]
    purposes: frozenset[str]
    level: int
    is_independent: bool
    is_declared: bool = True
    """Whether the study itself names its settings of the catalogue; else they were read from its words."""


class Offered(Value):
    """A product on the catalogue: where, for whom and for what it is offered.

    `claimed` are the kinds of measures that it claims, each with the claim's setting, empty for any. `key` is its id.
    """

    product: str
    settings: frozenset[str]
    populations: frozenset[str]
    purposes: frozenset[str]
    claimed: frozenset[tuple[str, str]] = frozenset()
    key: UUID | None = None


@dataclass(slots=True)
class Cell:
    """What is known of one kind of measure in one place. `offered` are products, `claimed` those that claim it."""

    role: str
    setting: str
    level: int = 0
    studies: set[str] = field(default_factory=set)
    independent: set[str] = field(default_factory=set)
    from_words: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    claimed: set[str] = field(default_factory=set)

    @property
    def is_gap(self) -> bool:
        """Whether products are offered there and nobody has studied it."""
        return bool(self.offered) and not self.studies

    @property
    def unproven(self) -> int:
        """How many products are offered there without a study of this kind of their own."""
        return len(self.offered - self.proven)


def places_of(words: str, reads: Sequence[Read]) -> frozenset[str]:
    """The ids whose words stand in what a study says of itself; NOT_TOLD where none does."""
    said = " ".join(words.casefold().split())
    return frozenset(each.id for each in reads if any(word in said for word in each.words)) or frozenset({NOT_TOLD})


def cells_of(
    looked: Iterable[Looked], offered: Iterable[Offered], *, roles: Sequence[str], settings: Sequence[str],
    population: str = "", purpose: str = "",
) -> dict[tuple[str, str], Cell]:  # fmt: skip
    """The map: a cell for each role and setting, for one population and one purpose where they are named."""
    cells = {(role, setting): Cell(role, setting) for role in roles for setting in (*settings, NOT_TOLD)}
    for product in offered:
        if _is_of(product.populations, population) and _is_of(product.purposes, purpose):
            for setting in product.settings & frozenset(settings):
                for role in roles:
                    cells[role, setting].offered.add(product.product)
                    if {(role, ""), (role, setting)} & product.claimed:
                        cells[role, setting].claimed.add(product.product)
    for each in looked:
        if _is_of(each.populations, population) and _is_of(each.purposes, purpose) and each.role in roles:
            for setting in each.settings & frozenset((*settings, NOT_TOLD)):
                _add(cells[each.role, setting], each)
    return cells


def wanted(cells: Mapping[tuple[str, str], Cell], *, most: int) -> list[Cell]:
    """The gaps that most products stand in, the largest first: what evaluations are needed for."""
    gaps = [cell for cell in cells.values() if cell.is_gap]
    return sorted(gaps, key=lambda cell: (-len(cell.claimed), -len(cell.offered), cell.role, cell.setting))[:most]


def _add(cell: Cell, each: Looked) -> None:
    cell.studies.add(each.study)
    cell.proven.add(each.product)
    cell.level = max(cell.level, each.level)
    if each.is_independent:
        cell.independent.add(each.study)
    if not each.is_declared:
        cell.from_words.add(each.study)


def _is_of(values: Collection[str], asked: str) -> bool:
    return not asked or asked in values
