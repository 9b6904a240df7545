"""The documents beside a product: listed, downloaded, put there, replaced and taken away."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import BinaryIO, Literal
from uuid import UUID

from marketplace.api.calls import PUBLIC, Answer, Asked, Document, delete, get, post
from marketplace.api.shapes import File, Form, Line, Listed, Out, all_of
from marketplace.catalogue.actions.documents import attach, remove_attachment, replace_attachment
from marketplace.catalogue.actions.requests import note_view
from marketplace.catalogue.models import Attachment, Product
from marketplace.catalogue.policies import may_see_attachment, may_see_drafts
from marketplace.catalogue.queries.products import attachment_for, attachments_of, own_product, product_for
from marketplace.catalogue.queries.requests import granted_to
from marketplace.catalogue.rules.documents import LARGEST
from marketplace.identity.policies import Permission, owns
from marketplace.kit.errors import NotFound
from marketplace.ports.files.downloads import download_headers

CHUNK = 1 << 18


class DocumentOut(Out):
    """A document of a product. `url` is empty where it is given on request: its name is told, the supplier sends it."""

    id: UUID
    kind: str
    name: str
    size: int
    media_type: str
    sha256: str
    access: str
    added_at: datetime
    url: str


class DocumentForm(Form):
    """A file with what it is, and who may read it."""

    file: File
    kind: Line
    access: Literal["public", "on-request", "named"] = "public"


class NextVersionForm(Form):
    """The file that takes the place of the one before."""

    file: File


@get("/products/{ref:str}/documents", who=PUBLIC, is_shared=True)
def list_documents(ask: Asked, ref: str) -> Listed[DocumentOut]:
    """The documents of a product."""
    product = product_for(ask.db, ref, by=ask.actor)
    granted = granted_to(ask.db, product.id, ask.actor)
    return all_of(document_out(ask, product, one, granted) for one in attachments_of(ask.db, product.id))


@get("/products/{ref:str}/documents/{document:str}", who=PUBLIC, media_type="application/octet-stream")
def download(ask: Asked, ref: str, document: UUID) -> Document:
    """The bytes of a document."""
    product = product_for(ask.db, ref, by=ask.actor)
    attachment = attachment_for(ask.db, product, document)
    if not may_see_attachment(ask.actor, product, attachment, granted=granted_to(ask.db, product.id, ask.actor)):
        raise NotFound("this document is not public", f"Ask for it at /v1/products/{ref}/documents/{document}/request.")
    if attachment.access != "public" and ask.actor is not None and not owns(ask.actor, product.organisation_id):
        ground = "moderating" if may_see_drafts(ask.actor, product) else "granted"
        with ask.services.database.writing() as db:
            note_view(db, attachment, ground, by=ask.actor, at=ask.at)
    headers = {**download_headers(attachment.name, attachment.media_type), "etag": f'"{attachment.digest}"'}
    media_type = headers.pop("content-type")
    return Document(chunks(ask.services.files.open(attachment.digest)), media_type, headers)


@post("/products/{ref:str}/documents", who=Permission.CATALOGUE_WRITE, status=201, largest=LARGEST + 100_000)
def add_document(ask: Asked, ref: str, form: DocumentForm) -> Answer[DocumentOut]:
    """Put a document beside a product of one's own. Its type is told by its bytes."""
    product = own_product(ask.db, ref, by=ask.by)
    attachment = attach(
        ask.db, ask.services.files, product, form.file.stream, file_name=form.file.name, kind=form.kind,
        access=form.access, by=ask.by, at=ask.at,
    )  # fmt: skip
    shown = document_out(ask, product, attachment)
    return Answer(shown, location=f"/v1/products/{product.ref}/documents/{attachment.id}")


@post(
    "/products/{ref:str}/documents/{document:str}/replacement", who=Permission.CATALOGUE_WRITE, status=201,
    largest=LARGEST + 100_000,
)  # fmt: skip
def replace_document(ask: Asked, ref: str, document: UUID, form: NextVersionForm) -> Answer[DocumentOut]:
    """Put the next version of a document in its place. What was answered with the one before goes on naming that."""
    product = own_product(ask.db, ref, by=ask.by)
    attachment = replace_attachment(
        ask.db, ask.services.files, product, attachment_for(ask.db, product, document), form.file.stream,
        file_name=form.file.name, by=ask.by, at=ask.at,
    )  # fmt: skip
    shown = document_out(ask, product, attachment)
    return Answer(shown, location=f"/v1/products/{product.ref}/documents/{attachment.id}")


@delete("/products/{ref:str}/documents/{document:str}", who=Permission.CATALOGUE_WRITE)
def remove_document(ask: Asked, ref: str, document: UUID) -> None:
    """Take a document away; the record keeps that it was there."""
    product = own_product(ask.db, ref, by=ask.by)
    remove_attachment(ask.db, product, attachment_for(ask.db, product, document), by=ask.by, at=ask.at)


def document_out(
    ask: Asked, product: Product, attachment: Attachment, granted: Collection[UUID] = ()
) -> DocumentOut:
    url = f"/v1/products/{product.ref}/documents/{attachment.id}"
    seen = may_see_attachment(ask.actor, product, attachment, granted=granted)
    return DocumentOut(
        id=attachment.id, kind=attachment.kind, name=attachment.name, size=attachment.size,
        media_type=attachment.media_type, sha256=attachment.digest, access=attachment.access,
        added_at=attachment.added_at, url=url if seen else "",
    )  # fmt: skip


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


CALLS = [list_documents, download, add_document, replace_document, remove_document]
