"""The shape of a table of who hears what."""

from collections.abc import Mapping, Sequence

from marketplace.kit.events import Event
from marketplace.kit.jobs import Subscriber

Hearing = Mapping[type[Event], Sequence[tuple[str, Subscriber]]]
"""Event -> who hears it. The name of a subscriber is kept for life: deliveries on their way carry it."""
