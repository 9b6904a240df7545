"""The safety gate: nothing at risk is paid while a harm is open or the certificate is not in force."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.contracts.actions.outcomes.common import lock_contract, own_party
from marketplace.contracts.actions.outcomes.posting import NOTHING, RELEASE, post
from marketplace.contracts.actions.outcomes.settling import posting_for
from marketplace.contracts.events.outcomes import HarmClosed, HarmReported, OutcomeHeld, OutcomeReleased
from marketplace.contracts.models import Contract, Harm, Hold
from marketplace.contracts.policies.outcomes import SEVERITIES, may_close_harm, may_report_harm
from marketplace.contracts.queries.facts import certificate_of
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from marketplace.kit.fields import LONGEST_REASON, Fields, reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

CERTIFICATE, HARM = "certificate", "harm"
GUARDED = ("signed", "live", "ended")


def report_harm(db: Session, contract: Contract, *, severity: str, words: str, by: Actor, at: datetime) -> Harm:
    """Tell of a harm or a near miss: from now on nothing at risk is paid. Raises NotAllowed, Conflict, Invalid."""
    state = lock_contract(db, contract)
    party = own_party(db, contract, by)
    if party is None or not may_report_harm(by, party):
        raise NotAllowed("this is for those who run the contract or answer for safety in it", "Ask one of them.")
    if state not in GUARDED:
        raise Conflict(f"the contract is {state}", "Harms are reported from the signature on.")
    severity, what = _read(severity, words)
    harm = Harm(
        id=new_id(at), contract_id=contract.id, organisation_id=party.organisation_id, severity=severity, words=what,
        opened_by_id=by.person_id, opened_at=at, closed_reason="",
    )  # fmt: skip
    db.add(harm)
    db.flush()
    reported = HarmReported(
        contract_id=contract.id, harm_id=harm.id, organisation_id=harm.organisation_id, severity=severity
    )
    record(db, reported, by=by, at=at)
    name = SEVERITIES[severity].partition(":")[0].lower()
    _hold(db, contract, HARM, f"A harm is open since {in_words(day_in_london(at))}: {name}.", harm, by=by, at=at)
    return harm


def _read(severity: str, words: str) -> tuple[str, str]:
    fields = Fields({"severity": severity, "words": words})
    chosen = fields.one_of("severity", SEVERITIES, needed="Say how severe it was.")
    what = fields.text("words", LONGEST_REASON, needed="Say what happened, without naming a patient.")
    fields.check("the report is not whole")
    return chosen, what


def close_harm(db: Session, contract: Contract, harm_id: UUID, *, reason: str, by: Actor, at: datetime) -> Harm:
    """Say that a harm is dealt with; what waited for it is released. Raises NotAllowed, NotFound, Conflict, Invalid."""
    lock_contract(db, contract)
    if not may_close_harm(by, own_party(db, contract, by)):
        raise NotAllowed(
            "only a clinical safety officer of an organisation that uses the product closes a harm",
            "Ask the clinical safety officer of your organisation.",
        )
    harm = db.scalars(select(Harm).where(Harm.id == harm_id, Harm.contract_id == contract.id)).one_or_none()
    if harm is None:
        raise NotFound("there is no such harm", "They are listed under Outcomes.")
    if harm.closed_at is not None:
        raise Conflict(f"it was closed on {in_words(day_in_london(harm.closed_at))}", "Look at the reason given.")
    harm.closed_reason = reason_of(reason, "Say what was found and what was done.")
    harm.closed_at, harm.closed_by_id = at, by.person_id
    closed = HarmClosed(
        contract_id=contract.id, harm_id=harm.id, organisation_id=harm.organisation_id, reason=harm.closed_reason
    )
    record(db, closed, by=by, at=at)
    rows = select(Hold).where(Hold.contract_id == contract.id, Hold.harm_id == harm.id, Hold.ended_at.is_(None))
    _end(db, contract, list(db.scalars(rows)), f"The harm was closed: {harm.closed_reason}", by=by, at=at)
    return harm


def note_certificate(db: Session, contract: Contract, *, by: Actor, at: datetime) -> None:
    """Hold the part at risk at once where no certificate of the product stands; what dates decide, the clock finds."""
    rows = select(Certificate.id).where(Certificate.product_id == contract.product_id, Certificate.state == "in-force")
    if db.execute(rows.limit(1)).first() is None and not _open(db, contract, CERTIFICATE):
        _hold(db, contract, CERTIFICATE, "No certificate of the product is in force.", None, by=by, at=at)


def watch_certificate(db: Session, frameworks: Frameworks, contract: Contract, *, by: Actor, at: datetime) -> None:
    """Hold the part at risk, or release it, by whether the certificate of the contract's version is in force today.

    Repeatable: what stands already is left alone.
    """
    lock_contract(db, contract)
    held = _open(db, contract, CERTIFICATE)
    certificate = certificate_of(db, frameworks, contract, on=day_in_london(at))
    if certificate is None and not held:
        words = "The certificate of this version is not in force."
        _hold(db, contract, CERTIFICATE, words, None, by=by, at=at)
    elif certificate is not None and held:
        _end(db, contract, held, f"The certificate {certificate.ref} is in force.", by=by, at=at)


def _open(db: Session, contract: Contract, kind: str) -> list[Hold]:
    rows = select(Hold).where(Hold.contract_id == contract.id, Hold.kind == kind, Hold.ended_at.is_(None))
    return list(db.scalars(rows))


def _hold(
    db: Session, contract: Contract, kind: str, words: str, harm: Harm | None, *, by: Actor, at: datetime
) -> None:
    hold = Hold(
        id=new_id(at), contract_id=contract.id, kind=kind, harm_id=harm.id if harm else None, words=words, since=at,
        ended_words="",
    )  # fmt: skip
    db.add(hold)
    db.flush()
    record(db, OutcomeHeld(contract_id=contract.id, hold_id=hold.id, kind=kind, reason=words), by=by, at=at)


def _end(db: Session, contract: Contract, holds: Sequence[Hold], words: str, *, by: Actor, at: datetime) -> None:
    """End these holds; where no other stands, post what waited for them."""
    for hold in holds:
        hold.ended_at, hold.ended_words = at, words
        released = OutcomeReleased(contract_id=contract.id, hold_id=hold.id, kind=hold.kind, reason=words)
        record(db, released, by=by, at=at)
    db.flush()
    book = book_of(db, contract)
    if not holds or book.holds:
        return
    for period, settlement in book.settled.items():
        under = posting_for(book, period, by, at)
        for share in settlement.shares:
            key = (period, share.organisation_id)
            posted, lines = book.posted.get(key, NOTHING), book.lines.get(key, 0)
            post(db, settlement, share, under, posted=posted, lines=lines, kind=RELEASE)
    db.flush()
