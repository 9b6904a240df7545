"""A second factor that an organisation asks its people for: since when, and who is ready."""

from marketplace.faces.ask import Ask
from marketplace.identity.actions.demands import demand_no_second_factor, demand_second_factor
from marketplace.identity.policies import Permission
from marketplace.identity.queries.factors import proven_strongly
from marketplace.identity.queries.members import members_of
from marketplace.identity.rules.codes import is_demanded
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.identity.common import day_of, day_typed, own, tabs, told_of
from marketplace.web.proving import prove


@page("/organisations/{ref:str}/second-factor", who=Permission.MEMBER_MANAGE)
def show_demand(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Whether it is asked for, from when, and which members have one."""
    organisation = own(ask, ref)
    members = [each.person for each in members_of(ask.db, organisation.id)]
    ready = proven_strongly(ask.db, [one.id for one in members])
    since = organisation.second_factor_from
    values = {
        "organisation": organisation,
        "tabs": tabs(ask, organisation, "Signing in"),
        "since": since,
        "is_now": is_demanded(since, day_in_london(ask.at)),
        "typed": day_typed(ask.form, "since"),
        "members": [
            {"name": one.name, "email": one.email, "is_ready": one.id in ready, "is_invented": one.is_demonstration}
            for one in members
        ],
        "count": sum(one.id in ready for one in members),
        "is_ready": ask.person_id in ready,
        "errors": told_of(refusal),
    }
    return Page("identity/demand.html", values)


@post("/organisations/{ref:str}/second-factor", who=Permission.MEMBER_MANAGE, again=show_demand)
def demand(ask: Ask, ref: str) -> Goto:
    """Ask for it from a day on."""
    organisation = own(ask, ref)
    prove(ask, ask.path)
    since = day_of(ask.form, "since")
    if since is None:
        told = "Give the first day on which a password alone is not enough."
        raise Invalid("the day is missing", told, fields={"since": told})
    demand_second_factor(ask.db, organisation, since, by=ask.by, at=ask.at)
    return Goto(ask.path, told=f"From {since:%-d %B %Y} on a second factor is asked for. Whoever has none is told.")


@post("/organisations/{ref:str}/second-factor/end", who=Permission.MEMBER_MANAGE)
def demand_nothing(ask: Ask, ref: str) -> Goto:
    """Let a password alone be enough again."""
    organisation = own(ask, ref)
    back = f"/organisations/{ref}/second-factor"
    prove(ask, back)
    demand_no_second_factor(ask.db, organisation, by=ask.by, at=ask.at)
    return Goto(back, told="A password alone is enough again. The other managers are told.")


ROUTES = [show_demand, demand, demand_nothing]
