"""Following a product, or all that a supplier offers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.procurement.events import FollowBegun, FollowEnded
from marketplace.procurement.models import Follow
from marketplace.procurement.queries.saved import follow_on


def follow_product(db: Session, product: Product, *, by: Actor, at: datetime) -> Follow:
    """Hear when a product's state, edition or price changes. Raises NotAllowed."""
    return _follow(db, "product", product.id, follow_on(db, product.id, by=by), by=by, at=at)


def follow_supplier(db: Session, supplier_id: UUID, *, by: Actor, at: datetime) -> Follow:
    """Hear of everything that a supplier offers, what is new too. Raises NotAllowed."""
    return _follow(db, "supplier", supplier_id, follow_on(db, supplier_id, by=by), by=by, at=at)


def end_follow(db: Session, follow: Follow, *, by: Actor, at: datetime) -> None:
    """Hear of it no longer. Raises NotAllowed."""
    if by.person_id != follow.person_id:
        raise NotAllowed("somebody else follows this", "Each ends their own.")
    follow.ended_at = at
    record(db, FollowEnded(follow_id=follow.id), by=by, at=at)


def _follow(db: Session, kind: str, followed_id: UUID, known: Follow | None, *, by: Actor, at: datetime) -> Follow:
    if by.person_id is None:
        raise NotAllowed("people follow, programs do not", "Sign in first.")
    if known is not None and known.ended_at is None:
        return known
    follow = known or Follow(id=new_id(at), person_id=by.person_id)
    follow.product_id = followed_id if kind == "product" else None
    follow.supplier_id = followed_id if kind == "supplier" else None
    follow.organisation_id, follow.since, follow.ended_at = by.organisation_id, at, None
    db.add(follow)
    record(db, FollowBegun(follow_id=follow.id, kind=kind, followed_id=followed_id), by=by, at=at)
    return follow
