"""What a supplier has on the catalogue, and what waits for whom."""

from collections import defaultdict
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Price, Product, Version
from marketplace.catalogue.queries.products import OPEN, owned_by
from marketplace.catalogue.rules.offers import Offer
from marketplace.identity.policies import Actor
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.values import Value

SIZE = 50


class Listed(Value):
    """A product of one's own: its open edition if there is one, the one on show, and the prices that stand."""

    product: Product
    open: Version | None
    live: Version | None
    prices: tuple[Price, ...]

    def offers(self, on: date) -> list[Offer]:
        """What is asked for it on a day or from a later one."""
        return [price.offer for price in self.prices if not price.is_over(on)]


def listings_of(db: Session, *, by: Actor, after: str | None = None, limit: int = SIZE) -> Page[Listed]:
    """The products of the actor's organisation by name, in four queries whatever their number."""
    mine = select(Product).where(owned_by(by))
    total = len(db.scalars(select(Product.id).where(owned_by(by)).limit(COUNTED + 1)).all())
    if after:
        name, ref = decode_cursor(after, (str, str))
        mine = mine.where((Product.name > name) | ((Product.name == name) & (Product.ref > ref)))
    rows = list(db.scalars(mine.order_by(Product.name, Product.ref).limit(limit + 1)))
    shown = rows[:limit]
    cursor = encode_cursor(shown[-1].name, shown[-1].ref) if len(rows) > limit else None
    return Page(_listed(db, shown), total, cursor)


def _listed(db: Session, products: list[Product]) -> list[Listed]:
    ids = [product.id for product in products]
    open_ones = _versions(db, ids, OPEN)
    live = _versions(db, ids, ("published",))
    prices: dict[UUID, list[Price]] = defaultdict(list)
    for price in db.scalars(select(Price).where(Price.product_id.in_(ids), Price.replaced_at.is_(None))):
        prices[price.product_id].append(price)
    return [Listed(p, open_ones.get(p.id), live.get(p.id), tuple(prices[p.id])) for p in products]


def _versions(db: Session, ids: list[UUID], states: tuple[str, ...]) -> dict[UUID, Version]:
    found = select(Version).where(Version.product_id.in_(ids), Version.state.in_(states))
    return {version.product_id: version for version in db.scalars(found)}
