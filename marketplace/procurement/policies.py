"""Who may do what with a project. `seat` is the row that names the actor on it, None where there is none."""

from marketplace.identity.policies import BUYING, Actor, Permission, owns
from marketplace.procurement.models import Colleague, Comment, Project, SavedSearch

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


def _may_as_owner(actor: Actor, project: Project, permission: Permission) -> bool:
    return actor.may(permission) and owns(actor, project.organisation_id)


def _sits(actor: Actor, seat: Colleague | None) -> bool:
    if seat is None or seat.ended_at is not None or actor.person_id is None:
        return False
    return seat.person_id == actor.person_id and owns(actor, seat.organisation_id)
