"""Who takes part in a purchase of a product that is under way."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.procurement.models import Party, Procurement

UNDER_WAY = ("inviting", "settled", "running")


def taking_part(db: Session, product_id: UUID) -> dict[UUID, list[str]]:
    """The organisations that joined a purchase of a product, each with the references of those."""
    rows = (
        select(Party.organisation_id, Procurement.ref)
        .join(Procurement, Procurement.id == Party.procurement_id)
        .where(Procurement.product_id == product_id, Procurement.state.in_(UNDER_WAY), Party.state == "joined")
        .order_by(Procurement.id, Party.position)
    )
    found: dict[UUID, list[str]] = {}
    for organisation_id, ref in db.execute(rows):
        found.setdefault(organisation_id, []).append(ref)
    return found
