"""A world with one of each thing, made once; house tests only read it, or write where nothing stays."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.frameworks.loader import Frameworks
from tests import cast
from tests.databases import sqlite_copy
from tests.house.world import World, built, people_of
from tests.services import services_over

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def world(template: Path, tmp_path_factory: pytest.TempPathFactory, frameworks: Frameworks) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with sqlite_copy(template) as database:
        services = services_over(database, folder, frameworks, lambda: NOW)
        with Session(database.writer) as db:
            yield built(db, services, _people(db), at=NOW)


def _people(db: Session):  # type: ignore[no-untyped-def]
    ashdown, calder = "Ashdown Hospitals NHS Trust", "Calder Valley NHS Trust"
    return people_of(
        db, at=NOW,
        buyer=cast.an_actor(db, "Grace Okafor", ashdown, "trust", "buyer", "manager", at=NOW),
        other_buyer=cast.an_actor(db, "Tom Bevan", calder, "trust", "buyer", "manager", at=NOW),
        lumen=cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", "manager", at=NOW),
        rival=cast.an_actor(db, "Max Feld", "Quillmark Ltd", "supplier", "supplier-manager", "manager", at=NOW),
        moderator=cast.an_actor(db, "Ines Duarte", "Touchstone operations", "operator", "operator", "manager", at=NOW),
    )  # fmt: skip
