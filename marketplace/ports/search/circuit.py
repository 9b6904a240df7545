"""Asks no more of a service that does not answer, until it has had time to come back."""

from collections.abc import Callable
from threading import Lock

from marketplace.ports.search.port import SearchUnavailable

FAILURES = 3
"""In a row, before the circuit opens."""
REST = 10.0
"""Seconds for which it stays open; then one call may try."""


class Circuit:
    """Shared by the threads of a process. `clock` gives seconds that never go back."""

    def __init__(self, *, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._rests_until = 0.0

    def enter(self) -> None:
        """Raises SearchUnavailable while open. After the rest one caller goes on to try; the others still wait."""
        with self._lock:
            if self._failures < FAILURES:
                return
            if self._clock() < self._rests_until:
                raise SearchUnavailable("the search server did not answer a moment ago")
            self._rests_until = self._clock() + REST

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            self._rests_until = self._clock() + REST
