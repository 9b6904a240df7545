"""Who asked for which document, who may read it, and who did."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Attachment, DocumentRequest, DocumentView, Product
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound

MOST_VIEWS = 200


def granted_to(db: Session, product_id: UUID, by: Actor | None) -> frozenset[UUID]:
    """The documents of a product that the actor's organisation was let read."""
    if by is None or by.organisation_id is None:
        return frozenset()
    mine = select(DocumentRequest.attachment_id).where(DocumentRequest.product_id == product_id)
    mine = mine.where(DocumentRequest.organisation_id == by.organisation_id, DocumentRequest.state == "granted")
    return frozenset(db.scalars(mine))


def request_of(db: Session, attachment: Attachment, by: Actor | None) -> DocumentRequest | None:
    """What became of the actor's organisation asking for a document."""
    if by is None or by.organisation_id is None:
        return None
    mine = select(DocumentRequest).where(DocumentRequest.attachment_id == attachment.id)
    return db.scalars(mine.where(DocumentRequest.organisation_id == by.organisation_id)).one_or_none()


def requests_of(db: Session, product: Product) -> list[DocumentRequest]:
    """Every organisation that asked for a document of this product or was named for one, the newest first."""
    rows = select(DocumentRequest).options(
        joinedload(DocumentRequest.organisation), joinedload(DocumentRequest.attachment)
    )
    return list(
        db.scalars(rows.where(DocumentRequest.product_id == product.id).order_by(DocumentRequest.asked_at.desc()))
    )


def open_requests(db: Session, supplier_id: UUID) -> list[tuple[DocumentRequest, str]]:
    """Who waits for a supplier to say whether they may read a document, with the reference of its product."""
    rows = (
        select(DocumentRequest, Product.ref)
        .join(Product, Product.id == DocumentRequest.product_id)
        .options(joinedload(DocumentRequest.organisation), joinedload(DocumentRequest.attachment))
        .where(Product.organisation_id == supplier_id, DocumentRequest.state == "asked")
        .order_by(DocumentRequest.asked_at)
    )
    return [(request, ref) for request, ref in db.execute(rows)]


def find_request(db: Session, product: Product, request_id: UUID) -> DocumentRequest:
    """One of those. Raises NotFound."""
    rows = select(DocumentRequest).options(
        joinedload(DocumentRequest.organisation), joinedload(DocumentRequest.attachment)
    )
    mine = rows.where(DocumentRequest.id == request_id, DocumentRequest.product_id == product.id)
    found = db.scalars(mine).one_or_none()
    if found is None:
        raise NotFound("there is no such request", "The page of the documents lists them.")
    return found


def views_of(db: Session, product: Product) -> list[tuple[DocumentView, str, str, str]]:
    """Who opened which document that is not public: (view, document, person, organisation), the newest first."""
    rows = (
        select(DocumentView, Attachment.name, Person.name, Organisation.name)
        .join(Attachment, Attachment.id == DocumentView.attachment_id)
        .join(Person, Person.id == DocumentView.person_id)
        .outerjoin(Organisation, Organisation.id == DocumentView.organisation_id)
        .where(Attachment.product_id == product.id)
        .order_by(DocumentView.id.desc())
        .limit(MOST_VIEWS)
    )
    return [(view, document, person, body or "") for view, document, person, body in db.execute(rows)]
