"""Who hears how people sign in: its owner, always; an organisation's people, where it asks for a second factor."""

from marketplace.faces.services import Services
from marketplace.identity import events as identity
from marketplace.identity import subscribers as people
from marketplace.kit.events import Event
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears of second factors, recovery codes and linked accounts."""
    return {
        identity.SecondFactorAdded: [("tell of factor", people.tells_of_factor_added)],
        identity.SecondFactorRemoved: [("tell of factor", people.tells_of_factor_removed)],
        identity.SecondFactorMissed: [("tell of misses", people.tells_of_misses)],
        identity.RecoveryCodesMade: [("tell of recovery codes", people.tells_of_recovery_codes)],
        identity.RecoveryCodeUsed: [("tell of recovery code", people.tells_of_recovery_used)],
        identity.KnownElsewhereLinked: [("tell of link", people.tells_of_link)],
        identity.KnownElsewhereUnlinked: [("tell of link", people.tells_of_unlink)],
        identity.SecondFactorDemanded: [("tell of demand", people.tells_of_demand)],
        identity.SecondFactorNoLongerDemanded: [("tell of demand", people.tells_of_no_demand)],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (identity.IdentityConfirmed,)
"""Events that nobody has to act on: they are the audit trail alone."""
