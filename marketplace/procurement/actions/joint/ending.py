"""How it goes on and ends: settled, opened again, awarded, running, closed, cancelled."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, is_the_house
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.answering import reopen_settled
from marketplace.procurement.actions.joint.holding import begin_leading, hold, refuse_blocked
from marketplace.procurement.actions.joint.parties import needed_reason
from marketplace.procurement.events import (
    ProcurementCancelled,
    ProcurementClosed,
    ProcurementRunning,
    ProcurementSettled,
)
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import may_run_joint
from marketplace.procurement.queries.joint.finding import LOADED
from marketplace.procurement.queries.joint.standing import terms_of, what_blocks
from marketplace.procurement.states import PROCUREMENT


def settle_procurement(
    db: Session, frameworks: Frameworks, procurement: Procurement, *, by: Actor, at: datetime
) -> None:
    """Everybody said yes to the same terms and approved them: the contract can be written.

    Raises NotAllowed, Conflict with everything that is in the way.
    """
    begin_leading(db, procurement, ("inviting",), by=by)
    state, today = PROCUREMENT.after("settle", procurement.state), day_in_london(at)
    refuse_blocked(what_blocks(db, frameworks, procurement, "settle", on=today), "settled")
    procurement.state, procurement.state_reason, procurement.settled_at = state, "", at
    settled = ProcurementSettled(
        procurement_id=procurement.id, supplier_id=procurement.supplier_id, product_id=procurement.product_id,
        weights=dict(terms_of(procurement).weights), composition=procurement.composition,
    )  # fmt: skip
    record(db, settled, by=by, at=at)
    db.flush()


def reopen_procurement(db: Session, procurement: Procurement, *, reason: str, by: Actor, at: datetime) -> None:
    """Open what was settled, so that terms can change. Not once the contract binds. Raises NotAllowed, Conflict."""
    begin_leading(db, procurement, ("settled",), by=by)
    refuse_awarded(procurement)
    reopen_settled(db, procurement, needed_reason(reason, "Say why it is opened again."), by=by, at=at)
    db.flush()


def mark_awarded(db: Session, procurement_id: UUID, *, at: datetime) -> None:
    """Note that its contract binds everybody: from here nobody leaves but by a variation. Repeatable."""
    procurement = hold_row(db, Procurement, procurement_id, LOADED)
    procurement.awarded_at = procurement.awarded_at or at
    db.flush()


def mark_not_awarded(db: Session, procurement_id: UUID) -> None:
    """Note that its contract was given up before it ran, so that another can be written. Repeatable."""
    hold_row(db, Procurement, procurement_id, LOADED).awarded_at = None
    db.flush()


def begin_running(
    db: Session, procurement: Procurement, *, frameworks: Frameworks | None = None, by: Actor, at: datetime
) -> None:
    """The contract goes live. With `frameworks`, whatever is in the way refuses it, all at once.

    Raises NotAllowed, Conflict.
    """
    hold(db, procurement)
    _allow_running(procurement, by)
    state = PROCUREMENT.after("run", procurement.state)
    if frameworks is not None:
        today = day_in_london(at)
        refuse_blocked(what_blocks(db, frameworks, procurement, "run", on=today), "begun")
    procurement.state = state
    running = ProcurementRunning(
        procurement_id=procurement.id, supplier_id=procurement.supplier_id, product_id=procurement.product_id
    )
    record(db, running, by=by, at=at)
    db.flush()


def close_procurement(
    db: Session, procurement: Procurement, outcome: str, *, reason: str = "", by: Actor, at: datetime
) -> None:
    """The contract ended in a decision: scale, extend or stop. Raises NotAllowed, Conflict."""
    hold(db, procurement)
    _allow_running(procurement, by)
    procurement.state = PROCUREMENT.after("close", procurement.state)
    procurement.state_reason, procurement.ended_at = reason, at
    record(db, ProcurementClosed(procurement_id=procurement.id, outcome=outcome, reason=reason), by=by, at=at)
    db.flush()


def cancel_procurement(db: Session, procurement: Procurement, *, reason: str, by: Actor, at: datetime) -> None:
    """Give it up before it runs; everybody is told why. Raises NotAllowed, Conflict, Invalid."""
    begin_leading(db, procurement, ("draft", "inviting", "settled"), by=by)
    refuse_awarded(procurement)
    was, state = procurement.state, PROCUREMENT.after("cancel", procurement.state)
    why = needed_reason(reason, "Say why it is cancelled: the others read it.")
    procurement.state, procurement.state_reason, procurement.ended_at = state, why, at
    record(db, ProcurementCancelled(procurement_id=procurement.id, reason=why, was=was), by=by, at=at)
    db.flush()


def refuse_awarded(procurement: Procurement) -> None:
    """Raises Conflict once the contract binds."""
    if procurement.awarded_at is not None:
        raise Conflict(f"the contract of {procurement.name} binds already", "What changes now is a variation of it.")


def _allow_running(procurement: Procurement, by: Actor) -> None:
    if not (may_run_joint(by, procurement) or is_the_house(by)):
        hint = "Ask its contract manager."
        raise NotAllowed(f"this is for whoever runs the contract at {procurement.organisation.name}", hint)
