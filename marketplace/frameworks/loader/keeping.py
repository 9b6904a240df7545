"""What was read is kept beside the files, as Python keeps what it compiled: in its folder, by its settings.

Reading strictly is slow, and a start needs everything that is declared. Kept is what was made of these very bytes by
these very rules: of each file, and of all of them together. Whatever else is found there is read anew. Who may write
there may change our code.
"""

import os
import pickle
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from marketplace.frameworks.loader import reading
from marketplace.frameworks.loader.reading import Document, read

Made = TypeVar("Made")
CODE = Path(reading.__file__).parent.parent
LIBRARIES = ("pydantic", "pyyaml", "markdown-it-py")
"""What else decides what becomes of a file."""


def recalled(path: Path, name: str) -> Document:
    """What `read` makes of a file, read only where it was not read before. Raises Invalid."""
    try:
        stamp = sha256(_rules() + path.read_bytes()).digest()
    except OSError:
        return read(path, name)

    def data_and_lines() -> tuple[Any, Any]:
        found = read(path, name)
        return found.data, found.lines

    data, lines = kept(path, stamp, data_and_lines)
    return Document(name, data, lines)


def together(path: Path, digests: Mapping[str, str], make: Callable[[], Made]) -> Made:
    """What `make` makes of the files whose digests these are, kept beside `path`, where it was not made before."""
    told = "".join(f"{digest}  {name}\n" for name, digest in digests.items())
    return kept(path, sha256(_all_rules() + told.encode()).digest(), make)


def kept(path: Path, stamp: bytes, make: Callable[[], Made]) -> Made:
    """What is kept for `path` under this stamp; otherwise what `make` makes, which is kept for the next time."""
    place = Path(cache_from_source(str(path))).with_suffix(".read")
    found = b""
    with suppress(OSError):
        found = place.read_bytes()
    if found.startswith(stamp):
        known: Made = pickle.loads(found[len(stamp) :])  # noqa: S301 - as safe as the bytecode beside it
        return known
    made = make()
    if not sys.dont_write_bytecode:
        _keep(place, stamp + _packed(made))
    return made


@cache
def _rules() -> bytes:
    """A digest of the rules by which we read one file."""
    return sha256(Path(reading.__file__).read_bytes() + version("pyyaml").encode()).digest()


@cache
def _all_rules() -> bytes:
    """A digest of all the code that makes of files what they declare."""
    code = [path.read_bytes() for path in sorted(CODE.rglob("*.py"))]
    return sha256(b"\0".join([*code, *(version(each).encode() for each in LIBRARIES)])).digest()


class _Packer(pickle.Pickler):
    """A mapping that nobody can change stays one."""

    def reducer_override(self, thing: Any) -> Any:
        return (_unchanging, (dict(thing),)) if isinstance(thing, MappingProxyType) else NotImplemented


def _unchanging(entries: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(entries)


def _packed(made: object) -> bytes:
    file = BytesIO()
    _Packer(file, pickle.HIGHEST_PROTOCOL).dump(made)
    return file.getvalue()


def _keep(place: Path, content: bytes) -> None:
    """Write it whole or not at all; a folder that cannot be written to keeps nothing."""
    with suppress(OSError):
        place.parent.mkdir(exist_ok=True)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(place)
