"""Where the processes of these tests come from: one that is forked before any test begins, when all is read and no
database is open. SQLite must not be carried over a fork; and to read all anew took each run four seconds.
"""

import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.managers import BaseManager, BaseProxy
from threading import Thread
from typing import Any

FORK = multiprocessing.get_context("fork")
TOLD = ("start", "join", "is_alive", "kill", "terminate", "__getattribute__")


class Child(BaseProxy):
    """A process that the nursery forked, as whoever asked for it sees it."""

    def start(self) -> None:
        self._callmethod("start")

    def join(self, timeout: float | None = None) -> None:
        self._callmethod("join", (timeout,))

    def is_alive(self) -> bool:
        return bool(self._callmethod("is_alive"))  # type: ignore[func-returns-value]

    def kill(self) -> None:
        self._callmethod("kill")

    def terminate(self) -> None:
        self._callmethod("terminate")

    @property
    def exitcode(self) -> int | None:
        code: int | None = self._callmethod("__getattribute__", ("exitcode",))  # type: ignore[func-returns-value]
        return code


class Nursery(BaseManager):
    """The process that forks the others: it is asked for them, and only there their fates are known."""

    def child(self, target: Callable[..., object], *words: Any) -> Child:
        """A process that calls the target with these words; it runs."""
        child: Child = self.Process(target=target, args=words)  # type: ignore[attr-defined]
        child.start()
        return child


Nursery.register("Process", FORK.Process, Child, TOLD)
NURSERY = Nursery(ctx=FORK)


def end_with_parent() -> None:
    """Said in the nursery: where who runs the tests is killed, it goes too, and nobody waits for what it holds open."""
    Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
