"""What a year of every product costs at one buyer's volumes, to narrow a search by and to put its results in order."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Price, Product
from marketplace.catalogue.rules.costing import Costing
from marketplace.catalogue.rules.offers import Offer, Tier
from marketplace.catalogue.rules.pricing import yearly_cost
from marketplace.kit.errors import Invalid
from marketplace.kit.kept import Kept
from marketplace.ports.search.port import Costs

Key = tuple[str, tuple[tuple[str, int], ...]]
KEPT: Kept[Key, Mapping[str, int]] = Kept(8)
AT_ONCE = 1_000


def costs_for(db: Session, costing: Costing, *, on: date) -> Costs:
    """The yearly costs, ex VAT, worked out once for the same volumes until a price is declared or the day changes."""
    drawn, volumes = f"{on} {_newest(db)}", tuple(sorted(costing.counted.items()))
    pence = KEPT.get((drawn, volumes), lambda: dict(_yearly(db, dict(volumes), on)))
    return Costs(pence=pence, volumes=volumes, drawn=drawn, least=costing.least, most=costing.most)


def _newest(db: Session) -> str:
    """What tells that prices changed: they are only added, and marked once as replaced."""
    newest = db.scalar(select(Price.id).order_by(Price.id.desc()).limit(1))
    replaced = db.execute(select(func.count(Price.replaced_at), func.max(Price.replaced_at))).one()
    return f"{newest} {replaced[0]} {replaced[1]}"


def _yearly(db: Session, volumes: Mapping[str, int], on: date) -> Iterator[tuple[str, int]]:
    rows = db.execute(_holding(on).execution_options(yield_per=AT_ONCE))
    for ref, prices in groupby(rows, key=lambda row: str(row[0])):
        offers = [_offer(row) for row in prices]
        try:
            cost = yearly_cost(offers, volumes)
        except Invalid:
            continue
        if cost.yearly:
            yield ref, cost.year.net.pence


def _holding(on: date) -> Select[str, str, str, str, str, int, list[dict[str, int]], int, bool]:
    """Every price that holds on a day, product by product, in its order."""
    told = select(
        Product.ref, Price.model, Price.label, Price.unit, Price.period, Price.pence, Price.tiers, Price.minimum_pence,
        Price.optional,
    )  # fmt: skip
    holding = told.join(Price, Price.product_id == Product.id).where(
        Price.replaced_at.is_(None), Price.valid_from <= on
    )
    until = or_(Price.valid_until.is_(None), Price.valid_until >= on)
    return holding.where(until).order_by(Product.ref, Price.position)


def _offer(row: Any) -> Offer:
    """A row of `_holding` as the rules read it."""
    return Offer(
        model=row.model, label=row.label, unit=row.unit, period=row.period, pence=row.pence,
        tiers=tuple(Tier(tier["above"], tier["pence"]) for tier in row.tiers), minimum_pence=row.minimum_pence,
        optional=row.optional,
    )  # fmt: skip
