"""Who is calling: the person, for whom they act, and what this token may do; the roles that there are; the audit."""

from datetime import datetime
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, PUBLIC, Asked, get
from marketplace.api.shapes import Listed, Out, Paged, all_of
from marketplace.identity.models import Membership
from marketplace.identity.policies import KINDS, ROLES, Permission, is_guarded
from marketplace.identity.queries.audit import trail_of
from marketplace.identity.queries.organisations import standings_of


class StandingOut(Out):
    """How a person stands to an organisation: active, or asked."""

    organisation_ref: str
    organisation_name: str
    kind: str
    state: str
    roles: list[str]


class MeOut(Out):
    """The caller: `allows` is what this token may do, by the roles of its person and its own scopes."""

    person_id: UUID
    person_name: str
    organisation_ref: str
    organisation_name: str
    organisation_kind: str
    roles: list[str]
    allows: list[str]
    is_demonstration: bool
    organisations: list[StandingOut]


class RoleOut(Out):
    """A role as a manager reads it. `is_guarded`: it signs or approves, and nobody gives it to themselves."""

    key: str
    name: str
    description: str
    kinds: list[str]
    allows: list[str]
    is_guarded: bool


class HappeningOut(Out):
    at: datetime
    who: str
    for_whom: str
    what: str
    name: str


class AuditOut(Out):
    """A page of what happened in an organisation, newest first."""

    items: list[HappeningOut]
    next: str | None


@get("/me", who=ANYBODY_SIGNED_IN)
def show_me(ask: Asked) -> MeOut:
    """Who this token acts as, and what it may do."""
    by = ask.by
    return MeOut(
        person_id=ask.person_id, person_name=by.person_name, organisation_ref=by.organisation_ref,
        organisation_name=by.organisation_name, organisation_kind=by.organisation_kind, roles=list(by.roles),
        allows=sorted(by.permissions), is_demonstration=by.is_demonstration,
        organisations=[standing_out(each) for each in standings_of(ask.db, ask.person_id)],
    )  # fmt: skip


@get("/roles", who=PUBLIC, is_shared=True)
def list_roles(ask: Asked) -> Listed[RoleOut]:
    """The roles that there are, for which kinds of organisation, and what each allows."""
    return all_of(
        RoleOut(key=role.key, name=role.name, description=role.description, kinds=list(role.kinds),
                allows=sorted(role.permissions), is_guarded=is_guarded(role))
        for role in ROLES.values()
    )  # fmt: skip


@get("/audit", who=Permission.AUDIT_READ)
def show_audit(ask: Asked, query: Paged) -> AuditOut:
    """What people did for the organisation, and what others did to it, newest first."""
    trail = trail_of(ask.db, by=ask.by, after=query.after, size=query.limit)
    return AuditOut(items=[HappeningOut.model_validate(one) for one in trail.happenings], next=trail.next)


def standing_out(membership: Membership) -> StandingOut:
    organisation = membership.organisation
    return StandingOut(
        organisation_ref=organisation.ref, organisation_name=organisation.name, kind=KINDS[organisation.kind],
        state=membership.state, roles=[grant.role for grant in membership.grants],
    )  # fmt: skip


CALLS = [show_me, list_roles, show_audit]
