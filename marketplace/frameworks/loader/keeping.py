"""What was read of a file is kept beside it, as Python keeps what it compiled: in its folder, by its settings.

Reading strictly is slow, and a start reads every file that is declared. Kept is what `read` made of these very bytes by
these very rules; whatever else is found there is read anew. Who may write there may change our code.
"""

import os
import pickle
import sys
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import yaml

from marketplace.frameworks.loader import reading
from marketplace.frameworks.loader.reading import Document, read


def recalled(path: Path, name: str) -> Document:
    """What `read` makes of a file, read only where it was not read before. Raises Invalid."""
    kept = Path(cache_from_source(str(path))).with_suffix(".read")
    try:
        stamp = sha256(_rules() + path.read_bytes()).digest()
        found = kept.read_bytes() if kept.exists() else b""
    except OSError:
        return read(path, name)
    if found.startswith(stamp):
        data, lines = pickle.loads(found[len(stamp) :])  # noqa: S301 - as safe as the bytecode beside it
        return Document(name, data, lines)
    document = read(path, name)
    if not sys.dont_write_bytecode:
        _keep(kept, stamp + pickle.dumps((document.data, document.lines)))
    return document


@cache
def _rules() -> bytes:
    """A digest of the rules by which we read."""
    return sha256(Path(reading.__file__).read_bytes() + yaml.__version__.encode()).digest()


def _keep(place: Path, content: bytes) -> None:
    """Write it whole or not at all; a folder that cannot be written to keeps nothing."""
    with suppress(OSError):
        place.parent.mkdir(exist_ok=True)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.write_bytes(content)
        draft.replace(place)
