"""How many random moments a test tries that kills at random: all of them before a release, some on a laptop."""

import os

import pytest

ALL = 50
MOMENTS = int(os.environ.get("TOUCHSTONE_TEST_MOMENTS", "12"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a release tries and this run did not is said, as a test that was skipped is."""
    if MOMENTS < ALL:
        told = f"{MOMENTS} random moments of killing instead of {ALL}: TOUCHSTONE_TEST_MOMENTS={ALL} tries them all"
        terminalreporter.write_line(told)
