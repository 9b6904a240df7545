"""Answering: each answer is kept for good, with its date and the digests of the documents behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events import AnswersGiven
from marketplace.assurance.models import Answer
from marketplace.assurance.policies import may_answer
from marketplace.assurance.queries.given import answers_of
from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.catalogue.queries.products import attachments_of
from marketplace.frameworks import answers
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

OLDEST = date(1990, 1, 1)
IN_DESCRIPTION = "The description of the product answers this. Change it there, in its next edition."


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of what was sent in: which questions were answered anew, and by field what is wrong."""

    changed: list[str]
    errors: dict[str, str] = field(default_factory=dict)


def answer(
    db: Session, product: Product, raw: Mapping[str, object], *, framework: AssuranceFramework,
    dated: Mapping[str, date | None] | None = None, documents: Mapping[str, Sequence[UUID]] | None = None,
    by: Actor, at: datetime,
) -> Saved:  # fmt: skip
    """Keep what was sent, by question id: good answers, a blank takes one back, each bad one is told.

    `dated` and `documents` (attachments of the product) go with the answers; what neither names is not touched.
    What is asked of the organisation is kept once and counts for each of its products. Raises NotAllowed.
    """
    if not may_answer(by, product):
        raise NotAllowed("only the supplier's people can answer for this product", "Act for the supplier.")
    before = answers_of(db, product, at=at)
    values = {name: kept.value for name, kept in before.items() if name in framework.by_question}
    listed = _listed(db, product)
    after, errors = answers.amend(framework.form, values, {k: v for k, v in raw.items() if _question(k) not in listed})
    errors |= {_question(name): IN_DESCRIPTION for name in raw if _question(name) in listed}
    errors |= _faults_of_dates(framework, dated or {}, today=day_in_london(at))
    there = {each.id: each for each in attachments_of(db, product.id)}
    changed = []
    for name, criterion in framework.by_question.items():
        wanted = _wanted(name, before.get(name), after, dated or {}, documents or {}, there, errors)
        if _differs(before.get(name), wanted):
            db.add(_row(product, criterion, wanted, by, at))
            changed.append(name)
    if changed:
        given = AnswersGiven(product_id=product.id, organisation_id=_supplier(product), questions=changed)
        record(db, given, by=by, at=at)
        db.flush()
    return Saved(changed, errors)


def _listed(db: Session, product: Product) -> Mapping[str, Any]:
    """What the description on show answers: it is changed there, and not a second time here."""
    version = db.get(Version, product.live_version_id) if product.live_version_id else None
    return version.answers if version is not None else {}


def _question(field: str) -> str:
    return field.partition(".")[0]


Wanted = tuple[Any, date | None, list[dict[str, str]]]


def _wanted(
    name: str, before: Answer | None, values: Mapping[str, Any], dated: Mapping[str, date | None],
    documents: Mapping[str, Sequence[UUID]], there: Mapping[UUID, Attachment], errors: Mapping[str, str],
) -> Wanted:  # fmt: skip
    """The answer as it would stand: each part as sent, or as it was where nothing or nothing good was sent."""
    day = before.dated if before else None
    if name in dated and f"dated.{name}" not in errors:
        day = dated[name]
    kept = list(before.documents) if before else []
    if name in documents:
        kept = _behind(documents[name], kept, there)
    return values.get(name), day, kept


def _behind(
    chosen: Sequence[UUID], before: Sequence[dict[str, str]], there: Mapping[UUID, Attachment]
) -> list[dict[str, str]]:
    """The documents chosen, by their digests; one that was removed since stays as long as it stays chosen."""
    known = {UUID(each["attachment_id"]): dict(each) for each in before}
    for key, attachment in there.items():
        known[key] = {"attachment_id": str(key), "digest": attachment.digest, "name": attachment.name}
    return [known[key] for key in dict.fromkeys(chosen) if key in known]


def _differs(before: Answer | None, wanted: Wanted) -> bool:
    value, day, documents = wanted
    if before is None:
        return value is not None or day is not None or bool(documents)
    return (before.value, before.dated, before.documents) != (value, day, documents)


def _row(product: Product, criterion: Criterion, wanted: Wanted, by: Actor, at: datetime) -> Answer:
    value, day, documents = wanted
    is_shared = criterion.unit == "organisation"
    return Answer(
        id=new_id(at), organisation_id=_supplier(product), product_id=None if is_shared else product.id,
        version_id=None if is_shared else product.live_version_id, question_id=criterion.question_id, value=value,
        dated=day, documents=documents, by_id=by.person_id, at=at,
    )  # fmt: skip


def _faults_of_dates(framework: AssuranceFramework, dated: Mapping[str, date | None], *, today: date) -> dict[str, str]:
    faults = {}
    for name, day in dated.items():
        criterion = framework.by_question.get(name)
        if criterion is None or not criterion.dated:
            faults[f"dated.{name}"] = "No date is asked for here. Leave it out."
        elif day is not None and day < OLDEST:
            faults[f"dated.{name}"] = f"{in_words(day)} is too long ago. Check the year."
        elif day is not None and day > today and not (criterion.expires and criterion.expires.stated):
            faults[f"dated.{name}"] = f"{in_words(day)} is still to come. Give the day on which it was done."
    return faults


def _supplier(product: Product) -> UUID:
    if product.organisation_id is None:
        raise NotAllowed("nobody answers for a product that has no supplier here", "Claim it first.")
    return product.organisation_id
