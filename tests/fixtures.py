"""Fixtures that every test may use: a database of its own, a fixed now, and the cast."""

import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from marketplace.web import templating
from tests import cast
from tests.databases import POSTGRESQL, postgresql_copy, postgresql_template, sqlite_copy, sqlite_template
from tests.services import known_frameworks, services_over
from tests.worlds import World, handed_on, quick_part, world_of

settings.register_profile("laptop", deadline=None, max_examples=50)
settings.register_profile("release", deadline=None, max_examples=150)
settings.load_profile(os.environ.get("TOUCHSTONE_TEST_EXAMPLES", "laptop"))
"""A busy machine is no fault of a rule: what has a speed is measured under bench/. A release tries more examples."""


@pytest.fixture(scope="session", autouse=True)
def templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What one process of a run compiled of the templates, no other compiles again."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "templates"
    folder.mkdir(exist_ok=True)
    templating.COMPILED = FileSystemBytecodeCache(str(folder))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    if not POSTGRESQL:
        pytest.skip("TOUCHSTONE_TEST_POSTGRESQL_URL names no PostgreSQL server")
    with postgresql_template() as name:
        yield name


@pytest.fixture
def beginning(request: pytest.FixtureRequest, template: Path) -> World:
    """What the test begins with: tables, and what the parts of its world made."""
    return world_of(request, template)


@pytest.fixture
def played(request: pytest.FixtureRequest, beginning: World, db: Session) -> Mapping[str, Any]:
    """What the parts of the test's world handed on, by their names."""
    return handed_on(beginning, db, request.getfixturevalue)


@pytest.fixture
def database(request: pytest.FixtureRequest, beginning: World) -> Iterator[Database]:
    """SQLite, empty but for its tables and what the test begins with."""
    if beginning.folder:
        shutil.copytree(beginning.folder, request.getfixturevalue("tmp_path"), dirs_exist_ok=True)
    with sqlite_copy(beginning.database) as copy:
        yield copy


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def either_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Both databases in turn; PostgreSQL where a server is named."""
    if request.param == "sqlite":
        with sqlite_copy(request.getfixturevalue("template")) as copy:
            yield copy
    else:
        with postgresql_copy(request.getfixturevalue("postgresql")) as copy:
            yield copy


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """A writing session on a database of its own; what the test leaves is thrown away."""
    with Session(database.writer) as session:
        yield session


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data that others published: beside the checkout, or where TOUCHSTONE_SHARED_DATA says. Skips without them."""
    folder = Path(os.environ.get("TOUCHSTONE_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no published data in {folder}: TOUCHSTONE_SHARED_DATA says where they are")
    return folder


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def frameworks() -> Frameworks:
    return known_frameworks()


@quick_part
def buyer(db: Session, now: datetime) -> Actor:
    """Grace Okafor, buyer and manager at Ashdown Trust."""
    return cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "buyer", "manager", at=now)


@quick_part
def other_buyer(db: Session, now: datetime) -> Actor:
    """Tom Bevan, buyer and manager at another trust, Calder Valley."""
    return cast.an_actor(db, "Tom Bevan", "Calder Valley NHS Trust", "trust", "buyer", "manager", at=now)


@quick_part
def lumen(db: Session, now: datetime) -> Actor:
    """Priya Raman, who manages Lumen's products."""
    return cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", "manager", at=now)


@quick_part
def rival(db: Session, now: datetime) -> Actor:
    """Max Feld, who manages the products of another supplier, Quillmark."""
    return cast.an_actor(db, "Max Feld", "Quillmark Ltd", "supplier", "supplier-manager", "manager", at=now)


@quick_part
def moderator(db: Session, now: datetime) -> Actor:
    """Ines Duarte, operator of Touchstone."""
    return cast.an_actor(db, "Ines Duarte", "Touchstone operations", "operator", "operator", "manager", at=now)


@pytest.fixture
def services(database: Database, tmp_path: Path, frameworks: Frameworks, now: datetime) -> Services:
    """The engines of the product over this test's own database and folders."""
    return services_over(database, tmp_path, frameworks, lambda: now)
