"""Products described, priced, submitted, published or sent back, edition by edition, and what became of them."""

from collections.abc import Iterator, Mapping
from functools import partial
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.actions.editions import add_product, begin_edition, name_edition, save_answers
from marketplace.catalogue.actions.listing import (
    confirm_listing,
    publish_listing,
    send_back,
    submit_listing,
    suspend_listing,
    withdraw_listing,
)
from marketplace.catalogue.actions.prices import declare_prices
from marketplace.catalogue.events import ListingConfirmed, ListingSuspended, ListingWithdrawn
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import declared_prices, latest_version
from marketplace.demonstration.content import Edition, Offered, ProductOf, Turn, first_answers, plain
from marketplace.demonstration.papers import content_of
from marketplace.demonstration.stage import Scene, Stage, happened, product_called
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

BEGUN, WRITTEN, PRICED, SUBMITTED = 6, 4, 2, 1
"""Days ahead of the day of the edition."""
DESK = "Touchstone demonstration desk"


class Listing(Value):
    """A product on its way: whose it is, what is declared of it, and who writes on it."""

    stage: Stage
    offered: Offered
    declared: ProductOf

    def writer(self, db: Session) -> Actor:
        return self.stage.somebody(db, self.offered.organisation, "supplier-manager")

    def moderator(self, db: Session) -> Actor:
        return self.stage.somebody(db, DESK, "operator")

    def find(self, db: Session) -> Product | None:
        return product_called(db, self.declared.name, self.offered.organisation)


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each edition and each turn of every listing, in no order."""
    for offered, declared in stage.content.products():
        listing = Listing(stage, offered, declared)
        for place, edition in enumerate(declared.editions, start=1):
            yield Scene(stage.moment(edition.days_ago), partial(_edition, listing, place, edition))
        for turn in declared.then:
            yield Scene(stage.moment(turn.days_ago), partial(_turn, listing, turn))


def _edition(listing: Listing, place: int, edition: Edition, db: Session) -> None:
    """One edition, from its beginning to where it came; nothing where the product has it already."""
    known = listing.find(db)
    if known is not None and latest_version(db, known).edition >= place:
        return
    product = known or _add(listing, edition, db)
    version = latest_version(db, product) if known is None else _begin(listing, product, edition, db)
    answers = first_answers(listing.offered, listing.declared, _form(listing)) if known is None else edition.answers
    _write(listing, product, version, edition, answers, db)
    if known is None:
        _accompany(listing, product, edition, db)
    _bring(listing, product, edition, db)


def _form(listing: Listing) -> Mapping[str, Any]:
    return listing.stage.frameworks.form(listing.declared.kind).questions


def _add(listing: Listing, edition: Edition, db: Session) -> Product:
    form = listing.stage.frameworks.form(listing.declared.kind)
    at = listing.stage.moment(edition.days_ago + BEGUN, 15)
    return add_product(db, name=listing.declared.name, form=form, by=listing.writer(db), at=at)


def _begin(listing: Listing, product: Product, edition: Edition, db: Session) -> Version:
    at = listing.stage.moment(edition.days_ago + WRITTEN, 15)
    return begin_edition(db, product, by=listing.writer(db), at=at)


def _write(
    listing: Listing, product: Product, version: Version, edition: Edition, answers: Mapping[str, Any], db: Session
) -> None:
    by, at = listing.writer(db), listing.stage.moment(edition.days_ago + WRITTEN, 140)
    form = listing.stage.frameworks.form(product.kind)
    saved = save_answers(db, product, version, plain(answers), form=form, row_version=None, by=by, at=at)
    if saved.errors:
        raise Invalid(f"{listing.declared.name} {edition.number} does not hold", "Mend its file.", fields=saved.errors)
    name_edition(
        db, product, version, name=version.name, number=edition.number, change=edition.change, row_version=None,
        by=by, at=at,
    )  # fmt: skip


def _accompany(listing: Listing, product: Product, edition: Edition, db: Session) -> None:
    """Documents and prices, once."""
    by, stage = listing.writer(db), listing.stage
    for place, document in enumerate(listing.declared.documents):
        attach(
            db, stage.files, product, BytesIO(content_of(document, product.name)), file_name=document.file,
            kind=document.kind, access=document.access, by=by,
            at=stage.moment(edition.days_ago + PRICED, 30 + place),
        )  # fmt: skip
    if listing.declared.offers:
        at = stage.moment(edition.days_ago + PRICED, 200)
        declare_prices(
            db, product, listing.declared.offers, valid_from=at.date(), valid_until=None, row_version=None, by=by, at=at
        )


def _bring(listing: Listing, product: Product, edition: Edition, db: Session) -> None:
    """As far as the edition came: it stays a draft, waits for a moderator, was sent back, or was published."""
    if edition.state == "draft":
        return
    stage = listing.stage
    offers = [price.offer for price in declared_prices(db, product.id)]
    form = stage.frameworks.form(product.kind)
    asked_at = stage.moment(edition.days_ago + SUBMITTED, 300)
    submit_listing(db, product, form=form, offers=offers, by=listing.writer(db), at=asked_at)
    at = stage.moment(edition.days_ago, 330)
    if edition.state == "sent-back":
        send_back(db, product, edition.reasons, by=listing.moderator(db), at=at)
    if edition.state == "published":
        publish_listing(db, product, by=listing.moderator(db), at=at)


def _turn(listing: Listing, turn: Turn, db: Session) -> None:
    product = listing.find(db)
    assert product is not None, listing.declared.name
    at = listing.stage.moment(turn.days_ago, 360)
    if turn.move == "suspend" and not happened(db, ListingSuspended, product.id):
        suspend_listing(db, product, reason=turn.reason, by=listing.moderator(db), at=at)
    if turn.move == "withdraw" and not happened(db, ListingWithdrawn, product.id):
        withdraw_listing(db, product, reason=turn.reason, by=listing.writer(db), at=at)
    if turn.move == "confirm" and not happened(db, ListingConfirmed, product.id):
        confirm_listing(db, product, by=listing.writer(db), at=at)
