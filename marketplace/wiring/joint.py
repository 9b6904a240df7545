"""Who hears what of pilots that several organisations start together."""

from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.procurement import events as procurement
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of pilots that several organisations start together."""
    return {}


FOR_THE_RECORD: tuple[type[Event], ...] = (
    procurement.ProcurementStarted, procurement.ProcurementDescribed, procurement.InvitationsOpened,
    procurement.PartyInvited, procurement.PartyJoined, procurement.PartyConfirmed, procurement.PartyDeclined,
    procurement.PartyWithdrew, procurement.SharesChanged, procurement.CallOffChanged, procurement.ApprovalAsked,
    procurement.ApprovalGiven, procurement.ApprovalRefused, procurement.ReadinessPlanned, procurement.ReadinessDone,
    procurement.PartyNoteMade, procurement.ProcurementSettled, procurement.ProcurementReopened,
    procurement.ProcurementRunning, procurement.ProcurementClosed, procurement.ProcurementCancelled,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
