"""The second factor that an organisation asks its people for: since when, and who is ready."""

from datetime import date
from uuid import UUID

from marketplace.api.calls import Asked, get, put
from marketplace.api.shapes import In, Out
from marketplace.identity.actions.demands import demand_second_factor
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Permission
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.queries.members import members_of
from marketplace.identity.queries.organisations import find_own
from marketplace.identity.rules.codes import is_demanded
from marketplace.kit.calendar import day_in_london


class DemandIn(In):
    """The first day on which a password alone is not enough."""

    since: date


class ReadyOut(Out):
    person_id: UUID
    name: str
    is_ready: bool


class DemandOut(Out):
    """Since when a second factor is asked for (null: never), whether it is today, and which members have one."""

    since: date | None
    is_demanded: bool
    members: list[ReadyOut]


@get("/organisations/{ref:str}/second-factor", who=Permission.MEMBER_MANAGE)
def show(ask: Asked, ref: str) -> DemandOut:
    """Whether a password alone is enough to act for the organisation, and who has more."""
    return _out(ask, find_own(ask.db, ref, by=ask.by))


@put("/organisations/{ref:str}/second-factor", who=Permission.MEMBER_MANAGE)
def demand(ask: Asked, ref: str, body: DemandIn) -> DemandOut:
    """Ask for a second factor from a day on. Taking it back is for a person who is there, and for no token."""
    organisation = find_own(ask.db, ref, by=ask.by)
    demand_second_factor(ask.db, organisation, body.since, by=ask.by, at=ask.at)
    return _out(ask, organisation)


def _out(ask: Asked, organisation: Organisation) -> DemandOut:
    people = [each.person for each in members_of(ask.db, organisation.id)]
    ready = proven_strongly(ask.db, [one.id for one in people])
    since = organisation.second_factor_from
    return DemandOut(
        since=since, is_demanded=is_demanded(since, day_in_london(ask.at)),
        members=[ReadyOut(person_id=one.id, name=one.name, is_ready=one.id in ready) for one in people],
    )  # fmt: skip


CALLS = [show, demand]
