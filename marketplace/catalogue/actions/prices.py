"""Declaring what a product costs. A price is never changed: it is replaced, and what held on a day can be read."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.events import PricesChanged
from marketplace.catalogue.models import Price, Product
from marketplace.catalogue.policies import may_edit
from marketplace.catalogue.queries.products import declared_prices
from marketplace.catalogue.rules.offers import Offer
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import add_months, day_in_london, in_words
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

MOST_PRICES = 30
MOST_MONTHS_AHEAD = 60


def declare_prices(
    db: Session, product: Product, offers: Sequence[Offer], *,
    valid_from: date, valid_until: date | None, row_version: int | None, by: Actor, at: datetime,
) -> list[Price]:  # fmt: skip
    """Put these prices in place of those that stand; one that begins later lets the present ones hold until then.

    Raises NotAllowed, Conflict from a stale page, Invalid where the days or the number of prices cannot be.
    """
    if not may_edit(by, product):
        raise NotAllowed("only the supplier's people can declare prices", "Act for the supplier.")
    hold_version(row_version, product.row_version)
    _refuse_bad_days(valid_from, valid_until, day_in_london(at))
    if not offers:
        raise Invalid("no price was given", "Declare at least one; what costs nothing is declared as free of charge.")
    if len(offers) > MOST_PRICES:
        raise Invalid(f"there are {len(offers)} prices", f"Declare at most {MOST_PRICES}.")
    kept = _replaced(db, product.id, valid_from, at)
    prices = [
        _price(product.id, place, offer, valid_from, valid_until, at) for place, offer in enumerate(offers, start=1)
    ]
    db.add_all([*kept, *prices])
    product.row_version = product.row_version + 1
    record(db, PricesChanged(product_id=product.id), by=by, at=at)
    db.flush()
    return prices


def _refuse_bad_days(valid_from: date, valid_until: date | None, today: date) -> None:
    last = add_months(today, MOST_MONTHS_AHEAD)
    if valid_from > last:
        told = f"{in_words(valid_from)} is too far ahead. Use a day up to {in_words(last)}."
        raise Invalid("the prices begin too far ahead", "Use an earlier day.", fields={"valid-from": told})
    if valid_until is not None and valid_until < valid_from:
        told = f"{in_words(valid_until)} is before {in_words(valid_from)}. Use a later day, or leave it empty."
        raise Invalid("the prices end before they begin", "Use a later day.", fields={"valid-until": told})
    if valid_until is not None and valid_until < today:
        told = f"{in_words(valid_until)} is over. Use a later day, or leave it empty."
        raise Invalid("the prices have ended already", "Use a later day.", fields={"valid-until": told})


def _replaced(db: Session, product_id: UUID, valid_from: date, at: datetime) -> list[Price]:
    """Replace every price that stands; what held before the new ones begin is declared again until that day."""
    last_day, kept = valid_from - timedelta(days=1), []
    for price in declared_prices(db, product_id):
        price.replaced_at = at
        if price.valid_from <= last_day and last_day >= day_in_london(at):
            until = last_day if price.valid_until is None else min(price.valid_until, last_day)
            kept.append(_price(product_id, price.position, price.offer, price.valid_from, until, at))
    return kept


def _price(
    product_id: UUID, position: int, offer: Offer, valid_from: date, valid_until: date | None, at: datetime
) -> Price:
    return Price(
        id=new_id(at), product_id=product_id, position=position, model=offer.model, label=offer.label, unit=offer.unit,
        period=offer.period, pence=offer.pence, tiers=[{"above": t.above, "pence": t.pence} for t in offer.tiers],
        minimum_pence=offer.minimum_pence, optional=offer.optional, valid_from=valid_from, valid_until=valid_until,
        declared_at=at,
    )  # fmt: skip
