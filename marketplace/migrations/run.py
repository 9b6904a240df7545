"""Bring a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from marketplace.kit.db import Database

HERE = Path(__file__).parent


def migrate(database: Database) -> None:
    """Run what is missing, in one transaction: a migration that is cut off leaves nothing behind."""
    config = _config()
    with database.writer.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
