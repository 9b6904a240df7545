"""A fresh database for each test: a copy of one that was migrated once per process."""

import atexit
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from sqlalchemy import Engine, create_engine, event, text

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
    return file_of(database)


@contextmanager
def sqlite_copy(template: Path) -> Iterator[Database]:
    """A database as the template is, lent from test to test with its connections open and its statements compiled."""
    lent = _FREE.pop() if _FREE else None
    if lent is None or not lent.becomes(template):
        lent = _Lent(template)
    yield lent.database
    if lent.is_unheard():
        _FREE.append(lent)


def file_of(database: Database) -> Path:
    """The file of a database that nobody writes in now, with all that was written."""
    path = Path(database.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


class _Lent:
    """A database in a folder of its own. Nothing here has to survive the plug.

    To open a connection costs more than most tests: each reads five hundred lines of schema. So connections stay open,
    and between tests SQLite itself copies another database into theirs. It counts that as another schema, which it is not.
    """

    def __init__(self, template: Path) -> None:
        folder = Path(mkdtemp(prefix="touchstone-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self.path = folder / "touchstone.db"
        shutil.copyfile(template, self.path)
        self.database = Database(f"sqlite:///{self.path}")
        for engine in self._engines():
            event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
        self._keeper = sqlite3.connect(self.path, isolation_level=None, timeout=0)
        self._keeper.execute("PRAGMA synchronous=OFF")
        self._file = self.path.stat().st_ino
        self._schema = self._keeper.execute("PRAGMA schema_version").fetchone()[0]

    def becomes(self, template: Path) -> bool:
        """Whether it is as the template now: not where the last test left somebody in the middle, or another file."""
        if not self.path.exists() or self.path.stat().st_ino != self._file:
            return False
        try:
            with closing(sqlite3.connect(template)) as source:
                source.backup(self._keeper)
            self._keeper.execute(f"PRAGMA schema_version={self._schema}")
        except sqlite3.OperationalError:
            return False
        return True

    def is_unheard(self) -> bool:
        return not any(engine.dispatch.before_cursor_execute for engine in self._engines())

    def _engines(self) -> tuple[Engine, Engine]:
        return self.database.reader, self.database.writer


_FREE: list[_Lent] = []


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
