"""What is told of the deadlines of a project: set, moved, met, removed. They stand in its audit trail."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from marketplace.kit.events import Event


class _AboutDeadline(Event):
    about: ClassVar[str] = "project_id"
    project_id: UUID
    deadline_id: UUID
    label: str


class DeadlineSet(_AboutDeadline):
    due_on: date
    due_at: datetime | None = None
    owner_id: UUID | None = None


class DeadlineMoved(_AboutDeadline):
    """Another day or hour; `was_on` is the day that it had."""

    was_on: date
    due_on: date
    due_at: datetime | None = None
    reason: str


class DeadlineMet(_AboutDeadline):
    due_on: date


class DeadlineRemoved(_AboutDeadline):
    reason: str
