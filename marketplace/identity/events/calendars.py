"""What is told of the addresses under which a person's dates are read."""

from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutPerson(Event):
    about: ClassVar[str] = "person_id"
    person_id: UUID
    organisation_id: UUID


class CalendarFeedMade(_AboutPerson):
    """Whoever has the address reads the person's dates; one that was made before reads nothing now."""


class CalendarFeedEnded(_AboutPerson):
    """The address reads nothing any more."""
