"""How tests are found, shared out and run. What they are given stands in fixtures.py."""

import atexit
import gc
from collections.abc import Generator
from pathlib import Path

import pytest

from marketplace.kit.starting import nothing_collected
from tests.moments import pytest_terminal_summary
from tests.scheduling import hands_out, pytest_collection_modifyitems, pytest_xdist_make_scheduler
from tests.scratch import write_in_memory

__all__ = ["pytest_collection_modifyitems", "pytest_terminal_summary", "pytest_xdist_make_scheduler"]

HOUSE = Path(__file__).resolve().parent.parent
NO_WARNINGS = "error::litestar.exceptions.LitestarWarning"
"""What Litestar warns of is a fault. Said here, because whoever hands out tests would read all of Litestar for it."""
MADE_BETWEEN_LOOKS = 10_000
"""How many things are made before somebody looks for what could be thrown away: a test makes many, and ends soon."""


def pytest_configure(config: pytest.Config) -> None:
    """The product is read by who runs tests, and not by the process that hands them out.

    What a process leaves at its end is not looked through once more: with some millions of things that takes seconds.
    """
    write_in_memory()
    gc.set_threshold(MADE_BETWEEN_LOOKS)
    atexit.register(gc.freeze)
    if not hands_out(config):
        config.addinivalue_line("filterwarnings", NO_WARNINGS)
        config.pluginmanager.import_plugin("tests.fixtures")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is read to find the tests stays until they end: nobody looks through it for what could be thrown away."""
    with nothing_collected():
        return (yield)
