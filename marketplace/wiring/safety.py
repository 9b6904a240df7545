"""Who hears what of hazard logs, deployments, incidents and notices; and what of it runs by the clock."""

from datetime import datetime, timedelta

from marketplace.assurance.actions.safety.chasing import chase_notices
from marketplace.assurance.actions.safety.incidents import watch_incidents
from marketplace.assurance.actions.safety.listings import hold_listings_to_matrix
from marketplace.assurance.events import safety as events
from marketplace.assurance.subscribers import listings, safety
from marketplace.catalogue import events as catalogue
from marketplace.faces.safety import holders_above
from marketplace.faces.services import Services
from marketplace.kit.events import Event
from marketplace.kit.schedules import Schedules
from marketplace.procurement import events as procurement
from marketplace.procurement.subscribers import ends_plans, plans_deployments
from marketplace.wiring.shape import Hearing


def hears(services: Services) -> Hearing:
    """Who hears what of clinical safety."""
    users = ("tell supplier of use", safety.tells_supplier_of_use)
    incidents = ("tell of incident", safety.tells_of_incident)
    holders, watchers = ("tell holders", safety.tells_holders), ("tell who watches", safety.tells_who_watches)
    listed = ("tell holders of listing", listings.tells_holders_of_listing(holders_above))
    return {
        catalogue.ListingSuspended: [
            listed,
            ("tell moderators of suspension", listings.tells_moderators_of_suspension),
        ],
        catalogue.ListingReinstated: [listed],
        events.HazardWritten: [("hold to matrix", listings.holds_to_matrix(services.frameworks))],
        catalogue.ListingPublished: [("ask for a change notice", safety.asks_for_a_change_notice)],
        procurement.PartyJoined: [("plan deployments", plans_deployments)],
        procurement.ProcurementSettled: [("plan deployments", plans_deployments)],
        procurement.ProcurementCancelled: [("end plans", ends_plans)],
        events.DeploymentPlanned: [("send open notices", safety.sends_open_notices)],
        events.DeploymentWentLive: [users],
        events.DeploymentEnded: [users],
        events.HazardsTakenOver: [("tell safety officers", safety.tells_safety_officers)],
        events.SafetyCaseIssued: [("hand over", safety.hands_over)],
        events.IncidentReported: [incidents],
        events.IncidentTriaged: [incidents],
        events.IncidentMadeSafe: [incidents],
        events.IncidentClosed: [incidents],
        events.IncidentReopened: [incidents],
        events.IncidentNoted: [incidents],
        events.IncidentLate: [incidents],
        events.NoticeIssued: [holders, watchers],
        events.NoticeReached: [holders],
        events.NoticeAnswered: [watchers],
        events.NoticeChased: [holders, watchers],
        events.NoticeClosed: [holders],
    }


FOR_THE_RECORD: tuple[type[Event], ...] = (
    events.DeploymentMoved, events.HazardsImported, events.HazardDecided,
    events.IncidentNumbered, events.NoticeAcknowledged, events.TransparencyRecordWritten,
)  # fmt: skip
"""Events that nobody has to act on: they are the audit trail alone."""


def schedules(services: Services) -> Schedules:
    """What clinical safety does by the clock. Repeatable."""
    return {"safety-clocks": (timedelta(hours=1), lambda at: watch_safety(services, at))}


def watch_safety(services: Services, at: datetime) -> None:
    """Suspend what the matrix takes off show, remind who has not answered, tell of time limits that ran out."""
    with services.database.writing() as db:
        hold_listings_to_matrix(db, services.frameworks, at=at)
        chase_notices(db, services.frameworks, at=at)
        watch_incidents(db, services.frameworks, at=at)
