"""Reading documents that are not public: asking for one, letting somebody read it, and who did."""

from typing import Any
from uuid import UUID

from marketplace.catalogue.actions.requests import ask_document, name_organisation, settle_request
from marketplace.catalogue.models import DocumentRequest
from marketplace.catalogue.policies import may_ask_for
from marketplace.catalogue.queries.products import attachment_for, attachments_of, own_product, product_for
from marketplace.catalogue.queries.requests import find_request, request_of, requests_of, views_of
from marketplace.catalogue.rules.documents import ACCESS, PUBLIC_BODIES, UNDERTAKING
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_organisation
from marketplace.kit.errors import Invalid, NotAllowed, NotFound, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post

WRITE = Permission.CATALOGUE_WRITE
STATES = {"asked": "Asked", "granted": "May read it", "refused": "Refused"}
MARKS = {"asked": "submitted", "granted": "met", "refused": "not-met"}
GROUNDS = {"granted": "was let read it", "assessing": "assesses the product", "moderating": "moderates"}


@page("/products/{ref:str}/documents/{attachment:uuid}/request", who=ANYBODY_SIGNED_IN)
def show_request(ask: Ask, ref: str, attachment: UUID, refusal: Refusal | None = None) -> Page:
    """Ask the supplier, or see what became of it. A public body is asked for no undertaking."""
    product = product_for(ask.db, ref, by=ask.actor)
    found = attachment_for(ask.db, product, attachment)
    if not may_ask_for(ask.by, product, found):
        raise NotAllowed(f"{found.name} cannot be asked for", "Act for an organisation, or write to the supplier.")
    known = request_of(ask.db, found, ask.by)
    values = {
        "product": {"ref": product.ref, "name": product.name, "supplier": product.supplier_name},
        "document": {"id": found.id, "name": found.name},
        "request": _shown(known) if known else None,
        "may_ask": known is None or known.state == "refused",
        "organisation": ask.by.organisation_name,
        "undertaking": "" if ask.by.organisation_kind in PUBLIC_BODIES else UNDERTAKING,
        "typed": {"words": ask.form.one("words"), "undertaken": ask.form.one("undertaken")},
        "errors": errors_of(refusal),
    }
    return Page("catalogue/document_request.html", values)


@post("/products/{ref:str}/documents/{attachment:uuid}/request", who=ANYBODY_SIGNED_IN, again=show_request)
def send_request(ask: Ask, ref: str, attachment: UUID) -> Goto:
    """Ask for a document."""
    product = product_for(ask.db, ref, by=ask.actor)
    found = attachment_for(ask.db, product, attachment)
    ask_document(
        ask.db, product, found, words=ask.form.one("words"), undertaken=ask.form.one("undertaken") == "yes",
        by=ask.by, at=ask.at,
    )  # fmt: skip
    told = f"{product.supplier_name} is asked for {found.name}. You are told what they say."
    return Goto(f"/products/{product.ref}/documents/{found.id}/request", told=told)


@page("/listings/{ref:str}/documents/requests", who=WRITE)
def show_requests(ask: Ask, ref: str, refusal: Refusal | None = None, asking: UUID | None = None) -> Page:
    """Who asks, who may read what, and every view of a document that is not public."""
    product = own_product(ask.db, ref, by=ask.by)
    closed = [each for each in attachments_of(ask.db, product.id) if each.access != "public"]
    values = {
        "product": {"ref": product.ref, "name": product.name},
        "requests": [
            {**_shown(each), "document": each.attachment.name, "by": each.organisation.name,
             "url": f"/listings/{product.ref}/documents/requests/{each.id}", "is_here": each.id == asking}
            for each in requests_of(ask.db, product)
        ],
        "documents": [{"value": str(each.id), "label": each.name} for each in closed],
        "access": {each.name: ACCESS[each.access].partition(":")[0] for each in closed},
        "views": [
            {"at": view.at, "title": f"{person} read {document}", "by": body,
             "text": GROUNDS.get(view.ground, view.ground)}
            for view, document, person, body in views_of(ask.db, product)
        ],
        "typed": {name: ask.form.one(name) for name in ("document", "organisation", "reason")},
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("catalogue/document_requests.html", values)


@post("/listings/{ref:str}/documents/requests/{asking:uuid}", who=WRITE, again=show_requests)
def settle(ask: Ask, ref: str, asking: UUID) -> Goto:
    """Let an organisation read a document, or not any more."""
    product = own_product(ask.db, ref, by=ask.by)
    found = find_request(ask.db, product, asking)
    decision = ask.form.one("decision")
    if decision not in ("grant", "refuse"):
        raise Invalid("nothing was decided", "Let them read it, or say why not.", fields={"reason": "Decide."})
    settle_request(
        ask.db, product, found, granted=decision == "grant", reason=ask.form.one("reason"), by=ask.by, at=ask.at
    )
    word = "may read" if decision == "grant" else "may not read"
    told = f"{found.organisation.name} {word} {found.attachment.name}. They are told."
    return Goto(f"/listings/{product.ref}/documents/requests", told=told)


@post("/listings/{ref:str}/documents/readers", who=WRITE, again=show_requests)
def add_reader(ask: Ask, ref: str) -> Goto:
    """Name an organisation that may read a document without asking."""
    product = own_product(ask.db, ref, by=ask.by)
    typed = ask.form.one("document")
    chosen = next((each for each in attachments_of(ask.db, product.id) if str(each.id) == typed), None)
    if chosen is None:
        raise Invalid("no document was chosen", "Choose one.", fields={"document": "Choose a document."})
    try:
        organisation = find_organisation(ask.db, ask.form.one("organisation").strip().upper())
    except NotFound as nobody:
        told = "Give the reference of an organisation, such as ORG-7K3M-QX9F-C. It stands on its page."
        raise Invalid("there is no such organisation", told, fields={"organisation": told}) from nobody
    name_organisation(ask.db, product, chosen, organisation, by=ask.by, at=ask.at)
    told = f"{organisation.name} may read {chosen.name}. They are told."
    return Goto(f"/listings/{product.ref}/documents/requests", told=told)


def _shown(request: DocumentRequest) -> dict[str, Any]:
    return {
        "state": request.state, "word": STATES[request.state], "mark": MARKS[request.state], "words": request.words,
        "asked_at": request.asked_at, "undertaken": request.undertaken, "settled_at": request.settled_at,
        "reason": request.settled_reason, "was_asked": request.asked_by_id is not None,
    }  # fmt: skip


ROUTES = [show_request, send_request, show_requests, settle, add_reader]
