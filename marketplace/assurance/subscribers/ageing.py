"""Whoever answered hears that a dated answer runs out; so does whoever holds a product that leans on it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.events.ageing import AnswerRunsOut
from marketplace.assurance.queries.safety.holders import holders_of
from marketplace.assurance.subscribers import RELIES
from marketplace.assurance.subscribers.telling import able, tell_of
from marketplace.catalogue.models import Product
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Heard


def tells_of_dated_answer(db: Session, heard: Heard) -> None:
    """The organisation that answered, and for a supplier every holder of a product that the answer is about."""
    event = heard.event
    assert isinstance(event, AnswerRunsOut)
    what = f"ran out on {in_words(event.until)}" if event.days == 0 else f"runs out on {in_words(event.until)}"
    body = f"It counts in {', '.join(event.counts_in)}."
    products = _products(db, event)
    if event.is_local:
        path = f"/products/{products[0].ref}/local-assurance" if products else "/desk"
        _tell(db, event.organisation_id, RELIES, heard, f"{event.label}, as you answered it, {what}", body, path)
        return
    path = f"/listings/{products[0].ref}/assurance/frameworks" if len(products) == 1 else "/listings"
    writers = (Permission.CATALOGUE_WRITE,)
    _tell(db, event.organisation_id, writers, heard, f"{event.label} {what}", body, path)
    for product in products:
        for holder_id in holders_of(db, product.id):
            title = f"{product.name}, which you use or rely on: {event.label} {what}"
            _tell(db, holder_id, RELIES, heard, title, body, f"/products/{product.ref}/assurance")


def _products(db: Session, event: AnswerRunsOut) -> list[Product]:
    """The product that it is about; for what is asked of an organisation each that it has on show."""
    rows = select(Product).where(Product.live_version_id.is_not(None)).order_by(Product.id)
    if event.product_id is not None:
        return list(db.scalars(rows.where(Product.id == event.product_id)))
    return list(db.scalars(rows.where(Product.organisation_id == event.organisation_id)))


def _tell(
    db: Session, organisation_id: UUID, permissions: Iterable[Permission], heard: Heard, title: str, body: str,
    path: str,
) -> None:  # fmt: skip
    whom = able(db, organisation_id, permissions, heard)
    tell_of(db, whom, organisation_id, heard, title, body, path, key=f":{path}")
