"""Readers cannot write, writers take turns, times keep their zone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from marketplace.identity.models import Attempts
from marketplace.kit.db import Database, hold_version
from marketplace.kit.errors import Conflict


def test_a_reading_session_cannot_write(either_database: Database, now: datetime):
    with pytest.raises(DBAPIError, match=r"read-only|readonly"), either_database.reading() as db:
        db.execute(text("DELETE FROM attempts"))


def test_no_increment_is_lost_between_writers(either_database: Database, now: datetime):
    with either_database.writing() as db:
        db.add(Attempts(key="seats", window=now, count=0))

    def increment(_: int) -> None:
        with either_database.writing() as db:
            row = db.scalars(select(Attempts).with_for_update()).one()
            row.count += 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(increment, range(40)))

    with either_database.reading() as db:
        assert db.scalars(select(Attempts.count)).one() == 40


def test_a_moment_comes_back_in_utc(either_database: Database):
    elsewhere = datetime(2026, 7, 1, 12, 0, tzinfo=timezone(timedelta(hours=5)))
    with either_database.writing() as db:
        db.add(Attempts(key="a", window=elsewhere, count=0))

    with either_database.reading() as db:
        assert db.scalars(select(Attempts.window)).one() == datetime(2026, 7, 1, 7, 0, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused(either_database: Database):
    with pytest.raises(StatementError, match="names no time zone"), either_database.writing() as db:
        db.add(Attempts(key="a", window=datetime(2026, 7, 1), count=0))


def test_a_stale_version_is_refused():
    hold_version(3, 3)
    hold_version(None, 3)

    with pytest.raises(Conflict, match="somebody changed this"):
        hold_version(2, 3)
