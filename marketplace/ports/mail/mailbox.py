"""The mailbox that delivery reports come back to: a folder of files, or a Maildir as mail servers write it."""

from collections.abc import Iterator
from pathlib import Path

from marketplace.ports.mail.reports import LARGEST

SEEN = ":2,S"


class Mailbox:
    """Reads each file once, the oldest first, and then moves it aside: read, or odd where it was no report."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def waiting(self, most: int) -> Iterator[Path]:
        """Files that were not read yet; none where there is no folder."""
        new = self.folder / "new"
        place = new if new.is_dir() else self.folder
        files = (path for path in place.iterdir() if path.is_file()) if place.is_dir() else ()
        yield from sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))[:most]

    def read(self, path: Path) -> bytes:
        """The bytes, one beyond the most that is read: what is larger is no report."""
        with path.open("rb") as file:
            return file.read(LARGEST + 1)

    def put_aside(self, path: Path, *, is_report: bool) -> None:
        """Move it where it is not read again."""
        if path.parent.name == "new":
            place, name = self.folder / "cur", f"{path.name}{SEEN}"
        else:
            place, name = self.folder / ("read" if is_report else "odd"), path.name
        place.mkdir(exist_ok=True)
        path.replace(place / name)


def mailbox_from_url(url: str) -> Mailbox | None:
    """The mailbox that the settings name; None where they name none. Raises ValueError."""
    if not url:
        return None
    scheme, _, rest = url.partition("://")
    if scheme != "folder" or not rest.startswith("/"):
        raise ValueError("the mailbox for delivery reports has to be a folder: write folder:///path")
    return Mailbox(Path("/" + rest.lstrip("/")))
