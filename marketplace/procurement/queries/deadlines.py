"""The deadlines of projects, as far as the actor may know of the projects."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.procurement.models import Deadline, Project
from marketplace.procurement.queries.projects import visible_projects
from marketplace.procurement.rules.deadlines import SOON

LOADED = (joinedload(Deadline.project), joinedload(Deadline.owner), joinedload(Deadline.done_by))
MOST = 400


def open_deadlines(db: Session, project_id: UUID) -> list[Deadline]:
    """What is due still in a project, the earliest first."""
    return [each for each in all_deadlines(db, project_id) if each.is_open]


def all_deadlines(db: Session, project_id: UUID) -> list[Deadline]:
    """What is due and what was, by day; those that were removed too."""
    rows = select(Deadline).options(*LOADED).where(Deadline.project_id == project_id)
    return list(db.scalars(rows.order_by(Deadline.due_on, Deadline.due_at, Deadline.id)))


def find_deadline(db: Session, project: Project, deadline_id: UUID) -> Deadline:
    """One of those of a project. Raises NotFound."""
    rows = select(Deadline).options(*LOADED).where(Deadline.project_id == project.id, Deadline.id == deadline_id)
    found = db.scalars(rows).one_or_none()
    if found is None:
        raise NotFound("there is no such deadline", "The project lists its deadlines.")
    return found


def deadlines_of(db: Session, *, up_to: date) -> list[Deadline]:
    """What is open in every open project and due within two weeks of a day, or late: for the clock."""
    rows = (
        select(Deadline)
        .join(Project, Project.id == Deadline.project_id)
        .options(*LOADED)
        .where(Deadline.done_at.is_(None), Deadline.removed_at.is_(None), Project.state == "open")
        .where(Deadline.due_on <= up_to + SOON)
    )
    return list(db.scalars(rows.order_by(Deadline.id)))


def deadlines_between(db: Session, *, by: Actor, first: date, last: date) -> list[Deadline]:
    """Those of the actor's projects from `first` to `last`, without what was removed."""
    mine = visible_projects(by).with_only_columns(Project.id)
    rows = select(Deadline).options(*LOADED).where(Deadline.project_id.in_(mine), Deadline.removed_at.is_(None))
    rows = rows.where(Deadline.due_on.between(first, last))
    return list(db.scalars(rows.order_by(Deadline.due_on, Deadline.id).limit(MOST)))
