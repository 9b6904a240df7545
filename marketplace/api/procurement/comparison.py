"""Two to five products side by side: for anybody at their own volumes, and in a project at its volumes."""

from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, get
from marketplace.api.procurement.candidates import CostingOut, costing_out
from marketplace.api.procurement.common import StandingOut, project_of, standing_out
from marketplace.api.shapes import Asking, Out, Ref
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.procurement.queries.compare import MOST, Comparison, compare
from marketplace.procurement.queries.shortlist import shortlist

Number = Annotated[int, Field(ge=0, le=10**9)]
Refs = Annotated[list[Ref], Field(max_length=MOST * 2)]


class Compared(Asking):
    """The products to compare, and how much of them is needed."""

    product: Refs = Field(default_factory=list)
    users: Number | None = None
    uses: Number | None = None
    sites: Number | None = None
    years: Annotated[int, Field(ge=1, le=15)] = 1


class Chosen(Asking):
    """The products to compare; left out, those that the project includes."""

    product: Refs = Field(default_factory=list)


class HeadOut(Out):
    """A product of a comparison: the order of these is the order of the cells."""

    ref: str
    name: str
    supplier: str
    stands: StandingOut
    cost: CostingOut


class RowOut(Out):
    label: str
    cells: list[str]
    differs: bool


class GroupOut(Out):
    label: str
    rows: list[RowOut]


class ComparisonOut(Out):
    """Every line about the products; `same` is how many lines do not differ."""

    products: list[HeadOut]
    groups: list[GroupOut]
    same: int


@get("/comparison", who=PUBLIC, is_shared=True)
def compare_products(ask: Asked, query: Compared) -> ComparisonOut:
    """Two to five products side by side."""
    given = {"users": query.users, "uses": query.uses, "sites": query.sites}
    volumes = {unit: number for unit, number in given.items() if number is not None}
    return comparison_out(
        compare(ask.db, ask.services.frameworks, query.product, volumes=volumes, years=query.years,
                on=day_in_london(ask.at))
    )  # fmt: skip


@get("/projects/{ref:str}/comparison", who=ANYBODY_SIGNED_IN, scope=Permission.PROJECT_READ)
def compare_in_project(ask: Asked, ref: str, query: Chosen) -> ComparisonOut:
    """Two to five products side by side, for the volumes and the term of the project."""
    project, on = project_of(ask, ref), day_in_london(ask.at)
    refs = query.product
    if not refs:
        board = shortlist(ask.db, project, ask.services.frameworks, on=on)
        refs = [card.look.product.ref for card in board.included][:MOST]
    found = compare(ask.db, ask.services.frameworks, refs, volumes=project.volumes, years=project.term_years, on=on)
    return comparison_out(found)


def comparison_out(found: Comparison) -> ComparisonOut:
    heads = [
        HeadOut(ref=look.product.ref, name=look.name, supplier=look.product.supplier_name,
                stands=standing_out(look.standing), cost=costing_out(look.costing))
        for look in found.looks
    ]  # fmt: skip
    groups = [
        GroupOut(label=group.label, rows=[RowOut.model_validate(row) for row in group.rows]) for group in found.groups
    ]
    return ComparisonOut(products=heads, groups=groups, same=found.same)


CALLS = [compare_products, compare_in_project]
