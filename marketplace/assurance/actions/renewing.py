"""Renewing a dated part of a certificate: a newer answer counts once an assessor of the body has looked at it."""

from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.assurance.actions.assessing import criterion_of
from marketplace.assurance.events import RenewalAsked, RenewalSettled
from marketplace.assurance.models import Answer, Certificate, Renewal
from marketplace.assurance.policies import may_answer, may_settle_renewal
from marketplace.assurance.queries.certificates import framework_of, papers_of_certificate, standing_of
from marketplace.assurance.queries.given import answers_of, papers_of
from marketplace.assurance.queries.people import is_or_was_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.verdicts import CriterionVerdict
from marketplace.assurance.schemas import text_of
from marketplace.assurance.states import RENEWAL
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import Criterion
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def ask_renewal(
    db: Session, certificate: Certificate, code: str, *, frameworks: Frameworks, by: Actor, at: datetime
) -> Renewal:
    """Ask that the newest answer to a dated part counts. Raises NotAllowed, Conflict, Invalid where it would fail."""
    if not may_answer(by, certificate.product):
        raise NotAllowed("only the supplier's people can renew a part of its certificate", "Act for the supplier.")
    if certificate.state != "in-force":
        raise Conflict(f"{certificate.ref} is {certificate.state}", "Only a certificate in force is renewed.")
    criterion = criterion_of(framework_of(frameworks, certificate), code)
    newest = answers_of(db, certificate.product, at=at).get(criterion.question_id)
    counted = papers_of_certificate(db, frameworks, certificate, on=day_in_london(at)).answers
    if newest is None or not criterion.dated or newest.id == getattr(counted.get(criterion.question_id), "id", None):
        raise Conflict(f"there is nothing newer for {code}", "Answer it with its new date and document first.")
    verdict = _verdict(db, certificate, criterion, newest, frameworks, at)
    if verdict.status != "met" or verdict.until is None:
        told = f"{code} would not be met: {verdict.reason}"
        raise Invalid(told, "Mend the answer, then ask again.", fields={"code": told})
    renewal = Renewal(
        id=new_id(at), certificate_id=certificate.id, code=code, answer_id=newest.id, state=RENEWAL.start,
        reason="", asked_by_id=by.person_id, asked_at=at,
    )  # fmt: skip
    _keep(db, renewal)
    asked = RenewalAsked(**_about(certificate), code=code, until=verdict.until)
    record(db, asked, by=by, at=at)
    db.flush()
    return renewal


def settle_renewal(
    db: Session, certificate: Certificate, renewal: Renewal, *, accepted: bool, reason: str = "",
    has_no_conflict: bool, frameworks: Frameworks, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Say as an assessor of the body whether a newer answer counts. Raises NotAllowed, Conflict, Invalid."""
    if not may_settle_renewal(by, certificate) or by.person_id is None:
        raise NotAllowed("only an assessor of the body that gave the certificate says so", "Act for that body.")
    if is_or_was_of(db, by.person_id, certificate.supplier_id):
        raise NotAllowed("nobody assesses what their own organisation supplies", "Ask a colleague.")
    if not has_no_conflict:
        told = "Declare that you have no conflict of interest, or leave it to a colleague."
        raise Invalid("nothing was declared", told, fields={"declared": told})
    given = text_of("reason", reason, needed="" if accepted else "Say why not; the supplier reads it.")
    held = standing_of(db, frameworks, certificate, on=day_in_london(at)).holds
    renewal = hold_row(db, Renewal, renewal.id)
    renewal.state = RENEWAL.after("accept" if accepted else "refuse", renewal.state)
    renewal.reason, renewal.settled_at, renewal.settled_by_id = given, at, by.person_id
    db.flush()
    holds = standing_of(db, frameworks, certificate, on=day_in_london(at)).holds
    settled = RenewalSettled(
        **_about(certificate), code=renewal.code, accepted=accepted, restored=holds and not held, reason=given
    )
    record(db, settled, by=by, at=at)
    db.flush()


def _verdict(
    db: Session, certificate: Certificate, criterion: Criterion, newest: Answer, frameworks: Frameworks, at: datetime
) -> CriterionVerdict:
    """What the newest answer comes to by its rule, beside everything else that counts."""
    framework, today = framework_of(frameworks, certificate), day_in_london(at)
    counted = papers_of_certificate(db, frameworks, certificate, on=today).answers
    answers = {**counted, criterion.question_id: newest}
    given = papers_of(framework, certificate.product, certificate.version, answers).given
    return next(each for each in judge(framework, given, on=today).criteria if each.criterion is criterion)


def _keep(db: Session, renewal: Renewal) -> None:
    try:
        with db.begin_nested():
            db.add(renewal)
            db.flush()
    except IntegrityError as clash:
        raise Conflict(f"{renewal.code} waits to be confirmed already", "Its assessors will look at it.") from clash


def _about(certificate: Certificate) -> dict[str, Any]:
    return {
        "certificate_id": certificate.id, "product_id": certificate.product_id, "version_id": certificate.version_id,
        "supplier_id": certificate.supplier_id,
    }  # fmt: skip
