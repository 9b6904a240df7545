"""Which products a version of a framework moves: every one on show, judged before and after, in batches."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.queries.givens import givens_of_many
from marketplace.assurance.queries.standings import described_of, shown_version, standings_of_many
from marketplace.assurance.rules.applying import applicability
from marketplace.assurance.rules.differences import Turn, turn
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.standings import FrameworkStanding, standing
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import Value

AT_ONCE = 250
"""So many products are read at a time: what is held in memory stays the same, however many there are."""
Told = Callable[[int, int], None]


class Foreseen(Value):
    """A product whose verdict would be another under the new version."""

    ref: str
    name: str
    supplier: str
    turn: Turn


def _silent(done: int, of: int) -> None:
    """Nobody watches."""


def standings_over(
    db: Session, frameworks: Frameworks, *, on: date, at: datetime, told: Told = _silent
) -> Iterator[tuple[Product, tuple[FrameworkStanding, ...]]]:
    """Every product on show under every framework; `told` hears how many are done, and of how many."""
    for products in _in_batches(db, told):
        found = standings_of_many(db, frameworks, products, on=on, at=at)
        for product in products:
            yield product, found[product.id]


def foreseen(
    db: Session, frameworks: Frameworks, old: AssuranceFramework, new: AssuranceFramework, *, on: date, at: datetime,
    supplier_id: UUID | None = None, told: Told = _silent,
) -> Iterator[Foreseen]:  # fmt: skip
    """The products whose verdict would be another, by their answers alone; of one supplier where it is named."""
    for products in _in_batches(db, told, supplier_id):
        versions = {product.id: shown_version(db, product) for product in products}
        given = givens_of_many(db, products, {key: each.answers for key, each in versions.items()}, at=at)
        for product in products:
            described = described_of(frameworks, product, versions[product.id])
            before, after = (
                standing(each, applicability(each, described), judge(each, given[product.id], on=on))
                for each in (old, new)
            )
            if found := turn(before, after):
                yield Foreseen(product.ref, product.name, product.supplier_name, found)


def _in_batches(db: Session, told: Told, supplier_id: UUID | None = None) -> Iterator[Sequence[Product]]:
    """Products on show, so many at a time, let go of again once they were looked at."""
    wanted = _on_show(supplier_id)
    count = db.scalar(select(func.count(Product.id)).where(*wanted)) or 0
    rows = select(Product).options(joinedload(Product.supplier), joinedload(Product.live_version)).where(*wanted)
    last: UUID | None = None
    done = 0
    while True:
        after = rows.where(Product.id > last) if last is not None else rows
        products = list(db.scalars(after.order_by(Product.id).limit(AT_ONCE)))
        if not products:
            return
        yield products
        last, done = products[-1].id, done + len(products)
        told(done, count)


def _on_show(supplier_id: UUID | None) -> list[ColumnElement[bool]]:
    shown: list[ColumnElement[bool]] = [Product.live_version_id.is_not(None)]
    return [*shown, Product.organisation_id == supplier_id] if supplier_id else shown
