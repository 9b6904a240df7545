"""Finding one product, or the editions, prices and documents of one."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select, true
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Attachment, Claim, Price, Product, Review, Version
from marketplace.catalogue.rules.offers import Offer
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission, owns
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote
from marketplace.kit.values import Value

STAMP = (
    select(Product.id, Product.organisation_id, Product.live_version_id, Product.row_version, Organisation.version)
    .outerjoin(Organisation, Organisation.id == Product.organisation_id)
    .where(Product.ref == bindparam("ref"), Product.live_version_id.is_not(None))
)
OPEN = ("draft", "submitted")
SHOWN = ("published", "superseded")


class Stamp(Value):
    """What has to be the same for the page of a product to be the same: every change to it counts `row_version` up."""

    product_id: UUID
    organisation_id: UUID | None
    live_version_id: UUID | None
    row_version: int
    supplier_version: int | None


class EditionShown(Value):
    """An edition as the supplier calls and classes it; `is_live` where it is the one on show."""

    edition: int
    number: str
    change: str
    is_live: bool


def product_for(db: Session, ref: str, *, by: Actor | None) -> Product:
    """The product of this reference with its supplier and live edition. Raises NotFound for the drafts of others."""
    return _one(db, ref, select(Product).where(or_(Product.live_version_id.is_not(None), _open_to(by))))


def product_of_id(db: Session, product_id: UUID, *, by: Actor | None) -> Product:
    """The product that a thing below the catalogue is of, with its supplier and live edition. Raises NotFound."""
    scoped = select(Product).where(Product.id == product_id, or_(Product.live_version_id.is_not(None), _open_to(by)))
    found = db.scalars(scoped.options(joinedload(Product.supplier), joinedload(Product.live_version))).one_or_none()
    if found is None:
        raise NotFound("there is no such product", "Look for it in the catalogue.")
    return found


def own_product(db: Session, ref: str, *, by: Actor) -> Product:
    """A product of the actor's organisation. Raises NotFound for everybody else's, on show or not."""
    return _one(db, ref, select(Product).where(owned_by(by)))


def moderated_product(db: Session, ref: str, *, by: Actor) -> Product:
    """A product that the actor may look through as a moderator. Raises NotFound."""
    return _one(db, ref, select(Product).where(moderated_by(by)))


def open_version(db: Session, product: Product) -> Version | None:
    """The edition that is being written or looked through; there is at most one."""
    mine = select(Version).where(Version.product_id == product.id, Version.state.in_(OPEN))
    return db.scalars(mine).one_or_none()


def version_for(db: Session, product: Product, edition: int, *, by: Actor | None) -> Version:
    """An edition that is or was on show, or a draft of one's own. Raises NotFound."""
    asked = select(Version).where(Version.product_id == product.id, Version.edition == edition)
    inside = by is not None and (by.may(Permission.CATALOGUE_MODERATE) or owns(by, product.organisation_id))
    found = db.scalars(asked if inside else asked.where(Version.state.in_(SHOWN))).one_or_none()
    if found is None:
        raise NotFound(f"{product.name} has no edition {edition}", "The page of the product lists its editions.")
    return found


def shown_versions(db: Session, product_id: UUID) -> list[Version]:
    """The editions that are or were on show, newest first."""
    shown = select(Version).where(Version.product_id == product_id, Version.state.in_(SHOWN))
    return list(db.scalars(shown.order_by(Version.edition.desc())))


def editions_shown(db: Session, product_ids: Collection[UUID]) -> dict[UUID, list[EditionShown]]:
    """What the editions that are or were on show are called, newest first, by product, in one light query."""
    is_live = Product.live_version_id == Version.id
    rows = (
        select(Version.product_id, Version.edition, Version.number, Version.change, is_live)
        .join(Product, Product.id == Version.product_id)
        .where(Version.product_id.in_(product_ids), Version.state.in_(SHOWN))
        .order_by(Version.edition.desc())
    )
    found: dict[UUID, list[EditionShown]] = {product_id: [] for product_id in product_ids}
    for product_id, edition, number, change, live in db.execute(rows):
        found[product_id].append(EditionShown(edition, number, change, bool(live)))
    return found


def latest_version(db: Session, product: Product) -> Version:
    """The newest edition in whatever state."""
    newest = select(Version).where(Version.product_id == product.id).order_by(Version.edition.desc()).limit(1)
    return db.scalars(newest).one()


def prices_on(db: Session, product_id: UUID, day: date, *, known_at: datetime | None = None) -> list[Price]:
    """The prices that hold on a day, as declared now, or as they were declared at a moment in the past."""
    holding = select(Price).where(Price.product_id == product_id, Price.valid_from <= day)
    holding = holding.where(or_(Price.valid_until.is_(None), Price.valid_until >= day))
    if known_at is None:
        holding = holding.where(Price.replaced_at.is_(None))
    else:
        still = or_(Price.replaced_at.is_(None), Price.replaced_at > known_at)
        holding = holding.where(Price.declared_at <= known_at, still)
    return list(db.scalars(holding.order_by(Price.position, Price.id)))


def declared_prices(db: Session, product_id: UUID) -> list[Price]:
    """The prices that stand, whether they hold already or from a later day."""
    standing = select(Price).where(Price.product_id == product_id, Price.replaced_at.is_(None))
    return list(db.scalars(standing.order_by(Price.valid_from, Price.position)))


def offers_of(db: Session, product_id: UUID, *, on: date) -> list[Offer]:
    """What is asked for a product on a day or from a later one; a price that ended is none."""
    return [price.offer for price in declared_prices(db, product_id) if not price.is_over(on)]


def attachments_of(db: Session, product_id: UUID) -> list[Attachment]:
    """The documents that are there now, public ones and those given on request."""
    there = select(Attachment).where(Attachment.product_id == product_id, Attachment.removed_at.is_(None))
    return list(db.scalars(there.order_by(Attachment.added_at, Attachment.id)))


def attachment_for(db: Session, product: Product, attachment_id: UUID) -> Attachment:
    """A document of the product that was not removed. Raises NotFound."""
    asked = select(Attachment).where(Attachment.id == attachment_id, Attachment.product_id == product.id)
    found = db.scalars(asked.where(Attachment.removed_at.is_(None))).one_or_none()
    if found is None:
        raise NotFound("there is no such document", "The page of the product lists its documents.")
    return found


def reviews_of(db: Session, version_id: UUID) -> list[Review]:
    """What moderators said of an edition, newest first."""
    return list(db.scalars(select(Review).where(Review.version_id == version_id).order_by(Review.at.desc())))


def claims_of(db: Session, product: Product, *, by: Actor) -> list[Claim]:
    """Claims on a product: an organisation sees its own, a moderator all."""
    asked = select(Claim).options(joinedload(Claim.organisation)).where(Claim.product_id == product.id)
    if not by.may(Permission.CATALOGUE_MODERATE):
        asked = asked.where(Claim.organisation_id == by.organisation_id)
    return list(db.scalars(asked.order_by(Claim.asked_at.desc())))


def _one(db: Session, ref: str, scoped: Select[Product]) -> Product:
    nothing = NotFound(f"there is no product {quote(ref)}", "Look for it by name in the catalogue.")
    spelled = reference_or(ref, "PRD", nothing)
    loaded = scoped.options(joinedload(Product.supplier), joinedload(Product.live_version))
    product = db.scalars(loaded.where(Product.ref == spelled)).one_or_none()
    if product is None:
        raise nothing
    return product


def owned_by(by: Actor | None) -> ColumnElement[bool]:
    """The products of the actor's organisation; none for somebody who acts for no organisation."""
    return Product.organisation_id == by.organisation_id if by and by.organisation_id else false()


def _open_to(by: Actor | None) -> ColumnElement[bool]:
    return or_(owned_by(by), moderated_by(by))


def moderated_by(by: Actor | None) -> ColumnElement[bool]:
    """Everything for a moderator, nothing for anybody else."""
    return true() if by and by.may(Permission.CATALOGUE_MODERATE) else false()
