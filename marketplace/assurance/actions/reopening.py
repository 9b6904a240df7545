"""What an upheld appeal leads to: a case of its own for what was contested, or the certificate in force again."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.changes import carry
from marketplace.assurance.events import CaseApplied, CaseAssigned, CaseStarted, CertificateReinstated, ConflictDeclared
from marketplace.assurance.models import Appeal, Basis, Case, Declaration
from marketplace.assurance.queries.cases import LOADED, framework_of, open_case
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.states import CERTIFICATE_ON_APPEAL
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

CONTESTED = "The appeal {ref} contests it, and was upheld."


def reopen(db: Session, appeal: Appeal, frameworks: Frameworks, *, by: Actor, at: datetime) -> Case:
    """A new case on the same answers; who heard the appeal assesses first. Raises Conflict while another is open.

    Everything that was not contested is carried forward; a second person has to agree, as in every case.
    """
    earlier = appeal.case
    if open_case(db, earlier.product_id, earlier.framework_id) is not None:
        raise Conflict("another case of this product is open", "Wait for its outcome, then settle the appeal.")
    case = Case(
        id=new_id(at), ref=_free_reference(db), product_id=earlier.product_id, version_id=earlier.version_id,
        supplier_id=earlier.supplier_id, body_id=appeal.body_id, framework_id=earlier.framework_id,
        framework_version=earlier.framework_version, state="in-assessment", outcome="", scope=earlier.scope,
        applied_by_id=appeal.filed_by_id, applied_at=at, answers_at=earlier.answers_at,
        first_assessor_id=by.person_id,
    )  # fmt: skip
    db.add(case)
    db.flush()
    _begin(db, case, by, at)
    reopened = {code: CONTESTED.format(ref=appeal.ref) for code in appeal.codes}
    db.add(Basis(case_id=case.id, earlier_id=earlier.id, kind="appeal", changes=[], reopened=reopened,
                 appeal_id=appeal.id))  # fmt: skip
    findings = papers_of_case(db, earlier, framework_of(frameworks, earlier), answers_at=earlier.answers_at).findings
    carried = {code: each for code, each in findings.items() if code not in reopened}
    carry(db, case, earlier, carried, reopened, by=by, at=at)
    return db.scalars(select(Case).options(*LOADED).where(Case.id == case.id)).one()


def restore(db: Session, appeal: Appeal, reason: str, *, by: Actor, at: datetime) -> None:
    """Put a certificate in force again that was suspended or withdrawn. Raises Conflict where it is neither."""
    certificate = certificate_of_case(db, appeal.case_id)
    if certificate is None:
        raise Conflict("there is no certificate to restore", "Look at the case.")
    certificate.state = CERTIFICATE_ON_APPEAL.after("reinstate", certificate.state)
    certificate.state_reason, certificate.state_at = f"Appeal {appeal.ref}: {reason}", at
    reinstated = CertificateReinstated(
        certificate_id=certificate.id, product_id=certificate.product_id, version_id=certificate.version_id,
        supplier_id=certificate.supplier_id, reason=certificate.state_reason,
    )  # fmt: skip
    record(db, reinstated, by=by, at=at)


def _begin(db: Session, case: Case, by: Actor, at: datetime) -> None:
    """The case as if it had been applied for, taken and opened: whoever heard the appeal declared before it."""
    about: dict[str, Any] = {"case_id": case.id, "product_id": case.product_id}
    applied = CaseApplied(
        **about, version_id=case.version_id, supplier_id=case.supplier_id, body_id=case.body_id,
        framework_id=case.framework_id, framework_version=case.framework_version,
    )  # fmt: skip
    assert by.person_id is not None
    db.add(Declaration(id=new_id(at), case_id=case.id, person_id=by.person_id, has_conflict=False,
                       words="Declared when the appeal was heard.", at=at))  # fmt: skip
    for event in (
        applied, CaseAssigned(**about, person_id=by.person_id, stage="first"),
        ConflictDeclared(**about, person_id=by.person_id, has_conflict=False), CaseStarted(**about),
    ):  # fmt: skip
        record(db, event, by=by, at=at)
    db.flush()


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference("CAS")
        if db.scalar(select(Case.id).where(Case.ref == reference)) is None:
            return reference
