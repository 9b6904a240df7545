"""Browsers over the whole application, on the test's own database."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue.queries import costs
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.web.catalogue import products, showing
from tests.clients import Browser, browser_over, sign_in


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No page is kept of another copy of the same world, in which the same product may have gone another way."""
    for kept in (products.OVERVIEWS, showing.EDITIONS, costs.KEPT):
        kept._made.clear()


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
