"""The map of evidence as data: a row for each kind of measure in each setting."""

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Line, Listed, Out, all_of
from marketplace.evidence.rules.gapmap import NOT_TOLD
from marketplace.faces.gapmap import gap_map


class Narrowed(Asking):
    """One population of taxonomy/patient-groups.yaml, one purpose of taxonomy/purposes.yaml; all where empty."""

    population: Line = ""
    purpose: Line = ""


class CellOut(Out):
    """What is known of one kind of measure in one setting: `level` 0 to 4, references of studies and products."""

    role: str
    setting: str
    level: int
    studies: list[str]
    independent: list[str]
    from_words: list[str]
    offered: list[str]
    claimed: list[str]
    is_gap: bool


@get("/evidence/map", who=PUBLIC, is_shared=True)
def show_map(ask: Asked, query: Narrowed) -> Listed[CellOut]:
    """Every kind of measure in every setting in which something is offered or studied."""
    found = gap_map(ask.db, ask.services.frameworks, population=query.population, purpose=query.purpose)
    cells = [found.cells[role, setting] for role in found.roles for setting in (*found.settings, NOT_TOLD)]
    return all_of(
        [
            CellOut(
                role=each.role, setting=each.setting, level=each.level, studies=sorted(each.studies),
                independent=sorted(each.independent), from_words=sorted(each.from_words),
                offered=sorted(each.offered), claimed=sorted(each.claimed),
                is_gap=each.is_gap,
            )
            for each in cells
        ]
    )  # fmt: skip


CALLS = [show_map]
