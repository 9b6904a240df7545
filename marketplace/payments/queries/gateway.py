"""What an operator sees of the gateway."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.payments.models import Errand, GatewayEvent, Reconciliation

MOST = 50


def last_reconciliations(db: Session) -> Sequence[Reconciliation]:
    """The last comparisons with the gateway's list, newest first."""
    return db.scalars(select(Reconciliation).order_by(Reconciliation.id.desc()).limit(10)).all()


def stuck_errands(db: Session) -> Sequence[Errand]:
    """What was given up, or keeps failing, oldest first."""
    failing = or_(Errand.parked_at.is_not(None), Errand.error != "")
    rows = select(Errand).where(Errand.done_at.is_(None), failing)
    return db.scalars(rows.order_by(Errand.parked_at.is_(None), Errand.due_at).limit(MOST)).all()


def latest_events(db: Session) -> Sequence[GatewayEvent]:
    """What the gateway told last."""
    return db.scalars(select(GatewayEvent).order_by(GatewayEvent.id.desc()).limit(MOST)).all()
