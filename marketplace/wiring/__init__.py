"""Which engine is plugged in where, which event wakes which subscriber, and what runs by the clock."""

from marketplace.faces.services import Services
from marketplace.kit.jobs import Subscribers
from marketplace.kit.schedules import Schedules
from marketplace.kit.values import Value
from marketplace.settings import Settings
from marketplace.wiring.clock import go_on_with_imports, schedules_over
from marketplace.wiring.engines import folder_of, services_from, vocabulary_of
from marketplace.wiring.hearing import FOR_THE_RECORD, subscribers_over

__all__ = [
    "FOR_THE_RECORD", "House", "folder_of", "go_on_with_imports", "house_from", "schedules_over", "services_from",
    "subscribers_over", "vocabulary_of",
]  # fmt: skip


class House(Value):
    """Everything plugged together: what faces use, who listens, what runs by the clock."""

    services: Services
    subscribers: Subscribers
    schedules: Schedules


def house_from(settings: Settings) -> House:
    """The house that these settings describe."""
    services = services_from(settings)
    return House(services, subscribers_over(services), schedules_over(services))
