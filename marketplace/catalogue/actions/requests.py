"""Reading documents that are not public: asked for, granted or refused, each view noted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.events import DocumentAsked, DocumentSettled
from marketplace.catalogue.models import Attachment, DocumentRequest, DocumentView, Product
from marketplace.catalogue.policies import may_ask_for, may_edit
from marketplace.catalogue.queries.requests import request_of
from marketplace.catalogue.rules.documents import PUBLIC_BODIES
from marketplace.catalogue.states import REQUEST
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

LONGEST_WORDS = 2_000


def ask_document(
    db: Session, product: Product, attachment: Attachment, *, words: str, undertaken: bool, by: Actor, at: datetime
) -> DocumentRequest:
    """Ask the supplier to let one's organisation read a document. A public body gives no undertaking.

    Raises NotAllowed, Conflict where it is open already, Invalid.
    """
    if not may_ask_for(by, product, attachment) or by.organisation_id is None:
        raise NotAllowed(f"{attachment.name} cannot be asked for", "Act for an organisation, or write to the supplier.")
    needs = by.organisation_kind not in PUBLIC_BODIES
    said = _read(words, "words", "Say what you need it for; the supplier reads it.")
    if needs and not undertaken:
        told = "Undertake to keep it confidential. Public bodies need not."
        raise Invalid("the undertaking is missing", told, fields={"undertaken": told})
    request = request_of(db, attachment, by)
    if request is not None and request.state != "refused":
        word = "may read it already" if request.state == "granted" else "has asked already"
        raise Conflict(f"{by.organisation_name} {word}", "The page of the document says how it stands.")
    if request is None:
        request = _new(product, attachment, by.organisation_id, at)
        db.add(request)
    request.state, request.words, request.undertaken = REQUEST.start, said, needs
    request.asked_by_id, request.asked_at, request.settled_at = by.person_id, at, None
    request.settled_by_id, request.settled_reason = None, ""
    asked = DocumentAsked(
        product_id=product.id, attachment_id=attachment.id, organisation_id=by.organisation_id, words=said
    )
    record(db, asked, by=by, at=at)
    db.flush()
    return request


def settle_request(
    db: Session, product: Product, request: DocumentRequest, *, granted: bool, reason: str = "", by: Actor, at: datetime
) -> None:
    """Let an organisation read a document, or not any more, which needs a reason. Raises NotAllowed, Conflict."""
    _allow(by, product)
    told = clean_text(reason, LONGEST_WORDS)
    if not granted:
        told = _read(reason, "reason", "Say why; whoever asked reads it.")
    request.state = REQUEST.after("grant" if granted else "refuse", request.state)
    _settle(db, request, granted=granted, reason=told, by=by, at=at)


def name_organisation(
    db: Session, product: Product, attachment: Attachment, organisation: Organisation, *, by: Actor, at: datetime
) -> DocumentRequest:
    """Let an organisation read a document without its asking. Raises NotAllowed, Conflict."""
    _allow(by, product)
    if attachment.access == "public":
        raise Conflict(f"{attachment.name} is public", "Anybody can read it.")
    reader = Actor(None, organisation.id, frozenset())
    request = request_of(db, attachment, reader)
    if request is None:
        request = _new(product, attachment, organisation.id, at)
        request.state = REQUEST.start
        db.add(request)
    if request.state == "granted":
        return request
    request.state = REQUEST.after("grant", request.state)
    _settle(db, request, granted=True, reason="", by=by, at=at)
    return request


def note_view(db: Session, attachment: Attachment, ground: str, *, by: Actor, at: datetime) -> None:
    """Keep who opened a document that is not public, and by what right: granted, assessing or moderating."""
    assert by.person_id is not None
    view = DocumentView(
        id=new_id(at), attachment_id=attachment.id, person_id=by.person_id, organisation_id=by.organisation_id,
        ground=ground, at=at,
    )  # fmt: skip
    db.add(view)
    db.flush()


def _new(product: Product, attachment: Attachment, organisation_id: UUID, at: datetime) -> DocumentRequest:
    return DocumentRequest(
        id=new_id(at), attachment_id=attachment.id, product_id=product.id, organisation_id=organisation_id,
        words="", undertaken=False, asked_at=at, settled_reason="",
    )  # fmt: skip


def _settle(db: Session, request: DocumentRequest, *, granted: bool, reason: str, by: Actor, at: datetime) -> None:
    request.settled_at, request.settled_by_id, request.settled_reason = at, by.person_id, reason
    settled = DocumentSettled(
        product_id=request.product_id, attachment_id=request.attachment_id, organisation_id=request.organisation_id,
        granted=granted, reason=reason,
    )  # fmt: skip
    record(db, settled, by=by, at=at)
    db.flush()


def _allow(by: Actor, product: Product) -> None:
    if not may_edit(by, product):
        raise NotAllowed("only the supplier's people say who may read its documents", "Act for the supplier.")


def _read(text: str, name: str, needed: str) -> str:
    try:
        read = clean_text(text, LONGEST_WORDS)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: f"{wrong.fact}. {wrong.hint}"}) from wrong
    if not read:
        raise Invalid(
            f"the {name} is missing" if name == "reason" else "nothing was said", needed, fields={name: needed}
        )
    return read
