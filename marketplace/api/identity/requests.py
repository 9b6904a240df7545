"""Those who ask to join, and the decision about each."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.identity.members import MemberOut, member_out
from marketplace.api.shapes import In, Line, Listed, Out, Reason, all_of
from marketplace.identity.actions.members import approve_join, refuse_join
from marketplace.identity.models import Membership
from marketplace.identity.policies import Permission, may_manage_members
from marketplace.identity.queries.members import find_membership, find_request, members_of, waiting_without_manager
from marketplace.identity.queries.organisations import find_own
from marketplace.kit.calendar import day_in_london

MANAGE = Permission.MEMBER_MANAGE


class RolesIn(In):
    """The roles that somebody is let in with."""

    roles: Annotated[list[Line], Field(max_length=20)] = Field(default_factory=list)


class RequestOut(Out):
    """Somebody who asks to join an organisation."""

    id: UUID
    person_name: str
    email: str
    organisation_ref: str
    message: str


@get("/organisations/{ref:str}/requests", who=MANAGE)
def list_requests(ask: Asked, ref: str) -> Listed[RequestOut]:
    """Who asks to join one's organisation."""
    organisation = find_own(ask.db, ref, by=ask.by)
    waiting = members_of(ask.db, organisation.id, state="asked") if may_manage_members(ask.by, organisation.id) else []
    return all_of(_request(each, organisation.ref) for each in waiting)


@get("/requests", who=Permission.OPERATE)
def list_first(ask: Asked) -> Listed[RequestOut]:
    """Who asks to join an organisation that nobody manages yet: for an operator, the longest waiting first."""
    waiting = waiting_without_manager(ask.db, on=day_in_london(ask.at))
    return all_of(_request(each, each.organisation.ref) for each in waiting)


@post("/requests/{member:str}/approval", who=ANYBODY_SIGNED_IN, scope=MANAGE)
def approve(ask: Asked, member: UUID, body: RolesIn) -> MemberOut:
    """Let somebody in, with these roles."""
    asked = find_request(ask.db, member, by=ask.by, on=day_in_london(ask.at))
    approve_join(ask.db, asked, body.roles, by=ask.by, at=ask.at)
    ask.db.expire(asked, ["grants"])
    own = asked.organisation_id == ask.by.organisation_id
    return member_out(find_membership(ask.db, asked.id, by=ask.by) if own else _loaded(ask, asked))


@post("/requests/{member:str}/refusal", who=ANYBODY_SIGNED_IN, scope=MANAGE, status=204)
def turn_down(ask: Asked, member: UUID, body: Reason) -> None:
    """Turn somebody down, with a reason that they read."""
    asked = find_request(ask.db, member, by=ask.by, on=day_in_london(ask.at))
    refuse_join(ask.db, asked, reason=body.reason, by=ask.by, at=ask.at)


def _loaded(ask: Asked, membership: Membership) -> Membership:
    ask.db.refresh(membership, ["grants"])
    return membership


def _request(membership: Membership, organisation_ref: str) -> RequestOut:
    return RequestOut(
        id=membership.id, person_name=membership.person.name, email=membership.person.email,
        organisation_ref=organisation_ref, message=membership.message,
    )  # fmt: skip


CALLS = [list_requests, list_first, approve, turn_down]
