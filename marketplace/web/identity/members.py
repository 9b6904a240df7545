"""The members of an organisation, their roles, limits and deputies."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.actions.members import end_membership
from marketplace.identity.actions.roles import give_role, name_deputy, take_role
from marketplace.identity.models import Grant, Membership, Organisation
from marketplace.identity.policies import ROLES, Permission, is_guarded, may_give, may_manage_members, roles_for
from marketplace.identity.queries.members import find_membership, members_of, people_named
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.kit.money import Money
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.identity.common import day_of, day_typed, options, own, pence_of, tabs, told_of


@page("/organisations/{ref:str}/members", who=ANYBODY_SIGNED_IN)
def list_members(ask: Ask, ref: str) -> Page:
    """Who belongs here with which roles, and who asks to join."""
    organisation = own(ask, ref)
    members = members_of(ask.db, organisation.id)
    waiting = members_of(ask.db, organisation.id, state="asked")
    manages = may_manage_members(ask.by, organisation.id)
    values = {
        "organisation": organisation,
        "tabs": tabs(ask, organisation, "Members"),
        "members": [
            {
                "id": each.id,
                "name": each.person.name,
                "email": each.person.email,
                "roles": _role_names(ask, each),
                "fails": manages and each.person.mail_failed_at is not None,
            }
            for each in members
        ],
        "waiting": [
            {"id": each.id, "name": each.person.name, "email": each.person.email, "since": each.since}
            for each in (waiting if manages else [])
        ],
        "manages": manages,
        "guide": roles_for(organisation.kind),
    }
    return Page("identity/members.html", values)


@page("/organisations/{ref:str}/members/{key:str}", who=ANYBODY_SIGNED_IN)
def show_member(ask: Ask, ref: str, key: str, refusal: Refusal | None = None, role: str = "") -> Page:
    """One member: the roles held, and for a manager the form for another, at first for the `role` of the address."""
    organisation, membership = _member(ask, ref, key)
    manages = may_manage_members(ask.by, organisation.id)
    names = people_named(ask.db, [grant.given_by_id for grant in membership.grants])
    values = {
        "organisation": organisation,
        "member": {"id": membership.id, "name": membership.person.name, "email": membership.person.email},
        "since": membership.since,
        "grants": [_grant(ask, each, names) for each in membership.grants],
        "manages": manages,
        "is_oneself": membership.person_id == ask.person_id,
        "options": options(
            one
            for one in roles_for(organisation.kind)
            if may_give(ask.by, one, membership.person_id, organisation.kind)
        ),
        "typed": {
            "role": ask.form.one("role", role), "limit": ask.form.one("limit"), "until": day_typed(ask.form, "until"),
        },
        "errors": told_of(refusal),
    }  # fmt: skip
    return Page("identity/member.html", values)


@post("/organisations/{ref:str}/members/{key:str}/roles", who=Permission.MEMBER_MANAGE, again=show_member)
def give(ask: Ask, ref: str, key: str) -> Goto:
    """Give a role, or change its limit or last day."""
    _, membership = _member(ask, ref, key)
    limit, until = pence_of(ask.form, "limit"), day_of(ask.form, "until")
    grant = give_role(ask.db, membership, ask.form.one("role"), limit=limit, until=until, by=ask.by, at=ask.at)
    told = f"{membership.person.name} is {ROLES[grant.role].name.lower()} from now on, and is told."
    return Goto(f"/organisations/{ref}/members/{key}", told=told)


@post("/organisations/{ref:str}/members/{key:str}/roles/{role:str}/removal", who=Permission.MEMBER_MANAGE,
      again=show_member)  # fmt: skip
def take(ask: Ask, ref: str, key: str, role: str) -> Goto:
    """Take a role; its deputies lose it too."""
    _, membership = _member(ask, ref, key)
    take_role(ask.db, membership, role, by=ask.by, at=ask.at)
    return Goto(f"/organisations/{ref}/members/{key}", told=f"{membership.person.name} no longer holds the role.")


@page("/organisations/{ref:str}/members/{key:str}/end", who=ANYBODY_SIGNED_IN)
def show_end(ask: Ask, ref: str, key: str, refusal: Refusal | None = None) -> Page:
    """What ends with a membership, before it does."""
    organisation, membership = _member(ask, ref, key)
    values = {
        "organisation": organisation,
        "member": {"id": membership.id, "name": membership.person.name},
        "is_oneself": membership.person_id == ask.person_id,
        "reason": ask.form.one("reason"),
        "errors": told_of(refusal),
    }
    return Page("identity/end-membership.html", values)


@post("/organisations/{ref:str}/members/{key:str}/end", who=ANYBODY_SIGNED_IN, again=show_end)
def end(ask: Ask, ref: str, key: str) -> Goto:
    """End a membership in one step: roles, deputies, sessions and tokens."""
    organisation, membership = _member(ask, ref, key)
    end_membership(ask.db, membership, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    if membership.person_id == ask.person_id:
        return Goto("/sign-in", told=f"You left {organisation.name}, and your session for it has ended.")
    told = f"{membership.person.name} is no longer a member. Their sessions and tokens for {organisation.name} ended."
    return Goto(f"/organisations/{ref}/members", told=told)


@page("/organisations/{ref:str}/deputies", who=ANYBODY_SIGNED_IN)
def show_deputies(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Who stands in for whom, and the form to name a deputy for a role that one holds."""
    organisation = own(ask, ref)
    members = members_of(ask.db, organisation.id)
    names = {each.person_id: each.person.name for each in members}
    today = day_in_london(ask.at)
    values = {
        "organisation": organisation,
        "tabs": tabs(ask, organisation, "Deputies"),
        "deputies": [
            {"deputy": each.person.name, "holder": names.get(grant.deputy_for_id, "a former member"), **_terms(grant)}
            for each in members
            for grant in each.grants
            if grant.deputy_for_id is not None and (grant.until is None or grant.until >= today)
        ],
        "own": options(ROLES[grant.role] for grant in _own_guarded(ask, members)),
        "colleagues": [
            {"value": str(each.id), "label": each.person.name} for each in members if each.person_id != ask.person_id
        ],
        "typed": {
            "role": ask.form.one("role"), "deputy": ask.form.one("deputy"), "limit": ask.form.one("limit"),
            "until": day_typed(ask.form, "until"),
        },
        "errors": told_of(refusal),
    }  # fmt: skip
    return Page("identity/deputies.html", values)


@post("/organisations/{ref:str}/deputies", who=ANYBODY_SIGNED_IN, again=show_deputies)
def make_deputy(ask: Ask, ref: str) -> Goto:
    """Name a deputy for a role that one holds."""
    organisation = own(ask, ref)
    holder = next((each for each in members_of(ask.db, organisation.id) if each.person_id == ask.person_id), None)
    if holder is None:
        raise NotFound("you are no member of this organisation", "Choose one of yours.")
    deputy = _chosen(ask)
    limit, until = pence_of(ask.form, "limit"), day_of(ask.form, "until")
    name_deputy(ask.db, holder, deputy, ask.form.one("role"), limit=limit, until=until, by=ask.by, at=ask.at)
    return Goto(f"/organisations/{ref}/deputies", told=f"{deputy.person.name} deputises for you, and is told.")


def _chosen(ask: Ask) -> Membership:
    """The colleague that the form names. Raises Invalid, for the field `deputy`."""
    try:
        return find_membership(ask.db, ask.form.one("deputy"), by=ask.by)
    except NotFound as nobody:
        told = "Choose a colleague."
        raise Invalid("nobody was chosen as deputy", told, fields={"deputy": told}) from nobody


def _member(ask: Ask, ref: str, key: str) -> tuple[Organisation, Membership]:
    return own(ask, ref), find_membership(ask.db, key, by=ask.by)


def _own_guarded(ask: Ask, members: list[Membership]) -> list[Grant]:
    """The roles by which one signs or approves oneself, and for which one may name a deputy."""
    mine = next((each.grants for each in members if each.person_id == ask.person_id), [])
    return [grant for grant in mine if is_guarded(ROLES[grant.role]) and grant.deputy_for_id is None]


def _role_names(ask: Ask, membership: Membership) -> str:
    today = day_in_london(ask.at)
    held = [grant for grant in membership.grants if grant.until is None or grant.until >= today]
    return ", ".join(ROLES[grant.role].name for grant in held if grant.role in ROLES) or "No role"


def _grant(ask: Ask, grant: Grant, names: dict[Any, str]) -> dict[str, Any]:
    role = ROLES[grant.role]
    return {
        "key": role.key,
        "description": role.description,
        "given_by": names.get(grant.given_by_id, "Touchstone"),
        "given_at": grant.given_at,
        "is_over": grant.until is not None and grant.until < day_in_london(ask.at),
        "is_deputy": grant.deputy_for_id is not None,
        **_terms(grant),
    }


def _terms(grant: Grant) -> dict[str, Any]:
    limit = str(Money(grant.limit_pence)) if grant.limit_pence is not None else ""
    return {"role": ROLES[grant.role].name, "limit": limit, "until": grant.until}


ROUTES = [list_members, show_member, give, take, show_end, end, show_deputies, make_deputy]
