"""Plans of evaluations as invented people stamped them, and what reviewers of notes judged under one of them."""

import random
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.demonstration.stage import Scene, Stage, product_known
from marketplace.evidence.actions.protocols import add_protocol, review_notes, stamp_protocol
from marketplace.evidence.actions.reviewing import publish_review
from marketplace.evidence.models import Protocol
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.queries.protocols import find_protocol
from marketplace.evidence.rules.review import Judgement
from marketplace.evidence.schemas.protocols import read_planned
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared, Source
from marketplace.kit.calendar import day_in_london

FILE = "evaluations.yaml"


class EvaluationOf(Declared):
    """A plan; `reviewed` and `published` are set where notes were read under it, `notes` of them."""

    product: str
    version: str
    by: str
    organisation: str
    template: str
    title: str
    planned: int
    stamped: int
    supplier_funded: str
    answers: dict[str, str]
    reviewed: int | None = None
    published: int | None = None
    notes: int = 0
    seed: int = 0


class EvaluationsFile(Declared):
    """frameworks/demonstration/evaluations.yaml."""

    id: str
    version: int
    label: str
    date: Any
    source: Source
    demonstration: bool
    evaluations: tuple[EvaluationOf, ...]


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each plan as it was stamped, and each review as it came in and went into the evidence."""
    for one in evaluations_in(stage.content.folder):
        yield Scene(stage.moment(one.stamped, 400), partial(_plan, stage, one))
        if one.reviewed is not None:
            yield Scene(stage.moment(one.reviewed, 410), partial(_review, stage, one))
        if one.published is not None:
            yield Scene(stage.moment(one.published, 420), partial(_publish, stage, one))


def evaluations_in(folder: Path) -> tuple[EvaluationOf, ...]:
    """What is declared. Raises Invalid with file and line."""
    return declared(EvaluationsFile, read(folder / FILE, FILE)).evaluations


def _plan(stage: Stage, one: EvaluationOf, db: Session) -> None:
    if _there(db, one) is not None:
        return
    rules, product = protocol_rules(stage.frameworks), product_known(db, one.product)
    raw = {f"section-{name}": text for name, text in one.answers.items()}
    raw |= {"template": one.template, "title": one.title, "version_number": one.version}
    planned = read_planned({**raw, "supplier_funded": one.supplier_funded}, rules)
    by = stage.actor(db, one.by, one.organisation)
    written, at = stage.moment(one.planned, 400), stage.moment(one.stamped, 400)
    protocol = add_protocol(db, product.id, planned, is_suppliers=False, by=by, at=written)
    stamp_protocol(db, protocol, rules, by=by, at=at)


def _review(stage: Stage, one: EvaluationOf, db: Session) -> None:
    by, there = stage.actor(db, one.by, one.organisation), _there(db, one)
    protocol = find_protocol(db, there.ref, by=by) if there else None
    if protocol is None or protocol.reviews or protocol.stamped_at is None:
        return
    at, began = stage.moment(one.reviewed or 0, 410), day_in_london(protocol.stamped_at) + timedelta(days=7)
    ended, judged = day_in_london(at), judgements_of(one)
    review_notes(db, protocol, judged, began_on=began, ended_on=ended, file_name="notes.csv", by=by, at=at)


def _publish(stage: Stage, one: EvaluationOf, db: Session) -> None:
    by, there = stage.actor(db, one.by, one.organisation), _there(db, one)
    if there is not None:
        protocol, at = find_protocol(db, there.ref, by=by), stage.moment(one.published or 0, 420)
        publish_review(db, protocol, 1, protocol_rules(stage.frameworks), is_on_show=True, by=by, at=at)


def judgements_of(one: EvaluationOf) -> list[Judgement]:
    """Invented judgements of two reviewers, who agree more often than not; the same at every play."""
    chance = random.Random(one.seed)  # noqa: S311 - invented data, nothing secret
    found = []
    for note in range(1, one.notes + 1):
        truth = [int(chance.random() < rate) for rate in (0.02, 0.09, 0.03, 0.16)]
        for reviewer in ("A", "B"):
            seen = [value if chance.random() < 0.88 else 0 for value in truth]
            found.append(
                Judgement(
                    note=f"N{note:03}", reviewer=reviewer, hallucinations_major=seen[0], hallucinations_minor=seen[1],
                    omissions_major=seen[2], omissions_minor=seen[3], sentences=14 + note % 9,
                    source_sentences=70 + note % 31, pdqi=chance.randint(31, 43) - 4 * sum(seen),
                )
            )  # fmt: skip
    return found


def _there(db: Session, one: EvaluationOf) -> Protocol | None:
    return db.scalars(select(Protocol).where(Protocol.title == one.title, Protocol.is_demonstration)).first()
