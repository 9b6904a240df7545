"""What a buying organisation has of the catalogue to pass on: the documents that it may read, or asked for."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import DocumentRequest
from marketplace.identity.rules.successions import Foreseen, Passing, Thing


def foresee(db: Session, passing: Passing) -> Foreseen:
    """Documents go where all of the organisation goes: whoever takes a part over asks the supplier."""
    return Foreseen(tuple(Thing("document", one.id, one.attachment.name) for one in requests_of(db, passing)))


def requests_of(db: Session, passing: Passing) -> list[DocumentRequest]:
    """What the old organisation asked for and the new one did not."""
    if not passing.is_whole:
        return []
    own = select(DocumentRequest.attachment_id).where(DocumentRequest.organisation_id == passing.new.id)
    rows = select(DocumentRequest).options(joinedload(DocumentRequest.attachment)).where(
        DocumentRequest.organisation_id == passing.old.id, DocumentRequest.attachment_id.notin_(own)
    )  # fmt: skip
    return list(db.scalars(rows.order_by(DocumentRequest.id)))
