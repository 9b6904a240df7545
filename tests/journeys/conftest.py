"""Browsers without scripts over the whole application, in a house where time goes on."""

from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.db import Database
from tests.services import services_over
from tests.web.conftest import client, client_of

__all__ = ["client", "client_of"]


@pytest.fixture
def services(database: Database, tmp_path: Path, frameworks: Frameworks, now: datetime) -> Services:
    """A second passes each time that somebody looks at the clock."""
    seconds = count()
    return services_over(database, tmp_path, frameworks, lambda: now + timedelta(seconds=next(seconds)))
