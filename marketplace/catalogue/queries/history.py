"""What the record says of one product, for its supplier, for moderators and for auditors."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import (
    AttachmentAdded,
    AttachmentRemoved,
    AttachmentReplaced,
    DescriptionChanged,
    EditionBegun,
    ListingReinstated,
    ListingSentBack,
    ListingSuspended,
    ListingWithdrawn,
    ProductClaimSettled,
)
from marketplace.catalogue.models import Product
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor, Permission, owns
from marketplace.kit.errors import NotFound
from marketplace.kit.events import Event, event_from
from marketplace.kit.record import Entry
from marketplace.kit.text import words_of
from marketplace.kit.values import Value

MOST = 200
TITLES = {
    "ProductAdded": "Added",
    "DescriptionChanged": "Description changed",
    "EditionBegun": "New edition begun",
    "PricesChanged": "Prices declared",
    "AttachmentAdded": "Document added",
    "AttachmentRemoved": "Document removed",
    "AttachmentReplaced": "Document replaced",
    "ListingSubmitted": "Submitted for publication",
    "ListingTakenBack": "Taken back by its supplier",
    "ListingSentBack": "Sent back with reasons",
    "ListingPublished": "Published",
    "ListingSuspended": "Suspended",
    "ListingReinstated": "Reinstated",
    "ListingWithdrawn": "Withdrawn",
    "ListingConfirmed": "Confirmed as still true",
    "ProductClaimAsked": "Claimed by a supplier",
    "ProductClaimSettled": "Claim settled",
}


class Happening(Value):
    """One entry of the record in words: when, what, who for whom; `questions` are those whose answers changed."""

    at: datetime
    title: str
    text: str
    by: str
    name: str
    questions: tuple[str, ...] = ()


def history_of(db: Session, product: Product, *, by: Actor) -> list[Happening]:
    """The entries about a product, newest first. Raises NotFound for whoever is neither supplier nor auditor."""
    auditor = by.may(Permission.CATALOGUE_MODERATE)
    if not (auditor or owns(by, product.organisation_id)):
        raise NotFound("there is no such history", "The page of the product lists what changed.")
    rows = (
        select(Entry, Person.name, Organisation.name)
        .outerjoin(Person, Person.id == Entry.by_person_id)
        .outerjoin(Organisation, Organisation.id == Entry.by_organisation_id)
        .where(Entry.about_id == product.id)
        .order_by(Entry.id.desc())
        .limit(MOST)
    )
    found = [_happening(entry, person, body) for entry, person, body in db.execute(rows)]
    if product.source_mapping is not None and len(found) < MOST:
        found.append(Happening(product.created_at, "Came in by an import", "", "", "ProductsImported"))
    return found


def titles_of(db: Session, product_id: UUID) -> list[str]:
    """The bare names of what happened, oldest first."""
    rows = select(Entry.name).where(Entry.about_id == product_id).order_by(Entry.id)
    return [name.rpartition(".")[2] for name in db.scalars(rows)]


def suspended_by_the_house(db: Session, product_id: UUID) -> UUID | None:
    """The entry of a listing's last suspension, where a rule of the house brought it about and no moderator."""
    last = select(Entry).where(Entry.about_id == product_id, Entry.name == ListingSuspended.recorded_as)
    entry = db.scalars(last.order_by(Entry.id.desc()).limit(1)).one_or_none()
    return entry.id if entry is not None and entry.by_organisation_id is None else None


def _happening(entry: Entry, person: str | None, body: str | None) -> Happening:
    name = entry.name.rpartition(".")[2]
    who = " for ".join(part for part in (person, body) if part) or "Touchstone"
    event = event_from(entry.name, entry.payload)
    questions = tuple(event.questions) if isinstance(event, DescriptionChanged) else ()
    return Happening(entry.at, TITLES.get(name) or words_of(name).capitalize(), _text(event), who, name, questions)


def _text(event: Event) -> str:
    """What is worth saying of an event beyond its title."""
    match event:
        case ListingSuspended() | ListingReinstated() | ListingWithdrawn():
            return event.reason
        case AttachmentAdded() | AttachmentRemoved():
            return event.file_name
        case AttachmentReplaced():
            return f"{event.file_name} in place of {event.replaced_name}"
        case EditionBegun():
            return f"Edition {event.edition}"
        case ListingSentBack():
            return "; ".join(event.reasons.values())
        case ProductClaimSettled():
            return ("Granted. " if event.granted else "Refused. ") + event.reason
        case _:
            return ""
