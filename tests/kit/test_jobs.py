"""Each (entry, subscriber) is handled once, whatever fails on the way."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import ListingConfirmed
from marketplace.identity.models import Attempts
from marketplace.identity.policies import CLOCK
from marketplace.kit.db import Database
from marketplace.kit.jobs import (
    LEASE,
    MOST_ATTEMPTS,
    Delivery,
    Heard,
    deliver,
    drain,
    fan_out,
    finish,
    lease,
    postpone,
    unpark,
    wait,
)  # fmt: skip
from marketplace.kit.record import record

NAME = "catalogue.ListingConfirmed"


def happened(database: Database, at: datetime, times: int = 1) -> None:
    with database.writing() as db:
        for _ in range(times):
            record(db, ListingConfirmed(product_id=uuid4()), by=CLOCK, at=at)


def counting(db: Session, heard: Heard) -> None:
    db.add(Attempts(key=heard.key, window=heard.at, count=1))


def failing(db: Session, heard: Heard) -> None:
    counting(db, heard)
    db.flush()
    raise OSError("the mail server is away")


def counted(database: Database) -> int:
    with database.reading() as db:
        return len(db.scalars(select(Attempts)).all())


def test_each_subscriber_hears_each_event_once(either_database: Database, now: datetime):
    happened(either_database, now, times=3)

    drain(either_database, {NAME: [("one", counting), ("two", counting)]}, clock=lambda: now)
    drain(either_database, {NAME: [("one", counting), ("two", counting)]}, clock=lambda: now)

    assert counted(either_database) == 6


def test_a_failure_leaves_nothing_behind_and_does_not_stop_the_others(either_database: Database, now: datetime):
    happened(either_database, now)

    drain(either_database, {NAME: [("fails", failing), ("works", counting)]}, clock=lambda: now)

    assert counted(either_database) == 1
    with either_database.reading() as db:
        left = db.scalars(select(Delivery).where(Delivery.done_at.is_(None))).one()
        assert (left.subscriber, left.attempts, left.error) == ("fails", 1, "OSError: the mail server is away")
        assert left.due_at > now


def test_what_keeps_failing_is_parked_and_can_be_taken_up_again(database: Database, now: datetime):
    happened(database, now)
    clock = now
    for _ in range(MOST_ATTEMPTS):
        drain(database, {NAME: [("fails", failing)]}, clock=lambda at=clock: at)
        clock += timedelta(hours=8)
    with database.writing() as db:
        parked = db.scalars(select(Delivery)).one()
        assert parked.parked_at is not None
        unpark(db, parked.id, at=clock)

    drain(database, {NAME: [("fails", counting)]}, clock=lambda: clock)

    assert counted(database) == 1


def test_a_worker_whose_lease_ended_cannot_finish(either_database: Database, now: datetime):
    happened(either_database, now)
    with either_database.writing() as db:
        fan_out(db, {NAME: [("one", counting)]}, at=now)
    with either_database.writing() as db:
        [(delivery, first)] = lease(db, at=now)
    with either_database.writing() as db:
        [(_, second)] = lease(db, at=now + LEASE + timedelta(seconds=1))

    with either_database.writing() as db:
        slow, quick = finish(db, delivery, first, at=now), finish(db, delivery, second, at=now)

    assert (slow, quick) == (False, True)


def test_what_a_fenced_worker_wrote_is_thrown_away(database: Database, now: datetime):
    happened(database, now)
    with database.writing() as db:
        fan_out(db, {NAME: [("one", counting)]}, at=now)
        [(delivery, attempt)] = lease(db, at=now)

    deliver(database, {NAME: [("one", counting)]}, delivery, attempt - 1, clock=lambda: now)

    assert counted(database) == 0


def test_nobody_else_takes_up_what_is_leased(either_database: Database, now: datetime):
    happened(either_database, now)
    with either_database.writing() as db:
        fan_out(db, {NAME: [("one", counting)]}, at=now)
        assert len(lease(db, at=now)) == 1

    with either_database.writing() as db:
        assert lease(db, at=now + timedelta(seconds=30)) == []


def test_a_late_failure_of_a_fenced_worker_changes_nothing(database: Database, now: datetime):
    happened(database, now)
    with database.writing() as db:
        fan_out(db, {NAME: [("one", counting)]}, at=now)
        [(delivery, attempt)] = lease(db, at=now)
        postpone(db, delivery, attempt - 1, "late", at=now)
        db.flush()

        assert db.get_one(Delivery, delivery).error == ""


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 5), (2, 10), (5, 80), (30, 6 * 3600)])
def test_waits_double_up_to_six_hours(attempt: int, seconds: int):
    assert wait(attempt, jitter=lambda: 0.5) == timedelta(seconds=seconds)
