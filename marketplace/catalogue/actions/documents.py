"""The documents beside a product: put there, replaced by their next version, taken away."""

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from sqlalchemy import update
from sqlalchemy.orm import Session

from marketplace.catalogue.events import AttachmentAdded, AttachmentRemoved, AttachmentReplaced
from marketplace.catalogue.models import Attachment, DocumentRequest, Product
from marketplace.catalogue.policies import may_edit
from marketplace.catalogue.queries.products import attachments_of
from marketplace.catalogue.rules.documents import ACCESS, KINDS, LARGEST, MOST
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_file_name, quote
from marketplace.ports.files.port import Files, Stored


def attach(
    db: Session, files: Files, product: Product, stream: BinaryIO, *,
    file_name: str, kind: str, access: str, by: Actor, at: datetime,
) -> Attachment:  # fmt: skip
    """Keep a document of a product, its type told by its bytes. The same file twice is one.

    Raises Invalid, also where the same file is there for other readers: who reads it never changes unseen.
    """
    _allow(by, product)
    _refuse_unknown(kind, access)
    there = attachments_of(db, product.id)
    if len(there) >= MOST:
        raise Conflict(f"{product.name} has {len(there)} documents", f"Keep at most {MOST}: remove one first.")
    name = clean_file_name(file_name)
    stored = _kept(files, stream, name)
    same = _same(there, stored, kind)
    if same is not None:
        _refuse_other_access(same, access)
        return same
    attachment = _new(product, stored, name, kind, access, by=by, at=at)
    db.add(attachment)
    added = AttachmentAdded(product_id=product.id, attachment_id=attachment.id, file_name=name, digest=stored.digest)
    record(db, added, by=by, at=at)
    db.flush()
    return attachment


def replace_attachment(
    db: Session, files: Files, product: Product, there: Attachment, stream: BinaryIO, *, file_name: str, by: Actor,
    at: datetime,
) -> Attachment:  # fmt: skip
    """Put the next version of a document in its place: of its kind, for its readers, whoever asked for it among them.

    What was answered and certified with the one before goes on naming that one. Raises NotAllowed, Conflict, Invalid.
    """
    _allow(by, product)
    _refuse_removed(hold_row(db, Attachment, there.id))
    name = clean_file_name(file_name)
    stored = _kept(files, stream, name)
    if same := _same(attachments_of(db, product.id), stored, there.kind):
        told = f"This file is here already, as {same.name}. Choose the next version of {there.name}."
        raise Invalid(f"{name} is here already", "Choose another file.", fields={"file": told})
    attachment = _new(product, stored, name, there.kind, there.access, by=by, at=at)
    there.removed_at = at
    db.add(attachment)
    db.flush()
    asked = update(DocumentRequest).where(DocumentRequest.attachment_id == there.id)
    db.execute(asked.values(attachment_id=attachment.id))
    replaced = AttachmentReplaced(
        product_id=product.id, attachment_id=attachment.id, file_name=name, digest=stored.digest,
        replaced_id=there.id, replaced_name=there.name,
    )  # fmt: skip
    record(db, replaced, by=by, at=at)
    return attachment


def remove_attachment(db: Session, product: Product, attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Take a document away; the record keeps that it was there. Raises NotAllowed, Conflict."""
    _allow(by, product)
    _refuse_removed(hold_row(db, Attachment, attachment.id))
    attachment.removed_at = at
    removed = AttachmentRemoved(product_id=product.id, attachment_id=attachment.id, file_name=attachment.name)
    record(db, removed, by=by, at=at)
    db.flush()


def _allow(by: Actor, product: Product) -> None:
    if not may_edit(by, product):
        raise NotAllowed("only the supplier's people can change its documents", "Act for the supplier.")


def _kept(files: Files, stream: BinaryIO, name: str) -> Stored:
    try:
        return files.put(stream, limit=LARGEST, name=name)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"file": f"{wrong.fact}. {wrong.hint}"}) from wrong


def _same(there: Iterable[Attachment], stored: Stored, kind: str) -> Attachment | None:
    return next((each for each in there if each.digest == stored.digest and each.kind == kind), None)


def _new(
    product: Product, stored: Stored, name: str, kind: str, access: str, *, by: Actor, at: datetime
) -> Attachment:
    return Attachment(
        id=new_id(at), product_id=product.id, kind=kind, name=name, digest=stored.digest, size=stored.size,
        media_type=stored.media_type, access=access, added_at=at, added_by_id=by.person_id,
    )  # fmt: skip


def _refuse_removed(attachment: Attachment) -> None:
    if attachment.removed_at is not None:
        raise Conflict(f"{attachment.name} was removed already", "The list shows what is there now.")


def _refuse_unknown(kind: str, access: str) -> None:
    wrong = {}
    if kind not in KINDS:
        wrong["kind"] = f"{quote(kind)} is not a kind of document. Choose one of the list."
    if access not in ACCESS:
        wrong["access"] = f"{quote(access)} says not who may read it. Choose public or on request."
    if wrong:
        raise Invalid("the document is not described", "Mend what is named.", fields=wrong)


def _refuse_other_access(there: Attachment, access: str) -> None:
    if there.access != access:
        word = ACCESS[there.access].partition(":")[0].lower()
        told = f"{there.name} is here already as this file, {word}. Remove it, then add it again for other readers."
        raise Invalid(f"{there.name} is here already, {word}", "Remove it first.", fields={"access": told})
