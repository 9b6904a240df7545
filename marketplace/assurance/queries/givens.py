"""What suppliers answered, as the rules read it and nothing more: for many products at once, without a row for each."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, bindparam, cast, or_, select, type_coerce
from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer
from marketplace.assurance.rules.verdicts import Given
from marketplace.catalogue.models import Product
from marketplace.kit.db import read_json

Answered = dict[str, Given]
"""By question."""
Whose = tuple[str, str]
"""The organisation that answered, and of which product: empty for what is asked of it as a whole."""
Written = tuple[str | None, str, date | None]
"""An answer as the database has it, with the documents behind it and its date: most are like another of the batch."""

_KEPT = Answer.__table__.c
_OF_THEM = (
    select(
        type_coerce(_KEPT.organisation_id, String), type_coerce(_KEPT.product_id, String), _KEPT.question_id,
        cast(_KEPT.value, Text), cast(_KEPT.documents, Text), _KEPT.dated,
    )
    .where(
        or_(
            _KEPT.product_id.in_(bindparam("products", expanding=True)),
            _KEPT.product_id.is_(None) & _KEPT.organisation_id.in_(bindparam("suppliers", expanding=True)),
        ),
        _KEPT.at <= bindparam("at"),
    )
    .order_by(_KEPT.id)
)  # fmt: skip


def givens_of_many(
    db: Session, products: Sequence[Product], described: Mapping[UUID, Mapping[str, Any]], *, at: datetime
) -> dict[UUID, Answered]:
    """By product and question what counts at a moment, in one query; `described` are the answers of descriptions.

    The same as `given.papers_of` says of a framework, of all questions at once and without what was found.
    """
    found: dict[UUID, Answered] = {product.id: {} for product in products}
    concerned = defaultdict[Whose, list[Answered]](list)
    for product in products:
        if product.organisation_id is not None:
            for about in ("", product.id.hex):
                concerned[product.organisation_id.hex, about].append(found[product.id])
    read: dict[Written, Given] = {}
    for by, about, question, value, documents, dated in _answers(db, products, at):
        written = (value, documents, dated)
        given = read.get(written) or read.setdefault(written, _given(*written))
        for answered in concerned.get((_plain(by), _plain(about)), ()):
            answered[question] = given
    return {key: _counted(answered, described[key]) for key, answered in found.items()}


def _answers(db: Session, products: Sequence[Product], at: datetime) -> Iterable[Sequence[Any]]:
    """Whose, of which product, to what, and the answer as it is written; the oldest first, so that the latest stays."""
    suppliers = {product.organisation_id for product in products if product.organisation_id}
    return db.execute(
        _OF_THEM, {"products": [product.id for product in products], "suppliers": list(suppliers), "at": at}
    )


def _given(value: str | None, documents: str, dated: date | None) -> Given:
    return Given(read_json(value or "null"), tuple([each["digest"] for each in json.loads(documents)]), dated)


def _counted(answered: Answered, listed: Mapping[str, Any]) -> Answered:
    """Without what was taken back; what the description says stands over what was answered beside it."""
    counted = {name: given for name, given in answered.items() if not _is_nothing(given)}
    for name, value in listed.items():
        before = counted.get(name)
        if value is not None:
            counted[name] = Given(value, before.documents, before.dated) if before else Given(value)
    return counted


def _plain(key: object) -> str:
    """An id as 32 characters, however the database gives it: an object for each of a million would take a second."""
    if isinstance(key, str):
        return key
    return key.hex if isinstance(key, UUID) else ""


def _is_nothing(given: Given) -> bool:
    """Whether an answer was taken back with all that stood behind it."""
    return given.value is None and given.dated is None and not given.documents
