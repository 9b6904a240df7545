"""What certified things are looked at again, and who hears of a visit. All can be repeated."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.surveillance import drop_visit, set_visit
from marketplace.assurance.events import CertificateIssued, CertificateWithdrawn
from marketplace.assurance.events import surveillance as events
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import LOADED as WHOLE_CERTIFICATE
from marketplace.assurance.queries.certificates import reuses_of
from marketplace.assurance.queries.declared import surveillance
from marketplace.assurance.queries.surveillance import open_visit
from marketplace.assurance.states import VISIT_OUTCOMES
from marketplace.assurance.subscribers.telling import others, tell_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import in_words
from marketplace.kit.jobs import Heard, Subscriber

RELIES = (Permission.PROJECT_WRITE, Permission.SAFETY_APPROVE, Permission.CONTRACT_APPROVE)


def sets_visits(frameworks: Frameworks) -> Subscriber:
    """A certificate was given out: its first visit is set. One was withdrawn: there is nothing to look at any more."""

    def hear(db: Session, heard: Heard) -> None:
        match heard.event:
            case CertificateIssued():
                certificate = _certificate(db, heard)
                set_visit(db, certificate, frameworks, since=certificate.issued_on, at=heard.at)
            case CertificateWithdrawn():
                ahead = open_visit(db, heard.event.certificate_id)
                if ahead is not None:
                    drop_visit(db, ahead, at=heard.at)

    return hear


def tells_of_visits(frameworks: Frameworks) -> Subscriber:
    """The body hears that a visit is due or late, the supplier also when it is held and what it came to."""
    ways = {each.id: each.label.lower() for each in surveillance(frameworks).ways}

    def hear(db: Session, heard: Heard) -> None:
        event, certificate = heard.event, _certificate(db, heard)
        name = f"{certificate.version.name} ({frameworks.assurance[certificate.framework_id].label})"
        path = f"/cases/{certificate.case.ref}/surveillance"
        match event:
            case events.VisitDue():
                title, body = f"To be looked at again by {in_words(event.due_on)}: {name}", "Appoint the visit."
                _tell_body(db, certificate, heard, title, body, path)
            case events.VisitOverdue():
                title = f"Late: {name} was to be looked at again by {in_words(event.due_on)}"
                _tell_body(db, certificate, heard, title, "Appoint the visit.", path)
                _tell_supplier(db, certificate, heard, title, f"{certificate.body.name} has not appointed the visit.")
            case events.VisitAppointed():
                title = f"{certificate.body.name} looks at {name} again on {in_words(event.planned_on)}"
                _tell_supplier(db, certificate, heard, title, f"The visit is held {ways[event.way]}.")
            case events.VisitEnded():
                title = f"The visit to {name} has ended: {VISIT_OUTCOMES[event.outcome].lower()}"
                _tell_supplier(db, certificate, heard, title, event.reasons)

    return hear


def tells_who_relies_of_visits(db: Session, heard: Heard) -> None:
    """Whoever relies on a certificate hears when a visit found that not everything holds any more."""
    event, certificate = heard.event, _certificate(db, heard)
    if not isinstance(event, events.VisitEnded) or event.outcome == "continues":
        return
    title = f"{VISIT_OUTCOMES[event.outcome]}: the certificate of {certificate.version.name}, on which you rely"
    for reuse in reuses_of(db, certificate.id):
        if reuse.accepted:
            _tell(db, reuse.organisation_id, RELIES, heard, title, event.reasons, f"/certificates/{certificate.ref}")


def _certificate(db: Session, heard: Heard) -> Certificate:
    rows = select(Certificate).options(*WHOLE_CERTIFICATE).where(Certificate.id == heard.event.about_id)
    return db.scalars(rows).one()


def _tell_body(db: Session, certificate: Certificate, heard: Heard, title: str, body: str, path: str) -> None:
    _tell(db, certificate.body_id, (Permission.ASSURANCE_ASSESS,), heard, title, body, path)


def _tell_supplier(db: Session, certificate: Certificate, heard: Heard, title: str, body: str) -> None:
    path = f"/certificates/{certificate.ref}"
    _tell(db, certificate.supplier_id, (Permission.CATALOGUE_WRITE,), heard, title, body, path)


def _tell(
    db: Session, organisation_id: UUID, permissions: Iterable[Permission], heard: Heard, title: str, body: str,
    path: str,
) -> None:  # fmt: skip
    whom = others(db, organisation_id, permissions, heard)
    tell_of(db, whom, organisation_id, heard, title, body, path)
