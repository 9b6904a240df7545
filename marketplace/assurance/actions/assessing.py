"""The assessors' part of a case up to the proposal: seats, conflicts of interest, questions, findings."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events import (
    CaseAssigned,
    CaseStarted,
    ClarificationAsked,
    ConflictDeclared,
    CriterionFound,
)
from marketplace.assurance.models import Case, Clarification, Declaration, Finding
from marketplace.assurance.policies import may_assess, may_open_papers, seat_of
from marketplace.assurance.queries.bodies import competent, interested
from marketplace.assurance.queries.cases import declared_by, framework_of, hold_case, holidays_of
from marketplace.assurance.queries.given import answers_of, papers_of
from marketplace.assurance.queries.people import answered_for, is_or_was_of, members_who
from marketplace.assurance.rules.clock import reply_due
from marketplace.assurance.schemas import finding_faults, severity_of, text_of
from marketplace.assurance.states import CASE
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework, Criterion
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote

SEATS = {"applied": "first", "assigned": "first", "proposed": "second", "disagreed": "third"}
"""Which seat is filled in which state."""
WORKS = {"in-assessment": "first", "clarification": "first", "disagreed": "third"}
"""Whose findings count in which state."""


def assign(db: Session, case: Case, person_id: UUID, *, by: Actor, at: datetime) -> str:
    """Name who assesses: the first, second or third, as the case needs now; returns which. Raises NotAllowed, Conflict.

    The second and third are other people than those before them, and nobody is of the supplier: by person.
    """
    if not may_assess(by, case):
        raise NotAllowed("only an assessor of its body can give this case to somebody", "Act for the assessor body.")
    case = hold_case(db, case)
    stage = SEATS.get(case.state)
    if stage is None:
        raise Conflict(f"nobody can be named on a case that is {case.state}", "It has who it needs now.")
    _refuse_unfit(db, case, person_id, stage, on=day_in_london(at))
    if stage == "first":
        case.state = CASE.after("assign", case.state)
    setattr(case, f"{stage}_assessor_id", person_id)
    record(
        db, CaseAssigned(case_id=case.id, product_id=case.product_id, person_id=person_id, stage=stage), by=by, at=at
    )
    db.flush()
    db.expire(case, [f"{stage}_assessor"])
    return stage


def declare(db: Session, case: Case, *, has_conflict: bool, words: str = "", by: Actor, at: datetime) -> Declaration:
    """Say whether one has a conflict of interest. Without one the papers open; with one the seat is free again.

    Raises NotAllowed for who has no seat, Conflict where the case is past it, Invalid for a conflict without words.
    """
    case = hold_case(db, case)
    seat = seat_of(by, case) if may_assess(by, case) else ""
    if not seat or by.person_id is None:
        raise NotAllowed("only who is named on this case declares", "Take the case first.")
    needed = "Say what the conflict is; your colleagues read it." if has_conflict else ""
    kept = text_of("words", words, needed=needed)
    declaration = Declaration(
        id=new_id(at), case_id=case.id, person_id=by.person_id, has_conflict=has_conflict, words=kept, at=at
    )
    db.add(declaration)
    declared = ConflictDeclared(
        case_id=case.id, product_id=case.product_id, person_id=by.person_id, has_conflict=has_conflict, words=kept
    )
    record(db, declared, by=by, at=at)
    if has_conflict:
        _release(case, seat)
    elif seat == "first" and case.state == "assigned":
        case.state = CASE.after("start", case.state)
        record(db, CaseStarted(case_id=case.id, product_id=case.product_id), by=by, at=at)
    db.flush()
    return declaration


def ask_clarification(
    db: Session, case: Case, code: str, words: str, *, frameworks: Frameworks, by: Actor, at: datetime
) -> Clarification:
    """Ask the supplier about one criterion: the clock stops until it replied. Raises NotAllowed, Conflict, Invalid."""
    case = hold_case(db, case)
    begin_work(db, case, by=by, seat="first")
    criterion = criterion_of(framework_of(frameworks, case), code)
    asked = text_of("words", words, needed="Say what is unclear, and what would settle it.")
    case.state = CASE.after("ask", case.state)
    today = day_in_london(at)
    clarification = Clarification(
        id=new_id(at), case_id=case.id, code=criterion.code, words=asked, asked_by_id=by.person_id, asked_at=at,
        due_on=reply_due(today, holidays_of(frameworks)), reply="",
    )  # fmt: skip
    db.add(clarification)
    event = ClarificationAsked(
        case_id=case.id, product_id=case.product_id, clarification_id=clarification.id, supplier_id=case.supplier_id,
        code=criterion.code, words=asked, due_on=clarification.due_on,
    )  # fmt: skip
    record(db, event, by=by, at=at)
    db.flush()
    return clarification


def find(
    db: Session, case: Case, code: str, judgement: str, *, note: str = "", condition: str = "", severity: str = "",
    due_on: date | None = None, frameworks: Frameworks, by: Actor, at: datetime,
) -> Finding:  # fmt: skip
    """Judge one criterion, on its answer as it stands. Changing one's mind adds another. Raises NotAllowed, Invalid."""
    case = hold_case(db, case)
    if case.state not in WORKS:
        raise Conflict(f"nothing can be found in a case that is {case.state}", "Only while somebody assesses it.")
    begin_work(db, case, by=by, seat=WORKS[case.state])
    framework = framework_of(frameworks, case)
    criterion = criterion_of(framework, code)
    told, wanted = text_of("note", note), text_of("condition", condition)
    wrong = finding_faults(judgement, told, wanted, due_on, severity, today=day_in_london(at))
    if wrong:
        raise Invalid(f"the finding on {code} does not hold", "Look at what is marked. Nothing was lost.", fields=wrong)
    answers = answers_of(db, case.product, at=case.answers_at, question_id=criterion.question_id)
    seen = papers_of(framework, case.product, case.version, answers).seen(criterion.question_id)
    finding = Finding(
        id=new_id(at), case_id=case.id, code=criterion.code, judgement=judgement, note=told, condition=wanted,
        severity=severity_of(judgement, severity), due_on=due_on, seen=seen, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(finding)
    found = CriterionFound(
        case_id=case.id, product_id=case.product_id, code=criterion.code, judgement=judgement, seen=seen
    )
    record(db, found, by=by, at=at)
    db.flush()
    return finding


def begin_work(db: Session, case: Case, *, by: Actor, seat: str) -> None:
    """Allow what the holder of a seat does once the papers are open. Raises NotAllowed."""
    if not may_assess(by, case) or seat_of(by, case) != seat:
        raise NotAllowed(f"this is for the {seat} assessor of the case", "Look at who is named on it.")
    if not may_open_papers(by, case, declared_by(db, case, by.person_id)):
        raise NotAllowed("the papers are not open to you", "Declare first whether you have a conflict of interest.")


def criterion_of(framework: AssuranceFramework, code: str) -> Criterion:
    """Raises Invalid for a code that the framework does not have."""
    if code not in framework.by_code:
        told = "Choose one of its list."
        raise Invalid(f"{framework.label} has no criterion {quote(code)}", told, fields={"code": told})
    return framework.by_code[code]


def _refuse_unfit(db: Session, case: Case, person_id: UUID, stage: str, *, on: date) -> None:
    able = {person.id for person in members_who(db, case.body_id, Permission.ASSURANCE_ASSESS, on=on)}
    before = {"second": [case.first_assessor_id], "third": [case.first_assessor_id, case.second_assessor_id]}
    declared = declared_by(db, case, person_id)
    if person_id not in able:
        raise NotAllowed("this person is no assessor of the body", "Name one who is.")
    if person_id in before.get(stage, []):
        raise NotAllowed(
            f"the {stage} assessor has to be another person than the one before", "Ask a colleague to take the case."
        )
    if is_or_was_of(db, person_id, case.supplier_id) or answered_for(db, person_id, case):
        raise NotAllowed("nobody assesses what their own organisation supplies", "Name somebody who never was of it.")
    if (declared is not None and declared.has_conflict) or person_id in interested(db, case.supplier_id):
        raise NotAllowed("this person declared a conflict of interest in this case", "Name somebody else.")
    skilled = competent(db, case.body_id, case.framework_id, on=on)
    if skilled is not None and person_id not in skilled:
        raise NotAllowed("this person is not kept as competent for the framework", "Name one of those who are.")


def _release(case: Case, seat: str) -> None:
    if seat == "first":
        case.state = CASE.after("release", case.state)
    elif (seat, case.state) not in (("second", "proposed"), ("third", "disagreed")):
        raise Conflict(f"your opinion in a case that is {case.state} stands", "Tell whoever leads your body.")
    setattr(case, f"{seat}_assessor_id", None)
