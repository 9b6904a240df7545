"""What was done keeps the obligation to do it: a baseline, a month's data, a verdict, a decision, a result."""

from sqlalchemy.orm import Session

from marketplace.contracts import events
from marketplace.contracts.actions.keeping import keep_by_deed
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.outcomes import book_of
from marketplace.identity.policies import CLOCK
from marketplace.kit.jobs import Heard

DEEDS = (
    events.BaselineLocked, events.MeasurementsAdded, events.OutcomeAccepted, events.OutcomeDisputed,
    events.PilotDecided,
)  # fmt: skip


def keeps_obligations(db: Session, heard: Heard) -> None:
    """Finish the obligations that this event shows to be kept."""
    match heard.event:
        case events.BaselineLocked():
            _keep(db, heard, "baseline", "The baseline is locked.")
        case events.MeasurementsAdded() as added:
            if _gave_everything(db, added):
                _keep(db, heard, f"measurements.{added.period}", "Every measure is in.", of=added)
        case events.OutcomeAccepted() as accepted:
            _keep(db, heard, f"acceptance.{accepted.period}", "Accepted.", of=accepted)
        case events.OutcomeDisputed() as disputed:
            _keep(db, heard, f"acceptance.{disputed.period}", f"Disputed: {disputed.reason}", of=disputed)
        case events.PilotDecided() as decided:
            _keep(db, heard, "decision", f"Decided: {decided.verdict}.")
            if decided.study_id is not None:
                _keep(db, heard, "final-report", "The result is on the product's page.")


def _keep(
    db: Session, heard: Heard, key: str, note: str,
    *, of: events.MeasurementsAdded | events.OutcomeAccepted | events.OutcomeDisputed | None = None,
) -> None:  # fmt: skip
    keep_by_deed(
        db, heard.event.about_id, key, organisation_id=of.organisation_id if of else None,
        person_id=heard.by_person_id, note=note, by=CLOCK, at=heard.at,
    )  # fmt: skip


def _gave_everything(db: Session, added: events.MeasurementsAdded) -> bool:
    """Whether nothing of this organisation is missing of the month."""
    book = book_of(db, db.get_one(Contract, added.contract_id))
    return all(party.organisation_id != added.organisation_id for party, _ in book.missing(added.period))
