"""Browsers over the whole application, on the test's own database."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from tests.clients import Browser, browser_over, sign_in


@pytest.fixture
def client(services: Services) -> Browser:
    """Somebody who is not signed in."""
    return browser_over(services)


@pytest.fixture
def client_of(services: Services, db: Session, now: datetime) -> Callable[[Actor], Browser]:
    """A browser signed in as an actor; commits what the test wrote so far."""

    def enter(actor: Actor) -> Browser:
        db.commit()
        return sign_in(browser_over(services), services, actor, at=now)

    return enter
