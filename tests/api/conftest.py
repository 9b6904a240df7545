"""Programs that call the API over the test's own database: without a token, or with one of an actor."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.api.limits import ANYBODY, SIGNED_IN, Allowance
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from tests.api.programs import Program, token_of
from tests.applications import api_alone
from tests.clients import Client
from tests.services import services_over


class Clock:
    """A now that a test can move."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock(now: datetime) -> Clock:
    return Clock(now)


@pytest.fixture
def services(database: Database, tmp_path: Path, frameworks: Frameworks, clock: Clock) -> Services:
    return services_over(database, tmp_path, frameworks, clock)


@pytest.fixture
def allowance(database: Database) -> Allowance:
    """Wide enough for any test but those of the limits."""
    return Allowance(database, signed_in=_wide(SIGNED_IN), anybody=_wide(ANYBODY))


def _wide(limit):
    return type(limit)(limit.name, 1_000_000, limit.window)


@pytest.fixture
def client(services: Services, allowance: Allowance) -> Client:
    """A client of the API alone."""
    return Client(api_alone(), services, allowance)


@pytest.fixture
def caller(client: Client) -> Program:
    """A program without a token."""
    return Program(client)


@pytest.fixture
def caller_of(caller: Program, db: Session, now: datetime) -> Callable[..., Program]:
    """A program with a token of an actor, with all that the actor may or with some scopes; commits what was written."""

    def make(actor: Actor, *scopes: str) -> Program:
        db.expire_on_commit = False
        token = token_of(db, actor, *scopes, at=now)
        db.commit()
        return Program(caller.client, token)

    return make
