"""How far a database has come, told without the machinery that brings it on."""

from pathlib import Path

from sqlalchemy import inspect, text

from marketplace.kit.db import Database

VERSIONS = Path(__file__).parent / "versions"


def is_current(database: Database) -> bool:
    """Whether the database stands at the newest schema that this code knows."""
    with database.reader.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        stands_at: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return stands_at == newest()


def newest() -> str:
    """The number of the newest migration: files are called 0001_what_it_is_about.py."""
    return max(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*_*.py"))
