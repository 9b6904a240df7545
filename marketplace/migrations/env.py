"""Alembic's way in: the database is handed over by `marketplace migrate`."""

from alembic import context

from marketplace.kit.db import Base
from marketplace.migrations import tables

assert tables


def include(obj: object, name: str | None, kind: str, reflected: bool, compare_to: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True,
    include_object=include, transaction_per_migration=False,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
