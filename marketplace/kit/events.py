"""What others may hear: a frozen event in the past tense, holding ids and plain values."""

from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

KNOWN: dict[str, type["Event"]] = {}


class Event(BaseModel):
    """Base of all events. `about` names the field that holds the id of what the event is about.

    The name that goes into the record is made of the room and the class: `catalogue.ListingPublished`.
    """

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    about: ClassVar[str]
    recorded_as: ClassVar[str]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        cls.recorded_as = f"{cls.__module__.split('.')[1]}.{cls.__name__}"
        KNOWN[cls.recorded_as] = cls

    @property
    def about_id(self) -> UUID:
        """The id of the thing that this event is about."""
        value: UUID = getattr(self, self.about)
        return value


def event_from(name: str, payload: str) -> Event:
    """The event as it was recorded. Raises KeyError where no room knows the name."""
    return KNOWN[name].model_validate_json(payload)
