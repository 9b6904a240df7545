"""Taking part in a project: whoever writes in it stands on it from then on, so that they hear what happens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.procurement.events import ColleagueAdded
from marketplace.procurement.models import Colleague, Project
from marketplace.procurement.policies import may_lead, may_write
from marketplace.procurement.queries.projects import LOADED, seat_of


def begin_writing(db: Session, project: Project, *, by: Actor, at: datetime) -> None:
    """Allow a change to an open project, wait for others who make one, seat the actor. Raises NotAllowed, Conflict."""
    seat = seat_of(db, project, by)
    if not may_write(by, project, seat):
        raise NotAllowed("you can read this project and not write in it", "Ask one of its buyers to let you write.")
    hold(db, project)
    if project.state != "open":
        raise Conflict(f"the project is {project.state}", "Open it again first, and say why.")
    if seat is None and by.person_id is not None and by.organisation_id is not None:
        give_seat(db, project, by.person_id, by.organisation_id, "write", by=by, at=at)


def begin_leading(db: Session, project: Project, *, by: Actor) -> None:
    """Allow what is for the organisation whose project it is, and wait for others. Raises NotAllowed."""
    if not may_lead(by, project):
        raise NotAllowed("this is for a buyer of the organisation whose project it is", "Ask one of its buyers.")
    hold(db, project)


def hold(db: Session, project: Project) -> None:
    """Let one writer at a time into a project, and see it as the one before left it."""
    hold_row(db, Project, project.id, LOADED)


def give_seat(
    db: Session, project: Project, person_id: UUID, organisation_id: UUID, access: str, *, by: Actor, at: datetime
) -> Colleague:
    """Name a person on the project, anew where they had left it. Nothing is recorded where nothing changes."""
    same = select(Colleague).where(Colleague.project_id == project.id, Colleague.person_id == person_id)
    seat = db.scalars(same.where(Colleague.organisation_id == organisation_id)).one_or_none()
    if seat is not None and seat.ended_at is None and seat.access == access:
        return seat
    if seat is None:
        seat = Colleague(id=new_id(at), project_id=project.id, person_id=person_id, organisation_id=organisation_id)
        db.add(seat)
    seat.access, seat.since, seat.added_by_id, seat.ended_at = access, at, by.person_id, None
    added = ColleagueAdded(project_id=project.id, person_id=person_id, organisation_id=organisation_id, access=access)
    record(db, added, by=by, at=at)
    return seat
