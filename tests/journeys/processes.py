"""Commands of the product as processes that can be killed, forked from one that has imported everything already."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from marketplace.catalogue.actions.importing import run as importing
from marketplace.cli import main
from marketplace.kit import jobs, schedules
from marketplace.kit.db import Database
from marketplace.settings import Settings
from tests.journeys.nursery import NURSERY, Child

SMALL_BATCH = 100
SHORT_LEASE = timedelta(seconds=1)
Prepare = Callable[[], None]


class Place:
    """A folder with a database of its own, as migrations leave it, and the commands run over it."""

    def __init__(self, folder: Path, template: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.env = {
            "TOUCHSTONE_DATABASE_URL": f"sqlite:///{folder}/touchstone.db", "TOUCHSTONE_MAIL_URL": f"folder://{folder}/mail",
            "TOUCHSTONE_SEARCH_URL": f"tantivy://{folder}/index", "TOUCHSTONE_FILES_URL": f"file://{folder}/files",
        }  # fmt: skip
        shutil.copyfile(template, folder / "touchstone.db")
        self.database = Database(self.env["TOUCHSTONE_DATABASE_URL"])

    @property
    def settings(self) -> Settings:
        return Settings(
            database_url=self.env["TOUCHSTONE_DATABASE_URL"], mail_url=self.env["TOUCHSTONE_MAIL_URL"],
            search_url=self.env["TOUCHSTONE_SEARCH_URL"], files_url=self.env["TOUCHSTONE_FILES_URL"],
        )  # fmt: skip

    def start(self, *words: str, prepare: Prepare | None = None) -> Child:
        """A command as a process; `prepare` is called in it first."""
        for stream in ("out", "err"):
            self._stream(stream).write_text("")
        return NURSERY.child(command, self.env, words, self._stream("out"), self._stream("err"), prepare)

    def run(self, *words: str, ends: int = 0, prepare: Prepare | None = None) -> str:
        """A command to its end, with the exit code that it has to have: what it printed."""
        process = self.start(*words, prepare=prepare)
        process.join(timeout=120)
        assert process.exitcode == ends, f"{words} ended with {process.exitcode}: {self.told()} {self.printed()}"
        return self.printed()

    def printed(self) -> str:
        return self._stream("out").read_text()

    def told(self) -> str:
        """What the command told on the side."""
        return self._stream("err").read_text()

    def _stream(self, name: str) -> Path:
        return self.folder / f"{name}.txt"


def command(env: dict[str, str], words: tuple[str, ...], out: Path, err: Path, prepare: Prepare | None) -> None:
    """In the child: the command as anybody runs it, with small batches, and leases that a test can wait for."""
    os.environ.update(env)
    sys.stdout, sys.stderr = out.open("w", buffering=1), err.open("w", buffering=1)
    importing.BATCH = SMALL_BATCH
    jobs.LEASE = schedules.LEASE = SHORT_LEASE
    if prepare is not None:
        prepare()
    sys.exit(main(words))


def kill(process: Child) -> bool:
    """SIGKILL, and whether it was still at work."""
    was_at_work = process.is_alive()
    process.kill()
    process.join()
    return was_at_work and process.exitcode == -9


def wait_for(done: Callable[[], object], *, seconds: float = 30, every: float = 0.02, what: str = "") -> None:
    """Look now and then: `every` so many seconds, seldom where a look is dear."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, f"waited {seconds} s in vain {what}"
        time.sleep(every)
