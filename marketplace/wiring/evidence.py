"""Who hears what of studies and their results."""

from marketplace.catalogue.subscribers import tell_supplier_of_study
from marketplace.evidence import events
from marketplace.faces.services import Services
from marketplace.faces.standing import follows_in_index
from marketplace.kit.events import Event
from marketplace.procurement import subscribers as projects
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of studies and their results."""
    index, supplier = ("index", follows_in_index(services)), ("tell supplier", tell_supplier_of_study)
    shortlists = ("tell shortlists", projects.tells_shortlists_of_studies)
    follow = ("tell followers", projects.tells_followers_of_studies)
    return {
        events.StudyPublished: [index, follow],
        events.StudyCorrected: [index],
        events.StudyRetracted: [index, supplier, shortlists, follow],
        events.PilotResultRecorded: [index, supplier, shortlists, follow],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (events.StudyAdded, events.StudyChanged, events.StudyDiscarded)
"""Events that nobody has to act on: they are the audit trail alone."""
