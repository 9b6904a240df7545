"""Putting right what a decision left open: planned and shown by the supplier, closed by an assessor."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.cases import (
    RemedyClosed,
    RemedyOffered,
    RemedyOpened,
    RemedyOverdue,
    RemedyPlanned,
    RemedyReturned,
)
from marketplace.assurance.models import Case, Finding, Remedy, RemedyStep
from marketplace.assurance.policies import may_assess, may_reply
from marketplace.assurance.queries.cases import framework_of
from marketplace.assurance.queries.certificates import certificate_of_case, papers_of_certificate
from marketplace.assurance.queries.given import Papers
from marketplace.assurance.queries.people import is_or_was_of, members_who
from marketplace.assurance.queries.remedies import hold_remedy, overdue_remedies, remedies_of
from marketplace.assurance.schemas import text_of
from marketplace.assurance.states import REMEDY
from marketplace.catalogue.queries.products import attachments_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor, Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

OVERDUE = "overdue"


def open_plan(db: Session, case: Case, papers: Papers, *, by: Actor, at: datetime) -> list[Remedy]:
    """Make an item of each condition and of each criterion that was not met, when a case was decided."""
    items = []
    for code, finding in sorted(papers.findings.items()):
        if finding.condition or finding.judgement == "not-met":
            items.append(_item(case, code, finding, at))
    db.add_all(items)
    db.flush()
    for item in items:
        opened = RemedyOpened(**about(item, case), words=item.words, due_on=item.due_on)
        record(db, opened, by=by, at=at)
    return items


def put_on_plan(db: Session, case: Case, finding: Finding, *, by: Actor, at: datetime) -> Remedy:
    """Make an item of what was found later; one of the same criterion is opened again, with the new words and day."""
    item = next((each for each in remedies_of(db, case.id) if each.code == finding.code), None)
    fresh = _item(case, finding.code, finding, at)
    if item is None:
        item = fresh
        db.add(item)
    else:
        item.state = REMEDY.after("reopen", item.state)
        item.kind, item.severity, item.words, item.due_on = fresh.kind, fresh.severity, fresh.words, fresh.due_on
        item.planned_on, item.closed_at = None, None
        _step(db, item, "reopen", fresh.words, by=by, at=at)
    db.flush()
    record(db, RemedyOpened(**about(item, case), words=item.words, due_on=item.due_on), by=by, at=at)
    return item


def plan_remedy(
    db: Session, remedy: Remedy, *, owner_id: UUID | None, planned_on: date | None, words: str = "", by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Say who of the supplier puts it right, and by when. Raises NotAllowed, Conflict, Invalid."""
    remedy = _supplying(db, remedy, by)
    remedy.state = REMEDY.after("plan", remedy.state)
    today, wrong = day_in_london(at), {}
    people = {person.id for person in members_who(db, remedy.supplier_id, Permission.CATALOGUE_WRITE, on=today)}
    if owner_id is not None and owner_id not in people:
        wrong["owner"] = "Choose somebody of yours who writes for the product."
    if planned_on is not None and planned_on < today:
        wrong["planned-on"] = f"{in_words(planned_on)} is past. Name a day that is still to come."
    elif planned_on is not None and remedy.due_on is not None and planned_on > remedy.due_on:
        wrong["planned-on"] = f"The assessor asks for it by {in_words(remedy.due_on)}. Plan it by then."
    if wrong:
        raise Invalid("the plan does not hold", "Mend what is marked.", fields=wrong)
    remedy.owner_id, remedy.planned_on = owner_id, planned_on
    _step(db, remedy, "plan", text_of("words", words), by=by, at=at)
    planned = RemedyPlanned(**about(remedy, remedy.case), owner_id=owner_id, planned_on=planned_on)
    record(db, planned, by=by, at=at)
    db.flush()
    db.expire(remedy, ["owner"])


def offer_remedy(
    db: Session, remedy: Remedy, *, words: str, documents: Sequence[UUID] = (), by: Actor, at: datetime
) -> None:
    """Show that it is put right, in words and with documents of the product. Raises NotAllowed, Conflict, Invalid."""
    remedy = _supplying(db, remedy, by)
    state = REMEDY.after("offer", remedy.state)
    given = text_of("words", words, needed="Say what was done, and where it shows.")
    there = {each.id: each for each in attachments_of(db, remedy.case.product_id)}
    if any(each not in there for each in documents):
        told = "Choose documents that stand beside the product."
        raise Invalid("there is no such document", told, fields={"documents": told})
    shown = [
        {"attachment_id": str(each), "digest": there[each].digest, "name": there[each].name}
        for each in dict.fromkeys(documents)
    ]
    remedy.state = state
    _step(db, remedy, "offer", given, shown, by=by, at=at)
    record(db, RemedyOffered(**about(remedy, remedy.case), words=given), by=by, at=at)
    db.flush()


def settle_remedy(
    db: Session, remedy: Remedy, *, closes: bool, words: str = "", has_no_conflict: bool, frameworks: Frameworks,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Close an item as an assessor of the body, or say what is still missing. Raises NotAllowed, Conflict, Invalid."""
    remedy = hold_remedy(db, remedy)
    case = remedy.case
    if not may_assess(by, case) or by.person_id is None:
        raise NotAllowed("only an assessor of the body that decided closes this", "Act for that body.")
    if is_or_was_of(db, by.person_id, case.supplier_id):
        raise NotAllowed("nobody assesses what their own organisation supplies", "Ask a colleague.")
    if not has_no_conflict:
        told = "Declare that you have no conflict of interest, or leave it to a colleague."
        raise Invalid("nothing was declared", told, fields={"declared": told})
    move = "close" if closes else "return"
    state = REMEDY.after(move, remedy.state)
    given = text_of("words", words, needed="" if closes else "Say what is still missing; the supplier reads it.")
    remedy.state = state
    _step(db, remedy, move, given, by=by, at=at)
    if closes:
        remedy.closed_at = at
        _lift(db, remedy, frameworks, by=by, at=at)
    event = (RemedyClosed if closes else RemedyReturned)(**about(remedy, case), words=given)
    record(db, event, by=by, at=at)
    db.flush()


def tell_overdue(db: Session, *, at: datetime) -> int:
    """Record, once each, which items passed their day and are still open. Returns how many are new. Repeatable."""
    late = overdue_remedies(db, on=day_in_london(at))
    for remedy in late:
        assert remedy.due_on is not None
        db.add(RemedyStep(id=new_id(at), remedy_id=remedy.id, move=OVERDUE, words="", documents=[], at=at))
        record(db, RemedyOverdue(**about(remedy, remedy.case), due_on=remedy.due_on), by=CLOCK, at=at)
    db.flush()
    return len(late)


def about(remedy: Remedy, case: Case) -> dict[str, Any]:
    """What every event of an item says."""
    return {
        "remedy_id": remedy.id, "case_id": case.id, "product_id": case.product_id, "supplier_id": case.supplier_id,
        "code": remedy.code,
    }  # fmt: skip


def _item(case: Case, code: str, finding: Finding, at: datetime) -> Remedy:
    return Remedy(
        id=new_id(at), case_id=case.id, supplier_id=case.supplier_id, code=code,
        kind="condition" if finding.condition else "finding", severity=finding.severity,
        words=finding.condition or finding.note, due_on=finding.due_on, state=REMEDY.start, opened_at=at,
    )  # fmt: skip


def _lift(db: Session, remedy: Remedy, frameworks: Frameworks, *, by: Actor, at: datetime) -> None:
    """What is put right weighs on its certificate no more: the criterion is found met, on today's answer."""
    certificate = certificate_of_case(db, remedy.case_id)
    if certificate is None:
        return
    papers = papers_of_certificate(db, frameworks, certificate, on=day_in_london(at))
    question_id = framework_of(frameworks, remedy.case).by_code[remedy.code].question_id
    db.add(Finding(
        id=new_id(at), case_id=remedy.case_id, code=remedy.code, judgement="met", severity="", condition="",
        note="It was put right.", due_on=None, seen=papers.seen(question_id), by_id=by.person_id, at=at,
    ))  # fmt: skip
    certificate.closed = [*certificate.closed, {"code": remedy.code, "on": day_in_london(at).isoformat()}]


def _supplying(db: Session, remedy: Remedy, by: Actor) -> Remedy:
    held = hold_remedy(db, remedy)
    if not may_reply(by, held.case):
        raise NotAllowed("only the supplier's people put this right", "Act for the supplier.")
    return held


def _step(
    db: Session, remedy: Remedy, move: str, words: str, documents: Sequence[dict[str, str]] = (), *, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    db.add(RemedyStep(
        id=new_id(at), remedy_id=remedy.id, move=move, words=words, documents=list(documents), by_id=by.person_id,
        at=at,
    ))  # fmt: skip
