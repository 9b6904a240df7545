"""Invitations: offered to an address, taken back, and those that wait for oneself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, delete, get, post
from marketplace.api.identity.me import StandingOut, standing_out
from marketplace.api.shapes import In, Line, Listed, Out, all_of
from marketplace.identity.actions.invitations import (
    accept_invitation,
    dead_invitation,
    invite,
    invite_again,
    withdraw_invitation,
)
from marketplace.identity.actions.people import oneself
from marketplace.identity.models import Invitation
from marketplace.identity.policies import Permission
from marketplace.identity.queries.members import find_invitation, invitations_to, open_invitations
from marketplace.identity.queries.organisations import find_own, standings_of


class InvitationIn(In):
    """Membership with these roles, offered to whoever reads that address."""

    email: Line
    roles: Annotated[list[Line], Field(max_length=20)] = Field(default_factory=list)


class InvitationOut(Out):
    id: UUID
    organisation_ref: str
    organisation_name: str
    email: str
    roles: list[str]
    invited_at: datetime
    expires_at: datetime


@get("/organisations/{ref:str}/invitations", who=Permission.MEMBER_MANAGE)
def list_invitations(ask: Asked, ref: str) -> Listed[InvitationOut]:
    """Invitations of one's organisation that may still be accepted, newest first."""
    organisation = find_own(ask.db, ref, by=ask.by)
    return all_of(_invitation(each) for each in open_invitations(ask.db, organisation.id, at=ask.at))


@post("/organisations/{ref:str}/invitations", who=Permission.MEMBER_MANAGE, status=201)
def offer(ask: Asked, ref: str, body: InvitationIn) -> InvitationOut:
    """Invite somebody; the link goes to that address by mail and stands nowhere else."""
    organisation = find_own(ask.db, ref, by=ask.by)
    made = invite(ask.db, organisation, body.email, body.roles, by=ask.by, at=ask.at)
    return _invitation(find_invitation(ask.db, made.id, by=ask.by))


@delete("/organisations/{ref:str}/invitations/{invitation:str}", who=Permission.MEMBER_MANAGE)
def withdraw(ask: Asked, ref: str, invitation: UUID) -> None:
    """Take an offer back."""
    find_own(ask.db, ref, by=ask.by)
    withdraw_invitation(ask.db, find_invitation(ask.db, invitation, by=ask.by), by=ask.by, at=ask.at)


@post("/organisations/{ref:str}/invitations/{invitation:str}/renewal", who=Permission.MEMBER_MANAGE)
def offer_again(ask: Asked, ref: str, invitation: UUID) -> InvitationOut:
    """Mail an open invitation once more, for 14 days from now; the link before works no longer."""
    find_own(ask.db, ref, by=ask.by)
    found = find_invitation(ask.db, invitation, by=ask.by)
    invite_again(ask.db, found, by=ask.by, at=ask.at)
    return _invitation(found)


@get("/me/invitations", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_mine(ask: Asked) -> Listed[InvitationOut]:
    """Invitations that wait for oneself."""
    waiting = invitations_to(ask.db, oneself(ask.db, ask.by).email, at=ask.at)
    return all_of(_invitation(each) for each in waiting)


@post("/me/invitations/{invitation:str}/acceptance", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def accept(ask: Asked, invitation: UUID) -> StandingOut:
    """Join, with the roles that were offered."""
    mine = invitations_to(ask.db, oneself(ask.db, ask.by).email, at=ask.at)
    found = next((each for each in mine if each.id == invitation), None)
    if found is None:
        raise dead_invitation()
    membership = accept_invitation(ask.db, found, by=ask.by, at=ask.at)
    return next(standing_out(each) for each in standings_of(ask.db, ask.person_id) if each.id == membership.id)


def _invitation(invitation: Invitation) -> InvitationOut:
    return InvitationOut(
        id=invitation.id, organisation_ref=invitation.organisation.ref, email=invitation.email,
        organisation_name=invitation.organisation.name, roles=invitation.roles, invited_at=invitation.invited_at,
        expires_at=invitation.expires_at,
    )  # fmt: skip


CALLS = [list_invitations, offer, offer_again, withdraw, list_mine, accept]
