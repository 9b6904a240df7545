"""Who hears what of measurements, outcomes and harms, and what the clock does for pilots."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.assurance import events as assurance
from marketplace.contracts import events
from marketplace.contracts.actions.outcomes.deciding import end_those_that_ran_out
from marketplace.contracts.actions.outcomes.safety import watch_certificate
from marketplace.contracts.actions.outcomes.telling import remind
from marketplace.contracts.subscribers import outcomes as heard
from marketplace.faces.services import Services
from marketplace.identity.policies import CLOCK
from marketplace.kit.events import Event
from marketplace.kit.schedules import Schedules
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of measurements, outcomes and harms."""
    watch = ("hold or release", heard.watches_certificates(services.frameworks))
    tell = ("tell of outcomes", heard.tells_of_outcomes)
    certificates = (
        assurance.CertificateIssued, assurance.CertificateSuspended, assurance.CertificateReinstated,
        assurance.CertificateWithdrawn, assurance.CertificateLapsed,
    )  # fmt: skip
    return {
        **{event: [tell] for event in heard.SAID},
        **{event: [watch] for event in certificates},
        events.MeasurementsAdded: [tell, ("bring evidence on", heard.brings_evidence_on)],
        events.ContractBound: [("settle after variation", heard.settles_after_variation)],
    }


def schedules(services: Services) -> Schedules:
    """Pilots end on their last day; people are reminded; what dates do to a certificate is noticed."""
    return {
        "pilots-that-ran-out": (timedelta(hours=1), lambda at: _write(services, at, end_pilots)),
        "outcome-reminders": (timedelta(hours=6), lambda at: _write(services, at, remind_people)),
        "certificates-of-contracts": (timedelta(hours=1), lambda at: watch_certificates(services, at)),
    }


def end_pilots(db: Session, at: datetime) -> None:
    end_those_that_ran_out(db, at=at)


def remind_people(db: Session, at: datetime) -> None:
    remind(db, at=at)


def watch_certificates(services: Services, at: datetime) -> None:
    with services.database.writing() as db:
        for contract in heard.running_contracts(db, at=at):
            watch_certificate(db, services.frameworks, contract, by=CLOCK, at=at)


def _write(services: Services, at: datetime, work: Callable[[Session, datetime], None]) -> None:
    with services.database.writing() as db:
        work(db, at)


FOR_THE_RECORD: tuple[type[Event], ...] = (events.BaselineRecorded,)
"""Events that nobody has to act on: they are the audit trail alone."""
