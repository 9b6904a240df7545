"""What waits for a moderator, oldest first, and names that a listing can be taken for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Claim, Product, Version
from marketplace.catalogue.queries.products import moderated_by
from marketplace.catalogue.rules.naming import Alike, looks_like, shape
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.text import skeleton
from marketplace.kit.values import Value

MOST = 200
STEM = 4
"""Names are compared with those whose skeleton begins with the same letters."""


class Waiting(Value):
    """A submitted edition: whose it is, since when it waits, and whether this actor may decide on it."""

    product: Product
    version: Version
    since: datetime
    is_own: bool

    def days(self, at: datetime) -> int:
        return max(0, (at - self.since).days)


class Lookalike(Value):
    """Another product with a name like this one, with what tells its supplier apart."""

    product: Product
    alike: Alike
    registered: str


def waiting(db: Session, *, by: Actor) -> list[Waiting]:
    """The submitted editions, oldest first; nothing for somebody who does not moderate."""
    queue = (
        select(Version, Product)
        .join(Product, Product.id == Version.product_id)
        .options(joinedload(Product.supplier))
        .where(Version.state == "submitted", moderated_by(by))
        .order_by(Version.submitted_at, Version.id)
        .limit(MOST)
    )
    return [
        Waiting(product, version, version.submitted_at or version.created_at, _is_own(by, product, version))
        for version, product in db.execute(queue)
    ]


def claims_waiting(db: Session, *, by: Actor) -> list[Claim]:
    """The claims that nobody has settled, oldest first."""
    asked = select(Claim).options(joinedload(Claim.product), joinedload(Claim.organisation))
    asked = asked.where(Claim.state == "asked", moderated_by(by))
    return list(db.scalars(asked.order_by(Claim.asked_at, Claim.id).limit(MOST)))


def lookalikes(db: Session, name: str, *, except_id: UUID | None, supplier_id: UUID | None) -> list[Lookalike]:
    """Products of other suppliers that this name can be taken for, those that look the same first."""
    if not skeleton(name):
        return []
    stems = {stem for stem in (skeleton(name)[:STEM], shape(name)[:STEM]) if stem}
    begins = [Product.skeleton.startswith(stem, autoescape=True) for stem in sorted(stems)]
    near = select(Product).options(joinedload(Product.supplier)).where(or_(*begins))
    found = {p.id: p for p in db.scalars(near.limit(MOST * 10)) if p.id != except_id and _is_others(p, supplier_id)}
    alike = looks_like(name, ((key, product.name) for key, product in found.items()))
    return [Lookalike(found[key], how, _registered(found[key].supplier)) for key, how in alike]


def _is_others(product: Product, supplier_id: UUID | None) -> bool:
    return supplier_id is None or product.organisation_id != supplier_id


def _registered(supplier: Organisation | None) -> str:
    if supplier is None:
        return "unclaimed"
    number = supplier.companies_house_number
    return f"{supplier.name}, company {number}" if number else supplier.name


def _is_own(by: Actor, product: Product, version: Version) -> bool:
    same = product.organisation_id is not None and product.organisation_id == by.organisation_id
    return same or (by.person_id is not None and by.person_id == version.submitted_by_id)
