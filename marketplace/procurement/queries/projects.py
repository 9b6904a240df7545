"""Projects and the people on them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.identity.models import Membership, Organisation, Person
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.ids import reference_or
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.procurement.models import Candidate, Colleague, Decision, Project
from marketplace.procurement.rules.shortlist import VERDICTS

SIZE = 50
LOADED = (joinedload(Project.organisation),)


class Listed(Value):
    """A project with how many products stand where: {"added": 2, "included": 1, "excluded": 4}."""

    project: Project
    verdicts: dict[str, int]


def visible_projects(by: Actor) -> Select[Project]:
    """The projects of the actor's organisation where the role reads projects, and those that name the actor."""
    return select(Project).where(or_(_owned(by), _named(by)))


def find_project(db: Session, ref: str, *, by: Actor) -> Project:
    """The project with its organisation. Raises NotFound, for those of others too."""
    nothing = NotFound(f"there is no project {quote(ref)}", "Your projects are listed under Projects.")
    spelled = reference_or(ref, "PRJ", nothing)
    mine = visible_projects(by).options(*LOADED).where(Project.ref == spelled)
    project = db.scalars(mine).one_or_none()
    if project is None:
        raise nothing
    return project


def projects_of(db: Session, *, by: Actor, after: str | None = None, limit: int = SIZE) -> Page[Listed]:
    """The actor's projects, newest first, with the state of their shortlists."""
    mine = visible_projects(by).options(*LOADED)
    total = len(db.scalars(visible_projects(by).with_only_columns(Project.id).limit(COUNTED + 1)).all())
    if after:
        key = decode_cursor(after, (UUID,))[0]
        mine = mine.where(Project.id < key)
    rows = list(db.scalars(mine.order_by(Project.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    verdicts = _verdicts(db, [project.id for project in shown])
    listed = [Listed(project, verdicts.get(project.id, dict.fromkeys(VERDICTS, 0))) for project in shown]
    return Page(listed, total, encode_cursor(shown[-1].id) if len(rows) > limit else None)


def open_projects(db: Session, *, by: Actor, limit: int = SIZE) -> list[Project]:
    """The open projects that the actor can add a product to, newest first."""
    writable = or_(_owned(by, Permission.PROJECT_WRITE), _named(by, access=("write",)))
    mine = select(Project).where(writable, Project.state == "open").order_by(Project.id.desc())
    return list(db.scalars(mine.limit(limit)))


def seat_of(db: Session, project: Project, by: Actor) -> Colleague | None:
    """The row that names the actor on the project, acting for this organisation."""
    mine = select(Colleague).where(
        Colleague.project_id == project.id,
        Colleague.person_id == by.person_id,
        Colleague.organisation_id == by.organisation_id,
        Colleague.ended_at.is_(None),
    )
    return db.scalars(mine).one_or_none()


def colleagues_of(db: Session, project: Project) -> list[Colleague]:
    """Everybody named on the project now, with person and organisation, in the order in which they came."""
    named = select(Colleague).options(joinedload(Colleague.person), joinedload(Colleague.organisation))
    return list(
        db.scalars(named.where(Colleague.project_id == project.id, Colleague.ended_at.is_(None)).order_by(Colleague.id))
    )


def people_to_tell(db: Session, project_id: UUID) -> Sequence[tuple[UUID, UUID]]:
    """(person, organisation) of everybody on the project who is still a member of that organisation."""
    rows = (
        select(Colleague.person_id, Colleague.organisation_id)
        .join(Membership, and_(*_same_membership()))
        .where(Colleague.project_id == project_id, Colleague.ended_at.is_(None), Membership.state == "active")
        .order_by(Colleague.id)
    )
    return db.execute(rows).all()


def person_by_email(db: Session, email: str) -> Person | None:
    """Somebody who has an account at this address and can sign in."""
    name, _, domain = email.strip().rpartition("@")
    stored = f"{name}@{domain.lower()}"
    found = select(Person).where(func.lower(Person.email) == stored.lower(), Person.disabled_at.is_(None))
    return db.scalars(found).one_or_none()


def organisations_of(db: Session, person_id: UUID) -> list[Organisation]:
    """The organisations that a person is an active member of, by name."""
    held = (
        select(Organisation)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .where(Membership.person_id == person_id, Membership.state == "active")
        .order_by(Organisation.name)
    )
    return list(db.scalars(held))


def _owned(by: Actor, permission: Permission = Permission.PROJECT_READ) -> ColumnElement[bool]:
    if by.organisation_id is None or not by.may(permission):
        return false()
    return Project.organisation_id == by.organisation_id


def _named(by: Actor, access: tuple[str, ...] = ("read", "write")) -> ColumnElement[bool]:
    if by.organisation_id is None or by.person_id is None:
        return false()
    return exists().where(
        Colleague.project_id == Project.id,
        Colleague.person_id == by.person_id,
        Colleague.organisation_id == by.organisation_id,
        Colleague.access.in_(access),
        Colleague.ended_at.is_(None),
        *_same_membership(),
        Membership.state == "active",
    )


def _same_membership() -> tuple[ColumnElement[bool], ...]:
    return Membership.person_id == Colleague.person_id, Membership.organisation_id == Colleague.organisation_id


def _verdicts(db: Session, project_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    counted: dict[UUID, dict[str, int]] = {key: dict.fromkeys(VERDICTS, 0) for key in project_ids}
    rows = (
        select(Candidate.project_id, Decision.verdict, func.count())
        .join(Decision, and_(Decision.candidate_id == Candidate.id, Decision.turn == Candidate.turns))
        .where(Candidate.project_id.in_(project_ids))
        .group_by(Candidate.project_id, Decision.verdict)
    )
    for project_id, verdict, number in db.execute(rows):
        counted[project_id][verdict] = number
    return counted
