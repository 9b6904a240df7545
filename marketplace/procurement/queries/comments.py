"""What people said in a project, as far as the actor may hear it."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.procurement.models import Comment, Project
from marketplace.procurement.queries.projects import visible_projects


def comments_of(db: Session, project: Project, *, by: Actor) -> list[Comment]:
    """Shared comments, and the private ones of the actor's own organisation, oldest first."""
    rows = select(Comment).options(joinedload(Comment.by), joinedload(Comment.organisation))
    rows = rows.options(joinedload(Comment.product), joinedload(Comment.assigned_to))
    heard = or_(Comment.is_private.is_(False), Comment.organisation_id == by.organisation_id)
    return list(db.scalars(rows.where(Comment.project_id == project.id, heard).order_by(Comment.id)))


def find_comment(db: Session, project: Project, comment_id: UUID, *, by: Actor) -> Comment:
    """One of them. Raises NotFound, for a private one of others too."""
    found = next((comment for comment in comments_of(db, project, by=by) if comment.id == comment_id), None)
    if found is None:
        raise NotFound("there is no such comment", "The project lists its comments.")
    return found


def asked_in_projects(db: Session, *, by: Actor) -> list[tuple[Comment, Project]]:
    """What comments in the actor's projects still ask of them, the oldest first."""
    mine = visible_projects(by).with_only_columns(Project.id)
    rows = (
        select(Comment, Project)
        .join(Project, Project.id == Comment.project_id)
        .options(joinedload(Comment.by))
        .where(Comment.assigned_to_id == by.person_id, Comment.done_at.is_(None), Comment.project_id.in_(mine))
        .where(or_(Comment.is_private.is_(False), Comment.organisation_id == by.organisation_id))
        .order_by(Comment.id)
    )
    return [(comment, project) for comment, project in db.execute(rows)]
