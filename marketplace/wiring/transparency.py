"""Who hears what of what the public may see."""

from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.transparency import events
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of what the public may see."""
    return {}


FOR_THE_RECORD: tuple[type[Event], ...] = (events.PartRedacted, events.RedactionLifted)
"""Events that nobody has to act on: they are the audit trail alone."""
