"""Finding protocols: stamped ones are everybody's, drafts are for those who write them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.evidence.models import NoteReview, Protocol
from marketplace.evidence.policies import may_evaluate
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote

WRITTEN = ("title", "template", "template_version", "version_number", "supplier_funded", "is_suppliers", "answers")


def visible_protocols(by: Actor | None) -> Select[Protocol]:
    """What was stamped, and the drafts of the actor's own organisation."""
    stamped = Protocol.state == "stamped"
    if by is None or not may_evaluate(by):
        return select(Protocol).where(stamped)
    own = and_(Protocol.organisation_id == by.organisation_id, Protocol.state == "draft")
    return select(Protocol).where(or_(stamped, own))


def find_protocol(db: Session, ref: str, *, by: Actor | None) -> Protocol:
    """The protocol with its owner and its reviews. Raises NotFound, for the drafts of others too."""
    nothing = NotFound(f"there is no protocol {quote(ref)}", "The evaluation kit says how one is begun.")
    spelled = reference_or(ref, "PRT", nothing)
    whole = (joinedload(Protocol.organisation), selectinload(Protocol.reviews).joinedload(NoteReview.study))
    found = db.scalars(visible_protocols(by).options(*whole).where(Protocol.ref == spelled)).one_or_none()
    if found is None:
        raise nothing
    return found


def protocols_of(db: Session, product_id: UUID, *, by: Actor | None) -> Sequence[Protocol]:
    """The protocols about a product that the actor may read, the newest first."""
    rows = visible_protocols(by).options(joinedload(Protocol.organisation)).where(Protocol.product_id == product_id)
    return db.scalars(rows.order_by(Protocol.created_at.desc())).all()


def own_protocols(db: Session, *, by: Actor) -> Sequence[Protocol]:
    """What the actor's organisation has planned, the newest first; no drafts that were thrown away."""
    rows = select(Protocol).options(joinedload(Protocol.organisation))
    rows = rows.where(Protocol.organisation_id == by.organisation_id, Protocol.state != "discarded")
    return db.scalars(rows.order_by(Protocol.created_at.desc())).all()


def protocol_content(protocol: Protocol) -> dict[str, Any]:
    """Every word of a protocol in plain values: what its digest covers."""
    return {**{name: getattr(protocol, name) for name in WRITTEN}, "ref": protocol.ref}
