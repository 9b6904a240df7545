"""What is published stays as it was: one digest for each published file, kept in published.lock.

The lock has one line for each file, `sha256  path`, so that `sha256sum --check published.lock` reads it too. A file
that is not in it is still a draft.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from marketplace.kit.errors import Conflict, Invalid

LOCK = "published.lock"
UNPUBLISHED = ("demonstration", "registers")
"""Folders that the lock leaves alone: invented data, and registers that others publish and renew."""

_NEXT = "Put it back as it was, and write what differs into the next version beside it, such as purposes.2.yaml."


def digests(root: Path) -> dict[str, str]:
    """The digest of every file that is or can be published, by its path below `root`, in order."""
    paths = sorted(path for ending in ("yaml", "md") for path in root.rglob(f"*.{ending}"))
    found = ((path.relative_to(root), path) for path in paths)
    return {
        name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in found
        if name.parts[0] not in UNPUBLISHED
    }


def read_lock(root: Path) -> dict[str, str]:
    """The digests that were published; none when there is no lock yet. Raises Invalid for a line that is not one."""
    path = root / LOCK
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    locked: dict[str, str] = {}
    for at, line in enumerate(lines, start=1):
        digest, gap, name = line.partition("  ")
        if len(digest) != 64 or not gap or not name or name in locked:
            raise Invalid(f"{LOCK}:{at}: is not one digest, two spaces and one path", "Write it anew with `make lock`.")
        locked[name] = digest
    return locked


def broken(locked: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    """What was published and is no longer as it was."""
    gone = [f"{name}: was published and is gone" for name in locked if name not in found]
    return gone + [
        f"{name}: was published and has changed without a new version"
        for name, digest in locked.items()
        if found.get(name, digest) != digest
    ]


def drift(root: Path) -> list[str]:
    """Everything in which the files and the lock differ; empty when all is well. Raises Invalid for a bad lock."""
    locked, found = read_lock(root), digests(root)
    return broken(locked, found) + [f"{name}: is not in {LOCK}" for name in found if name not in locked]


def write_lock(root: Path) -> list[str]:
    """Publish the drafts: add their digests to the lock, and return their paths.

    Raises Conflict, and writes nothing, when a published file has changed or is gone.
    """
    locked, found = read_lock(root), digests(root)
    if faults := broken(locked, found):
        raise Conflict("\n".join(faults), _NEXT)
    lines = (f"{digest}  {name}\n" for name, digest in sorted(found.items()))
    (root / LOCK).write_text("".join(lines), encoding="utf-8")
    return [name for name in found if name not in locked]


def refuse_broken(root: Path) -> dict[str, str]:
    """The digest of every file. Raises Invalid when one that was published has changed or is gone."""
    found = digests(root)
    if faults := broken(read_lock(root), found):
        raise Invalid("\n".join(faults), _NEXT)
    return found
