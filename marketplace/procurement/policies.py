"""Who may do what with a project. `seat` is the row that names the actor on it, None where there is none."""

from marketplace.identity.policies import BUYING, Actor, Permission, is_the_house, owns
from marketplace.procurement.models import Colleague, Comment, Party, Procurement, Project, Readiness, SavedSearch

WELCOME = (*BUYING, "university", "assessor-body")
"""Whose people can be named on a project: never a supplier's, for whom a shortlist is no reading."""


def may_start(actor: Actor) -> bool:
    """Start a project for one's own organisation, which has to be one that buys."""
    return actor.may(Permission.PROJECT_WRITE) and actor.is_buyer


def may_read(actor: Actor, project: Project, seat: Colleague | None) -> bool:
    """Everybody of the organisation who may read its projects, and the colleagues named."""
    return _may_as_owner(actor, project, Permission.PROJECT_READ) or _sits(actor, seat)


def may_write(actor: Actor, project: Project, seat: Colleague | None) -> bool:
    """Search, require, judge and decide upon products: buyers of the organisation, and colleagues who may write."""
    writes = _sits(actor, seat) and seat is not None and seat.access == "write"
    return _may_as_owner(actor, project, Permission.PROJECT_WRITE) or writes


def may_lead(actor: Actor, project: Project) -> bool:
    """Name colleagues, record the decision, close and reopen: buyers of the organisation whose project it is."""
    return _may_as_owner(actor, project, Permission.PROJECT_WRITE)


def may_be_named(organisation_kind: str) -> bool:
    """Whether people of such an organisation can be named on a project."""
    return organisation_kind in WELCOME


def may_see_comment(actor: Actor, comment: Comment) -> bool:
    """A private comment is for the organisation of the one who made it."""
    return not comment.is_private or owns(actor, comment.organisation_id)


def may_finish(actor: Actor, comment: Comment) -> bool:
    """Say that it is done: the one it was asked of, and the one who asked."""
    return actor.person_id is not None and actor.person_id in (comment.assigned_to_id, comment.by_id)


def may_forget(actor: Actor, saved: SavedSearch) -> bool:
    """A saved search belongs to the person who saved it."""
    return actor.person_id is not None and actor.person_id == saved.person_id


def may_lead_joint(actor: Actor, procurement: Procurement) -> bool:
    """Write the protocol, invite, share out, settle and cancel: buyers of the lead."""
    return actor.may(Permission.PROJECT_WRITE) and owns(actor, procurement.organisation_id)


def may_run_joint(actor: Actor, procurement: Procurement) -> bool:
    """Let it run, and close it: whoever runs the contract for the lead, and the clock."""
    runs = actor.may(Permission.CONTRACT_MANAGE) or actor.may(Permission.PROJECT_WRITE)
    return is_the_house(actor) or (runs and owns(actor, procurement.organisation_id))


def may_read_inside(actor: Actor, party: Party) -> bool:
    """Read what is inside one party: its own people who read projects or contracts, and nobody else."""
    reads = actor.may(Permission.PROJECT_READ) or actor.may(Permission.CONTRACT_READ)
    return reads and owns(actor, party.organisation_id)


def may_prepare(actor: Actor, party: Party) -> bool:
    """Ask for approvals, plan what has to be ready, describe the call-off: buyers of that party."""
    return actor.may(Permission.PROJECT_WRITE) and owns(actor, party.organisation_id)


def may_order(actor: Actor, party: Party) -> bool:
    """Keep its cost code and purchase order: its buyers, and its finance officers."""
    return may_prepare(actor, party) or (actor.may(Permission.PAYMENT_MANAGE) and owns(actor, party.organisation_id))


def may_bind(actor: Actor, party: Party) -> bool:
    """Join, confirm, decline and withdraw for a party: its authorised signatories."""
    return actor.may(Permission.CONTRACT_SIGN) and owns(actor, party.organisation_id)


def may_give_approval(actor: Actor, party: Party, permission: str) -> bool:
    """Give or refuse one local approval: its own people who hold that permission."""
    return actor.may(Permission(permission)) and owns(actor, party.organisation_id)


def may_tick(actor: Actor, party: Party, readiness: Readiness) -> bool:
    """Say that something is ready: whoever owns it, and the buyers of that party."""
    is_theirs = actor.person_id is not None and actor.person_id == readiness.owner_id
    return may_prepare(actor, party) or (is_theirs and owns(actor, party.organisation_id))


def _may_as_owner(actor: Actor, project: Project, permission: Permission) -> bool:
    return actor.may(permission) and owns(actor, project.organisation_id)


def _sits(actor: Actor, seat: Colleague | None) -> bool:
    if seat is None or seat.ended_at is not None or actor.person_id is None:
        return False
    return seat.person_id == actor.person_id and owns(actor, seat.organisation_id)
