"""Those who read studies critically: two academics of one university, and an assessor."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from tests import cast


@pytest.fixture
def academic(db: Session, now: datetime) -> Actor:
    """Ffion Pugh, who offers independent evaluation."""
    return cast.an_actor(db, "Ffion Pugh", "University of Estermouth", "university", "academic", at=now)


@pytest.fixture
def colleague(db: Session, academic: Actor, now: datetime) -> Actor:
    """Idris Vaughan, of the same university."""
    return cast.an_actor(db, "Idris Vaughan", "University of Estermouth", "university", "academic", at=now)


@pytest.fixture
def assessor(db: Session, now: datetime) -> Actor:
    """Ngozi Eze, who assesses for a body of assessors."""
    return cast.an_actor(db, "Ngozi Eze", "Northmark Assurance", "assessor-body", "assessor", at=now)
