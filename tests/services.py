"""The services of the product over a test's own database and folders."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path

from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.loader.registers import Registers, read_registers
from marketplace.kit.db import Database
from marketplace.kit.starting import later
from marketplace.ports.files.disk import DiskFiles
from marketplace.ports.gateway.rehearsal import RehearsalGateway
from marketplace.ports.mail.folder import FolderMail
from marketplace.ports.search.port import Vocabulary
from marketplace.ports.search.tantivy.engine import TantivySearch
from marketplace.settings import Settings
from marketplace.wiring.engines import frameworks_in

HOUSE = Path(__file__).resolve().parent.parent


def known_frameworks() -> Frameworks:
    """What is declared, read once in a process."""
    return frameworks_in(HOUSE / "frameworks")


@cache
def own_templates() -> Path:
    return Settings().templates


@cache
def known_registers() -> Registers:
    return read_registers(HOUSE / "frameworks")


def services_over(
    database: Database, folder: Path, frameworks: Frameworks, clock: Callable[[], datetime], **changes: object
) -> Services:
    facts: dict[str, object] = {
        "database": database,
        "search": TantivySearch(folder / "index", Vocabulary()),
        "files": DiskFiles(folder / "files"),
        "mail": FolderMail(folder / "mail"),
        "gateway": later(lambda: RehearsalGateway(folder / "gateway", clock)),
        "frameworks": frameworks,
        "clock": clock,
        "secret": b"a secret of the tests",
        "templates": own_templates(),
        "base_url": "http://testserver.local",
        "is_demonstration": True,
        "is_secure": False,
        "registers": known_registers(),
    }
    return Services(**{**facts, **changes})  # type: ignore[arg-type]
