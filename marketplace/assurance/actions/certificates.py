"""What becomes of a certificate: suspended, reinstated, withdrawn; and its dated parts as they run out."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.events import (
    CertificateLapsed,
    CertificateReinstated,
    CertificateRunsOut,
    CertificateSuspended,
    CertificateWithdrawn,
)
from marketplace.assurance.models import Certificate, Turn
from marketplace.assurance.policies import may_keep
from marketplace.assurance.queries.certificates import LOADED, dated_certificates, verdicts_of
from marketplace.assurance.rules.ageing import STEPS, step_of
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.assurance.schemas import text_of
from marketplace.assurance.states import CERTIFICATE
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

MOVES = {
    "suspend": CertificateSuspended, "reinstate": CertificateReinstated, "withdraw": CertificateWithdrawn,
}  # fmt: skip


def suspend_certificate(db: Session, certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that a certificate does not hold for now, with the reason that everybody reads.

    Raises NotAllowed, Conflict, Invalid.
    """
    _move(db, certificate, "suspend", reason, by=by, at=at)


def reinstate_certificate(db: Session, certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that a suspended certificate holds again. Raises NotAllowed, Conflict, Invalid."""
    _move(db, certificate, "reinstate", reason, by=by, at=at)


def withdraw_certificate(db: Session, certificate: Certificate, *, reason: str, by: Actor, at: datetime) -> None:
    """End a certificate for good; it stays to be found, and says so. Raises NotAllowed, Conflict, Invalid."""
    _move(db, certificate, "withdraw", reason, by=by, at=at)


def tell_of_dated_parts(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """Record, once each, which certificates in force stopped to hold by a date, or will in 90, 30 or 7 days.

    Returns how many are new. Repeatable.
    """
    today, certificates = day_in_london(at), dated_certificates(db)
    verdicts = verdicts_of(db, frameworks, certificates, on=today)
    told = {(turn.certificate_id, turn.kind, turn.until) for turn in db.scalars(select(Turn))}
    new = 0
    for certificate in certificates:
        verdict = verdicts[certificate.id]
        kind = _kind(verdict, today)
        if kind and verdict.until and (certificate.id, kind, verdict.until) not in told:
            _tell(db, certificate, kind, verdict, at)
            new += 1
    db.flush()
    return new


def _move(db: Session, certificate: Certificate, move: str, reason: str, *, by: Actor, at: datetime) -> None:
    if not may_keep(by, certificate):
        raise NotAllowed(
            f"only an assessor of the body that gave a certificate can {move} it", "Act for that body, or ask it."
        )
    held = hold_row(db, Certificate, certificate.id, LOADED)
    given = text_of("reason", reason, needed="Say why; everybody who relies on it reads it.")
    held.state = CERTIFICATE.after(move, held.state)
    held.state_reason, held.state_at = given, at
    event = MOVES[move](
        certificate_id=held.id, product_id=held.product_id, version_id=held.version_id,
        supplier_id=held.supplier_id, reason=given,
    )  # fmt: skip
    record(db, event, by=by, at=at)
    db.flush()


def _kind(verdict: Verdict, today: date) -> str:
    if verdict.status == "expired":
        return "lapsed"
    kind = step_of(verdict.until, on=today) if verdict.until is not None else ""
    return kind if kind != "lapsed" else ""


def _tell(db: Session, certificate: Certificate, kind: str, verdict: Verdict, at: datetime) -> None:
    assert verdict.until is not None
    cause = verdict.cause if kind == "lapsed" else verdict.until_cause
    turn = Turn(id=new_id(at), certificate_id=certificate.id, kind=kind, until=verdict.until, cause=cause, at=at)
    db.add(turn)
    about: dict[str, Any] = {
        "certificate_id": certificate.id, "product_id": certificate.product_id, "version_id": certificate.version_id,
        "supplier_id": certificate.supplier_id, "until": verdict.until, "cause": cause,
    }  # fmt: skip
    event = CertificateLapsed(**about) if kind == "lapsed" else CertificateRunsOut(**about, days=STEPS[kind])
    record(db, event, by=CLOCK, at=at)
