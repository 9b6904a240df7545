"""What identity tells of mails. The address itself is not told here, nor what the other side said of it."""

from typing import ClassVar
from uuid import UUID

from marketplace.identity.events.people import _AboutPerson
from marketplace.kit.events import Event


class MailFailed(Event):
    """A mail did not arrive and will not; `is_marked` where nothing more is mailed to that address until confirmed."""

    about: ClassVar[str] = "mail_id"
    mail_id: UUID
    person_id: UUID | None
    organisation_id: UUID | None
    is_marked: bool


class MailReachesAgain(_AboutPerson):
    """A person confirmed an address at which mail had not arrived."""
