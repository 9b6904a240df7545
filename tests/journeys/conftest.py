"""Browsers without scripts over the whole application, in a house where time goes on."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from marketplace.cli import checks, data, importing, serving
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.db import Database
from tests.journeys.nursery import NURSERY, end_with_parent
from tests.services import known_frameworks, services_over
from tests.web.conftest import client, client_of

__all__ = ["client", "client_of"]
READY = (checks, data, importing, serving)
"""The commands that processes of these tests run, read before they are forked."""


def pytest_collection_finish() -> None:
    """All is read, what is declared too, and no test has opened a database yet."""
    assert READY
    assert known_frameworks()
    NURSERY.start(end_with_parent)


@pytest.fixture
def services(database: Database, tmp_path: Path, frameworks: Frameworks, now: datetime) -> Services:
    """A second passes each time that somebody looks at the clock."""
    seconds = count()
    return services_over(database, tmp_path, frameworks, lambda: now + timedelta(seconds=next(seconds)))
