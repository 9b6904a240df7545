"""The supplier's part of a case: applying, replying to a clarification, withdrawing."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.assurance.actions.changes import go_on, refuse_unconfirmed
from marketplace.assurance.events import CaseApplied, CaseWithdrawn, ClarificationReplied
from marketplace.assurance.models import Case, Clarification
from marketplace.assurance.policies import may_answer, may_reply
from marketplace.assurance.queries.bodies import accreditation_on
from marketplace.assurance.queries.cases import LOADED, clarifications_of, hold_case, open_case
from marketplace.assurance.queries.delta import Delta, delta_of
from marketplace.assurance.queries.given import answers_of, papers_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import CriterionVerdict
from marketplace.assurance.schemas import text_of
from marketplace.assurance.states import CASE
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

HINDERS = {"not-answered": "is not answered", "expired": "is out of date"}


def apply(
    db: Session, product: Product, version: Version, *, framework: AssuranceFramework, body: Organisation,
    scope: str = "", frameworks: Frameworks | None = None, by: Actor, at: datetime,
) -> Case:  # fmt: skip
    """Ask a body to assess this version of a product, with the answers as they stand at this moment.

    With `frameworks` a case of an earlier version is gone on from: what the change does not touch is carried forward.
    Raises NotAllowed, Conflict for a draft or while another case is open, Invalid with all that is missing.
    """
    if not may_answer(by, product) or product.organisation_id is None:
        raise NotAllowed("only the supplier's people can apply", "Act for the supplier.")
    if version.state != "published":
        raise Conflict("a draft can still change", "Publish this version first, then apply.")
    refuse_unaccredited(db, body, framework, on=day_in_london(at))
    if open_case(db, product.id, framework.id) is not None:
        raise _already(product, framework)
    given = papers_of(framework, product, version, answers_of(db, product, at=at)).given
    hindered = hindrances(judge(framework, given, on=day_in_london(at)).criteria)
    if hindered:
        told = {each.criterion.question_id: f"{each.criterion.code} {HINDERS[each.status]}" for each in hindered}
        fact = f"{product.name} cannot be assessed yet: {len(hindered)} criteria are not answered or out of date"
        raise Invalid(fact, "Answer what is named, then apply.", fields=told)
    delta = delta_of(db, frameworks, framework, product, version, at=at) if frameworks is not None else Delta()
    refuse_unconfirmed(framework, delta)
    case = Case(
        id=new_id(at), ref=_free_reference(db), product_id=product.id, version_id=version.id,
        supplier_id=product.organisation_id, body_id=body.id, framework_id=framework.id,
        framework_version=framework.version, state=CASE.start, outcome="",
        scope=text_of("scope", scope), applied_by_id=by.person_id, applied_at=at, answers_at=at,
    )  # fmt: skip
    _keep(db, case, product, framework)
    record(db, _applied(case), by=by, at=at)
    go_on(db, case, delta, by=by, at=at)
    db.flush()
    return db.scalars(select(Case).options(*LOADED).where(Case.id == case.id)).one()


def refuse_unaccredited(db: Session, body: Organisation, framework: AssuranceFramework, *, on: date) -> None:
    """Raise Conflict where a body may not assess under a framework on that day."""
    if accreditation_on(db, body.id, framework.id, on=on) is None:
        raise Conflict(
            f"{body.name} is not accredited for {framework.label} today",
            "Choose a body that is; the page of the bodies says until when each of them may assess.",
        )


def hindrances(criteria: tuple[CriterionVerdict, ...]) -> list[CriterionVerdict]:
    """What keeps a supplier from applying: criteria that must pass and are not answered, or out of date."""
    return [each for each in criteria if each.criterion.assessed == "pass" and each.status in HINDERS]


def reply(
    db: Session, case: Case, clarification: Clarification, words: str, *, by: Actor, at: datetime
) -> Clarification:
    """Reply to a question of the assessor; with the last one the clock goes on, and the answers are taken anew.

    Raises NotAllowed, Conflict, Invalid.
    """
    if not may_reply(by, case):
        raise NotAllowed("only the supplier's people can reply", "Act for the supplier.")
    case = hold_case(db, case)
    if clarification.replied_at is not None:
        raise Conflict("this question was replied to already", "Look at the case as it is now.")
    CASE.after("resume", case.state)
    clarification.reply = text_of("reply", words, needed="Say what you changed, or why nothing has to change.")
    clarification.replied_at, clarification.replied_by_id = at, by.person_id
    resumed = all(each.replied_at is not None for each in clarifications_of(db, case))
    if resumed:
        case.state = CASE.after("resume", case.state)
        case.answers_at = at
    replied = ClarificationReplied(
        case_id=case.id, product_id=case.product_id, clarification_id=clarification.id, code=clarification.code,
        words=clarification.reply, resumed=resumed,
    )  # fmt: skip
    record(db, replied, by=by, at=at)
    db.flush()
    return clarification


def withdraw_case(db: Session, case: Case, *, reason: str, by: Actor, at: datetime) -> None:
    """Take an application back, with the reason. Raises NotAllowed, Conflict, Invalid."""
    if not may_reply(by, case):
        raise NotAllowed("only the supplier's people can withdraw its application", "Act for the supplier.")
    case = hold_case(db, case)
    given = text_of("reason", reason, needed="Say why; the assessors read it.")
    case.state = CASE.after("withdraw", case.state)
    case.ended_at = at
    record(db, CaseWithdrawn(case_id=case.id, product_id=case.product_id, reason=given), by=by, at=at)
    db.flush()


def _keep(db: Session, case: Case, product: Product, framework: AssuranceFramework) -> None:
    """Write the case, alone: of two who apply at the same moment one is told of the other. Raises Conflict."""
    try:
        with db.begin_nested():
            db.add(case)
            db.flush()
    except IntegrityError as clash:
        raise _already(product, framework) from clash


def _already(product: Product, framework: AssuranceFramework) -> Conflict:
    return Conflict(
        f"{product.name} is being assessed under {framework.label} already",
        "Wait for its outcome, or withdraw that case first.",
    )


def _applied(case: Case) -> CaseApplied:
    return CaseApplied(
        case_id=case.id, product_id=case.product_id, version_id=case.version_id, supplier_id=case.supplier_id,
        body_id=case.body_id, framework_id=case.framework_id, framework_version=case.framework_version,
    )  # fmt: skip


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference("CAS")
        if db.scalar(select(Case.id).where(Case.ref == reference)) is None:
            return reference
