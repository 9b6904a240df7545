"""Dated answers that stand in no certificate: told of in good time, once for each step on the way to their end."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.assurance.events.ageing import AnswerRunsOut
from marketplace.assurance.models import Answer, AnswerTurn, Certificate
from marketplace.assurance.rules.ageing import STEPS, holds_until, step_of
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import CLOCK
from marketplace.kit.calendar import day_in_london
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

LATEST = timedelta(days=30)
"""What ended longer ago is no news to anybody."""


def tell_of_dated_answers(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Record, once each, which dated answers run out within 90, 30 and 7 days, or did. Returns how many are new.

    What stands in a certificate in force is told of with it, and left out here. Repeatable.
    """
    today, asked = day_in_london(at), _dated_questions(frameworks)
    told = {(turn.answer_id, turn.kind) for turn in db.scalars(select(AnswerTurn))}
    certified = _certified(db)
    new = 0
    for answer, supplier_id in _latest(db, list(asked)):
        where = _asking(asked[answer.question_id], answer, supplier_id)
        until = min((_end(criterion, answer) for _, criterion in where), default=None)
        kind = step_of(until, on=today) if until else ""
        if until is None or not kind or until < today - LATEST or (answer.id, kind) in told:
            continue
        if _is_certified(answer, where, certified):
            continue
        db.add(AnswerTurn(id=new_id(at), answer_id=answer.id, kind=kind, until=until, at=at))
        is_local = supplier_id is not None and supplier_id != answer.organisation_id
        record(db, _event(answer, where, until, kind, is_local=is_local), by=CLOCK, at=at)
        new += 1
    db.flush()
    return new


def _dated_questions(frameworks: Frameworks) -> dict[str, list[tuple[AssuranceFramework, Criterion]]]:
    found: dict[str, list[tuple[AssuranceFramework, Criterion]]] = {}
    for framework in frameworks.assurance.values():
        for criterion in framework.criteria:
            if criterion.dated:
                found.setdefault(criterion.question_id, []).append((framework, criterion))
    return found


def _latest(db: Session, questions: list[str]) -> Iterator[tuple[Answer, UUID | None]]:
    """The latest answer of each organisation to each dated question, with the supplier of its product."""
    newest = (
        select(func.max(Answer.id))
        .where(Answer.question_id.in_(questions))
        .group_by(Answer.organisation_id, Answer.product_id, Answer.question_id)
    )
    rows = select(Answer, Product.organisation_id).outerjoin(Product, Product.id == Answer.product_id)
    for answer, supplier_id in db.execute(rows.where(Answer.id.in_(newest), Answer.dated.is_not(None))):
        if answer.value is not None:
            yield answer, supplier_id


def _asking(
    where: list[tuple[AssuranceFramework, Criterion]], answer: Answer, supplier_id: UUID | None
) -> list[tuple[AssuranceFramework, Criterion]]:
    """The criteria that this answer goes to: those of the side that gave it."""
    if answer.product_id is None:
        return where
    who = "supplier" if supplier_id == answer.organisation_id else "deploying-organisation"
    return [(framework, criterion) for framework, criterion in where if criterion.who == who]


def _end(criterion: Criterion, answer: Answer) -> date:
    assert criterion.expires is not None
    assert answer.dated is not None
    return holds_until(criterion.expires, answer.dated)


def _certified(db: Session) -> set[tuple[UUID, str]]:
    """The products and the suppliers of certificates in force, each with the framework."""
    rows = db.execute(
        select(Certificate.product_id, Certificate.supplier_id, Certificate.framework_id).where(
            Certificate.state == "in-force"
        )
    )
    return {(key, framework) for product, supplier, framework in rows for key in (product, supplier)}


def _is_certified(
    answer: Answer, where: list[tuple[AssuranceFramework, Criterion]], certified: set[tuple[UUID, str]]
) -> bool:
    key = answer.product_id or answer.organisation_id
    return any((key, framework.id) in certified for framework, _ in where)


def _event(
    answer: Answer, where: list[tuple[AssuranceFramework, Criterion]], until: date, kind: str, *, is_local: bool
) -> AnswerRunsOut:
    return AnswerRunsOut(
        organisation_id=answer.organisation_id, product_id=answer.product_id, question=answer.question_id,
        label=where[0][1].label, until=until, days=STEPS[kind], is_local=is_local,
        counts_in=[f"{framework.label} {criterion.code}" for framework, criterion in where],
    )  # fmt: skip
