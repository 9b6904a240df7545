"""A deal whose first invoice is sent, with which many tests of payments begin."""

import pytest
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from tests.clients import committed
from tests.payments.scenes import Deal, a_deal, falls_due, settled
from tests.worlds import part


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(request: pytest.FixtureRequest) -> None:
    """What the test made stays readable after it was committed."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db").expire_on_commit = False


@part
def deal(db: Session, services: Services) -> Deal:
    """Ashdown owes £1,000 before VAT, and its invoice is sent."""
    made = a_deal(db)
    falls_due(db, made, 100_000)
    committed(db)
    settled(services)
    return made
