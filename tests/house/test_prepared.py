"""`serve --prepare` and the demonstration ask in one way whether anything is there, so that nothing is prepared twice."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from marketplace.cli.serving import is_unprepared
from marketplace.faces.upkeep import is_empty
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from marketplace.settings import Settings
from tests import cast

NOBODY = Actor(None, None, frozenset())


def an_organisation(db: Session, at: datetime) -> None:
    cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", at=at)


def an_unclaimed_product(db: Session, at: datetime) -> None:
    cast.a_product(db, of=NOBODY, at=at, name="Orphan Notes")


@pytest.mark.parametrize("put", [an_organisation, an_unclaimed_product])
def test_a_house_is_prepared_until_something_is_there(
    database: Database, db: Session, now: datetime, put: Callable[[Session, datetime], None]
) -> None:
    settings = Settings(database_url=database.url)
    assert (is_empty(database), is_unprepared(settings)) == (True, True)

    put(db, now)
    db.commit()

    assert (is_empty(database), is_unprepared(settings)) == (False, False)
