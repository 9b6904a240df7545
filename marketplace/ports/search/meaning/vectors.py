"""Rows of vectors in one file that is only added to; the latest rows of a document count."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marketplace.ports.search.near import Near

Rows = NDArray[Any]


class Row(NamedTuple):
    """`key` stands for the document, `digest` for the text it had, `start` for the place of the part in it."""

    key: int
    digest: int
    start: int


class Vectors:
    """`width`: numbers in a vector. Readers map the file; half a row at its end, left by a crash, is passed over."""

    def __init__(self, path: Path, *, width: int) -> None:
        self._path = path
        self._shape = np.dtype([("key", "<u8"), ("digest", "<u8"), ("start", "<u8"), ("row", "<f4", (width,))])
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._rows: Rows = np.zeros(0, dtype=self._shape)
        self._current: NDArray[np.bool_] = np.zeros(0, dtype=bool)

    def digests(self) -> dict[int, int]:
        """Document -> digest of the text whose rows count."""
        rows, _ = self._now()
        return dict(zip(rows["key"].tolist(), rows["digest"].tolist(), strict=True))

    def add(self, rows: Sequence[Row], vectors: Sequence[Sequence[float]]) -> None:
        """All rows of a document must come in one call."""
        with self._writing() as file:
            whole = os.fstat(file).st_size // self._shape.itemsize * self._shape.itemsize
            os.ftruncate(file, whole)
            os.pwrite(file, self._filled(rows, vectors).tobytes(), whole)
            os.fsync(file)

    def keep(self, keys: set[int]) -> None:
        """Write the file anew with the rows that count and belong to these documents."""
        with self._writing():
            rows, current = self._now()
            kept = rows[current & np.isin(rows["key"], np.fromiter(keys, "<u8", len(keys)))]
            new = self._path.with_suffix(".new")
            new.write_bytes(kept.tobytes())
            new.replace(self._path)

    def near(self, vector: Sequence[float], *, most: int) -> list[Near]:
        """The nearest documents, nearest first."""
        rows, current = self._now()
        if not len(rows):
            return []
        with np.errstate(all="ignore"):
            similar = np.nan_to_num(rows["row"] @ np.asarray(vector, dtype=np.float32), nan=-1.0, posinf=-1.0)
        similar = np.where(current, similar, -1.0)
        several = min(len(rows), 4 * most)
        best = np.argpartition(-similar, several - 1)[:several]
        best = best[np.argsort(-similar[best], kind="stable")]
        found: dict[int, Near] = {}
        for at in best.tolist():
            key = int(rows["key"][at])
            found.setdefault(key, Near(key, int(rows["start"][at]), float(similar[at])))
        return [near for near in list(found.values())[:most] if near.similarity > -1.0]

    def _filled(self, rows: Sequence[Row], vectors: Sequence[Sequence[float]]) -> Rows:
        filled = np.zeros(len(rows), dtype=self._shape)
        for field, values in zip(("key", "digest", "start"), zip(*rows, strict=True), strict=True):
            filled[field] = values
        filled["row"] = vectors
        return filled

    def _now(self) -> tuple[Rows, NDArray[np.bool_]]:
        """The rows of the file as it is, and which of them count."""
        with self._lock:
            seen = self._stamp()
            if seen != self._seen:
                self._rows = self._mapped()
                self._current = counting(self._rows)
                self._seen = seen
            return self._rows, self._current

    def _stamp(self) -> tuple[int, int] | None:
        try:
            told = self._path.stat()
        except FileNotFoundError:
            return None
        return told.st_ino, told.st_size

    def _mapped(self) -> Rows:
        count = self._path.stat().st_size // self._shape.itemsize if self._path.exists() else 0
        return np.memmap(self._path, dtype=self._shape, mode="r", shape=(count,)) if count else self._rows[:0]

    @contextmanager
    def _writing(self) -> Iterator[int]:
        """One writer of all processes. Opened again when another replaced the file while we waited."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o644)
        try:
            flock(lock, LOCK_EX)
            file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                yield file
            finally:
                os.close(file)
        finally:
            os.close(lock)


def counting(rows: Rows) -> NDArray[np.bool_]:
    """A row counts when its text is the one that its document was given last."""
    if not len(rows):
        return np.zeros(0, dtype=bool)
    _, last, group = np.unique(rows["key"][::-1], return_index=True, return_inverse=True)
    latest = rows["digest"][::-1][last]
    return np.asarray(rows["digest"] == latest[group][::-1], dtype=bool)
