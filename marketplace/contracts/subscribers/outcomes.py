"""What outcomes do when a certificate turns, a variation binds, or something happened that people have to know."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.contracts import events
from marketplace.contracts.actions.outcomes.proving import bring_result_on
from marketplace.contracts.actions.outcomes.safety import watch_certificate
from marketplace.contracts.actions.outcomes.settling import Cause, settle_again
from marketplace.contracts.actions.outcomes.telling import RUNNERS, tell_contract
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.contracts import WITH_NAMES
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.rules.periods import in_words
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.models import Organisation
from marketplace.identity.policies import CLOCK, Permission
from marketplace.kit.calendar import in_words as day_in_words
from marketplace.kit.events import Event
from marketplace.kit.jobs import Heard, Subscriber
from marketplace.kit.money import Money

STILL_SETTLING = timedelta(days=120)
"""How long after its end a contract may still have months to settle, so that its certificate is watched."""
EVERYBODY = (Permission.CONTRACT_READ,)
SAFETY = (*RUNNERS, Permission.SAFETY_APPROVE)


def watches_certificates(frameworks: Frameworks) -> Subscriber:
    """A certificate was issued, suspended, reinstated, withdrawn or ran out: hold what is at risk, or release it."""

    def watches(db: Session, heard: Heard) -> None:
        product_id = getattr(heard.event, "product_id", None)
        for contract in running_contracts(db, at=heard.at):
            if product_id in (None, contract.product_id):
                watch_certificate(db, frameworks, contract, by=CLOCK, at=heard.at)

    return watches


def running_contracts(db: Session, *, at: datetime) -> list[Contract]:
    """The contracts of which something may still be paid."""
    recent = Contract.ended_at > at - STILL_SETTLING
    rows = select(Contract).where(or_(Contract.state == "live", recent)).options(*WITH_NAMES)
    return list(db.scalars(rows.order_by(Contract.id)))


def settles_after_variation(db: Session, heard: Heard) -> None:
    """A text binds: where it is a variation, what was settled is looked at again."""
    if isinstance(heard.event, events.ContractBound) and heard.event.number > 1:
        contract = db.get_one(Contract, heard.event.contract_id)
        if contract.live_at is not None:
            settle_again(db, contract, Cause(CLOCK, heard.at, f"Variation {heard.event.number} binds."))


def brings_evidence_on(db: Session, heard: Heard) -> None:
    """Data of a pilot that has ended came late or were corrected: its evidence follows once the month has all."""
    event = heard.event
    contract = db.get_one(Contract, event.about_id, options=WITH_NAMES)
    if not isinstance(event, events.MeasurementsAdded) or contract.state != "ended":
        return
    book = book_of(db, contract)
    if not book.missing(event.period):
        was = f"were corrected: {event.reason}" if event.corrects else "came in after the pilot had ended."
        bring_result_on(db, contract, book, f"Data of {in_words(event.period)} {was}", by=CLOCK, at=heard.at)


def tells_of_outcomes(db: Session, heard: Heard) -> None:
    """Tell the people of a contract what happened, in words of its own for each event."""
    contract = db.get_one(Contract, heard.event.about_id, options=WITH_NAMES)
    title, body, more = SAID[type(heard.event)](db, heard.event)
    tell_contract(db, contract, title, body, key=heard.key, at=heard.at, but=heard.by_person_id, **more)


Said = tuple[str, str, dict[str, Any]]


def _computed(db: Session, event: Any) -> Said:
    again = " again" if event.number > 1 else ""
    body = f"It comes to {Money(event.total_pence)} before VAT for all. {event.reason}".strip()
    return f"{in_words(event.period)} was computed{again}", body, {"tab": f"periods/{event.period}"}


def _accepted(db: Session, event: Any) -> Said:
    title = f"{_name(db, event.organisation_id)} accepted {in_words(event.period)}"
    return title, f"Its share is {Money(event.net_pence)} before VAT.", {"tab": f"periods/{event.period}"}


def _disputed(db: Session, event: Any) -> Said:
    title = f"{_name(db, event.organisation_id)} disputes {in_words(event.period)}"
    body = f"{Money(event.withheld_pence)} is withheld, the rest is due. {event.reason}"
    return title, body, {"tab": f"periods/{event.period}"}


def _resolved(db: Session, event: Any) -> Said:
    title = f"the dispute of {in_words(event.period)} is resolved"
    return title, event.reason, {"tab": f"periods/{event.period}"}


def _added(db: Session, event: Any) -> Said:
    verb = "corrected" if event.corrects else "gave"
    title = f"{_name(db, event.organisation_id)} {verb} data of {in_words(event.period)}"
    return title, event.reason, {"tab": f"periods/{event.period}"}


def _locked(db: Session, event: Any) -> Said:
    return "the baseline is locked", "From now on nobody changes it.", {"tab": "outcomes"}


def _live(db: Session, event: Any) -> Said:
    return "it is live", f"It runs to {day_in_words(event.ends_on)}.", {"who": EVERYBODY}


def _held(db: Session, event: Any) -> Said:
    body = f"{event.reason} The base fee goes on; the part at risk waits."
    return "nothing at risk is paid for now", body, {"who": SAFETY}


def _released(db: Session, event: Any) -> Said:
    return "a reason to hold is gone", event.reason, {"who": SAFETY}


def _harm(db: Session, event: Any) -> Said:
    title = f"{_name(db, event.organisation_id)} reported a harm"
    return title, f"Severity: {event.severity}.", {"tab": "harms", "who": SAFETY}


def _harm_closed(db: Session, event: Any) -> Said:
    return "a harm was closed", event.reason, {"tab": "harms", "who": SAFETY}


def _decided(db: Session, event: Any) -> Said:
    return f"it was decided to {event.verdict}", event.reasons, {"tab": "decision", "who": EVERYBODY}


def _extended(db: Session, event: Any) -> Said:
    title = f"an extension to {day_in_words(event.until)} was proposed"
    return title, f"It binds when all have signed it. {event.reasons}", {"tab": "changes", "who": EVERYBODY}


def _ran_out(db: Session, event: Any) -> Said:
    body = f"Its last day, {day_in_words(event.ended_on)}, passed without a decision."
    return "the pilot has stopped", body, {"tab": "decision", "who": EVERYBODY}


def _ended(db: Session, event: Any) -> Said:
    body = f"Decided: {event.verdict}. Its result stands among the evidence of the product."
    return f"it ended on {day_in_words(event.ended_on)}", body, {"tab": "decision", "who": EVERYBODY}


def _name(db: Session, organisation_id: Any) -> str:
    return db.get_one(Organisation, organisation_id).name


SAID: dict[type[Event], Callable[[Session, Any], Said]] = {
    events.OutcomeComputed: _computed,
    events.OutcomeAccepted: _accepted,
    events.OutcomeDisputed: _disputed,
    events.DisputeResolved: _resolved,
    events.MeasurementsAdded: _added,
    events.BaselineLocked: _locked,
    events.ContractWentLive: _live,
    events.OutcomeHeld: _held,
    events.OutcomeReleased: _released,
    events.HarmReported: _harm,
    events.HarmClosed: _harm_closed,
    events.PilotDecided: _decided,
    events.PilotExtended: _extended,
    events.PilotRanOut: _ran_out,
    events.ContractEnded: _ended,
}
