"""How products stand now: what is on show, its prices, and what they come to for a project."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.rules.offers import Offer
from marketplace.catalogue.search import offers_on
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import check_reference
from marketplace.kit.values import Value, asdict
from marketplace.procurement.models import Project
from marketplace.procurement.rules.costs import Costing, costing
from marketplace.procurement.rules.standing import Standing


class Look(Value):
    """A product as anybody sees it today, with the prices that hold and what they cost in a project."""

    product: Product
    offers: tuple[Offer, ...]
    costing: Costing

    @property
    def version(self) -> Version | None:
        return self.product.live_version

    @property
    def name(self) -> str:
        return self.version.name if self.version else self.product.name

    @property
    def standing(self) -> Standing:
        version = self.version
        return Standing(
            state=self.product.shown_state,
            edition=version.edition if version else None,
            number=version.number if version else "",
            prices=tuple(_plain(offer) for offer in self.offers),
            yearly_pence=self.costing.yearly_pence,
        )


def looks(
    db: Session, product_ids: Sequence[UUID], *, on: date, volumes: Mapping[str, int], years: int = 1
) -> dict[UUID, Look]:
    """The products of these ids that were ever on show, in two queries."""
    shown = select(Product).options(joinedload(Product.supplier), joinedload(Product.live_version))
    shown = shown.where(Product.id.in_(product_ids), Product.live_version_id.is_not(None))
    offers = offers_on(db, product_ids, on)
    found = {}
    for product in db.scalars(shown):
        prices = tuple(offers.get(product.id, ()))
        found[product.id] = Look(product, prices, costing(prices, volumes, years))
    return found


def looks_in(db: Session, project: Project, product_ids: Sequence[UUID], *, on: date) -> dict[UUID, Look]:
    """The same for the volumes and the term of a project."""
    return looks(db, product_ids, on=on, volumes=project.volumes, years=project.term_years)


def products_by_ref(db: Session, refs: Sequence[str]) -> list[Product]:
    """The products on show that these references name, each once, in the order given; others are passed over."""
    spelled = list(dict.fromkeys(filter(None, map(_spelled, refs))))
    shown = select(Product).options(joinedload(Product.supplier), joinedload(Product.live_version))
    shown = shown.where(Product.ref.in_(spelled), Product.live_version_id.is_not(None))
    by_ref = {product.ref: product for product in db.scalars(shown)}
    return [by_ref[ref] for ref in spelled if ref in by_ref]


def _spelled(ref: str) -> str:
    try:
        return check_reference(ref, "PRD")
    except Invalid:
        return ""


def _plain(offer: Offer) -> dict[str, object]:
    """A price as JSON keeps it, the same after a way through a database."""
    return {**asdict(offer), "tiers": [asdict(tier) for tier in offer.tiers]}
