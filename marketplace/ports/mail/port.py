"""What every way of sending mail takes. Rooms and faces import this file, never an engine."""

from typing import Protocol

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

LONGEST_SUBJECT = 200
LONGEST_ADDRESS = 254


class MailUnavailable(Exception):
    """The message was not handed over; it is kept by whoever wanted it sent, and tried again.

    `refused` means that trying again will not help: the other side will not take this address or this message;
    `is_of_address` that it is for ever because of the address.
    """

    def __init__(self, reason: str, *, refused: bool = False, is_of_address: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refused = refused
        self.is_of_address = is_of_address


class Message(Value, kw_only=True):
    """A mail to one address. `kind` is the letter that it is; `key` is its own for ever: a resend has the same one.

    Raises Invalid for an address or a subject that could become another header or another reader.
    """

    to: str
    subject: str
    text: str
    html: str
    kind: str
    key: str

    def __post_init__(self) -> None:
        if not _is_address(self.to):
            raise Invalid(f"{quote(self.to)} is not an address that mail can go to", "Write it like name@trust.nhs.uk.")
        if not self.subject.isprintable() or not self.subject.strip():
            raise Invalid(
                f"{quote(self.subject)} cannot be a subject", "Write it on one line, without hidden characters."
            )
        if len(self.subject) > LONGEST_SUBJECT:
            raise Invalid(
                f"the subject {quote(self.subject, 30)} is too long", f"Use at most {LONGEST_SUBJECT} characters."
            )
        if not self.key:
            raise ValueError("a message has a key")


def _is_address(text: str) -> bool:
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or len(text) > LONGEST_ADDRESS or not text.isascii() or not text.isprintable():
        return False
    return not set(text) & set(' ,;:<>()[]"\\') and "@" not in local


class Mail(Protocol):
    """One way out. Raises MailUnavailable and nothing else of the engine's own."""

    name: str

    def send(self, message: Message) -> None:
        """Hand it over. Returning means that the other side has taken it, perhaps for the second time."""
