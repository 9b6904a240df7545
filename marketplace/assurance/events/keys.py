"""What assurance tells of the keys by which credentials are sealed. Their history is public."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutKey(Event):
    about: ClassVar[str] = "key_id"
    key_id: UUID
    number: int
    reason: str


class IssuerKeyMade(_AboutKey):
    """Credentials are sealed with a next key from now on."""


class IssuerKeyRevoked(_AboutKey):
    """A key was given up: nothing that it sealed counts any more."""
