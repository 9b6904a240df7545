"""Answering: each answer is kept for good, with its date and the digests of the documents behind it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events import AnswersGiven
from marketplace.assurance.models import Answer
from marketplace.assurance.policies import may_answer, may_answer_here
from marketplace.assurance.queries.given import DEPLOYER, answers_of, local_answers
from marketplace.catalogue.models import Attachment, Product, Version
from marketplace.catalogue.queries.products import attachments_of
from marketplace.frameworks import answers
from marketplace.frameworks.schema.assurance import Who
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_line
from marketplace.kit.values import Value, field

OLDEST = date(1990, 1, 1)
SUPPLIER: Who = "supplier"
LONGEST_NAME = 200
MOST_NAMED = 20
NOT_YOURS = {
    "supplier": "Each organisation that deploys the product answers this for itself.",
    "deploying-organisation": "The supplier answers this, once for all buyers.",
}
"""What is told to the side that a question is not asked of."""
OVERTAKEN = "It was answered while your page was open. Look at what stands there; yours counts if you send it again."
IN_DESCRIPTION = "The description of the product answers this. Change it there, in its next edition."


class Saved(Value):
    """What became of what was sent in: which questions were answered anew, and by field what is wrong."""

    changed: list[str]
    errors: dict[str, str] = field(default_factory=dict)


class Whose(Value):
    """Which side answers, for which organisation, about which product."""

    who: Who
    organisation_id: UUID
    product: Product


class Sent(Value):
    """What was sent: values, dates, and the documents that now stand behind an answer.

    `shown` are the answers that the form was made from: what nobody changed in it leaves a newer answer as it is.
    """

    raw: Mapping[str, object]
    dated: Mapping[str, date | None]
    behind: Mapping[str, list[dict[str, str]]]
    shown: Mapping[str, Answer]


def answer(
    db: Session, product: Product, raw: Mapping[str, object], *, framework: AssuranceFramework,
    dated: Mapping[str, date | None] | None = None, documents: Mapping[str, Sequence[UUID]] | None = None,
    seen: datetime | None = None, by: Actor, at: datetime,
) -> Saved:  # fmt: skip
    """Keep what was sent, by question id: good answers, a blank takes one back, each bad one is told.

    `dated` and `documents` (attachments of the product) go with the answers; what neither names is not touched.
    `seen` is when the form was made: what somebody answered since is not undone by it, and a change of it is told.
    What is asked of the organisation is kept once and counts for each of its products. Raises NotAllowed.
    """
    if not may_answer(by, product):
        raise NotAllowed("only the supplier's people can answer for this product", "Act for the supplier.")
    there = {each.id: each for each in attachments_of(db, product.id)}
    before, listed = answers_of(db, product, at=at), _listed(db, product)
    behind = {
        name: _behind(chosen, list(before[name].documents) if name in before else [], there)
        for name, chosen in (documents or {}).items()
    }
    shown = answers_of(db, product, at=seen) if seen else before
    sent = Sent({k: v for k, v in raw.items() if _question(k) not in listed}, dated or {}, behind, shown)
    whose = Whose(SUPPLIER, _supplier(product), product)
    saved = _save(db, whose, framework, before, sent, by=by, at=at)
    refused = {_question(name): IN_DESCRIPTION for name in raw if _question(name) in listed}
    return Saved(saved.changed, saved.errors | refused)


def answer_here(
    db: Session, product: Product, raw: Mapping[str, object], *, framework: AssuranceFramework,
    dated: Mapping[str, date | None] | None = None, kept_at: Mapping[str, Sequence[str]] | None = None,
    seen: datetime | None = None, by: Actor, at: datetime,
) -> Saved:  # fmt: skip
    """Keep what an organisation answers of its own use of a product, apart from what the supplier says.

    `kept_at` names the documents behind an answer as the organisation keeps them, one line each: they stay with it.
    `seen` is as above.
    What is asked of the organisation counts for each product that it uses. Raises NotAllowed.
    """
    organisation_id = allow_here(by)
    behind = {name: _named(lines) for name, lines in (kept_at or {}).items()}
    before = local_answers(db, product, organisation_id, at=at)
    shown = local_answers(db, product, organisation_id, at=seen) if seen else before
    whose = Whose(DEPLOYER, organisation_id, product)
    return _save(db, whose, framework, before, Sent(raw, dated or {}, behind, shown), by=by, at=at)


def allow_here(by: Actor) -> UUID:
    """The organisation for whose own use the actor answers. Raises NotAllowed."""
    if not may_answer_here(by) or by.organisation_id is None:
        raise NotAllowed(
            "only an organisation that buys answers for its own use",
            "Act for your organisation as its buyer, safety officer, approver or lead of information governance.",
        )
    return by.organisation_id


def _save(
    db: Session, whose: Whose, framework: AssuranceFramework, before: Mapping[str, Answer], sent: Sent, *, by: Actor,
    at: datetime,
) -> Saved:  # fmt: skip
    """What one side answers of a framework, kept question by question, and recorded once."""
    own = {name: each for name, each in framework.by_question.items() if each.who == whose.who and not each.known}
    values = {name: kept.value for name, kept in before.items() if name in own}
    after, errors = answers.amend(framework.form, values, sent.raw)
    errors |= {_question(name): NOT_YOURS[whose.who] for name in sent.raw if _is_of_the_other(name, framework, own)}
    errors |= _faults_of_dates(framework, sent.dated, today=day_in_london(at))
    changed = []
    for name, criterion in own.items():
        wanted = _wanted(name, before.get(name), after, sent, errors)
        if not _differs(before.get(name), wanted):
            continue
        if not _is_as_shown(before.get(name), sent.shown.get(name)):
            errors |= _faults_of_overtaken(name, after, sent, errors)
        else:
            db.add(_row(whose, criterion, wanted, by, at))
            changed.append(name)
    if changed:
        given = AnswersGiven(product_id=whose.product.id, organisation_id=whose.organisation_id, questions=changed)
        record(db, given, by=by, at=at)
        db.flush()
    return Saved(changed, errors)


def _is_of_the_other(name: str, framework: AssuranceFramework, own: Mapping[str, Criterion]) -> bool:
    asked = framework.by_question.get(_question(name))
    return asked is not None and not asked.known and asked.question_id not in own


def _listed(db: Session, product: Product) -> Mapping[str, Any]:
    """What the description on show answers: it is changed there, and not a second time here."""
    version = db.get(Version, product.live_version_id) if product.live_version_id else None
    return version.answers if version is not None else {}


def _question(field: str) -> str:
    return field.partition(".")[0]


Wanted = tuple[Any, date | None, list[dict[str, str]]]


def _wanted(
    name: str, before: Answer | None, values: Mapping[str, Any], sent: Sent, errors: Mapping[str, str]
) -> Wanted:
    """The answer as it would stand: each part as sent, or as it was where nothing or nothing good was sent."""
    day = before.dated if before else None
    if name in sent.dated and f"dated.{name}" not in errors:
        day = sent.dated[name]
    kept = list(before.documents) if before else []
    return values.get(name), day, sent.behind.get(name, kept)


def _behind(
    chosen: Sequence[UUID], before: Sequence[dict[str, str]], there: Mapping[UUID, Attachment]
) -> list[dict[str, str]]:
    """The documents chosen, by their digests; one that was removed since stays as long as it stays chosen."""
    known = {UUID(each["attachment_id"]): dict(each) for each in before}
    for key, attachment in there.items():
        known[key] = {"attachment_id": str(key), "digest": attachment.digest, "name": attachment.name}
    return [known[key] for key in dict.fromkeys(chosen) if key in known]


def _named(lines: Sequence[str]) -> list[dict[str, str]]:
    """Documents that an organisation keeps itself, each known by its name alone."""
    names = dict.fromkeys(clean_line(line, LONGEST_NAME) for line in lines[:MOST_NAMED])
    return [
        {"attachment_id": "", "digest": hashlib.sha256(name.encode()).hexdigest(), "name": name}
        for name in names if name
    ]  # fmt: skip


def _differs(before: Answer | None, wanted: Wanted) -> bool:
    value, day, documents = wanted
    if before is None:
        return value is not None or day is not None or bool(documents)
    return (before.value, before.dated, before.documents) != (value, day, documents)


def _is_as_shown(before: Answer | None, shown: Answer | None) -> bool:
    """Whether the answer that counts is the one that the form was made from."""
    return (before.id if before else None) == (shown.id if shown else None)


def _faults_of_overtaken(name: str, values: Mapping[str, Any], sent: Sent, errors: Mapping[str, str]) -> dict[str, str]:
    """What to tell of an answer that somebody gave since: nothing where the form left it as it was shown."""
    shown = sent.shown.get(name)
    return {name: OVERTAKEN} if _differs(shown, _wanted(name, shown, values, sent, errors)) else {}


def _row(whose: Whose, criterion: Criterion, wanted: Wanted, by: Actor, at: datetime) -> Answer:
    value, day, documents = wanted
    is_shared = criterion.unit == "organisation"
    return Answer(
        id=new_id(at), organisation_id=whose.organisation_id, product_id=None if is_shared else whose.product.id,
        version_id=None if is_shared else whose.product.live_version_id, question_id=criterion.question_id,
        value=value, dated=day, documents=documents, by_id=by.person_id, at=at,
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
