"""What suppliers answered, as the rules read it and nothing more: for many products at once, without a row for each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, or_, select, type_coerce
from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer
from marketplace.assurance.rules.verdicts import Given
from marketplace.catalogue.models import Product

Key = tuple[str, str]
"""Whose, and of which product: empty for what is asked of the organisation."""
Said = tuple[int, Given]
"""An answer with its place in the order of all: of two to the same question the later counts."""


def givens_of_many(
    db: Session, products: Sequence[Product], described: Mapping[UUID, Mapping[str, Any]], *, at: datetime
) -> dict[UUID, dict[str, Given]]:
    """By product and question what counts at a moment, in one query; `described` are the answers of descriptions.

    The same as `given.papers_of` says of a framework, of all questions at once and without what was found.
    """
    suppliers = {product.organisation_id for product in products if product.organisation_id}
    own = Answer.product_id.in_([product.id for product in products])
    shared = Answer.product_id.is_(None) & Answer.organisation_id.in_(suppliers)
    owner, of_product = (type_coerce(column, String) for column in (Answer.organisation_id, Answer.product_id))
    rows = select(owner, of_product, Answer.question_id, Answer.value, Answer.dated, Answer.documents)
    found: dict[Key, dict[str, Said]] = {}
    for order, row in enumerate(db.execute(rows.where(or_(own, shared), Answer.at <= at).order_by(Answer.id))):
        by, about, question, value, dated, documents = row
        said = Given(value, tuple([each["digest"] for each in documents]) if documents else (), dated)
        key = (_plain(by), _plain(about))
        if key not in found:
            found[key] = {}
        found[key][question] = (order, said)
    return {product.id: _given(product, found, described[product.id]) for product in products}


def _given(
    product: Product, found: Mapping[Key, Mapping[str, Said]], listed: Mapping[str, Any]
) -> dict[str, Given]:  # fmt: skip
    """Both kinds of answers together, the later before the earlier; what the description says stands over both."""
    latest: dict[str, Said] = {}
    if product.organisation_id is not None:
        for about in ("", product.id.hex):
            for name, said in found.get((product.organisation_id.hex, about), {}).items():
                if name not in latest or latest[name][0] < said[0]:
                    latest[name] = said
    given = {name: said for name, (_, said) in latest.items() if not _is_nothing(said)}
    for name, value in listed.items():
        before = given.get(name)
        if value is not None:
            given[name] = Given(value, before.documents, before.dated) if before else Given(value)
    return given


def _plain(key: object) -> str:
    """An id as 32 characters, however the database gives it: an object for each of a million would take a second."""
    if isinstance(key, str):
        return key
    return key.hex if isinstance(key, UUID) else ""


def _is_nothing(said: Given) -> bool:
    """Whether an answer was taken back with all that stood behind it."""
    return said.value is None and said.dated is None and not said.documents
