"""A consistent copy of the database and its files, and the way back.

SQLite copies itself while others write (VACUUM INTO). PostgreSQL is copied by its own tools: see the runbook.
Files are named by their content, so copying those that the copy lacks is enough, and each is checked on the way.
"""

import hashlib
import shutil
import sqlite3
from pathlib import Path

from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.text import quote
from marketplace.kit.values import Value

DATABASE = "touchstone.db"
FILES = "files"


class Copied(Value):
    folder: Path
    database_bytes: int
    files: int

    def told(self) -> str:
        return f"{self.folder}: database of {self.database_bytes:,} bytes, {self.files:,} files"


def back_up(database_url: str, files: Path, folder: Path) -> Copied:
    """Copy into a folder that is new or empty, so that no two copies are ever mixed. Raises Conflict, NotFound."""
    source = _sqlite_path(database_url)
    if not source.exists():
        raise NotFound(
            f"there is no database at {source}", "Set TOUCHSTONE_DATABASE_URL, or run `marketplace migrate`."
        )
    folder.mkdir(parents=True, exist_ok=True)
    if kept := next(folder.iterdir(), None):
        raise Conflict(
            f"{folder} is not empty: it holds {quote(kept.name)}",
            "Nothing in it was touched. Name a folder that is new or empty, such as one for each day.",
        )
    target = folder / DATABASE
    with sqlite3.connect(source) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    return Copied(folder, target.stat().st_size, _copy_files(files, folder / FILES))


def restore(database_url: str, files: Path, folder: Path) -> Copied:
    """Bring a copy back. Raises Conflict where a database is there, or where the copy is damaged."""
    target, source = _sqlite_path(database_url), folder / DATABASE
    if target.exists():
        raise Conflict(f"{target} is there already", "Move it away first: a restore never overwrites.")
    if not source.exists():
        raise NotFound(f"{source} is not there", "Name a folder that `marketplace backup` wrote.")
    with sqlite3.connect(source) as connection:
        state = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if state != "ok":
        raise Conflict(f"{source} is damaged: {state}", "Take an older copy.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return Copied(folder, target.stat().st_size, _copy_files(folder / FILES, files))


def _sqlite_path(url: str) -> Path:
    if not url.startswith("sqlite:///"):
        raise Conflict(
            "only SQLite is copied by this command", "Use pg_basebackup or pg_dump: deploy/runbooks/restore.md."
        )
    return Path(url.removeprefix("sqlite:///"))


def _copy_files(source: Path, target: Path) -> int:
    """Copy each file whose name is the digest of its content. Raises Conflict, naming one that is not."""
    count = 0
    for path in sorted(path for path in source.rglob("*") if path.is_file() and len(path.name) == 64):
        kept = target / path.relative_to(source)
        count += 1
        if kept.exists():
            continue
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != path.name:
                raise Conflict(
                    f"the file {path.name} does not hold what it is named after", "Take it from an older copy."
                )
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, kept)
    return count
