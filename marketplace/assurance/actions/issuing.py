"""Giving out a certificate: a reference, a scope, its conditions, signed so that anybody can check it offline."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.events import CertificateIssued
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.certificates import LOADED
from marketplace.assurance.states import CERTIFICATE, OUTCOMES
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record


def issue(
    db: Session, case: Case, framework: AssuranceFramework, *, conditions: Sequence[dict[str, str]],
    until: date | None, seen: str, seal: Callable[[dict[str, Any], datetime], dict[str, Any]], by: Actor, at: datetime,
) -> Certificate:  # fmt: skip
    """The certificate of a case that was just decided, signed with `seal`."""
    certificate = Certificate(
        id=new_id(at), ref=_free_reference(db), case_id=case.id, product_id=case.product_id,
        version_id=case.version_id, supplier_id=case.supplier_id, body_id=case.body_id,
        framework_id=case.framework_id, framework_version=case.framework_version, outcome=case.outcome,
        scope=scope_of(case, framework), conditions=list(conditions), issued_on=day_in_london(at), issued_at=at,
        until=until, state=CERTIFICATE.start, state_reason="", state_at=at, document={},
        is_demonstration=case.product.is_demonstration,
    )  # fmt: skip
    certificate.document = seal(document_of(certificate, case, framework, seen=seen), at)
    db.add(certificate)
    issued = CertificateIssued(
        certificate_id=certificate.id, product_id=case.product_id, version_id=case.version_id,
        supplier_id=case.supplier_id, outcome=case.outcome,
    )  # fmt: skip
    record(db, issued, by=by, at=at)
    db.flush()
    whole = select(Certificate).options(*LOADED).where(Certificate.id == certificate.id)
    return db.scalars(whole.execution_options(populate_existing=True)).one()


def scope_of(case: Case, framework: AssuranceFramework) -> str:
    """What was assessed, in a sentence, and what the supplier said it is for."""
    assessed = (
        f"{case.version.name}, version {case.version.number}, under {framework.label}: what its supplier answers for."
    )
    return f"{assessed} {case.scope}".strip()


def document_of(certificate: Certificate, case: Case, framework: AssuranceFramework, *, seen: str) -> dict[str, Any]:
    """What is signed: everything that a reader needs without asking anybody, and where to ask what holds today."""
    return {
        "type": "TouchstoneAssuranceCertificate",
        "reference": certificate.ref,
        "product": {
            "reference": case.product.ref, "name": case.version.name, "version": case.version.number,
            "edition": case.version.edition,
        },
        "supplier": {
            "reference": case.supplier.ref, "name": case.supplier.name,
            "company_number": case.supplier.companies_house_number or "",
        },
        "assessed_by": {"reference": case.body.ref, "name": case.body.name},
        "framework": {"id": framework.id, "version": framework.version, "label": framework.label},
        "case": case.ref,
        "outcome": certificate.outcome,
        "outcome_in_words": OUTCOMES[certificate.outcome],
        "scope": certificate.scope,
        "conditions": [dict(each) for each in certificate.conditions],
        "issued_on": certificate.issued_on.isoformat(),
        "first_part_runs_out_on": certificate.until.isoformat() if certificate.until else "",
        "seen": f"sha256:{seen}",
        "demonstration": certificate.is_demonstration,
    }  # fmt: skip


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference("CER")
        if db.scalar(select(Certificate.id).where(Certificate.ref == reference)) is None:
            return reference
