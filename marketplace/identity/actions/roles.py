"""Roles given and taken by managers, and deputies named by whoever holds a role; each change is on the record."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.events import DeputyNamed, RoleGiven, RoleTaken
from marketplace.identity.models import Grant, Membership, Organisation
from marketplace.identity.policies import ROLES, Actor, Role, is_guarded, may_give, may_manage_members
from marketplace.identity.queries.members import has_manager
from marketplace.identity.rules.delegation import (
    Pence,
    check_limit,
    check_until,
    check_until_of_deputy,
    limit_of_deputy,
)
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import quote


def give_role(
    db: Session, membership: Membership, role_key: str, *, limit: Pence, until: date | None, by: Actor, at: datetime
) -> Grant:
    """Give an active member a role, or change its limit in pence or its last day.

    Raises NotAllowed, Invalid, Conflict where no manager without an end would be left.
    """
    organisation = hold(db, membership.organisation_id)
    _check_manages(by, organisation.id)
    role = _role_for(membership, role_key, organisation.kind, by)
    _check_terms(role, limit, until, today=day_in_london(at))
    grant = grant_of(db, membership.id, role.key)
    if role.key == "manager" and until is not None:
        check_a_manager_stays(db, membership, on=day_in_london(at))
    if grant is None:
        grant = Grant(id=new_id(at), membership_id=membership.id, role=role.key)
        db.add(grant)
    grant.limit_pence, grant.until, grant.deputy_for_id = limit, until, None
    grant.given_by_id, grant.given_at = by.person_id, at
    _hold_deputies(db, membership, grant)
    given = RoleGiven(
        organisation_id=organisation.id, person_id=membership.person_id, role=role.key, limit_pence=limit, until=until
    )
    record(db, given, by=by, at=at)
    db.flush()
    db.expire(membership, ["grants"])
    return grant


def take_role(db: Session, membership: Membership, role_key: str, *, by: Actor, at: datetime) -> None:
    """Take a role, and the roles of those who deputise in it. Raises NotAllowed, Conflict."""
    organisation = hold(db, membership.organisation_id)
    _check_manages(by, organisation.id)
    grant = grant_of(db, membership.id, role_key)
    if grant is None:
        raise Conflict(f"{quote(role_key)} is not held here", "Somebody may have taken it already.")
    if role_key == "manager":
        check_a_manager_stays(db, membership, on=day_in_london(at))
    drop_grant(db, membership, grant, by=by, at=at)
    db.flush()
    db.expire(membership, ["grants"])


def drop_grant(db: Session, membership: Membership, grant: Grant, *, by: Actor, at: datetime) -> None:
    """Delete a grant and those of its deputies, each on the record."""
    for deputy, given in _deputies(db, membership, grant.role):
        db.delete(given)
        _taken(db, deputy, grant.role, by=by, at=at)
    db.delete(grant)
    _taken(db, membership, grant.role, by=by, at=at)


def name_deputy(
    db: Session,
    holder: Membership,
    deputy: Membership,
    role_key: str,
    *,
    limit: Pence,
    until: date | None,
    by: Actor,
    at: datetime,
) -> Grant:
    """Let a colleague sign or approve in the holder's place: never more, never longer. By the holder, or a manager."""
    organisation = hold(db, holder.organisation_id)
    own = grant_of(db, holder.id, role_key)
    _check_deputises(organisation, holder, deputy, own, by=by, today=day_in_london(at))
    assert own is not None
    most = limit_of_deputy(limit, own=own.limit_pence)
    last = check_until_of_deputy(until, own=own.until, today=day_in_london(at))
    grant = grant_of(db, deputy.id, role_key)
    if grant is None:
        grant = Grant(id=new_id(at), membership_id=deputy.id, role=role_key)
        db.add(grant)
    elif grant.deputy_for_id != holder.person_id:
        raise Conflict("this colleague holds the role already", "Choose somebody else.")
    grant.limit_pence, grant.until, grant.deputy_for_id = most, last, holder.person_id
    grant.given_by_id, grant.given_at = by.person_id, at
    named = DeputyNamed(
        organisation_id=organisation.id,
        person_id=deputy.person_id,
        role=role_key,
        deputy_for_id=holder.person_id,
        limit_pence=most,
        until=last,
    )
    record(db, named, by=by, at=at)
    db.flush()
    db.expire(deputy, ["grants"])
    return grant


def hold(db: Session, organisation_id: UUID) -> Organisation:
    """The organisation, with its members to ourselves until the transaction ends."""
    return hold_row(db, Organisation, organisation_id)


def grant_of(db: Session, membership_id: UUID, role_key: str) -> Grant | None:
    return db.scalars(select(Grant).where(Grant.membership_id == membership_id, Grant.role == role_key)).one_or_none()


def check_a_manager_stays(db: Session, membership: Membership, *, on: date) -> None:
    """Raises Conflict where nobody else manages the organisation without an end."""
    if not has_manager(db, membership.organisation_id, on=on, besides=membership.person_id):
        raise Conflict(
            "this is the last manager of the organisation", "Make somebody else a manager first, without a last day."
        )


def role_named(role_key: str, kind: str) -> Role:
    """A role that fits an organisation of this kind. Raises Invalid."""
    role = ROLES.get(role_key)
    if role is None or kind not in role.kinds:
        fitting = ", ".join(each.key for each in ROLES.values() if kind in each.kinds)
        fields = {"role": "Choose one of the roles listed."}
        raise Invalid(f"{quote(role_key)} is no role of this organisation", f"Choose one of {fitting}.", fields=fields)
    return role


def _role_for(membership: Membership, role_key: str, kind: str, by: Actor) -> Role:
    if membership.state != "active":
        raise Conflict("this person is not a member", "Approve or invite them first.")
    role = role_named(role_key, kind)
    if not may_give(by, role, membership.person_id, kind):
        fact = f"nobody gives themselves the role {role.name.lower()}: it signs or approves"
        raise NotAllowed(fact, "Another manager gives it. Where there is none, make a colleague one first.")
    return role


def _check_manages(by: Actor, organisation_id: UUID) -> None:
    if not may_manage_members(by, organisation_id):
        raise NotAllowed("only a manager of the organisation changes its roles", "Ask one of them.")


def _check_terms(role: Role, limit: Pence, until: date | None, *, today: date) -> None:
    if limit is not None and not is_guarded(role):
        fields = {"limit": "Leave it empty: this role signs and approves nothing."}
        raise Invalid(f"{role.name} has no limit", "Leave it empty.", fields=fields)
    check_limit(limit)
    check_until(until, today=today)


def _check_deputises(
    organisation: Organisation, holder: Membership, deputy: Membership, own: Grant | None, *, by: Actor, today: date
) -> None:
    if by.person_id != holder.person_id and not may_manage_members(by, organisation.id):
        raise NotAllowed("only the holder or a manager names a deputy", "Ask one of them.")
    if holder.organisation_id != deputy.organisation_id or {holder.state, deputy.state} != {"active"}:
        raise Conflict("a deputy is an active member of the same organisation", "Choose a colleague.")
    if own is None or (own.until is not None and own.until < today):
        raise Conflict("the role is not held", "Only what somebody holds can be deputised.")
    if own.deputy_for_id is not None:
        raise NotAllowed("a deputy names no deputy", "Ask the holder of the role.")
    if not is_guarded(ROLES[own.role]):
        raise Invalid(f"{ROLES[own.role].name} needs no deputy", "Give the colleague the role.")
    if deputy.person_id in (holder.person_id, by.person_id):
        raise NotAllowed("nobody makes themselves a deputy", "Choose a colleague.")


def _deputies(db: Session, holder: Membership, role_key: str) -> list[tuple[Membership, Grant]]:
    theirs = (
        select(Membership, Grant)
        .join(Grant, Grant.membership_id == Membership.id)
        .where(Membership.organisation_id == holder.organisation_id, Grant.role == role_key)
        .where(Grant.deputy_for_id == holder.person_id)
    )
    return list(db.execute(theirs))


def _hold_deputies(db: Session, holder: Membership, own: Grant) -> None:
    """Deputies never have more than the holder has now."""
    for _, grant in _deputies(db, holder, own.role):
        if own.limit_pence is not None:
            grant.limit_pence = min(grant.limit_pence or own.limit_pence, own.limit_pence)
        if own.until is not None and grant.until is not None:
            grant.until = min(grant.until, own.until)


def _taken(db: Session, membership: Membership, role_key: str, *, by: Actor, at: datetime) -> None:
    taken = RoleTaken(organisation_id=membership.organisation_id, person_id=membership.person_id, role=role_key)
    record(db, taken, by=by, at=at)
