"""What runs by the clock: each job at most once per interval, with a last state that somebody sees."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import String, Text, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kit.db import Base, Database, Moment

LOG = logging.getLogger("touchstone.schedules")
LEASE = timedelta(minutes=15)
Schedules = Mapping[str, tuple[timedelta, Callable[[datetime], None]]]
"""Name -> (how often, what to do at a moment). What is done opens its own transactions and is repeatable."""


class Schedule(Base):
    """When a job is next due, and how its last run ended."""

    __tablename__ = "schedule"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    ran_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(String(10), default="new")
    error: Mapped[str] = mapped_column(Text, default="")


def run_due(database: Database, schedules: Schedules, *, at: datetime) -> list[str]:
    """Run the jobs that are due, each taken by one worker alone; returns their names."""
    return [name for name, (every, job) in schedules.items() if _run(database, name, every, job, at)]


def _run(database: Database, name: str, every: timedelta, job: Callable[[datetime], None], at: datetime) -> bool:
    with database.reading() as db:
        known = db.get(Schedule, name)
        if known is not None and known.due_at > at:
            return False
    with database.writing() as db:
        if not _take(db, name, at):
            return False
    try:
        job(at)
    except Exception as error:
        LOG.exception("the job %s failed", name)
        _note(database, name, at, at + min(every, LEASE), "failed", f"{type(error).__name__}: {error}")
    else:
        _note(database, name, at, at + every, "done", "")
    return True


def _take(db: Session, name: str, at: datetime) -> bool:
    """Take a due job for as long as a lease lasts; false where another worker has it."""
    known = db.scalars(select(Schedule).where(Schedule.name == name).with_for_update()).one_or_none()
    if known is None:
        db.add(Schedule(name=name, due_at=at + LEASE, state="running", error=""))
        return True
    if known.due_at > at:
        return False
    known.due_at, known.state = at + LEASE, "running"
    return True


def _note(database: Database, name: str, at: datetime, due_at: datetime, state: str, error: str) -> None:
    with database.writing() as db:
        ended = {"ran_at": at, "due_at": due_at, "state": state, "error": error[:2_000]}
        db.execute(update(Schedule).where(Schedule.name == name).values(**ended))
