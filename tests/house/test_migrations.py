"""Models and migrations agree, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from marketplace.kit.db import Base, Database
from marketplace.migrations import tables
from marketplace.migrations.run import migrate
from marketplace.migrations.standing import VERSIONS, is_current, newest


def test_models_and_migrations_agree(either_database: Database):
    assert tables
    with either_database.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})

        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_migrating_twice_changes_nothing(either_database: Database):
    migrate(either_database)

    assert is_current(either_database)


def test_the_newest_schema_is_the_last_migration():
    assert newest() == ScriptDirectory(str(VERSIONS.parent)).get_current_head()
