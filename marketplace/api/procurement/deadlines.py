"""The deadlines of a project: set, moved, met, removed."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.procurement.common import project_of
from marketplace.api.shapes import In, Line, Listed, Out, Reason, Text, all_of
from marketplace.identity.policies import Permission
from marketplace.procurement.actions.deadlines import Due, meet_deadline, move_deadline, remove_deadline, set_deadline
from marketplace.procurement.models import Deadline
from marketplace.procurement.queries.deadlines import all_deadlines, find_deadline
from marketplace.procurement.rules.deadlines import is_late

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE


class _DueIn(In):
    """A day; perhaps an hour of it as London's clocks show it, and which one where the hour comes twice."""

    due_on: date
    hour: Line = ""
    which: Literal["first", "second"] | None = None

    @property
    def due(self) -> Due:
        return Due(self.due_on, self.hour, self.which)


class DeadlineIn(_DueIn):
    """What is due, and who sees to it."""

    label: Line
    note: Text = ""
    owner: UUID | None = None


class MovedIn(_DueIn):
    """Another day or hour, and why."""

    reason: Text


class DeadlineOut(Out):
    """`due_at` is the moment, where an hour was given. `state` is open, late, done or removed."""

    id: UUID
    label: str
    note: str
    due_on: date
    due_at: datetime | None
    owner: str
    state: str
    done_at: datetime | None
    removed_at: datetime | None
    removed_reason: str


@get("/projects/{ref:str}/deadlines", who=ANYBODY_SIGNED_IN, scope=READ)
def list_deadlines(ask: Asked, ref: str) -> Listed[DeadlineOut]:
    """What is due in the project and what was, by day."""
    return all_of(_deadline(ask, one) for one in all_deadlines(ask.db, project_of(ask, ref).id))


@post("/projects/{ref:str}/deadlines", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def add_deadline(ask: Asked, ref: str, body: DeadlineIn) -> DeadlineOut:
    """Set a deadline: it stands in the calendar of everybody on the project."""
    project = project_of(ask, ref)
    made = set_deadline(
        ask.db, project, label=body.label, due=body.due, note=body.note, owner_id=body.owner, by=ask.by, at=ask.at
    )  # fmt: skip
    ask.db.flush()
    return _deadline(ask, find_deadline(ask.db, project, made.id))


@post("/projects/{ref:str}/deadlines/{deadline:str}/move", who=ANYBODY_SIGNED_IN, scope=WRITE)
def move(ask: Asked, ref: str, deadline: UUID, body: MovedIn) -> DeadlineOut:
    """Give it another day; both stay in the trail."""
    project = project_of(ask, ref)
    moved = move_deadline(ask.db, project, deadline, due=body.due, reason=body.reason, by=ask.by, at=ask.at)
    return _deadline(ask, moved)


@post("/projects/{ref:str}/deadlines/{deadline:str}/completion", who=ANYBODY_SIGNED_IN, scope=WRITE)
def complete(ask: Asked, ref: str, deadline: UUID) -> DeadlineOut:
    """Say that it is done."""
    return _deadline(ask, meet_deadline(ask.db, project_of(ask, ref), deadline, by=ask.by, at=ask.at))


@post("/projects/{ref:str}/deadlines/{deadline:str}/removal", who=ANYBODY_SIGNED_IN, scope=WRITE)
def remove(ask: Asked, ref: str, deadline: UUID, body: Reason) -> DeadlineOut:
    """It is not due any more, and why."""
    project = project_of(ask, ref)
    return _deadline(ask, remove_deadline(ask.db, project, deadline, reason=body.reason, by=ask.by, at=ask.at))


def _deadline(ask: Asked, one: Deadline) -> DeadlineOut:
    late = "late" if is_late(one.due_on, one.due_at, at=ask.at) else "open"
    state = "done" if one.done_at is not None else "removed" if one.removed_at is not None else late
    return DeadlineOut(
        id=one.id, label=one.label, note=one.note, due_on=one.due_on, due_at=one.due_at,
        owner=one.owner.name if one.owner is not None else "", state=state, done_at=one.done_at,
        removed_at=one.removed_at, removed_reason=one.removed_reason,
    )  # fmt: skip


CALLS = [list_deadlines, add_deadline, move, complete, remove]
