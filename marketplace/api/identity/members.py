"""The members of an organisation, their roles, limits and deputies."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, delete, get, post, put
from marketplace.api.shapes import In, Line, Listed, Out, Reason, all_of
from marketplace.identity.actions.members import end_membership
from marketplace.identity.actions.roles import give_role, name_deputy, take_role
from marketplace.identity.models import Membership
from marketplace.identity.policies import Permission
from marketplace.identity.queries.members import find_membership, members_of
from marketplace.identity.queries.organisations import find_own
from marketplace.kit.errors import NotFound

Limit = Annotated[int, Field(gt=0, le=10**13)]


class TermsIn(In):
    """How far a role reaches: `limit_pence` and the last day; left out, there is none."""

    limit_pence: Limit | None = None
    until: date | None = None


class DeputyIn(In):
    """Who stands in for oneself in a role that signs or approves, up to what, and until which day."""

    deputy: UUID
    role: Line
    limit_pence: Limit | None = None
    until: date


class GrantOut(Out):
    role: str
    limit_pence: int | None
    until: date | None
    given_at: datetime
    deputy_for_id: UUID | None


class MemberOut(Out):
    id: UUID
    person_id: UUID
    person_name: str
    email: str
    state: str
    since: datetime
    roles: list[GrantOut]


@get("/organisations/{ref:str}/members", who=ANYBODY_SIGNED_IN, scope=Permission.MEMBER_MANAGE)
def list_members(ask: Asked, ref: str) -> Listed[MemberOut]:
    """Who belongs to the organisation, with which roles."""
    organisation = find_own(ask.db, ref, by=ask.by)
    return all_of(member_out(each) for each in members_of(ask.db, organisation.id))


@get("/organisations/{ref:str}/members/{member:str}", who=ANYBODY_SIGNED_IN, scope=Permission.MEMBER_MANAGE)
def show_member(ask: Asked, ref: str, member: UUID) -> MemberOut:
    """One member."""
    return member_out(_member(ask, ref, member))


@put("/organisations/{ref:str}/members/{member:str}/roles/{role:str}", who=Permission.MEMBER_MANAGE)
def give(ask: Asked, ref: str, member: UUID, role: str, body: TermsIn) -> MemberOut:
    """Give a member a role, or change its limit or its last day."""
    membership = _member(ask, ref, member)
    give_role(ask.db, membership, role, limit=body.limit_pence, until=body.until, by=ask.by, at=ask.at)
    return member_out(_member(ask, ref, member))


@delete("/organisations/{ref:str}/members/{member:str}/roles/{role:str}", who=Permission.MEMBER_MANAGE)
def take(ask: Asked, ref: str, member: UUID, role: str) -> None:
    """Take a role; those who deputise in it lose it too."""
    take_role(ask.db, _member(ask, ref, member), role, by=ask.by, at=ask.at)


@post("/organisations/{ref:str}/members/{member:str}/end", who=Permission.MEMBER_MANAGE, status=204)
def end(ask: Asked, ref: str, member: UUID, body: Reason) -> None:
    """End a membership in one step: roles, deputies, sessions and tokens."""
    end_membership(ask.db, _member(ask, ref, member), reason=body.reason, by=ask.by, at=ask.at)


@post("/organisations/{ref:str}/deputies", who=ANYBODY_SIGNED_IN, scope=Permission.MEMBER_MANAGE, status=201)
def make_deputy(ask: Asked, ref: str, body: DeputyIn) -> MemberOut:
    """Name a deputy for a role that one holds: never for more, never for longer."""
    organisation = find_own(ask.db, ref, by=ask.by)
    holder = next((each for each in members_of(ask.db, organisation.id) if each.person_id == ask.person_id), None)
    if holder is None:
        raise NotFound("you are no member of this organisation", "Choose one of yours.")
    deputy = _member(ask, ref, body.deputy)
    name_deputy(
        ask.db, holder, deputy, body.role, limit=body.limit_pence, until=body.until, by=ask.by, at=ask.at
    )
    return member_out(_member(ask, ref, body.deputy))


def _member(ask: Asked, ref: str, member: UUID) -> Membership:
    find_own(ask.db, ref, by=ask.by)
    return find_membership(ask.db, member, by=ask.by)


def member_out(membership: Membership) -> MemberOut:
    """A membership whose person and grants are loaded."""
    return MemberOut(
        id=membership.id, person_id=membership.person_id, person_name=membership.person.name,
        email=membership.person.email, state=membership.state, since=membership.since,
        roles=[GrantOut.model_validate(grant) for grant in membership.grants],
    )  # fmt: skip


CALLS = [list_members, show_member, give, take, end, make_deputy]
