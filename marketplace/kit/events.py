"""What others may hear: a frozen event in the past tense, holding ids and plain values."""

from typing import Any, ClassVar, dataclass_transform
from uuid import UUID

from msgspec import StructMeta, json

from marketplace.kit.values import Value

KNOWN: dict[str, type["Event"]] = {}


class _ByName(StructMeta):
    """Makes classes whose fields are given by name alone, each after those of the class that it goes on from."""

    def __new__(cls, name: str, bases: tuple[type, ...], within: dict[str, Any], **more: Any) -> "_ByName":
        return super().__new__(cls, name, bases, within, **{"kw_only": True, **more})


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Event(Value, metaclass=_ByName, forbid_unknown_fields=True):
    """Base of all events. `about` names the field that holds the id of what the event is about.

    The name that goes into the record is made of the room and the class: `catalogue.ListingPublished`.
    """

    about: ClassVar[str]
    recorded_as: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.recorded_as = f"{cls.__module__.split('.')[1]}.{cls.__name__}"
        KNOWN[cls.recorded_as] = cls

    @property
    def about_id(self) -> UUID:
        """The id of the thing that this event is about."""
        value: UUID = getattr(self, self.about)
        return value

    @property
    def payload(self) -> str:
        """What the record keeps of it. Raises ValidationError where it could not be read again."""
        told = json.encode(self)
        json.decode(told, type=type(self))
        return told.decode()


def event_from(name: str, payload: str) -> Event:
    """The event as it was recorded. Raises KeyError where no room knows the name."""
    return json.decode(payload, type=KNOWN[name])
