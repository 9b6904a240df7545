"""Whether the database answers, is migrated, and how long the oldest work has waited: alarms watch ages."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from marketplace.kit.db import Database
from marketplace.kit.jobs import Delivery
from marketplace.kit.record import Entry, Outbox
from marketplace.kit.values import Value

LONGEST_UNHEARD = timedelta(minutes=10)


class Readiness(Value):
    is_ready: bool
    facts: dict[str, object]


def readiness(database: Database, *, at: datetime) -> Readiness:
    """Ages in whole seconds; `parked` counts deliveries that an operator has to look at."""
    try:
        with database.reading() as db:
            migrated = db.scalar(text("SELECT version_num FROM alembic_version"))
            unheard = db.scalar(select(func.min(Entry.at)).join(Outbox).where(Outbox.heard.is_(False)))
            waiting = db.scalar(
                select(func.min(Delivery.due_at)).where(Delivery.done_at.is_(None), Delivery.parked_at.is_(None))
            )
            parked = db.scalar(select(func.count()).where(Delivery.parked_at.is_not(None)))
    except SQLAlchemyError as error:
        return Readiness(is_ready=False, facts={"status": "not ready", "database": type(error).__name__})
    oldest = max((at - moment for moment in (unheard, waiting) if moment is not None), default=timedelta())
    facts: dict[str, object] = {
        "status": "ready",
        "migration": migrated,
        "oldest_unhandled_seconds": max(0, int(oldest.total_seconds())),
        "parked": parked,
    }
    return Readiness(is_ready=migrated is not None, facts=facts)
