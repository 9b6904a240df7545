"""Whether what is on show is what was published: editions against their digests on the record."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import ListingPublished
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.rules.editions import edition_digest
from marketplace.kit.events import event_from
from marketplace.kit.record import Entry


def altered_editions(db: Session) -> Iterator[str]:
    """A sentence for each published edition that is gone, or no longer reads as it did on the day."""
    entries = select(Entry).where(Entry.name == ListingPublished.recorded_as).order_by(Entry.id)
    for entry in db.scalars(entries.execution_options(yield_per=500)):
        event = event_from(entry.name, entry.payload)
        if isinstance(event, ListingPublished) and event.digest:
            yield from _fault(db, event)


def _fault(db: Session, event: ListingPublished) -> Iterator[str]:
    version = db.get(Version, event.version_id)
    if version is None:
        yield f"edition {event.version_id} was published and is gone"
        return
    shown = edition_digest(edition=version.edition, name=version.name, number=version.number, described=version.answers)
    if shown != event.digest:
        ref = db.scalar(select(Product.ref).where(Product.id == version.product_id))
        yield f"edition {version.edition} of {ref} was altered after it was published"
    db.expunge(version)
