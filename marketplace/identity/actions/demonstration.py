"""Entering as a person of the demonstration: no password, and no way to anybody real."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.sessions import Device, leave_session, start_session
from marketplace.identity.models import Person
from marketplace.kit.errors import NotFound


def enter_as(db: Session, person_id: UUID | str, *, device: Device, leaving: UUID | None, at: datetime) -> str:
    """The secret of a session as that person. Raises NotFound for anybody who is not of the demonstration."""
    try:
        person = db.get(Person, person_id if isinstance(person_id, UUID) else UUID(person_id))
    except ValueError:
        person = None
    if person is None or not person.is_demonstration or person.disabled_at is not None:
        raise NotFound("nobody of the demonstration has that name", "Choose one of those on the sign-in page.")
    if leaving is not None:
        leave_session(db, leaving, at=at)
    return start_session(db, person, how="demonstration", device=device, at=at)
