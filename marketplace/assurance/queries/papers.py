"""Documents behind answers, as they were when the answer was given, whatever stands beside the product now."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Case
from marketplace.assurance.queries.given import answers_of
from marketplace.catalogue.models import Attachment, Product
from marketplace.kit.errors import NotFound


def kept_documents(db: Session, supplier_id: UUID, digests: Sequence[str]) -> dict[str, Attachment]:
    """Documents of a supplier by digest, whichever of its products they stand beside, removed or not."""
    rows = select(Attachment).join(Product, Product.id == Attachment.product_id)
    rows = rows.where(Product.organisation_id == supplier_id, Attachment.digest.in_(digests))
    return {each.digest: each for each in db.scalars(rows.order_by(Attachment.added_at.desc()))}


def document_in(db: Session, case: Case, digest: str, *, at: datetime) -> Attachment:
    """The document of this digest, where an answer of the case points at it, or did. Raises NotFound."""
    moments = (at, case.answers_at)
    answers = [answer for moment in moments for answer in answers_of(db, case.product, at=moment).values()]
    named = {each["digest"] for answer in answers for each in answer.documents}
    found = kept_documents(db, case.supplier_id, [digest]).get(digest) if digest in named else None
    if found is None:
        raise NotFound("no answer of this case points at such a document", "The workbench lists its documents.")
    return found
