"""Giving out a certificate: a reference, a scope, its conditions, sealed so that anybody can check it offline."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.keys import Seal, seal_anew, sealed
from marketplace.assurance.events import CertificateIssued
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.certificates import LOADED
from marketplace.assurance.queries.keys import is_free
from marketplace.assurance.rules.bitstrings import LENGTH
from marketplace.assurance.rules.credentials import Certified, Section, credential_of, end_of
from marketplace.assurance.rules.verdicts import WORDS, Verdict
from marketplace.assurance.states import CERTIFICATE
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record


def issue(
    db: Session, case: Case, framework: AssuranceFramework, *, conditions: Sequence[dict[str, str]],
    verdict: Verdict, seen: str, seal: Seal, by: Actor, at: datetime,
) -> Certificate:  # fmt: skip
    """The certificate of a case that was just decided, sealed with `seal`."""
    certificate = Certificate(
        id=new_id(at), ref=_free_reference(db), case_id=case.id, product_id=case.product_id,
        version_id=case.version_id, supplier_id=case.supplier_id, body_id=case.body_id,
        framework_id=case.framework_id, framework_version=case.framework_version, outcome=case.outcome,
        scope=scope_of(case, framework), conditions=list(conditions), issued_on=day_in_london(at), issued_at=at,
        until=verdict.until, state=CERTIFICATE.start, state_reason="", state_at=at, document={},
        status_index=_free_index(db), is_demonstration=case.product.is_demonstration,
    )  # fmt: skip
    said = credential_of(certified(certificate, case, framework, verdict, seen=seen), seal.house)
    certificate.document = sealed(db, seal, said, at=at)
    db.add(certificate)
    issued = CertificateIssued(
        certificate_id=certificate.id, product_id=case.product_id, version_id=case.version_id,
        supplier_id=case.supplier_id, outcome=case.outcome,
    )  # fmt: skip
    record(db, issued, by=by, at=at)
    db.flush()
    whole = select(Certificate).options(*LOADED).where(Certificate.id == certificate.id)
    return db.scalars(whole.execution_options(populate_existing=True)).one()


def seal_renewed(db: Session, certificate: Certificate, verdict: Verdict, *, seal: Seal, at: datetime) -> None:
    """Seal a credential anew after a dated part was renewed: it holds until a later day. Repeatable."""
    until = {"validUntil": end_of(verdict.until)} if verdict.until else {}
    if until and certificate.document.get("validUntil") != until["validUntil"]:
        seal_anew(db, certificate, seal, changed=until, at=at)


def scope_of(case: Case, framework: AssuranceFramework) -> str:
    """What was assessed, in a sentence, and what the supplier said it is for."""
    assessed = (
        f"{case.version.name}, version {case.version.number}, under {framework.label}: what its supplier answers for."
    )
    return f"{assessed} {case.scope}".strip()


def certified(
    certificate: Certificate, case: Case, framework: AssuranceFramework, verdict: Verdict, *, seen: str
) -> Certified:
    """Everything that a reader needs without asking anybody."""
    assert certificate.status_index is not None
    return Certified(
        ref=certificate.ref, case_ref=case.ref, product_ref=case.product.ref, product_name=case.version.name,
        version=case.version.number, edition=case.version.edition, supplier_ref=case.supplier.ref,
        supplier_name=case.supplier.name, company_number=case.supplier.companies_house_number or "",
        body_ref=case.body.ref, body_name=case.body.name, framework_id=framework.id,
        framework_version=framework.version, framework_label=framework.label, framework_about=framework.about,
        framework_date=framework.date, publisher=framework.publisher, outcome=certificate.outcome,
        scope=certificate.scope, conditions=certificate.conditions, sections=sections_of(framework, verdict),
        issued_at=certificate.issued_at, issued_on=certificate.issued_on, until=verdict.until, seen=seen,
        status_index=certificate.status_index, is_demonstration=certificate.is_demonstration,
    )  # fmt: skip


def sections_of(framework: AssuranceFramework, verdict: Verdict) -> list[Section]:
    """The sections that had to pass, each with the criteria that were asked and how they stood."""
    found = []
    for section in framework.sections:
        asked = [each for each in verdict.criteria if each.counts and each.criterion.section == section.id]
        if asked:
            rows = tuple((each.criterion.code, each.criterion.label, WORDS[each.status]) for each in asked)
            found.append(Section(section.id, section.label, rows))
    return found


def _free_reference(db: Session) -> str:
    while True:
        reference = new_reference("CER")
        if db.scalar(select(Certificate.id).where(Certificate.ref == reference)) is None:
            return reference


def _free_index(db: Session) -> int:
    """A place in the public lists that nobody has; drawn by lot, so that places tell nothing of an order."""
    while True:
        index = secrets.randbelow(LENGTH)
        if is_free(db, index):
            return index
