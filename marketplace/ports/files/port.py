"""What every store of files takes and gives. Rooms and faces import this file, never an engine."""

from collections.abc import Iterator
from typing import BinaryIO, Protocol

from marketplace.kit.values import Value


class FilesUnavailable(Exception):
    """The store cannot keep or give a file now: it is full, away or forbidden. Nothing half was kept.

    `lost` means that waiting will not help: a file that was stored is gone.
    """

    def __init__(self, reason: str, *, lost: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lost = lost


class Stored(Value):
    """A file that is kept: the SHA-256 of its bytes in hex, how many they are, and what they are."""

    digest: str
    size: int
    media_type: str


class Files(Protocol):
    """One store, shared by all organisations: who may read a digest is for the caller to know.

    Every method raises FilesUnavailable and nothing else of the engine's own.
    """

    name: str

    def put(self, stream: BinaryIO, *, limit: int, name: str = "") -> Stored:
        """Keep what the stream holds, whole, or nothing. The same bytes are kept once, and putting them again mends.

        `limit` is in bytes, and no more than one beyond it is read. With `name`, its ending has to agree with the
        content and says which text it is (`text/csv`, `text/plain`). Raises Invalid for what is empty, too large,
        not accepted or dangerous; whatever the stream itself raises passes through.
        """

    def open(self, digest: str) -> BinaryIO:
        """The bytes, from the start; the caller closes. Raises FilesUnavailable(lost=True) for no such one."""

    def size(self, digest: str) -> int:
        """In bytes. Raises as `open` does."""

    def drop(self, digest: str) -> None:
        """Take a file out; one that is not there is no error. Only for what no row names any more."""

    def digests(self) -> Iterator[str]:
        """Each digest that is kept, in no order, for comparing store and database."""

    def damaged(self) -> Iterator[str]:
        """Reads every file, and gives the digests of those whose bytes are not what was stored."""
