"""The days of a supplier's products: listings to confirm before they count as stale, and prices that end."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Price, Product
from marketplace.catalogue.queries.products import owned_by
from marketplace.catalogue.rules.ageing import stale_from
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import ONE_DAY, day_in_london
from marketplace.kit.icalendar import Entry

CATALOGUE, MOST = "catalogue", 400


def dates_of(db: Session, *, by: Actor, first: date, last: date) -> list[Entry]:
    """What the actor's organisation has to keep true on the catalogue, from `first` to `last`."""
    if by.organisation_id is None or not by.may(Permission.CATALOGUE_WRITE):
        return []
    found = [*_to_confirm(db, by), *_prices(db, by, first, last)]
    return [entry for entry in found if first <= entry.on <= last]


def _to_confirm(db: Session, by: Actor) -> Iterator[Entry]:
    mine = select(Product).where(owned_by(by), Product.state == "live")
    for product in db.scalars(mine.order_by(Product.touched_at, Product.id).limit(MOST)):
        day = stale_from(day_in_london(product.touched_at)) - ONE_DAY
        words = "From the day after, buyers see that nobody has confirmed it for a year."
        yield Entry(
            f"confirm-{product.id}@touchstone", day, f"Confirm that {product.name} is still true", words,
            kind=CATALOGUE, path=f"/listings/{product.ref}",
        )  # fmt: skip


def _prices(db: Session, by: Actor, first: date, last: date) -> Iterator[Entry]:
    rows = (
        select(Price, Product)
        .join(Product, Product.id == Price.product_id)
        .where(owned_by(by), Price.replaced_at.is_(None), Price.valid_until.between(first, last))
        .order_by(Price.valid_until, Price.id)
        .limit(MOST)
    )
    for price, product in db.execute(rows):
        assert price.valid_until is not None
        yield Entry(
            f"price-{price.id}@touchstone", price.valid_until, f"A price of {product.name} ends", price.label,
            kind=CATALOGUE, path=f"/listings/{product.ref}", is_task=False,
        )  # fmt: skip
