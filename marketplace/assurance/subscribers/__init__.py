"""What assurance does when something happened in it: whoever waits, relies or supplies is told. All can be repeated."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance import events
from marketplace.assurance.models import Case, Certificate
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.assurance.queries.certificates import LOADED, reuses_of
from marketplace.assurance.states import OUTCOMES
from marketplace.assurance.subscribers.telling import able, others, tell_of
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Heard

RELIES = (Permission.PROJECT_WRITE, Permission.SAFETY_APPROVE, Permission.CONTRACT_MANAGE)
"""Whom an organisation that relies on a certificate has to tell: buyers, safety officers, contract managers."""


def tells_assessors(db: Session, heard: Heard) -> None:
    """Something waits in a case: its assessors hear of it, or the whole body where nobody has it yet."""
    event, case = heard.event, _case(db, heard)
    name = case.version.name
    match event:
        case events.CaseApplied():
            _tell_body(db, case, heard, f"{name} has applied for an assessment", f"By {case.supplier.name}.")
        case events.CaseAssigned() if event.person_id != heard.by_person_id:
            body = "Declare first whether you have a conflict of interest; then the papers open."
            tell_of(
                db,
                [event.person_id],
                case.body_id,
                heard,
                f"You are the {event.stage} assessor of {name}",
                body,
                _bench(case),
            )
        case events.ClarificationReplied(resumed=True) if case.first_assessor_id:
            title = f"{case.supplier.name} replied on {name}: your clock runs again"
            tell_of(db, [case.first_assessor_id], case.body_id, heard, title, event.words, _bench(case))
        case events.OutcomeProposed():
            title = f"{name} waits for a second assessor: {OUTCOMES[event.outcome].lower()} is proposed"
            _tell_body(db, case, heard, title, event.reasons)
        case events.OutcomeDisagreed():
            _tell_body(db, case, heard, f"{name} waits for a third assessor", event.reasons)
        case events.CaseWithdrawn():
            _tell_body(db, case, heard, f"The application of {name} was withdrawn", event.reason)


def tells_assessors_of_renewal(db: Session, heard: Heard) -> None:
    """A newer date waits to be looked at: everybody of the body who assesses."""
    event, certificate = heard.event, _certificate(db, heard)
    assert isinstance(event, events.RenewalAsked)
    title = f"A new date of {event.code} of {certificate.version.name} waits to be confirmed"
    whom = able(db, certificate.body_id, (Permission.ASSURANCE_ASSESS,), heard)
    tell_of(db, whom, certificate.body_id, heard, title, "", f"/certificates/{certificate.ref}/renewals")


def tells_supplier_of_case(db: Session, heard: Heard) -> None:
    """The supplier's people hear what is asked of them, and how a case ended."""
    event, case = heard.event, _case(db, heard)
    name = case.version.name
    match event:
        case events.CaseStarted():
            title, body = f"The assessment of {name} has begun", f"By {case.body.name}."
        case events.ClarificationAsked():
            title = f"A question on {name}, to be answered by {in_words(event.due_on)}"
            body = f"{event.code}: {event.words}"
        case events.CaseDecided():
            title, body = f"{name}: {OUTCOMES[event.outcome].lower()}", event.reasons
        case _:
            return
    _tell_supplier(db, case.supplier_id, heard, title, body, f"/listings/{case.product.ref}/assurance")


def tells_supplier_of_certificate(db: Session, heard: Heard) -> None:
    """The supplier's people hear what became of a certificate, and who relies on it or does not."""
    event, certificate = heard.event, _certificate(db, heard)
    name, ref = certificate.version.name, certificate.ref
    match event:
        case events.CertificateSuspended():
            title, body = f"The certificate of {name} is suspended", event.reason
        case events.CertificateReinstated():
            title, body = f"The certificate of {name} is in force again", event.reason
        case events.CertificateWithdrawn():
            title, body = f"The certificate of {name} is withdrawn", event.reason
        case events.CertificateLapsed():
            title, body = f"The certificate of {name} does not hold any more", event.cause
        case events.CertificateRunsOut():
            title, body = f"A part of the certificate of {name} runs out on {in_words(event.until)}", event.cause
        case events.RenewalSettled():
            word = "counts from now on" if event.accepted else "does not count"
            title, body = f"The new date of {event.code} of {name} {word}", event.reason
        case events.AssuranceReused():
            title, body = f"{_name(db, event.organisation_id)} relies on the certificate of {name}", event.reason
        case events.AssuranceRefused():
            title = f"{_name(db, event.organisation_id)} does not rely on the certificate of {name}"
            body = event.reason
        case _:
            return
    _tell_supplier(db, certificate.supplier_id, heard, title, body, f"/certificates/{ref}")


def tells_who_relies(db: Session, heard: Heard) -> None:
    """Every organisation that relies on a certificate hears when it stops to hold, and when it holds again."""
    event, certificate = heard.event, _certificate(db, heard)
    name = certificate.version.name
    match event:
        case events.CertificateSuspended():
            title, body = f"Suspended: the certificate of {name}, on which you rely", event.reason
        case events.CertificateReinstated():
            title, body = f"In force again: the certificate of {name}, on which you rely", event.reason
        case events.CertificateWithdrawn():
            title, body = f"Withdrawn: the certificate of {name}, on which you rely", event.reason
        case events.RenewalSettled(restored=True):
            title, body = f"It holds again: the certificate of {name}, on which you rely", f"{event.code} was renewed."
        case events.CertificateLapsed():
            title, body = f"Expired: the certificate of {name}, on which you rely", event.cause
        case events.CertificateRunsOut():
            title = f"Runs out on {in_words(event.until)}: a part of the certificate of {name}, on which you rely"
            body = event.cause
        case _:
            return
    for reuse in reuses_of(db, certificate.id):
        if reuse.accepted:
            whom = able(db, reuse.organisation_id, RELIES, heard)
            tell_of(db, whom, reuse.organisation_id, heard, title, body, f"/certificates/{certificate.ref}")


def _case(db: Session, heard: Heard) -> Case:
    return db.scalars(select(Case).options(*WHOLE_CASE).where(Case.id == heard.event.about_id)).one()


def _certificate(db: Session, heard: Heard) -> Certificate:
    return db.scalars(select(Certificate).options(*LOADED).where(Certificate.id == heard.event.about_id)).one()


def _bench(case: Case) -> str:
    return f"/cases/{case.ref}"


def _name(db: Session, organisation_id: UUID) -> str:
    return db.get_one(Organisation, organisation_id).name


def _tell_body(db: Session, case: Case, heard: Heard, title: str, body: str) -> None:
    """Everybody of the body who assesses, but the one who did it."""
    whom = others(db, case.body_id, (Permission.ASSURANCE_ASSESS,), heard)
    tell_of(db, whom, case.body_id, heard, title, body, _bench(case))


def _tell_supplier(db: Session, supplier_id: UUID, heard: Heard, title: str, body: str, path: str) -> None:
    tell_of(db, able(db, supplier_id, (Permission.CATALOGUE_WRITE,), heard), supplier_id, heard, title, body, path)
