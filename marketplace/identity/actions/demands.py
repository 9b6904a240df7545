"""An organisation that asks its people for a second factor, from a day on that they hear of in time."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from marketplace.identity.events import SecondFactorDemanded, SecondFactorNoLongerDemanded
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, may_manage_members
from marketplace.identity.queries.factors import proven_strongly
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.record import record

LONGEST_GRACE = timedelta(days=180)


def demand_second_factor(db: Session, organisation: Organisation, since: date, *, by: Actor, at: datetime) -> None:
    """From that day on let nobody act for the organisation who has none. Raises NotAllowed, Invalid, Conflict.

    Whoever demands it has one already: otherwise nobody might be left to take the demand back.
    """
    _allow(organisation, by)
    today = day_in_london(at)
    if not today <= since <= today + LONGEST_GRACE:
        told = f"Give a day from {today:%-d %B %Y} to {today + LONGEST_GRACE:%-d %B %Y}."
        raise Invalid(f"{since:%-d %B %Y} is past, or too far away", told, fields={"since": told})
    if organisation.second_factor_from == since:
        raise Conflict(f"it is demanded from {since:%-d %B %Y} on already", "Choose another day.")
    if by.person_id is None or not proven_strongly(db, [by.person_id]):
        raise Conflict("you have no second factor yourself", "Set one up under Account, and then ask others for it.")
    organisation.second_factor_from = since
    record(db, SecondFactorDemanded(organisation_id=organisation.id, since=since), by=by, at=at)


def demand_no_second_factor(db: Session, organisation: Organisation, *, by: Actor, at: datetime) -> None:
    """Let a password alone be enough again. Raises NotAllowed, Conflict."""
    _allow(organisation, by)
    if organisation.second_factor_from is None:
        raise Conflict("no second factor is demanded here")
    organisation.second_factor_from = None
    record(db, SecondFactorNoLongerDemanded(organisation_id=organisation.id), by=by, at=at)


def _allow(organisation: Organisation, by: Actor) -> None:
    if not may_manage_members(by, organisation.id):
        raise NotAllowed("this needs the role organisation manager", "Ask a manager of the organisation.")
