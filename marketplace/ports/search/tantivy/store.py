"""The folder of the index: generations side by side, one named as current, each sealed by the digests of its files.

CURRENT            the name of the generation that is read
WRITING            locked by whoever writes; the lock goes with the process
g-<name>/products/ what is searched
g-<name>/words/    the words in it, for typos
g-<name>/SEAL      written after each commit: format, and size and checksum of every file
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_UN, flock
from pathlib import Path
from time import monotonic, sleep
from uuid import uuid4
from zlib import crc32

from marketplace.kit.values import Value
from marketplace.ports.search.port import SearchUnavailable
from marketplace.ports.search.tantivy.schema import FORMAT

PATIENCE = 10.0
"""Seconds that a writer waits for another, such as a rebuild; then its job is tried again later."""
PARTS = ("products", "words")
MANAGED = ".managed.json"
"""The engine's own list of files that it may clear away. It changes before a commit and decides no answer."""

Stamp = tuple[int, int, int]
"""What changes when a file does: inode, size, time of change in nanoseconds."""


class Sealed(Value):
    """Size and checksum of each file of a generation, by its path inside it."""

    files: Mapping[str, tuple[int, int]]


class Store:
    def __init__(self, folder: Path, *, patience: float = PATIENCE) -> None:
        self.folder = folder
        self._patience = patience

    def current(self) -> Path:
        """The folder of the generation that is read. Raises SearchUnavailable when there is none."""
        try:
            name = (self.folder / "CURRENT").read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as gone:
            raise SearchUnavailable("there is no search index", lost=True) from gone
        generation = self.folder / name
        if not name.startswith("g-") or "/" in name or not generation.is_dir():
            raise SearchUnavailable("the search index names a generation that is not there", lost=True)
        return generation

    def aside(self) -> Path:
        """An empty generation that nobody reads yet."""
        generation = self.folder / f"g-{uuid4().hex}"
        for part in PARTS:
            (generation / part).mkdir(parents=True)
        return generation

    def swap(self, generation: Path) -> None:
        """Make a generation the current one, in one step, and clear the others away."""
        write_whole(self.folder / "CURRENT", generation.name + "\n")
        for other in self.folder.glob("g-*"):
            if other != generation:
                shutil.rmtree(other, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer, of all processes. Raises SearchUnavailable when another stays too long."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / "WRITING", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as refused:
            raise SearchUnavailable(f"the search index cannot be written: {refused.strerror}") from refused
        try:
            if not wait_until(lambda: locked(handle), seconds=self._patience):
                raise SearchUnavailable("another process is writing the search index")
            yield
        finally:
            os.close(handle)

    def is_being_written(self) -> bool:
        try:
            handle = os.open(self.folder / "WRITING", os.O_RDWR)
        except OSError:
            return False
        try:
            free = locked(handle)
            if free:
                flock(handle, LOCK_UN)
            return not free
        finally:
            os.close(handle)


def locked(handle: int) -> bool:
    try:
        flock(handle, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_until(done: Callable[[], bool], *, seconds: float) -> bool:
    limit = monotonic() + seconds
    while not done():
        if monotonic() > limit:
            return False
        sleep(0.02)
    return True


def write_whole(path: Path, text: str) -> None:
    """Replace a file so that readers and a crash see all of the old one or all of the new."""
    new = path.with_name(path.name + ".new")
    with new.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def stamp(path: Path) -> Stamp:
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns


def files_of(generation: Path) -> Iterator[str]:
    """The files that matter, as paths inside the generation."""
    for part in PARTS:
        for path in sorted((generation / part).iterdir()):
            if path.suffix != ".lock" and path.name != MANAGED:
                yield f"{part}/{path.name}"


def is_readable(generation: Path) -> bool:
    """Whether the engine can go on writing here."""
    try:
        return all(isinstance(json.loads((generation / part / MANAGED).read_bytes()), list) for part in PARTS)
    except (OSError, ValueError):
        return False


def seal(generation: Path) -> None:
    """Write down what the files are now. Segment files never change, so those sealed before are not read again."""
    before = read_seal(generation).files if (generation / "SEAL").exists() else {}
    kept = {name: before[name] for name in files_of(generation) if name in before and not name.endswith(".json")}
    files = {name: kept.get(name) or checksum(generation / name) for name in files_of(generation)}
    write_whole(generation / "SEAL", json.dumps({"format": FORMAT, "files": files}))


def read_seal(generation: Path) -> Sealed:
    """Raises SearchUnavailable when there is none, or it is of another format."""
    try:
        told = json.loads((generation / "SEAL").read_bytes())
        files = {str(name): (int(size), int(check)) for name, (size, check) in told["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as damaged:
        raise SearchUnavailable("the seal of the search index is missing or damaged", lost=True) from damaged
    if told.get("format") != FORMAT:
        raise SearchUnavailable("the search index is of another format", lost=True)
    return Sealed(files)


def checksum(path: Path) -> tuple[int, int]:
    """Size in bytes, and CRC-32."""
    size = check = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            size, check = size + len(block), crc32(block, check)
    return size, check
