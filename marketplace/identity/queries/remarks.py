"""What people said about things, as far as the actor may hear it, and who could be asked for something."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Grant, Membership, Person, Remark
from marketplace.identity.policies import ROLES, Actor, Permission
from marketplace.identity.rules.remarks import EVERYBODY, SHARED, About
from marketplace.kit.errors import NotFound

LOADED = (
    joinedload(Remark.by), joinedload(Remark.organisation), joinedload(Remark.shared_with),
    joinedload(Remark.assigned_to),
)  # fmt: skip
MOST, MOST_HEAR = 500, 20


def remarks_about(db: Session, about: About, *, by: Actor) -> list[Remark]:
    """What was said about a thing that the actor can open, oldest first."""
    rows = select(Remark).options(*LOADED).where(_of(about), or_(_ours(by), Remark.reach == EVERYBODY))
    return list(db.scalars(rows.order_by(Remark.id.desc()).limit(MOST)))[::-1]


def find_remark(db: Session, about: About, remark_id: UUID, *, by: Actor) -> Remark:
    """One of them. Raises NotFound, for one that is not for the actor too."""
    rows = select(Remark).options(*LOADED).where(_of(about), or_(_ours(by), Remark.reach == EVERYBODY))
    found = db.scalars(rows.where(Remark.id == remark_id)).one_or_none()
    if found is None:
        raise NotFound("there is no such comment", "The page lists those that you can read.")
    return found


def asked_of(db: Session, *, by: Actor) -> list[Remark]:
    """What comments still ask the actor for, what is due first ahead."""
    rows = select(Remark).options(*LOADED).where(Remark.assigned_to_id == by.person_id, Remark.done_at.is_(None))
    rows = rows.where(or_(_ours(by), Remark.reach == EVERYBODY))
    return list(db.scalars(rows.order_by(Remark.due_on.is_(None), Remark.due_on, Remark.id).limit(MOST)))


def asked_between(db: Session, *, by: Actor, first: date, last: date) -> list[Remark]:
    """What the actor was asked for, or asks somebody for, by a day from `first` to `last`."""
    mine = or_(Remark.assigned_to_id == by.person_id, Remark.by_id == by.person_id)
    rows = select(Remark).options(*LOADED).where(mine, or_(_ours(by), Remark.reach == EVERYBODY))
    return list(db.scalars(rows.where(Remark.due_on.between(first, last)).order_by(Remark.due_on).limit(MOST)))


def spoken_with(db: Session, kind: str, about_id: UUID, organisation_id: UUID) -> list[UUID]:
    """The organisations that shared a comment on a thing with this one, the first to speak first."""
    rows = select(Remark.organisation_id).where(
        Remark.kind == kind, Remark.about_id == about_id, Remark.with_id == organisation_id
    )
    return list(dict.fromkeys(db.scalars(rows.order_by(Remark.id))))


def askable(db: Session, about: About, *, by: Actor, on: date, reach: str, with_id: UUID | None) -> dict[UUID, str]:
    """Who can read such a comment and be asked: one's colleagues, and those elsewhere who spoke. Names by id."""
    people = _colleagues(db, by.organisation_id, about.needs, on)
    heard = {SHARED: Remark.with_id == by.organisation_id, EVERYBODY: Remark.reach == EVERYBODY}.get(reach)
    if heard is not None:
        spoke = select(Remark.by_id).where(_of(about), heard, Remark.organisation_id != by.organisation_id)
        spoke = spoke.where(Remark.organisation_id == with_id) if reach == SHARED else spoke
        rows = select(Person.id, Person.name).where(Person.id.in_(spoke), Person.disabled_at.is_(None))
        people |= dict(db.execute(rows.order_by(Person.name, Person.id)).all())
    return people


def hearers(db: Session, about: About, organisation_ids: Iterable[UUID], *, by: Actor, on: date) -> list[UUID]:
    """Who hears at other organisations: those who spoke there, or else those whose role looks after such things."""
    found: list[UUID] = []
    for organisation_id in organisation_ids:
        if organisation_id != by.organisation_id:
            spoke = select(Remark.by_id).where(
                _of(about), Remark.organisation_id == organisation_id,
                or_(Remark.with_id == by.organisation_id, Remark.reach == EVERYBODY),
            )  # fmt: skip
            there = list(dict.fromkeys(db.scalars(spoke.order_by(Remark.id))))
            found += (there or list(_colleagues(db, organisation_id, about.hears, on)))[:MOST_HEAR]
    return found


def _of(about: About) -> ColumnElement[bool]:
    return (Remark.kind == about.kind) & (Remark.about_id == about.id)


def _ours(by: Actor) -> ColumnElement[bool]:
    """What the actor's organisation said, or one that joined it, or another said to it."""
    if not by.stands_for:
        return false()
    return or_(Remark.organisation_id.in_(by.stands_for), Remark.with_id.in_(by.stands_for))


def _colleagues(db: Session, organisation_id: UUID | None, needs: str, on: date) -> dict[UUID, str]:
    """The people of an organisation, those whose role allows what is needed, by name."""
    rows = (
        select(Person.id, Person.name)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id, Membership.state == "active")
        .where(Person.disabled_at.is_(None))
    )
    if needs:
        able = [role.key for role in ROLES.values() if Permission(needs) in role.permissions]
        rows = rows.join(Grant, Grant.membership_id == Membership.id)
        rows = rows.where(Grant.role.in_(able), (Grant.until.is_(None)) | (Grant.until >= on))
    return dict(db.execute(rows.distinct().order_by(Person.name, Person.id)).all())
