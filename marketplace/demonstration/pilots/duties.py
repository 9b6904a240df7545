"""What the contracts of pilots obliged to, and was done in time: reports, proofs, plans."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.contracts.actions.obligations import finish_obligation
from marketplace.contracts.models import Contract, Obligation
from marketplace.demonstration.stage import Stage
from marketplace.kit.calendar import day_in_london

NOTES = {
    "deployment-safety": "Kept by the clinical safety officer, version 1.2.",
    "insurance": "Certificates of all three covers were shown.",
    "supplier-report": "Sent to every trust.",
    "exit-plan": "Agreed by all parties.",
    "exit-test": "Exported from end to end, and read back.",
    "return-data": "Returned, deleted, and confirmed in writing.",
}


def do_what_was_due(db: Session, stage: Stage) -> None:
    """Finish, the day before it was due, whatever no deed keeps."""
    today = day_in_london(stage.now)
    rows = select(Obligation).options(joinedload(Obligation.organisation)).join(
        Contract, Contract.id == Obligation.contract_id
    )  # fmt: skip
    due = rows.where(Contract.is_demonstration, Obligation.done_at.is_(None), Obligation.due_on < today)
    for obligation in db.scalars(due.order_by(Obligation.due_on)).all():
        note = NOTES.get(obligation.key.partition(".")[0])
        if note is None:
            continue
        role = "contract-manager" if obligation.organisation.kind != "supplier" else "supplier-manager"
        by = stage.somebody(db, obligation.organisation.name, role)
        at = stage.moment((today - obligation.due_on).days + 1, 200)
        finish_obligation(db, obligation, note=note, by=by, at=at)
