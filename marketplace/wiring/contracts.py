"""Who hears what of terms, texts and signatures."""

from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of terms, texts and signatures."""
    return {}


FOR_THE_RECORD: tuple[type[Event], ...] = ()
"""Events that nobody has to act on: they are the audit trail alone."""
