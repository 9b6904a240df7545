"""Appeals: filed by the supplier in time, heard by somebody who had no part in it, with an outcome that all read."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.assurance.actions.applying import refuse_unaccredited
from marketplace.assurance.actions.reopening import reopen, restore
from marketplace.assurance.events.cases import (
    AppealAssigned,
    AppealDismissed,
    AppealFiled,
    AppealOpened,
    AppealReleased,
    AppealUpheld,
    AppealWithdrawn,
)
from marketplace.assurance.models import Appeal, Case
from marketplace.assurance.policies import may_hear, may_reply
from marketplace.assurance.queries.appeals import LOADED, appealable, hold_appeal, open_appeal
from marketplace.assurance.queries.bodies import competent, interested
from marketplace.assurance.queries.cases import framework_of, holidays_of
from marketplace.assurance.queries.declared import service
from marketplace.assurance.queries.given import findings_of
from marketplace.assurance.queries.people import answered_for, is_or_was_of, members_who
from marketplace.assurance.schemas import text_of
from marketplace.assurance.states import AGAINST, APPEAL
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london, working_days_after
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

READ = "Say why; everybody reads it."


def file_appeal(
    db: Session, case: Case, *, against: str, grounds: str, codes: Sequence[str] = (), body: Organisation,
    frameworks: Frameworks, by: Actor, at: datetime,
) -> Appeal:  # fmt: skip
    """Appeal against what was decided, or against a suspension or withdrawal, at the body that is to hear it.

    `codes` are the criteria contested, of a decision alone. Raises NotAllowed, Conflict when it is too late, Invalid.
    """
    if not may_reply(by, case):
        raise NotAllowed("only the supplier's people can appeal", "Act for the supplier.")
    today = day_in_london(at)
    _refuse_too_late(against, appealable(db, frameworks, case, on=today))
    refuse_unaccredited(db, body, framework_of(frameworks, case), on=today)
    if open_appeal(db, case.id) is not None:
        raise _already(case)
    contested = _contested(db, case, against, codes)
    due_on = working_days_after(today, service(frameworks).hearing_days, holidays_of(frameworks))
    appeal = Appeal(
        id=new_id(at), ref=_free_reference(db), case_id=case.id, supplier_id=case.supplier_id, body_id=body.id,
        against=against, grounds=text_of("grounds", grounds, needed="Say what is wrong with it, and what shows that."),
        codes=contested, state=APPEAL.start, filed_by_id=by.person_id, filed_at=at, due_on=due_on,
    )  # fmt: skip
    _keep(db, appeal, case)
    filed = AppealFiled(
        **_about(appeal, case), body_id=body.id, against=against, grounds=appeal.grounds, codes=contested, due_on=due_on
    )
    record(db, filed, by=by, at=at)
    db.flush()
    return db.scalars(select(Appeal).options(*LOADED).where(Appeal.id == appeal.id)).one()


def assign_appeal(db: Session, appeal: Appeal, person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Name who hears it: nobody who had a part in what was decided. Raises NotAllowed, Conflict."""
    appeal = hold_appeal(db, appeal)
    if not may_hear(by, appeal):
        raise NotAllowed("only an assessor of the body that hears it can name somebody", "Act for that body.")
    state = APPEAL.after("assign", appeal.state)
    _refuse_unfit(db, appeal, person_id, at)
    appeal.state, appeal.assessor_id, appeal.declared_at = state, person_id, None
    record(db, AppealAssigned(**_about(appeal, appeal.case), person_id=person_id), by=by, at=at)
    db.flush()
    db.expire(appeal, ["assessor"])


def open_hearing(db: Session, appeal: Appeal, *, has_conflict: bool, words: str = "", by: Actor, at: datetime) -> None:
    """Declare, as the one who is named, whether one has a conflict of interest; without one the papers open."""
    appeal = _mine(db, appeal, by)
    assert by.person_id is not None
    if has_conflict:
        given = text_of("words", words, needed="Say what the conflict is; your colleagues read it.")
        appeal.state = APPEAL.after("release", appeal.state)
        appeal.assessor_id = None
        record(db, AppealReleased(**_about(appeal, appeal.case), person_id=by.person_id, words=given), by=by, at=at)
    else:
        appeal.state = APPEAL.after("open", appeal.state)
        appeal.declared_at = at
        record(db, AppealOpened(**_about(appeal, appeal.case), person_id=by.person_id), by=by, at=at)
    db.flush()
    db.expire(appeal, ["assessor"])


def settle_appeal(
    db: Session, appeal: Appeal, *, upholds: bool, reasons: str, frameworks: Frameworks, by: Actor, at: datetime
) -> Case | None:
    """Uphold or dismiss an appeal; everybody reads the reasons. Raises NotAllowed, Conflict, Invalid.

    Upheld against a decision, what was contested is assessed anew in a case of its own, which two people decide again;
    that case is returned. Upheld against a suspension or withdrawal, the certificate is in force again.
    """
    appeal = _mine(db, appeal, by)
    move = "uphold" if upholds else "dismiss"
    state = APPEAL.after(move, appeal.state)
    given = text_of("reasons", reasons, needed=READ)
    appeal.state, appeal.reasons, appeal.ended_at = state, given, at
    if not upholds:
        record(db, AppealDismissed(**_about(appeal, appeal.case), reasons=given), by=by, at=at)
        db.flush()
        return None
    case = None
    if appeal.against == "decision":
        case = reopen(db, appeal, frameworks, by=by, at=at)
    else:
        restore(db, appeal, given, by=by, at=at)
    upheld = AppealUpheld(**_about(appeal, appeal.case), reasons=given, reopened=case.id if case else None)
    record(db, upheld, by=by, at=at)
    db.flush()
    return case


def withdraw_appeal(db: Session, appeal: Appeal, *, reason: str, by: Actor, at: datetime) -> None:
    """Take an appeal back. Raises NotAllowed, Conflict, Invalid."""
    appeal = hold_appeal(db, appeal)
    if not may_reply(by, appeal.case):
        raise NotAllowed("only the supplier's people can take its appeal back", "Act for the supplier.")
    state = APPEAL.after("withdraw", appeal.state)
    given = text_of("reason", reason, needed="Say why; the body reads it.")
    appeal.state, appeal.reasons, appeal.ended_at = state, given, at
    record(db, AppealWithdrawn(**_about(appeal, appeal.case), reasons=given), by=by, at=at)
    db.flush()


def _refuse_too_late(against: str, possible: Mapping[str, date]) -> None:
    if against not in AGAINST:
        told = f"Choose one of: {', '.join(AGAINST)}."
        raise Invalid("nothing is said to appeal against", told, fields={"against": told})
    if against not in possible:
        raise Conflict(
            f"{AGAINST[against]} cannot be appealed against, or no more",
            "The page of the case says what can, and until when.",
        )


def _contested(db: Session, case: Case, against: str, codes: Sequence[str]) -> list[str]:
    if against != "decision":
        return []
    latest = {each.code: each for each in findings_of(db, [case.id])[case.id]}
    open_to_it = {code for code, each in latest.items() if each.judgement != "met"}
    wanted = sorted(set(codes))
    if not wanted or set(wanted) - open_to_it:
        told = f"Name criteria that were not found met: {', '.join(sorted(open_to_it))}."
        raise Invalid("nothing is contested that was held against the product", told, fields={"codes": told})
    return wanted


def _refuse_unfit(db: Session, appeal: Appeal, person_id: UUID, at: datetime) -> None:
    case, on = appeal.case, day_in_london(at)
    able = {person.id for person in members_who(db, appeal.body_id, Permission.ASSURANCE_ASSESS, on=on)}
    skilled = competent(db, appeal.body_id, case.framework_id, on=on)
    found = {each.by_id for each in findings_of(db, [case.id])[case.id]}
    if person_id not in able or (skilled is not None and person_id not in skilled):
        raise NotAllowed("this person is no assessor of the body who is competent for it", "Name one who is.")
    if person_id in {case.first_assessor_id, case.second_assessor_id, case.third_assessor_id, *found}:
        raise NotAllowed("an appeal is heard by somebody who had no part in what was decided", "Name somebody new.")
    if is_or_was_of(db, person_id, case.supplier_id) or answered_for(db, person_id, case):
        raise NotAllowed("nobody hears an appeal of their own organisation", "Name somebody who never was of it.")
    if person_id in interested(db, case.supplier_id):
        raise NotAllowed("this person has declared an interest in the supplier", "Name somebody else.")


def _mine(db: Session, appeal: Appeal, by: Actor) -> Appeal:
    held = hold_appeal(db, appeal)
    if not may_hear(by, held) or held.assessor_id is None or held.assessor_id != by.person_id:
        raise NotAllowed("this is for the one who hears the appeal", "Look at who is named on it.")
    return held


def _about(appeal: Appeal, case: Case) -> dict[str, UUID]:
    return {
        "appeal_id": appeal.id, "case_id": case.id, "product_id": case.product_id, "supplier_id": case.supplier_id,
    }  # fmt: skip


def _keep(db: Session, appeal: Appeal, case: Case) -> None:
    try:
        with db.begin_nested():
            db.add(appeal)
            db.flush()
    except IntegrityError as clash:
        raise _already(case) from clash


def _already(case: Case) -> Conflict:
    return Conflict(f"an appeal about {case.ref} is being heard already", "Wait for its outcome.")


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference("APL")
        if db.scalar(select(Appeal.id).where(Appeal.ref == reference)) is None:
            return reference
