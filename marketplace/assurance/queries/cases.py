"""Cases: finding one, the queue of a body, the clock, and a case as it stood at any moment."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance import events
from marketplace.assurance.models import Case, Clarification, Declaration, Opinion
from marketplace.assurance.rules.clock import Clock, Stop, assessment_due, clock_of
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import Holidays, day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.events import event_from
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import reference_or
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.record import Entry
from marketplace.kit.text import quote
from marketplace.kit.values import Value

SIZE = 50
LOADED = (
    joinedload(Case.product).joinedload(Product.supplier), joinedload(Case.version), joinedload(Case.supplier),
    joinedload(Case.body), joinedload(Case.first_assessor), joinedload(Case.second_assessor),
    joinedload(Case.third_assessor),
)  # fmt: skip
STATE_AFTER = {
    "CaseApplied": "applied", "CaseStarted": "in-assessment", "ClarificationAsked": "clarification",
    "OutcomeProposed": "proposed", "OutcomeDisagreed": "disagreed", "CaseDecided": "decided",
    "CaseWithdrawn": "withdrawn",
}  # fmt: skip
"""The state in which a case is after an event, where the name alone says it."""


class Listed(Value):
    """A case in a list, with its clock."""

    case: Case
    clock: Clock


class Assessing(Value):
    """A case under assessment: the last day that its assessors have, and whether their clock stands still."""

    case: Case
    due_on: date
    is_stopped: bool


class Stood(Value):
    """A case as it stood at a moment: its state, the moment whose answers were assessed, its clock."""

    at: datetime
    state: str
    answers_at: datetime
    clock: Clock


def visible_cases(by: Actor) -> Select[Case]:
    """The cases of the actor's body for its assessors, and those of the actor's products for who writes on them."""
    return select(Case).where(or_(_assessed_by(by), _supplied_by(by)))


def find_case(db: Session, ref: str, *, by: Actor) -> Case:
    """A case with everybody on it. Raises NotFound, for those of other bodies and suppliers too."""
    nothing = NotFound(f"there is no case {quote(ref)}", "Your cases are listed under Cases.")
    spelled = reference_or(ref, "CAS", nothing)
    found = db.scalars(visible_cases(by).options(*LOADED).where(Case.ref == spelled)).one_or_none()
    if found is None:
        raise nothing
    return found


def hold_case(db: Session, case: Case) -> Case:
    """Let one writer at a time into a case, and see it as the one before left it."""
    return hold_row(db, Case, case.id, LOADED)


def cases_for(
    db: Session, frameworks: Frameworks, *, by: Actor, on: date, states: Sequence[str] = (), after: str | None = None,
    limit: int = SIZE,
) -> Page[Listed]:  # fmt: skip
    """The cases of the actor's body, the longest waiting first, each with its clock."""
    mine = select(Case).where(_assessed_by(by))
    mine = mine.where(Case.state.in_(states)) if states else mine
    total = len(db.scalars(mine.with_only_columns(Case.id).limit(COUNTED + 1)).all())
    rows = mine.options(*LOADED).order_by(Case.id)
    if after:
        rows = rows.where(Case.id > decode_cursor(after, (UUID,))[0])
    found = list(db.scalars(rows.limit(limit + 1)))
    shown = found[:limit]
    clocks = clocks_of(db, frameworks, shown, on=on)
    listed = [Listed(case, clocks[case.id]) for case in shown]
    return Page(listed, total, encode_cursor(shown[-1].id) if len(found) > limit else None)


def cases_of(db: Session, product_id: UUID) -> list[Case]:
    """Every case of a product, newest first."""
    mine = select(Case).options(*LOADED).where(Case.product_id == product_id)
    return list(db.scalars(mine.order_by(Case.id.desc())))


def open_case(db: Session, product_id: UUID, framework_id: str) -> Case | None:
    """The case of a product that is under way; there is at most one under a framework."""
    mine = select(Case).options(*LOADED).where(Case.product_id == product_id, Case.framework_id == framework_id)
    return db.scalars(mine.where(Case.ended_at.is_(None))).one_or_none()


def framework_of(frameworks: Frameworks, case: Case) -> AssuranceFramework:
    """The framework in the version that a case is judged by."""
    return frameworks.assurance_versions[case.framework_id, case.framework_version]


def clocks_of(db: Session, frameworks: Frameworks, cases: Sequence[Case], *, on: date) -> dict[UUID, Clock]:
    """How each case stands on a day, in one query. The clock of a case that has ended stands at its end."""
    holidays, asked = holidays_of(frameworks), _asked_in(db, cases)
    return {case.id: _clock(case, asked[case.id], holidays, _last_day(case, on)) for case in cases}


def assessments_due(db: Session, frameworks: Frameworks, body_id: UUID, *, on: date, most: int) -> list[Assessing]:
    """The cases that a body assesses, the longest waiting first, each with the last day of its assessors."""
    open_ones = select(Case).options(*LOADED).where(Case.body_id == body_id, Case.ended_at.is_(None))
    cases = list(db.scalars(open_ones.order_by(Case.id).limit(most)))
    holidays, asked = holidays_of(frameworks), _asked_in(db, cases) if cases else {}
    return [
        Assessing(
            case, assessment_due(day_in_london(case.applied_at), _stops(asked[case.id], on), holidays, on=on),
            any(one.replied_at is None for one in asked[case.id]),
        )
        for case in cases
    ]  # fmt: skip


def _asked_in(db: Session, cases: Sequence[Case]) -> dict[UUID, list[Clarification]]:
    asked: dict[UUID, list[Clarification]] = defaultdict(list)
    for one in db.scalars(select(Clarification).where(Clarification.case_id.in_([case.id for case in cases]))):
        asked[one.case_id].append(one)
    return asked


def clarifications_of(db: Session, case: Case, *, at: datetime | None = None) -> list[Clarification]:
    """What the supplier was asked up to a moment, oldest first."""
    rows = select(Clarification).where(Clarification.case_id == case.id).order_by(Clarification.id)
    return list(db.scalars(rows if at is None else rows.where(Clarification.asked_at <= at)))


def open_questions(db: Session, supplier_id: UUID) -> list[tuple[Clarification, Case]]:
    """What assessors asked of a supplier and nobody has replied to yet, the earliest due first."""
    rows = (
        select(Clarification, Case)
        .join(Case, Case.id == Clarification.case_id)
        .options(*LOADED)
        .where(Case.supplier_id == supplier_id, Case.ended_at.is_(None), Clarification.replied_at.is_(None))
        .order_by(Clarification.due_on, Clarification.id)
    )
    return [(asked, case) for asked, case in db.execute(rows)]


def clarification_in(db: Session, case: Case, clarification_id: UUID) -> Clarification:
    """One of the questions of a case. Raises NotFound."""
    found = db.get(Clarification, clarification_id)
    if found is None or found.case_id != case.id:
        raise NotFound("there is no such question in this case", "The page of the case lists them.")
    return found


def opinions_of(db: Session, case: Case, *, at: datetime | None = None) -> list[Opinion]:
    """The proposal and what was said of it up to a moment, in that order."""
    rows = select(Opinion).options(joinedload(Opinion.person)).where(Opinion.case_id == case.id).order_by(Opinion.id)
    return list(db.scalars(rows if at is None else rows.where(Opinion.at <= at)))


def declarations_of(db: Session, case: Case) -> list[Declaration]:
    """What each assessor declared, in the order in which they did."""
    rows = select(Declaration).options(joinedload(Declaration.person)).where(Declaration.case_id == case.id)
    return list(db.scalars(rows.order_by(Declaration.id)))


_DECLARED = (
    select(Declaration)
    .where(Declaration.case_id == bindparam("case"), Declaration.person_id == bindparam("person"))
    .order_by(Declaration.id.desc())
    .limit(1)
)


def declared_by(db: Session, case: Case, person_id: UUID | None) -> Declaration | None:
    """What a person declared last about a case; None where they did not yet."""
    return db.scalars(_DECLARED, {"case": case.id, "person": person_id}).one_or_none()


def stood(db: Session, frameworks: Frameworks, case: Case, *, at: datetime) -> Stood:
    """A case as it stood at a moment, read from the record. Raises NotFound ahead of the application."""
    if at < case.applied_at:
        raise NotFound(f"{case.ref} did not exist yet", f"It was applied for on {day_in_london(case.applied_at)}.")
    state, answers_at = "applied", case.applied_at
    rows = select(Entry).where(Entry.about_id == case.id, Entry.at <= at).order_by(Entry.id)
    for entry in db.scalars(rows):
        state, resumed = _after(entry, state)
        answers_at = entry.at if resumed else answers_at
    asked = clarifications_of(db, case, at=at)
    clock = _clock(case, asked, holidays_of(frameworks), _last_day(case, day_in_london(at)))
    return Stood(at, state, answers_at, clock)


def holidays_of(frameworks: Frameworks) -> Holidays:
    """The bank holidays that no working day falls on."""
    return Holidays.from_data(frameworks.calendars["bank-holidays"])


def _after(entry: Entry, state: str) -> tuple[str, bool]:
    """The state after an entry of the record, and whether the answers were taken anew."""
    name = entry.name.rpartition(".")[2]
    if name in STATE_AFTER:
        return STATE_AFTER[name], False
    event = event_from(entry.name, entry.payload)
    match event:
        case events.CaseAssigned(stage="first"):
            return "assigned", False
        case events.ConflictDeclared(has_conflict=True) if state in ("assigned", "in-assessment"):
            return "applied", False
        case events.ClarificationReplied(resumed=True):
            return "in-assessment", True
        case _:
            return state, False


def _clock(case: Case, asked: Sequence[Clarification], holidays: Holidays, on: date) -> Clock:
    return clock_of(day_in_london(case.applied_at), _stops(asked, on), holidays, on=on)


def _stops(asked: Sequence[Clarification], on: date) -> list[Stop]:
    return [Stop(day_in_london(each.asked_at), _replied_on(each, on)) for each in asked]


def _replied_on(one: Clarification, on: date) -> date | None:
    day = day_in_london(one.replied_at) if one.replied_at else None
    return day if day is not None and day <= on else None


def _last_day(case: Case, on: date) -> date:
    return min(on, day_in_london(case.ended_at)) if case.ended_at else on


def _assessed_by(by: Actor) -> ColumnElement[bool]:
    if not by.may(Permission.ASSURANCE_ASSESS) or by.organisation_id is None:
        return false()
    return Case.body_id == by.organisation_id


def _supplied_by(by: Actor) -> ColumnElement[bool]:
    if not by.may(Permission.CATALOGUE_WRITE) or by.organisation_id is None:
        return false()
    return Case.supplier_id == by.organisation_id
