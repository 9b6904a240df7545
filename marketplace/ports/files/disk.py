"""Files in a folder of this machine, each at a path made of its digest: ab/cd/abcd...

A file is written aside, hashed while it is written, looked at, synced, and moved to its place in one step. What a
killed process left aside is cleared away after a day.
"""

import errno
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from marketplace.kit.errors import Invalid
from marketplace.kit.text import limit_in_words
from marketplace.ports.files.port import FilesUnavailable, Stored
from marketplace.ports.files.sniff import media_type_of

CHUNK = 1 << 18
LEFT_OVER_AFTER_SECONDS = 24 * 3600
_DIGEST = re.compile("[0-9a-f]{64}", re.ASCII)
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFiles:
    """The engine for one machine. The folder is made where it is missing."""

    name = "disk"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder / "aside"
        with _told():
            self._aside.mkdir(parents=True, exist_ok=True)
            self._clear_left_overs()

    def put(self, stream: BinaryIO, *, limit: int, name: str = "") -> Stored:
        with self._written_aside() as (file, path):
            digest, size = _copy(stream, file, limit)
            stored = Stored(digest, size, media_type_of(file, name))
            self._keep(file, path, digest)
        return stored

    def open(self, digest: str) -> BinaryIO:
        with _told(digest):
            return self._place(digest).open("rb")

    def size(self, digest: str) -> int:
        with _told(digest):
            return self._place(digest).stat().st_size

    def drop(self, digest: str) -> None:
        with _told():
            self._place(digest).unlink(missing_ok=True)

    def digests(self) -> Iterator[str]:
        with _told():
            yield from (path.name for path in self.folder.glob("??/??/*") if _DIGEST.fullmatch(path.name))

    def damaged(self) -> Iterator[str]:
        for digest in self.digests():
            with _told(digest), self._place(digest).open("rb") as file:
                held = hashlib.file_digest(file, "sha256").hexdigest()
            if held != digest:
                yield digest

    def _place(self, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise FilesUnavailable("there is no file of this digest", lost=True)
        return self.folder / digest[:2] / digest[2:4] / digest

    @contextmanager
    def _written_aside(self) -> Iterator[tuple[BinaryIO, Path]]:
        """A file of its own to write into, gone at the end unless it was moved to its place."""
        with _told():
            handle, name = tempfile.mkstemp(dir=self._aside)
        file, path = os.fdopen(handle, "w+b"), Path(name)
        try:
            yield file, path
        finally:
            with suppress(OSError):
                file.close()
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _keep(self, file: BinaryIO, path: Path, digest: str) -> None:
        place = self._place(digest)
        with _told():
            file.flush()
            os.fsync(file.fileno())
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
            for folder in (place.parent, place.parent.parent, self.folder):
                _sync(folder)

    def _clear_left_overs(self) -> None:
        for path in self._aside.iterdir():
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > LEFT_OVER_AFTER_SECONDS:
                    path.unlink()


def _copy(stream: BinaryIO, file: BinaryIO, limit: int) -> tuple[str, int]:
    """The digest and the size of what was copied. Reads at most one byte beyond the limit."""
    hashed, size = hashlib.sha256(), 0
    while chunk := stream.read(min(CHUNK, limit + 1 - size)):
        size += len(chunk)
        if size > limit:
            raise Invalid(f"this file is larger than {limit_in_words(limit)}", "Send a smaller file, or several.")
        hashed.update(chunk)
        with _told():
            file.write(chunk)
    with _told():
        file.flush()
    return hashed.hexdigest(), size


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(digest: str = "") -> Iterator[None]:
    """What the file system raises, as FilesUnavailable."""
    try:
        yield
    except FileNotFoundError as wrong:
        raise FilesUnavailable(f"the file {digest[:12] or 'folder'} is gone", lost=True) from wrong
    except OSError as wrong:
        reason = "there is no room left for files" if wrong.errno in _FULL else f"the files cannot be reached: {wrong}"
        raise FilesUnavailable(reason) from wrong
