"""One database, two ways in: reading, which cannot write, and writing, which waits its turn.

SQLite reads in a plain transaction on a connection that refuses writes, and takes the write lock at the
start of a writing transaction, so that two writers queue instead of failing. PostgreSQL reads in read-only
transactions. SQLite syncs each commit to disk: a signature or a payment must survive the plug.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from marketplace.kit.addresses import database_address
from marketplace.kit.errors import Conflict

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 5_000
INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC: aware on the way in, aware on the way out, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} names no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """An exact decimal, kept as text: the same digits on both databases. Not for sorting or sums in SQL.

    Raises ValueError for what is not a number.
    """

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not value.is_finite():
            raise ValueError(f"{value} is not a number that can be kept")
        return format(value, "f")

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class Database:
    """The database at `url`, as an engine for reading and one for writing. Raises Invalid where it names none."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = database_address(url)
        self.is_sqlite = url.startswith("sqlite")
        self.writer = self._engine(pool_size, read_only=False)
        self.reader = self._engine(pool_size, read_only=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the data and cannot change it."""
        with Session(self.reader, autoflush=False) as db:
            yield db

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a transaction that begins with the block and ends with it: well, or leaving nothing behind.

        The session ends there, so that nothing is read anew after the commit: what was read stays as it was.
        """
        with self.writer.begin() as connection, Session(connection) as db:
            yield db
            db.flush()

    def close(self) -> None:
        self.reader.dispose()
        self.writer.dispose()

    def _engine(self, pool_size: int, *, read_only: bool) -> Engine:
        if self.is_sqlite:
            local = {"check_same_thread": False}
            engine = create_engine(self.url, pool_size=pool_size, connect_args=local, json_deserializer=read_json)
            event.listen(engine, "connect", _prepare_reader if read_only else _prepare_writer)
            engine.dialect.do_begin = _begin if read_only else _begin_immediate  # type: ignore[method-assign, assignment]
            return engine
        options = "-c default_transaction_read_only=on" if read_only else ""
        connect = {"options": f"{options} -c lock_timeout={BUSY_MS} -c timezone=UTC"}
        return create_engine(self.url, pool_size=pool_size, pool_pre_ping=True, connect_args=connect)


def read_json(text: str) -> Any:
    """What a JSON column holds. Plain strings and empty lists, which most are, take a tenth of the time."""
    if text[:1] == '"' and "\\" not in text:
        return text[1:-1]
    return [] if text == "[]" else json.loads(text)


def insert_into(db: Session, table: type[Base]) -> Any:
    """An insert that can say what happens where the row is there already, in the words of this database."""
    return INSERTS[db.get_bind().dialect.name](table)


def hold_version(expected: int | None, actual: int) -> None:
    """Refuse a change made from a stale page. Raises Conflict where `expected` is not the version on record."""
    if expected is not None and expected != actual:
        raise Conflict(
            "somebody changed this while your page was open",
            "Look at what is there now, and make your change again.",
        )


def _prepare_writer(connection: SQLiteConnection, _: object) -> None:
    connection.isolation_level = None
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}")
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def _prepare_reader(connection: SQLiteConnection, _: object) -> None:
    _prepare_writer(connection, _)
    connection.execute("PRAGMA query_only=ON")


def _begin(connection: DBAPIConnection) -> None:
    """Not a listener's: where one listens to an engine, each of its connections asks at each step who else does."""
    connection.cursor().execute("BEGIN")


def _begin_immediate(connection: DBAPIConnection) -> None:
    connection.cursor().execute("BEGIN IMMEDIATE")
