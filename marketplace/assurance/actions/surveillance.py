"""Looking again at what was certified: a visit is set, appointed, held, and what it found weighs on the certificate."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.actions.assessing import criterion_of
from marketplace.assurance.actions.certificates import suspend_certificate
from marketplace.assurance.actions.remedies import put_on_plan
from marketplace.assurance.events.surveillance import (
    VisitAppointed,
    VisitDue,
    VisitEnded,
    VisitOpened,
    VisitOverdue,
)
from marketplace.assurance.models import Certificate, Finding, Visit, VisitFinding
from marketplace.assurance.policies import may_assess
from marketplace.assurance.queries.bodies import competent, interested
from marketplace.assurance.queries.certificates import framework_of, papers_of_certificate
from marketplace.assurance.queries.declared import surveillance
from marketplace.assurance.queries.people import answered_for, is_or_was_of, members_who
from marketplace.assurance.queries.surveillance import (
    found_at,
    hold_visit,
    never_visited,
    open_visit,
    superseded,
    visits_to_tell,
)
from marketplace.assurance.rules.surveillance import SUSPENDED, came_to, next_visit
from marketplace.assurance.schemas import finding_faults, severity_of, text_of
from marketplace.assurance.states import VISIT
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor, Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def set_visit(db: Session, certificate: Certificate, frameworks: Frameworks, *, since: date, at: datetime) -> Visit:
    """The visit ahead of a certificate, set where there is none; older certificates lose theirs. Repeatable."""
    known = open_visit(db, certificate.id)
    if known is not None:
        return known
    for each in superseded(db, certificate):
        drop_visit(db, each, at=at)
    visit = Visit(
        id=new_id(at), certificate_id=certificate.id, case_id=certificate.case_id, supplier_id=certificate.supplier_id,
        body_id=certificate.body_id, due_on=next_visit(surveillance(frameworks), certificate.framework_id, since),
        state=VISIT.start, outcome="", reasons="", way="",
    )  # fmt: skip
    db.add(visit)
    db.flush()
    return visit


def drop_visit(db: Session, visit: Visit, *, at: datetime) -> None:
    """Nothing is there to look at any more: the certificate was withdrawn, or another stands in its place."""
    visit.state, visit.ended_at = VISIT.after("drop", visit.state), at
    db.flush()


def appoint_visit(
    db: Session, visit: Visit, *, planned_on: date | None, way: str, person_id: UUID, frameworks: Frameworks, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """Say when it is held, how and by whom; the supplier is told. Raises NotAllowed, Conflict, Invalid."""
    visit = _assessing(db, visit, by)
    state, today = VISIT.after("appoint", visit.state), day_in_london(at)
    wrong = {}
    if planned_on is None or planned_on < today:
        wrong["planned-on"] = "Name a day that is not past."
    if way not in {each.id for each in surveillance(frameworks).ways}:
        wrong["way"] = "Choose how it is held."
    if wrong or planned_on is None:
        raise Invalid("the visit cannot be held so", "Mend what is marked.", fields=wrong)
    _refuse_unfit(db, visit, person_id, on=today)
    visit.state, visit.planned_on, visit.way, visit.assessor_id = state, planned_on, way, person_id
    appointed = VisitAppointed(**about(visit), planned_on=planned_on, way=way, person_id=person_id)
    record(db, appointed, by=by, at=at)
    db.flush()
    db.expire(visit, ["assessor"])


def begin_visit(db: Session, visit: Visit, *, has_no_conflict: bool, by: Actor, at: datetime) -> None:
    """Begin it as the one who was named, without a conflict of interest. Raises NotAllowed, Conflict, Invalid."""
    visit = _mine(db, visit, by)
    state = VISIT.after("open", visit.state)
    if not has_no_conflict:
        told = "Declare that you have no conflict of interest, or appoint a colleague."
        raise Invalid("nothing was declared", told, fields={"declared": told})
    assert by.person_id is not None
    _refuse_unfit(db, visit, by.person_id, on=day_in_london(at))
    visit.state, visit.opened_at = state, at
    record(db, VisitOpened(**about(visit), person_id=by.person_id), by=by, at=at)
    db.flush()


def find_at_visit(
    db: Session, visit: Visit, code: str, judgement: str, *, note: str = "", condition: str = "", severity: str = "",
    due_on: date | None = None, frameworks: Frameworks, by: Actor, at: datetime,
) -> VisitFinding:  # fmt: skip
    """Keep what is found of a criterion. Changing one's mind adds another. Raises NotAllowed, Conflict, Invalid."""
    visit = _mine(db, visit, by)
    VISIT.after("find", visit.state)
    criterion = criterion_of(framework_of(frameworks, visit.certificate), code)
    told, wanted = text_of("note", note), text_of("condition", condition)
    wrong = finding_faults(judgement, told, wanted, due_on, severity, today=day_in_london(at))
    if wrong:
        raise Invalid(f"the finding on {code} does not hold", "Look at what is marked. Nothing was lost.", fields=wrong)
    finding = VisitFinding(
        id=new_id(at), visit_id=visit.id, code=criterion.code, judgement=judgement, note=told, condition=wanted,
        severity=severity_of(judgement, severity), due_on=due_on, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(finding)
    db.flush()
    return finding


def end_visit(db: Session, visit: Visit, *, reasons: str, frameworks: Frameworks, by: Actor, at: datetime) -> str:
    """End it. What it comes to follows from what was found, and weighs on the certificate; returns that.

    What was not met, or has a condition, goes on the plan of the supplier; what is critical suspends the certificate.
    Raises NotAllowed, Conflict, Invalid.
    """
    visit = _mine(db, visit, by)
    state = VISIT.after("end", visit.state)
    given = text_of("reasons", reasons, needed="Say what you looked at; everybody reads it.")
    found = found_at(db, [visit.id])[visit.id]
    if not found:
        told = "Keep what was found of one criterion at least."
        raise Invalid("nothing was looked at", told, fields={"code": told})
    outcome = came_to((each.judgement, each.severity) for each in found.values())
    visit.state, visit.outcome, visit.reasons, visit.ended_at = state, outcome, given, at
    db.flush()
    certificate = visit.certificate
    for each in found.values():
        if each.judgement != "met":
            _weigh(db, visit, each, frameworks, by=by, at=at)
    record(db, VisitEnded(**about(visit), outcome=outcome, reasons=given), by=by, at=at)
    if outcome == SUSPENDED and certificate.state == "in-force":
        suspend_certificate(db, certificate, reason=given, by=by, at=at)
    set_visit(db, certificate, frameworks, since=day_in_london(at), at=at)
    return outcome


def tell_of_visits(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Record, once each, which visits are due soon and which are late; set those that are missing. Repeatable."""
    today, declared = day_in_london(at), surveillance(frameworks)
    for certificate in never_visited(db):
        set_visit(db, certificate, frameworks, since=certificate.issued_on, at=at)
    waiting = visits_to_tell(db, on=today, ahead=declared.notice_days)
    for visit in waiting:
        if visit.due_on < today and visit.late_told_at is None:
            visit.told_at, visit.late_told_at = visit.told_at or at, at
            record(db, VisitOverdue(**about(visit), due_on=visit.due_on), by=CLOCK, at=at)
        else:
            visit.told_at = at
            record(db, VisitDue(**about(visit), due_on=visit.due_on), by=CLOCK, at=at)
    db.flush()
    return len(waiting)


def about(visit: Visit) -> dict[str, Any]:
    """What every event of a visit says."""
    return {
        "certificate_id": visit.certificate_id, "visit_id": visit.id, "case_id": visit.case_id,
        "product_id": visit.certificate.product_id, "supplier_id": visit.supplier_id,
    }  # fmt: skip


def _weigh(db: Session, visit: Visit, found: VisitFinding, frameworks: Frameworks, *, by: Actor, at: datetime) -> None:
    """Put a finding of the visit among those of the case, on today's answer, and on the plan of the supplier."""
    certificate, case = visit.certificate, visit.case
    papers = papers_of_certificate(db, frameworks, certificate, on=day_in_london(at))
    question_id = framework_of(frameworks, certificate).by_code[found.code].question_id
    finding = Finding(
        id=new_id(at), case_id=case.id, code=found.code, judgement=found.judgement, severity=found.severity,
        note=found.note, condition=found.condition, due_on=found.due_on, seen=papers.seen(question_id),
        by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(finding)
    put_on_plan(db, case, finding, by=by, at=at)
    kept = [each for each in certificate.conditions if each["code"] != found.code]
    if found.condition:
        day = found.due_on.isoformat() if found.due_on else ""
        kept = [*kept, {"code": found.code, "condition": found.condition, "due_on": day}]
    certificate.conditions = kept
    certificate.closed = [each for each in certificate.closed if each["code"] != found.code]
    db.flush()


def _assessing(db: Session, visit: Visit, by: Actor) -> Visit:
    held = hold_visit(db, visit)
    if not may_assess(by, held.case):
        raise NotAllowed("only an assessor of the body that certified it looks at it again", "Act for that body.")
    return held


def _mine(db: Session, visit: Visit, by: Actor) -> Visit:
    held = _assessing(db, visit, by)
    if held.assessor_id is None or held.assessor_id != by.person_id:
        raise NotAllowed("this is for the one who holds the visit", "Look at who was appointed.")
    return held


def _refuse_unfit(db: Session, visit: Visit, person_id: UUID, *, on: date) -> None:
    case = visit.case
    if person_id not in {each.id for each in members_who(db, visit.body_id, Permission.ASSURANCE_ASSESS, on=on)}:
        raise NotAllowed("this person is no assessor of the body", "Name one who is.")
    if is_or_was_of(db, person_id, case.supplier_id) or answered_for(db, person_id, case):
        raise NotAllowed("nobody assesses what their own organisation supplies", "Name somebody who never was of it.")
    if person_id in interested(db, case.supplier_id):
        raise NotAllowed("this person has declared an interest in the supplier", "Name somebody else.")
    skilled = competent(db, visit.body_id, case.framework_id, on=on)
    if skilled is not None and person_id not in skilled:
        raise NotAllowed("this person is not kept as competent for the framework", "Name one of those who are.")
