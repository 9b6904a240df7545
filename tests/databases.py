"""A fresh database for each test: a copy of one that was migrated once per process."""

import atexit
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from sqlalchemy import create_engine, event, text

from marketplace.kit.db import Base, Database
from marketplace.migrations import tables
from marketplace.migrations.run import HERE, migrate

POSTGRESQL = os.environ.get("TOUCHSTONE_TEST_POSTGRESQL_URL", "")
assert tables
SMALL_PAGE = 1024
"""In bytes. Each table and each index takes a page at least: small ones make a third of a file to copy for each test."""


def build_schema(database: Database) -> None:
    """The schema as migrations make it; from the models while there is no migration yet."""
    if any((HERE / "versions").glob("0*.py")):
        migrate(database)
    else:
        with database.writer.begin() as connection:
            Base.metadata.create_all(connection)


def sqlite_template(folder: Path) -> Path:
    path = folder / "template.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA page_size={SMALL_PAGE}")
        connection.execute("VACUUM")
    database = Database(f"sqlite:///{path}")
    build_schema(database)
    database.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@contextmanager
def sqlite_copy(template: Path) -> Iterator[Database]:
    """A database as the template is. The engines are lent from test to test, so that statements stay compiled."""
    database = _FREE.pop() if _FREE else _fresh()
    path = file_of(database)
    for old in path.parent.iterdir():
        old.unlink()
    shutil.copyfile(template, path)
    yield database
    database.close()
    if not any(engine.dispatch.before_cursor_execute for engine in (database.reader, database.writer)):
        _FREE.append(database)


_FREE: list[Database] = []


def file_of(database: Database) -> Path:
    return Path(database.url.removeprefix("sqlite:///"))


def _fresh() -> Database:
    """In a folder of its own; nothing here has to survive the plug."""
    folder = Path(mkdtemp(prefix="touchstone-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database(f"sqlite:///{folder}/touchstone.db")
    for engine in (database.reader, database.writer):
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    return database


@contextmanager
def postgresql_template() -> Iterator[str]:
    name = f"template_{uuid4().hex[:12]}"
    with _server(f"CREATE DATABASE {name}", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"):
        database = Database(f"{POSTGRESQL}/{name}", pool_size=2)
        build_schema(database)
        database.close()
        yield name


@contextmanager
def postgresql_copy(template: str) -> Iterator[Database]:
    name = f"test_{uuid4().hex[:12]}"
    with _server(f"CREATE DATABASE {name} TEMPLATE {template}", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"):
        database = Database(f"{POSTGRESQL}/{name}", pool_size=5)
        yield database
        database.close()


@contextmanager
def _server(before: str, after: str) -> Iterator[None]:
    engine = create_engine(f"{POSTGRESQL}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(before))
    yield
    with engine.connect() as connection:
        connection.execute(text(after))
    engine.dispose()
