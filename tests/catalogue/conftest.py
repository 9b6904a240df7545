"""Who imports files of products, and eyes on what came of it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from tests.catalogue.imports import Desk


@pytest.fixture
def operator(db: Session, database: Database, frameworks: Frameworks, moderator: Actor, now: datetime) -> Desk:
    db.commit()
    return Desk(database, frameworks, moderator, now)


@pytest.fixture
def supplier(db: Session, database: Database, frameworks: Frameworks, lumen: Actor, now: datetime) -> Desk:
    db.commit()
    return Desk(database, frameworks, lumen, now)


@pytest.fixture
def look(database: Database) -> Iterator[Session]:
    """Eyes on what was committed."""
    with database.reading() as session:
        yield session
