"""Static files under names that carry their content's digest, so that a browser may keep them for ever.

A folder whose name ends in .css is served as one style sheet: its files joined in the order of their names.
"""

import gzip
import hashlib
import mimetypes
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from marketplace.kit.values import Value

PREFIX = "/static/"
CACHE_CONTROL = "public, max-age=31536000, immutable"
SQUEEZED = (".css", ".js", ".svg", ".json", ".txt")
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
    ".woff2": "font/woff2", ".json": "application/json", ".txt": "text/plain; charset=utf-8", ".png": "image/png",
}
REFERENCE = re.compile(rb"""url\((["']?)([^"')#?:]+)(["']?)\)""")


class Asset(Value):
    """One file as it is sent; `gzipped` is None where squeezing gains nothing."""

    name: str
    url: str
    media_type: str
    content: bytes
    gzipped: bytes | None


class Assets:
    """Every file under `root`, read once."""

    def __init__(self, root: Path) -> None:
        by_name: dict[str, Asset] = {}
        for name, content in sorted(contents(root), key=lambda pair: (pair[0].endswith(".css"), pair[0])):
            by_name[name] = packed(name, pointed_at(name, content, by_name))
        self.by_name: Mapping[str, Asset] = MappingProxyType(by_name)
        self.by_url: Mapping[str, Asset] = MappingProxyType({asset.url: asset for asset in by_name.values()})

    def url(self, name: str) -> str:
        """The address of `css/touchstone.css`. Raises LookupError for a file that is not there."""
        if name not in self.by_name:
            raise LookupError(f"no static file is called {name}")
        return self.by_name[name].url

    def find(self, path: str) -> Asset | None:
        """What a requested path, digest included, stands for."""
        return self.by_url.get(path)


def contents(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        if path.is_dir() and path.suffix == ".css":
            yield path.relative_to(root).as_posix(), b"".join(part.read_bytes() for part in sorted(path.glob("*.css")))
        elif path.is_file() and path.parent.suffix != ".css":
            yield path.relative_to(root).as_posix(), path.read_bytes()


def packed(name: str, content: bytes) -> Asset:
    stem, suffix = name.removesuffix(PurePosixPath(name).suffix), PurePosixPath(name).suffix
    digest = hashlib.sha256(content).hexdigest()[:12]
    squeezed = gzip.compress(content, 9, mtime=0) if suffix in SQUEEZED else None
    media_type = MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(name, f"{PREFIX}{stem}.{digest}{suffix}", media_type, content,
                 squeezed if squeezed and len(squeezed) < len(content) else None)


def pointed_at(name: str, content: bytes, known: Mapping[str, Asset]) -> bytes:
    """A style sheet's references, relative to itself, as addresses with digests."""
    if not name.endswith(".css"):
        return content

    def address(match: re.Match[bytes]) -> bytes:
        target = resolved(name, match[2].decode())
        return b'url("' + known[target].url.encode() + b'")' if target in known else match[0]

    return REFERENCE.sub(address, content)


def resolved(name: str, reference: str) -> str:
    parts = list(PurePosixPath(name).parent.parts)
    for part in PurePosixPath(reference).parts:
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
