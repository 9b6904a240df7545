"""One generation opened for reading, verified before use, and opened again when it changes under our feet."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from time import monotonic, sleep

from tantivy import Index, Searcher

from marketplace.ports.search.port import SearchUnavailable
from marketplace.ports.search.tantivy.schema import english, plain
from marketplace.ports.search.tantivy.store import Stamp, Store, checksum, is_readable, read_seal, stamp

WATCHED_EVERY = 1.0
"""Seconds between looks at whether the files that are open still stand on disk as they were."""
PATIENCE = 1.0
"""Seconds that a process which has read nothing yet waits for a writer to finish."""
QUIET_AFTER_LOSS = 1.0
"""Seconds in which a lost index is not looked at again: a page that fails must fail at once."""


@dataclass(slots=True)
class Reading:
    """`stamps`: each file as it was when its checksum was right. `kept`: answers that hold as long as this reading."""

    generation: Path
    marks: tuple[Stamp, Stamp]
    stamps: Mapping[str, Stamp]
    products: Searcher
    words: Searcher
    looked_at: float
    kept: dict[object, object] = field(default_factory=dict)


class Readings:
    """The reading of now, for all threads of a process."""

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._lock = Lock()
        self._reading: Reading | None = None
        self._loss: tuple[float, SearchUnavailable] | None = None

    def now(self) -> Reading:
        """Raises SearchUnavailable when the index is missing, damaged, or not the one that was sealed."""
        reading = self._reading
        if reading and reading.marks == marks(self._store) and self._clock() - reading.looked_at < WATCHED_EVERY:
            return reading
        with self._lock:
            if self._loss and self._clock() - self._loss[0] < QUIET_AFTER_LOSS:
                raise SearchUnavailable(self._loss[1].reason, lost=self._loss[1].lost)
            try:
                self._reading = self._renewed()
            except SearchUnavailable as loss:
                self._reading, self._loss = None, (self._clock(), loss)
                raise
            return self._reading

    def for_writing(self) -> Path:
        """The generation to write into, all of whose files are sound. The caller holds the writers' lock."""
        with self._lock:
            self._reading = open_reading(self._store, known=self._reading, at=self._clock())
            return self._reading.generation

    def forget(self) -> None:
        """Look at the disk again at the next question."""
        self._loss = None

    def _renewed(self) -> Reading:
        """Opened again if anything changed. While somebody writes, files and seal may differ: the old reading holds."""
        limit, loss = monotonic() + PATIENCE, None
        while loss is None or monotonic() < limit:
            seen = marks(self._store)
            try:
                return open_reading(self._store, known=self._reading, at=self._clock())
            except SearchUnavailable as found:
                loss = found
            writing = self._store.is_being_written()
            if writing and self._reading:
                return replace(self._reading, looked_at=self._clock())
            if not loss.lost or (not writing and seen == marks(self._store)):
                raise loss
            sleep(0.02)
        raise SearchUnavailable("the search index is being written")


def marks(store: Store) -> tuple[Stamp, Stamp] | None:
    """What tells that the index changed; None when it is not there."""
    try:
        return stamp(store.folder / "CURRENT"), stamp(store.current() / "SEAL")
    except (OSError, SearchUnavailable):
        return None


def open_reading(store: Store, *, known: Reading | None, at: float) -> Reading:
    """Verify and open the current generation, reading only files that `known` had not verified."""
    generation, seen = store.current(), marks(store)
    if seen is None:
        raise SearchUnavailable("there is no search index", lost=True)
    same = known if known and known.generation == generation else None
    stamps = verify(generation, known=same.stamps if same else {})
    if same and same.marks == seen:
        same.looked_at = at
        return same
    with telling_of_engine():
        products, words = open_index(generation / "products"), open_index(generation / "words")
        return Reading(generation, seen, stamps, products.searcher(), words.searcher(), at)


def verify(generation: Path, *, known: Mapping[str, Stamp]) -> dict[str, Stamp]:
    """Compare the files with the seal. Raises SearchUnavailable(lost=True) and names the first that differs."""
    stamps: dict[str, Stamp] = {}
    for name, sealed in read_seal(generation).files.items():
        try:
            stamps[name] = stamp(generation / name)
            right = known.get(name) == stamps[name] or checksum(generation / name) == sealed
        except OSError:
            right = False
        if not right:
            raise SearchUnavailable(f"the search index is damaged: {name}", lost=True)
    if not is_readable(generation):
        raise SearchUnavailable("the list of files of the search index is damaged", lost=True)
    return stamps


def open_index(folder: Path) -> Index:
    index = Index.open(str(folder))
    index.config_reader(reload_policy="manual")
    index.register_tokenizer("english", english())
    index.register_tokenizer("plain", plain())
    index.reload()
    return index


@contextmanager
def telling_of_engine() -> Iterator[None]:
    """Turn what the engine raises, a panic of its Rust included, into SearchUnavailable."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, (ValueError, OSError)) or type(error).__module__ == "pyo3_runtime":
            raise SearchUnavailable(f"the search index cannot be used: {str(error)[:200]}") from error
        raise
