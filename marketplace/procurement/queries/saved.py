"""What people asked to hear of: saved searches, and products and suppliers that they follow."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Membership
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.procurement.models import Follow, Project, SavedSearch
from marketplace.procurement.queries.projects import visible_projects


def saved_searches(db: Session, *, by: Actor) -> list[SavedSearch]:
    """The searches that the actor saved, newest first."""
    mine = select(SavedSearch).where(SavedSearch.person_id == by.person_id, SavedSearch.ended_at.is_(None))
    return list(db.scalars(mine.order_by(SavedSearch.id.desc())))


def find_saved(db: Session, saved_id: UUID, *, by: Actor) -> SavedSearch:
    """A saved search of the actor's own. Raises NotFound."""
    mine = select(SavedSearch).where(SavedSearch.id == saved_id, SavedSearch.person_id == by.person_id)
    found = db.scalars(mine.where(SavedSearch.ended_at.is_(None))).one_or_none()
    if found is None:
        raise NotFound("there is no such saved search", "Your saved searches are listed under Saved.")
    return found


def due_searches(db: Session, *, at: datetime, most: int) -> list[SavedSearch]:
    """The saved searches whose turn it is, longest waiting first, each for one worker alone."""
    due = select(SavedSearch).where(SavedSearch.ended_at.is_(None), SavedSearch.due_at <= at)
    return list(db.scalars(due.order_by(SavedSearch.due_at).limit(most).with_for_update(skip_locked=True)))


def project_refs(db: Session, saved: list[SavedSearch], *, by: Actor) -> dict[UUID, Project]:
    """The projects that these searches belong to, those that the actor can still see."""
    ids = {each.project_id for each in saved if each.project_id}
    return {project.id: project for project in db.scalars(visible_projects(by).where(Project.id.in_(ids)))}


def follows_of(db: Session, *, by: Actor) -> list[Follow]:
    """What the actor follows, newest first."""
    mine = select(Follow).options(joinedload(Follow.product), joinedload(Follow.supplier))
    return list(db.scalars(mine.where(Follow.person_id == by.person_id, *_going()).order_by(Follow.id.desc())))


def find_follow(db: Session, follow_id: UUID, *, by: Actor) -> Follow:
    """Something that the actor follows. Raises NotFound."""
    mine = select(Follow).where(Follow.id == follow_id, Follow.person_id == by.person_id, *_going())
    found = db.scalars(mine).one_or_none()
    if found is None:
        raise NotFound("you do not follow this", "What you follow is listed under Saved.")
    return found


def follow_on(db: Session, followed_id: UUID, *, by: Actor) -> Follow | None:
    """The actor's row for a product or a supplier, ended or not."""
    same = or_(Follow.product_id == followed_id, Follow.supplier_id == followed_id)
    return db.scalars(select(Follow).where(Follow.person_id == by.person_id, same)).one_or_none()


def followers_of(db: Session, *, product_id: UUID, supplier_id: UUID | None) -> list[UUID]:
    """The people who follow a product or its supplier, and are still members of whom they acted for."""
    about: list[ColumnElement[bool]] = [Follow.product_id == product_id]
    if supplier_id is not None:
        about.append(Follow.supplier_id == supplier_id)
    rows = select(Follow.person_id).where(or_(*about), *_going(), or_(Follow.organisation_id.is_(None), _member()))
    return list(db.scalars(rows.distinct().order_by(Follow.person_id)))


def _going() -> tuple[ColumnElement[bool]]:
    return (Follow.ended_at.is_(None),)


def _member() -> ColumnElement[bool]:
    return exists().where(
        Membership.person_id == Follow.person_id,
        Membership.organisation_id == Follow.organisation_id,
        Membership.state == "active",
    )
