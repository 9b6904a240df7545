"""Who hears what of studies and their results."""

from marketplace.catalogue.subscribers import tell_supplier_of_claim, tell_supplier_of_study
from marketplace.evidence import events
from marketplace.evidence.subscribers import reopens_claims
from marketplace.faces.services import Services
from marketplace.faces.standing import follows_in_index
from marketplace.faces.syntheses import keeps_syntheses
from marketplace.kit.events import Event
from marketplace.procurement import subscribers as projects
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of studies and their results."""
    index, supplier = ("index", follows_in_index(services)), ("tell supplier", tell_supplier_of_study)
    shortlists = ("tell shortlists", projects.tells_shortlists_of_studies)
    follow = ("tell followers", projects.tells_followers_of_studies)
    keep = ("keep syntheses", keeps_syntheses(services))
    return {
        events.StudyPublished: [index, follow, keep],
        events.StudyCorrected: [index, keep, ("reopen claims", reopens_claims)],
        events.StudyRetracted: [index, supplier, shortlists, follow, keep, ("reopen claims", reopens_claims)],
        events.ClaimReopened: [("tell supplier", tell_supplier_of_claim)],
        events.PilotResultRecorded: [index, supplier, shortlists, follow, keep],
        events.SynthesisChanged: [("tell who relies", projects.tells_of_syntheses)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.StudyAdded, events.StudyChanged, events.StudyDiscarded, events.ClaimAdded, events.ClaimChanged,
    events.ClaimDiscarded, events.ClaimPublished, events.ClaimWithdrawn, events.ResultWeighed,
    events.ReopeningSettled, events.CertaintyJudged, events.StudyLookedUp, events.AppraisalGiven,
    events.ConsensusProposed, events.ConsensusReached,
    events.ProtocolAdded, events.ProtocolChanged, events.ProtocolDiscarded, events.ProtocolStamped,
    events.NotesReviewed, events.ReviewPublished,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
