"""Mail on the laptop: each message a file in a folder, to be read at /dev/mail or in a mail program. Nothing leaves."""

import os
import re
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from marketplace.kit.values import Value
from marketplace.ports.mail.eml import as_email, fingerprint
from marketplace.ports.mail.port import MailUnavailable, Message

SENDER = "Touchstone <no-reply@touchstone.example>"
_ID = re.compile("[0-9a-f]{40}", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


class Delivered(Value):
    """A mail as it lies in the folder. `links` are those of the text, each once, in its order."""

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    kind: str
    message_id: str
    text: str
    html: str
    links: tuple[str, ...]


class FolderMail:
    """The engine for the laptop. A message that is already there is not written again."""

    name = "folder"

    def __init__(self, folder: Path, *, sender: str = SENDER) -> None:
        self.folder, self.sender = folder, sender

    def send(self, message: Message) -> None:
        place = self.folder / f"{fingerprint(message.key)}.eml"
        try:
            if not place.exists():
                self._write(place, bytes(as_email(message, sender=self.sender, at=datetime.now(UTC))))
        except OSError as wrong:
            raise MailUnavailable(f"the mail folder cannot be written: {wrong}") from wrong

    def newest(self, limit: int = 100) -> list[Delivered]:
        """The latest mails, newest first; none where there is no folder yet."""
        try:
            entries = [(path.stat().st_mtime_ns, path.name, path) for path in self.folder.glob("*.eml")]
            return [_read(path) for _, _, path in sorted(entries, reverse=True)[:limit]]
        except OSError as wrong:
            raise MailUnavailable(f"the mail folder cannot be read: {wrong}") from wrong

    def find(self, mail_id: str) -> Delivered | None:
        """The mail of that id, None where there is none."""
        path = self.folder / f"{mail_id}.eml"
        try:
            return _read(path) if _ID.fullmatch(mail_id) and path.exists() else None
        except OSError as wrong:
            raise MailUnavailable(f"the mail folder cannot be read: {wrong}") from wrong

    def _write(self, place: Path, data: bytes) -> None:
        """Whole or not at all: a reader never finds half a mail."""
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _read(path: Path) -> Delivered:
    mail = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=SMTP)
    text, html = (_part(mail, subtype) for subtype in ("plain", "html"))
    return Delivered(
        id=path.stem,
        at=mail["Date"].datetime.astimezone(UTC),
        sender=str(mail["From"]),
        to=str(mail["To"]),
        subject=str(mail["Subject"]),
        kind=str(mail["X-Touchstone-Kind"]),
        message_id=str(mail["Message-ID"]),
        text=text,
        html=html,
        links=tuple(dict.fromkeys(_links(text))),
    )


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    return str(part.get_content()).replace("\r\n", "\n") if isinstance(part, EmailMessage) else ""


def _links(text: str) -> Iterator[str]:
    return (found[0] for found in _LINK.finditer(text))
