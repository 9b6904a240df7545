"""What the catalogue does when something happened in it: the index follows, and people are told."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.events import (
    DocumentAsked,
    DocumentSettled,
    ListingConfirmed,
    ListingPublished,
    ListingReinstated,
    ListingSentBack,
    ListingSubmitted,
    ListingSuspended,
    ListingWithdrawn,
    PricesChanged,
    ProductClaimAsked,
    ProductClaimSettled,
    ProductsImported,
)
from marketplace.catalogue.models import Attachment, DocumentRequest, Product
from marketplace.catalogue.queries.people import moderators, people_of
from marketplace.catalogue.search import Standing, documents
from marketplace.evidence.events import ClaimReopened, PilotResultRecorded, StudyRetracted
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.actions.notices import tell
from marketplace.identity.models import Organisation
from marketplace.kit.calendar import day_in_london
from marketplace.kit.events import Event
from marketplace.kit.jobs import Heard, Subscriber
from marketplace.ports.search.port import Search

BUYERS = ("buyer", "clinical-safety-officer")
INDEXED: tuple[type[Event], ...] = (
    ListingPublished, ListingSuspended, ListingReinstated, ListingWithdrawn, ListingSubmitted, ListingSentBack,
    ListingConfirmed, PricesChanged, ProductClaimSettled, ProductsImported,
)  # fmt: skip
"""The events after which what is found, or what its card shows, may be another."""


Standings = Callable[[Session, Sequence[UUID], date], Mapping[UUID, Standing]]
"""What rooms above say of products on a day; the catalogue is given it and knows neither certificates nor studies."""


def indexes(search: Search, frameworks: Frameworks, standings: Standings | None = None) -> Subscriber:
    """A subscriber that makes the index say of the products of an event what the database says now."""

    def index(db: Session, heard: Heard) -> None:
        ids = _products_of(heard.event)
        today = day_in_london(heard.at)
        told = standings(db, ids, today) if standings else None
        shown = list(documents(db, frameworks, on=today, ids=ids, standings=told))
        gone = _refs_of(db, ids) - {document.ref for document in shown} if len(shown) < len(ids) else set()
        if shown:
            search.put(shown)
        if gone:
            search.drop(sorted(gone))

    return index


def _refs_of(db: Session, ids: Sequence[UUID]) -> set[str]:
    return set(db.scalars(select(Product.ref).where(Product.id.in_(ids))))


def tell_supplier(db: Session, heard: Heard) -> None:
    """Tell the people of a supplier what a moderator decided about their listing or claim."""
    product = _product(db, heard.event)
    if product is None:
        return
    title, body = _words(heard.event, product)
    whom = heard.event.organisation_id if isinstance(heard.event, ProductClaimSettled) else product.organisation_id
    if whom is None or not title:
        return
    path = f"/products/{product.ref}" if isinstance(heard.event, ProductClaimSettled) else f"/listings/{product.ref}"
    tell(db, people_of(db, whom), kind="listing", title=title, body=body, path=path, key=heard.key, at=heard.at,
         organisation_id=whom)  # fmt: skip


def tell_supplier_of_study(db: Session, heard: Heard) -> None:
    """Tell a supplier that a pilot's result came in by itself, or that a study of its product was retracted."""
    event = heard.event
    if not isinstance(event, PilotResultRecorded | StudyRetracted):
        return
    product = db.get(Product, event.product_id)
    if product is None or product.organisation_id is None:
        return
    if isinstance(event, StudyRetracted):
        title, body = f"A study of {product.name} was retracted", f"{event.title}: {event.reason}"
    else:
        title, body = f"A pilot of {product.name} came to its result", f"{event.title}. Buyers read it as evidence."
    tell(db, people_of(db, product.organisation_id), kind="listing", title=title, body=body,
         path=f"/products/{product.ref}/evidence", key=heard.key, at=heard.at,
         organisation_id=product.organisation_id)  # fmt: skip


def tell_supplier_of_claim(db: Session, heard: Heard) -> None:
    """Tell a supplier that a study beneath one of its claims changed, and that the claim waits to be looked at."""
    event = heard.event
    if isinstance(event, ClaimReopened):
        tell(db, people_of(db, event.organisation_id), kind="listing", title="A claim has to be looked at again",
             body=f"{event.words} {event.because}", path=f"/claims/{event.claim_ref}", key=heard.key, at=heard.at,
             organisation_id=event.organisation_id)  # fmt: skip


def tell_moderators(db: Session, heard: Heard) -> None:
    """Tell those who moderate that a listing or a claim waits for them."""
    product = _product(db, heard.event)
    if product is None:
        return
    is_claim = isinstance(heard.event, ProductClaimAsked)
    title = f"{product.name} was claimed by a supplier" if is_claim else f"{product.name} waits to be published"
    path = f"/moderation/{product.ref}"
    tell(db, moderators(db), kind="moderation", title=title, body="", path=path, key=heard.key, at=heard.at)


def _products_of(event: Event) -> Sequence[UUID]:
    """The products that an event is about, or that the certificate or study of it belongs to."""
    if isinstance(event, ProductsImported):
        return event.product_ids
    product_id = getattr(event, "product_id", None)
    return [product_id if isinstance(product_id, UUID) else event.about_id]


def _product(db: Session, event: Event) -> Product | None:
    return db.scalars(
        select(Product).options(joinedload(Product.supplier)).where(Product.id == event.about_id)
    ).one_or_none()


def _words(event: Event, product: Product) -> tuple[str, str]:
    """The title and body of a notice; no title where nobody needs to hear of it."""
    name = product.name
    match event:
        case ListingPublished():
            return f"{name} is published", "Buyers can find it now."
        case ListingSentBack():
            return f"{name} was sent back", "\n".join(event.reasons.values())
        case ListingSuspended():
            return f"{name} is suspended", event.reason
        case ListingReinstated():
            return f"{name} is live again", event.reason
        case ProductClaimSettled(granted=True):
            return f"{name} is now yours to look after", event.reason
        case ProductClaimSettled():
            return f"Your claim on {name} was refused", event.reason
        case _:
            return "", ""


def tell_of_document(db: Session, heard: Heard) -> None:
    """Tell a supplier who asks for a document, and who asked what became of it."""
    event, product = heard.event, _product(db, heard.event)
    if product is None or not isinstance(event, DocumentAsked | DocumentSettled):
        return
    document = db.get_one(Attachment, event.attachment_id)
    organisation = db.get_one(Organisation, event.organisation_id)
    if isinstance(event, DocumentAsked):
        whom, path = product.organisation_id, f"/listings/{product.ref}/documents/requests"
        people = people_of(db, whom) if whom else []
        title, body = f"{organisation.name} asks for {document.name}", event.words
    else:
        whom, path = organisation.id, f"/products/{product.ref}/documents"
        people = _askers(db, document, organisation)
        title = f"You may {'' if event.granted else 'not '}read {document.name} of {product.name}"
        body = event.reason
    tell(db, people, kind="assurance", title=title, body=body, path=path, key=heard.key, at=heard.at,
         organisation_id=whom)  # fmt: skip


def _askers(db: Session, document: Attachment, organisation: Organisation) -> list[UUID]:
    """Who asked for a document; the buyers of an organisation that was named without asking."""
    mine = select(DocumentRequest.asked_by_id).where(DocumentRequest.attachment_id == document.id)
    asked_by = db.scalar(mine.where(DocumentRequest.organisation_id == organisation.id))
    return [asked_by] if asked_by else people_of(db, organisation.id, BUYERS)
