"""Who hears what of pilots that several organisations start together."""

from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.procurement import events as procurement
from marketplace.procurement import subscribers as joint
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of pilots that several organisations start together."""
    confirms, lead = ("tell who confirms", joint.tells_who_confirms), ("tell lead", joint.tells_lead)
    preparers, parties = ("tell preparers", joint.tells_preparers), ("tell parties", joint.tells_parties)
    return {
        procurement.PartyInvited: [("tell invited", joint.tells_invited), confirms],
        procurement.PartyJoined: [lead],
        procurement.PartyConfirmed: [lead],
        procurement.PartyDeclined: [lead, confirms],
        procurement.PartyWithdrew: [lead, confirms],
        procurement.ProcurementDescribed: [confirms],
        procurement.SeatPassed: [("tell of seat", joint.tells_of_seat), confirms],
        procurement.SharesChanged: [confirms],
        procurement.ApprovalAsked: [("tell approvers", joint.tells_approvers)],
        procurement.ApprovalGiven: [preparers],
        procurement.ApprovalRefused: [preparers],
        procurement.ReadinessPlanned: [("tell owner", joint.tells_owner)],
        procurement.ProcurementSettled: [parties],
        procurement.ProcurementReopened: [parties],
        procurement.ProcurementRunning: [parties],
        procurement.ProcurementClosed: [parties],
        procurement.ProcurementCancelled: [parties],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    procurement.ProcurementStarted, procurement.InvitationsOpened, procurement.CallOffChanged,
    procurement.ReadinessDone, procurement.PartyNoteMade,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""
