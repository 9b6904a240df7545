"""The page of a product as everybody reads it, what each of its editions changed, and its documents."""

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, BinaryIO
from uuid import UUID

from marketplace.assurance.queries.editions import unclassed_of
from marketplace.assurance.queries.past import certificates_by_version
from marketplace.catalogue.actions.requests import note_view
from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.catalogue.policies import may_ask_for, may_see_attachment, may_see_drafts
from marketplace.catalogue.queries.products import (
    attachment_for,
    attachments_of,
    prices_on,
    product_for,
    shown_versions,
)
from marketplace.catalogue.queries.requests import granted_to
from marketplace.catalogue.rules.documents import KINDS
from marketplace.catalogue.search import UNKNOWN, Standing
from marketplace.faces.ask import Ask
from marketplace.faces.stamps import PageStamp, page_stamp_of
from marketplace.faces.standing import standing_of
from marketplace.identity.policies import owns
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed, NotFound
from marketplace.kit.kept import Kept
from marketplace.kit.text import size_in_words
from marketplace.kit.values import Value
from marketplace.ports.files.downloads import download_headers
from marketplace.web.adding import adding
from marketplace.web.catalogue.pricing import pricing_of
from marketplace.web.catalogue.showing import edition_changes, frame_of
from marketplace.web.edge import PUBLIC, Download, Page, page
from marketplace.web.picture import picture_for

CHUNK = 1 << 16
OVERVIEWS: Kept[tuple[PageStamp, date], dict[str, Any]] = Kept(500)


class Document(Value):
    """A document in the list of its product; `url` is empty for who may not read it, `asking` where they can ask."""

    name: str
    kind: str
    size: str
    on: datetime
    url: str
    access: str = "public"
    asking: str = ""


@page("/products/{ref:str}", who=PUBLIC)
def show_product(ask: Ask, ref: str) -> Page:
    """What it is for and not for, its passport, its evidence in one picture, its price, and the supplier's words."""
    stamp, today = page_stamp_of(ask.db, ref), day_in_london(ask.at)
    if stamp is None or ask.query:
        values = overview(ask, ref)
    else:
        values = OVERVIEWS.get((stamp, today), lambda: overview(ask, ref, is_bare=stamp.is_bare))
    is_mine = stamp is not None and ask.actor is not None and owns(ask.actor, stamp.product.organisation_id)
    beside = adding(ask, product_id=stamp.product.product_id if stamp else None)
    return Page("catalogue/product.html", {**values, "is_mine": is_mine, "adding": beside}, shared=True)


def overview(ask: Ask, ref: str, *, is_bare: bool = False) -> dict[str, Any]:
    """What the first page of a product says: the same for everybody until its stamp or the day changes.

    `is_bare` where it is known that there is neither certificate nor study.
    """
    product, version = live(ask, ref)
    prices = prices_on(ask.db, product.id, day_in_london(ask.at))
    pricing = pricing_of(ref=product.ref, prices=prices, typed=ask.query)
    standing = UNKNOWN if is_bare else None
    picture = None if is_bare else picture_for(ask, product.id)
    return {**frame(ask, product, version, "overview", standing), "pricing": pricing, "picture": picture}


@page("/products/{ref:str}/details", who=PUBLIC)
def show_details(ask: Ask, ref: str) -> Page:
    """Every answer of the edition on show, section by section."""
    product, version = live(ask, ref)
    return Page("catalogue/product_details.html", frame(ask, product, version, "details"), shared=True)


@page("/products/{ref:str}/documents", who=PUBLIC)
def show_documents(ask: Ask, ref: str) -> Page:
    """The documents of a product: those that anybody can read, and the names of the others."""
    product, version = live(ask, ref)
    granted = granted_to(ask.db, product.id, ask.actor)
    documents = [document(ask, product, one, granted) for one in attachments_of(ask.db, product.id)]
    values = {**frame(ask, product, version, "documents"), "documents": documents}
    return Page("catalogue/product_documents.html", values, shared=True)


@page("/products/{ref:str}/changes", who=PUBLIC)
def show_changes(ask: Ask, ref: str) -> Page:
    """The editions that were on show, what each one changed, and what was certified of it."""
    product, version = live(ask, ref)
    form = ask.services.frameworks.form(product.kind)
    editions = edition_changes(product, shown_versions(ask.db, product.id), form)
    held = certificates_by_version(ask.db, product.id)
    values = {**frame(ask, product, version, "changes"), "editions": editions, "certificates": held}
    return Page("catalogue/product_changes.html", values, shared=True)


@page("/products/{ref:str}/documents/{attachment:uuid}", who=PUBLIC)
def download(ask: Ask, ref: str, attachment: UUID) -> Download:
    """A document, as a download that no browser runs."""
    product = product_for(ask.db, ref, by=ask.actor)
    found = attachment_for(ask.db, product, attachment)
    if not may_see_attachment(ask.actor, product, found, granted=granted_to(ask.db, product.id, ask.actor)):
        raise NotAllowed(f"{found.name} is not public", "The documents of the product say how to ask for it.")
    note_reading(ask, product, found)
    headers = download_headers(found.name, found.media_type)
    return Download(chunks(ask.services.files.open(found.digest)), headers["content-type"], headers)


def note_reading(ask: Ask, product: Product, attachment: Attachment) -> None:
    """Keep who opened a document that is not public, unless its supplier did; a page reads, so this writes apart."""
    if attachment.access == "public" or ask.actor is None or owns(ask.actor, product.organisation_id):
        return
    ground = "moderating" if may_see_drafts(ask.actor, product) else "granted"
    with ask.services.database.writing() as db:
        note_view(db, attachment, ground, by=ask.actor, at=ask.at)


def live(ask: Ask, ref: str) -> tuple[Product, Version]:
    """A product and its edition on show. Raises NotFound, for one that was never published too."""
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} has not been published", "Look at its preview under Our products.")
    return product, product.live_version


def frame(ask: Ask, product: Product, version: Version, tab: str, standing: Standing | None = None) -> dict[str, Any]:
    """What every tab needs, with how the product stands today, looked up where it is not known."""
    frameworks, today = ask.services.frameworks, day_in_london(ask.at)
    stands = standing or standing_of(ask.db, frameworks, product.id, on=today)
    is_unclassed = version.edition > 1 and unclassed_of(ask.db, frameworks, product) is not None
    shown = frame_of(product, version, frameworks, on=today, tab=tab, standing=stands)
    return {**shown, "is_unclassed": is_unclassed}


def document(ask: Ask, product: Product, attachment: Attachment, granted: Collection[UUID] = ()) -> Document:
    url = f"/products/{product.ref}/documents/{attachment.id}"
    seen = may_see_attachment(ask.actor, product, attachment, granted=granted)
    may_ask = not seen and (ask.actor is None or may_ask_for(ask.actor, product, attachment))
    return Document(
        attachment.name, KINDS.get(attachment.kind, attachment.kind), size_in_words(attachment.size),
        attachment.added_at, url if seen else "", attachment.access,
        f"{url}/request" if may_ask and attachment.access == "on-request" else "",
    )  # fmt: skip


def chunks(stream: BinaryIO) -> Iterator[bytes]:
    with stream:
        while chunk := stream.read(CHUNK):
            yield chunk


ROUTES = [show_product, show_details, show_documents, show_changes, download]
