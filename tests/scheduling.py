"""Who runs what when several processes share the tests: each file whole, the site's as one, and what takes long first.

A file stays together because what it shares is made once; what Chromium looks at stays together because one site serves
it all, what asks every route because one world has something behind each, and what reads all of the source because it is
parsed once. The rest follows the long ones, file by file, so that no process is left alone with one of them at the end.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

SITE = "tests/browser/"
EVERY_ROUTE = ("tests/house/test_route_matrix.py", "tests/house/test_attacks_forms.py")
ALL_SOURCE = ("tests/house/test_circles.py", "tests/house/test_budgets.py")
TOGETHER = (EVERY_ROUTE, ALL_SOURCE)
LONG = (
    SITE, "tests/demonstration/test_playing.py", *EVERY_ROUTE,
    "tests/journeys/", "tests/web/test_attacks", "tests/api/test_main_job.py", "tests/ports/test_files_hostile.py",
    "tests/house/", "tests/web/",
)  # fmt: skip
"""How the names of files begin that are run first, in this order."""


class WholeFiles(LoadScopeScheduling):
    """What is handed to a process is a file, all of the site's, or all that shares what is dear to make."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        shared = (files[0] for files in TOGETHER if file in files)
        return SITE if file.startswith(SITE) else next(shared, file)


def hands_out(config: pytest.Config) -> bool:
    """Whether this process only hands out tests, to others that run them."""
    return not hasattr(config, "workerinput") and config.getoption("dist", "no") != "no"


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    """`--dist loadfile` is what is meant here; other ways of sharing out stay as they are."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return WholeFiles(config, log)  # type: ignore[arg-type]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first; what is equal stays in its order."""
    items.sort(key=lambda item: next((place for place, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG)))
