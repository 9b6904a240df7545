"""Calls to the server: time limits, the circuit, tasks followed to their end, one exception for all that can fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import TypeVar

from meilisearch.client import Client
from meilisearch.errors import MeilisearchApiError, MeilisearchCommunicationError, MeilisearchTimeoutError
from meilisearch.models.task import TaskInfo

from marketplace.ports.search.circuit import Circuit
from marketplace.ports.search.port import SearchUnavailable

ANSWER_WITHIN = 1
"""Seconds for a search; also for asking how a task stands."""
TAKE_WITHIN = 10
"""Seconds for handing over a batch of documents."""
DONE_WITHIN = 60_000
"""Milliseconds for a task."""


T = TypeVar("T")


class Server:
    """`clock` gives seconds that never go back."""

    def __init__(self, url: str, key: str, *, clock: Callable[[], float]) -> None:
        self._url = url
        self._key = key or None
        self._circuit = Circuit(clock=clock)
        self._clients = local()

    def ask(self, call: Callable[[Client], T]) -> T:
        """A question, answered within a second or given up."""
        with self._answering():
            return call(self._client(ANSWER_WITHIN))

    def do(self, call: Callable[[Client], TaskInfo]) -> None:
        """Hand over work and wait until it is done. Raises SearchUnavailable when the task fails later."""
        with self._answering():
            info = call(self._client(TAKE_WITHIN))
            task = self._client(ANSWER_WITHIN).wait_for_task(info.task_uid, DONE_WITHIN, interval_in_ms=20)
        if task.status != "succeeded":
            error = task.error or {}
            raise SearchUnavailable(
                f"the search server gave up a task ({task.type}, {task.status}): {error.get('message', '')}",
                lost=error.get("code") == "index_not_found",
            )

    def _client(self, seconds: int) -> Client:
        """One for each thread: the client keeps the headers of the request that it is making."""
        kept: dict[int, Client] = self._clients.__dict__.setdefault("by_seconds", {})
        if seconds not in kept:
            kept[seconds] = Client(self._url, self._key, timeout=seconds)
        return kept[seconds]

    @contextmanager
    def _answering(self) -> Iterator[None]:
        self._circuit.enter()
        try:
            yield
        except MeilisearchApiError as refused:
            self._note(answered=refused.status_code < 500)
            lost = refused.code == "index_not_found"
            raise SearchUnavailable(f"the search server refused: {refused.message}"[:300], lost=lost) from refused
        except (MeilisearchTimeoutError, MeilisearchCommunicationError, OSError) as silent:
            self._note(answered=False)
            raise SearchUnavailable("the search server does not answer") from silent
        except (ValueError, KeyError, TypeError) as strange:
            self._note(answered=False)
            raise SearchUnavailable("the search server gave an answer that makes no sense") from strange
        self._note(answered=True)

    def _note(self, *, answered: bool) -> None:
        self._circuit.succeeded() if answered else self._circuit.failed()
