"""How products stand today for whoever finds them: how they conform, and how strong their evidence is."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.queries.certificates import conformities
from marketplace.assurance.rules.conformity import Conformity
from marketplace.catalogue.models import Product
from marketplace.catalogue.search import BATCH, FOUND, Standing, documents
from marketplace.catalogue.subscribers import indexes
from marketplace.faces.evidence import summaries_on_sale
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Subscriber
from marketplace.ports.search.port import Document


def standings(db: Session, frameworks: Frameworks, product_ids: Sequence[UUID], *, on: date) -> Mapping[UUID, Standing]:
    """The standing of each product on a day, in a fixed number of queries."""
    conform = conformities(db, frameworks, product_ids, on=on)
    proven = summaries_on_sale(db, frameworks, product_ids)
    return {
        product_id: Standing(
            conformity=conform[product_id].status, conformity_word=conform[product_id].word,
            conformity_note=_note(conform[product_id]),
            evidence=proven[product_id].strength, evidence_word=proven[product_id].word,
            evidence_level=proven[product_id].level, studies=proven[product_id].kinds,
        )
        for product_id in product_ids
    }  # fmt: skip


def standing_of(db: Session, frameworks: Frameworks, product_id: UUID, *, on: date) -> Standing:
    """The standing of one product on a day."""
    return standings(db, frameworks, [product_id], on=on)[product_id]


def standing_documents(
    db: Session, frameworks: Frameworks, *, on: date, ids: Sequence[UUID] | None = None
) -> Iterator[Document]:
    """The search documents of the products that are found, or of those of `ids` that are, as they stand on a day."""
    wanted = iter(ids) if ids is not None else _found(db)
    while batch := list(islice(wanted, BATCH)):
        told = standings(db, frameworks, batch, on=on)
        yield from documents(db, frameworks, on=on, ids=batch, standings=told)


def follows_in_index(services: Services) -> Subscriber:
    """A subscriber by which the index follows whatever event names a product: of listings, certificates, studies."""
    frameworks = services.frameworks
    return indexes(services.search, frameworks, lambda db, ids, on: standings(db, frameworks, ids, on=on))


def _note(conformity: Conformity) -> str:
    """Until when it holds, or why it does not; nothing where there is no certificate at all."""
    if conformity.certificate_ref is None:
        return ""
    if conformity.holds and conformity.until is not None:
        return f"Until {in_words(conformity.until)}"
    return "" if conformity.holds else conformity.cause


def _found(db: Session) -> Iterator[UUID]:
    """The ids of the products that are found, in order."""
    shown = select(Product.id).where(Product.state.in_(FOUND), Product.live_version_id.is_not(None))
    return iter(db.scalars(shown.order_by(Product.id)).all())
