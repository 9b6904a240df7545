"""The documents beside a product: listed, downloaded, put there and taken away."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Literal
from uuid import UUID

from marketplace.api.calls import PUBLIC, Answer, Asked, Document, delete, get, post
from marketplace.api.shapes import File, Form, Line, Listed, Out, all_of
from marketplace.catalogue.actions.documents import attach, remove_attachment
from marketplace.catalogue.models import Attachment, Product
from marketplace.catalogue.policies import may_see_attachment
from marketplace.catalogue.queries.products import attachment_for, attachments_of, own_product, product_for
from marketplace.catalogue.rules.documents import LARGEST
from marketplace.identity.policies import Permission
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
    access: Literal["public", "on-request"] = "public"


@get("/products/{ref:str}/documents", who=PUBLIC, is_shared=True)
def list_documents(ask: Asked, ref: str) -> Listed[DocumentOut]:
    """The documents of a product."""
    product = product_for(ask.db, ref, by=ask.actor)
    return all_of(document_out(ask, product, one) for one in attachments_of(ask.db, product.id))


@get("/products/{ref:str}/documents/{document:str}", who=PUBLIC, media_type="application/octet-stream")
def download(ask: Asked, ref: str, document: UUID) -> Document:
    """The bytes of a document."""
    product = product_for(ask.db, ref, by=ask.actor)
    attachment = attachment_for(ask.db, product, document)
    if not may_see_attachment(ask.actor, product, attachment):
        raise NotFound("this document is given on request", "Write to the supplier, who sends it.")
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


@delete("/products/{ref:str}/documents/{document:str}", who=Permission.CATALOGUE_WRITE)
def remove_document(ask: Asked, ref: str, document: UUID) -> None:
    """Take a document away; the record keeps that it was there."""
    product = own_product(ask.db, ref, by=ask.by)
    remove_attachment(ask.db, product, attachment_for(ask.db, product, document), by=ask.by, at=ask.at)


def document_out(ask: Asked, product: Product, attachment: Attachment) -> DocumentOut:
    url = f"/v1/products/{product.ref}/documents/{attachment.id}"
    seen = may_see_attachment(ask.actor, product, attachment)
    return DocumentOut(
        id=attachment.id, kind=attachment.kind, name=attachment.name, size=attachment.size,
        media_type=attachment.media_type, sha256=attachment.digest, access=attachment.access,
        added_at=attachment.added_at, url=url if seen else "",
    )  # fmt: skip


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


CALLS = [list_documents, download, add_document, remove_document]
