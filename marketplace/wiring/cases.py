"""Who hears what of what goes on from a case: appeals, remedies, samples, new versions, and assessor bodies."""

from marketplace.assurance.events import CaseDecided, CertificateIssued, CertificateWithdrawn, bodies
from marketplace.assurance.events import cases as events
from marketplace.assurance.events import surveillance as visits
from marketplace.assurance.subscribers import cases as assurance
from marketplace.assurance.subscribers.surveillance import (
    sets_visits,
    tells_of_visits,
    tells_who_relies_of_visits,
)
from marketplace.catalogue.events import ListingPublished
from marketplace.faces.services import Services
from marketplace.faces.standing import follows_in_index
from marketplace.kit.events import Event
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of appeals, remedies, samples and new versions."""
    index = ("index", follows_in_index(services))
    mends, closes = ("tell who mends", assurance.tells_who_mends), ("tell who closes", assurance.tells_who_closes)
    hearing, appealed = (
        ("tell who hears", assurance.tells_who_hears),
        ("tell who appealed", assurance.tells_who_appealed),
    )
    sets = ("set visits", sets_visits(services.frameworks))
    visiting = ("tell of visits", tells_of_visits(services.frameworks))
    return {
        CertificateIssued: [sets],
        CertificateWithdrawn: [sets],
        visits.VisitDue: [visiting],
        visits.VisitOverdue: [visiting],
        visits.VisitAppointed: [visiting],
        visits.VisitEnded: [index, visiting, ("tell who relies on visits", tells_who_relies_of_visits)],
        CaseDecided: [("draw samples", assurance.draws_samples(services.frameworks))],
        ListingPublished: [("flag model changes", assurance.flags_model_changes(services.frameworks))],
        events.ModelChangeUnclassed: [("tell of unclassed", assurance.tells_of_unclassed)],
        events.ChangeClassed: [index],
        events.RemedyOpened: [mends],
        events.RemedyOffered: [closes],
        events.RemedyReturned: [mends],
        events.RemedyClosed: [index, mends],
        events.RemedyOverdue: [index, mends, closes],
        events.AppealFiled: [hearing],
        events.AppealAssigned: [hearing],
        events.AppealReleased: [hearing],
        events.AppealUpheld: [appealed],
        events.AppealDismissed: [appealed],
        events.SampleDrawn: [("tell who samples", assurance.tells_who_samples)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.AnswersConfirmed, events.FindingsCarried, events.RemedyPlanned, events.AppealOpened, events.AppealWithdrawn,
    visits.VisitOpened,
    events.SampleGiven, bodies.BodyAccredited, bodies.AccreditationEnded, bodies.RecognitionDeclared,
    bodies.RecognitionEnded, bodies.CompetenceKept, bodies.CompetenceEnded, bodies.InterestDeclared,
    bodies.InterestEnded, bodies.TrustPolicySet, bodies.RegisterChecked,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
