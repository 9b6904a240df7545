"""Reading documents that are not public: asked for, granted or refused, and who did."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.shapes import In, Line, Listed, Out, Text, all_of
from marketplace.catalogue.actions.requests import ask_document, name_organisation, settle_request
from marketplace.catalogue.models import DocumentRequest
from marketplace.catalogue.queries.products import attachment_for, own_product, product_for
from marketplace.catalogue.queries.requests import find_request, requests_of, views_of
from marketplace.identity.policies import Permission
from marketplace.identity.queries.organisations import find_organisation

WRITE = Permission.CATALOGUE_WRITE


class RequestIn(In):
    """What it is needed for. A public body undertakes nothing; others keep the document confidential."""

    words: Text
    undertaken: bool = False


class SettlementIn(In):
    decision: Literal["grant", "refuse"]
    reason: Text = ""


class ReaderIn(In):
    """An organisation, by its reference, that may read a document without asking."""

    document: UUID
    organisation: Line


class RequestOut(Out):
    id: UUID
    document: UUID
    organisation: UUID
    state: str
    words: str
    undertaken: bool
    asked_at: datetime
    settled_at: datetime | None
    reason: str


class ViewOut(Out):
    document: str
    by: str
    organisation: str
    ground: str
    at: datetime


@post("/products/{ref:str}/documents/{document:str}/request", who=ANYBODY_SIGNED_IN, status=201)
def send_request(ask: Asked, ref: str, document: UUID, body: RequestIn) -> RequestOut:
    """Ask the supplier to let one's organisation read a document."""
    product = product_for(ask.db, ref, by=ask.actor)
    found = attachment_for(ask.db, product, document)
    asked = ask_document(ask.db, product, found, words=body.words, undertaken=body.undertaken, by=ask.by, at=ask.at)
    return request_out(asked)


@get("/listings/{ref:str}/documents/requests", who=WRITE)
def list_requests(ask: Asked, ref: str) -> Listed[RequestOut]:
    """Who asked for which document of a product of one's own, and who may read it."""
    return all_of(request_out(each) for each in requests_of(ask.db, own_product(ask.db, ref, by=ask.by)))


@get("/listings/{ref:str}/documents/views", who=WRITE)
def list_views(ask: Asked, ref: str) -> Listed[ViewOut]:
    """Each time that somebody opened a document that is not public, the newest first."""
    product = own_product(ask.db, ref, by=ask.by)
    return all_of(
        ViewOut(document=name, by=person, organisation=body, ground=view.ground, at=view.at)
        for view, name, person, body in views_of(ask.db, product)
    )


@post("/listings/{ref:str}/documents/requests/{asking:str}", who=WRITE)
def settle(ask: Asked, ref: str, asking: UUID, body: SettlementIn) -> RequestOut:
    """Let an organisation read a document, or not any more, which needs a reason."""
    product = own_product(ask.db, ref, by=ask.by)
    found = find_request(ask.db, product, asking)
    granted = body.decision == "grant"
    settle_request(ask.db, product, found, granted=granted, reason=body.reason, by=ask.by, at=ask.at)
    return request_out(found)


@post("/listings/{ref:str}/documents/readers", who=WRITE, status=201)
def add_reader(ask: Asked, ref: str, body: ReaderIn) -> RequestOut:
    """Name an organisation that may read a document."""
    product = own_product(ask.db, ref, by=ask.by)
    document = attachment_for(ask.db, product, body.document)
    organisation = find_organisation(ask.db, body.organisation)
    return request_out(name_organisation(ask.db, product, document, organisation, by=ask.by, at=ask.at))


def request_out(request: DocumentRequest) -> RequestOut:
    return RequestOut(
        id=request.id, document=request.attachment_id, organisation=request.organisation_id, state=request.state,
        words=request.words, undertaken=request.undertaken, asked_at=request.asked_at,
        settled_at=request.settled_at, reason=request.settled_reason,
    )  # fmt: skip


CALLS = [send_request, list_requests, list_views, settle, add_reader]
