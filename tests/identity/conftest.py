"""Fixtures of the tests of identity."""

import pytest

from marketplace.identity.policies import Actor
from tests.cast import an_actor
from tests.identity.people import quick_passwords

__all__ = ["colleague", "quick_passwords", "second_manager"]


@pytest.fixture
def colleague(db, buyer, now) -> Actor:
    """Sam Adeyemi, buyer at Ashdown, no manager."""
    return an_actor(db, "Sam Adeyemi", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)


@pytest.fixture
def second_manager(db, buyer, now) -> Actor:
    """Ruth Lister, another manager at Ashdown."""
    return an_actor(db, "Ruth Lister", "Ashdown Hospitals NHS Trust", "trust", "manager", at=now)
