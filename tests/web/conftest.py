"""Browsers over the whole application, on the test's own database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from tests.clients import Browser, browser_over, sign_in


@pytest.fixture
def client(services: Services) -> Iterator[Browser]:
    """Somebody who is not signed in."""
    with browser_over(services) as browser:
        yield browser


@pytest.fixture
def client_of(services: Services, db: Session, now: datetime) -> Iterator[Callable[[Actor], Browser]]:
    """A browser signed in as an actor; commits what the test wrote so far."""
    with ExitStack() as stack:

        def enter(actor: Actor) -> Browser:
            db.commit()
            return sign_in(stack.enter_context(browser_over(services)), services, actor, at=now)

        yield enter
