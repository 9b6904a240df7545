"""Obligations that are kept by a deed: nobody ticks what the record shows already."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.events import ObligationFinished
from marketplace.contracts.models import Obligation
from marketplace.identity.policies import Actor
from marketplace.kit.record import record


def keep_by_deed(
    db: Session, contract_id: UUID, key: str, *, organisation_id: UUID | None = None, person_id: UUID | None,
    note: str, by: Actor, at: datetime,
) -> int:  # fmt: skip
    """Finish what `key` names, of one organisation or of all, because it was done; returns how many. Repeatable.

    `person_id` is whoever did it, None for the clock.
    """
    rows = select(Obligation).where(
        Obligation.contract_id == contract_id, Obligation.key == key, Obligation.done_at.is_(None)
    )
    if organisation_id is not None:
        rows = rows.where(Obligation.organisation_id == organisation_id)
    kept = db.scalars(rows).all()
    for obligation in kept:
        obligation.done_at, obligation.done_by_id, obligation.note = at, person_id, note
        done = ObligationFinished(
            contract_id=contract_id, obligation_id=obligation.id, label=obligation.label, note=note
        )
        record(db, done, by=by, at=at)
    return len(kept)
