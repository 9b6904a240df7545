"""Who hears what of answers, cases and certificates."""

from marketplace.assurance import events
from marketplace.assurance import subscribers as assurance
from marketplace.assurance.events.ageing import AnswerRunsOut
from marketplace.assurance.events.keys import IssuerKeyMade, IssuerKeyRevoked
from marketplace.assurance.subscribers.ageing import tells_of_dated_answer
from marketplace.faces.sealing import seals_renewed
from marketplace.faces.services import Services
from marketplace.faces.standing import follows_in_index
from marketplace.kit.events import Event
from marketplace.procurement import subscribers as projects
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of answers, cases and certificates."""
    index = ("index", follows_in_index(services))
    assessors = ("tell assessors", assurance.tells_assessors)
    applicant = ("tell applicant", assurance.tells_supplier_of_case)
    holder = ("tell holder", assurance.tells_supplier_of_certificate)
    relying = ("tell who relies", assurance.tells_who_relies)
    shortlists = ("tell shortlists", projects.tells_shortlists_of_certificates)
    follow = ("tell followers", projects.tells_followers_of_certificates)
    return {
        events.CaseApplied: [assessors],
        events.CaseAssigned: [assessors],
        events.CaseStarted: [applicant],
        events.ClarificationAsked: [applicant],
        events.ClarificationReplied: [assessors],
        events.OutcomeProposed: [assessors],
        events.OutcomeDisagreed: [assessors],
        events.CaseDecided: [applicant],
        events.CaseWithdrawn: [assessors],
        events.CertificateIssued: [index, follow],
        events.CertificateSuspended: [index, holder, relying, shortlists, follow],
        events.CertificateReinstated: [index, holder, relying, shortlists, follow],
        events.CertificateWithdrawn: [index, holder, relying, shortlists, follow],
        events.CertificateLapsed: [index, holder, relying, shortlists, follow],
        events.CertificateRunsOut: [index, holder, relying],
        AnswerRunsOut: [("tell whom it concerns", tells_of_dated_answer)],
        events.RenewalAsked: [("tell assessors", assurance.tells_assessors_of_renewal)],
        events.RenewalSettled: [("seal anew", seals_renewed(services)), index, holder, relying],
        events.AssuranceReused: [holder],
        events.AssuranceRefused: [holder],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.AnswersGiven, events.ConflictDeclared, events.CriterionFound, IssuerKeyMade, IssuerKeyRevoked,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
