"""Setting the deadlines of a project, moving them, meeting them; and telling people ahead."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.fields import Fields, reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.values import Value
from marketplace.procurement.actions.seats import begin_writing
from marketplace.procurement.events import DeadlineMet, DeadlineMoved, DeadlineRemoved, DeadlineSet
from marketplace.procurement.models import Deadline, Project
from marketplace.procurement.queries.deadlines import deadlines_of, find_deadline, open_deadlines
from marketplace.procurement.queries.projects import colleagues_of, people_to_tell
from marketplace.procurement.rules.deadlines import LATE, Which, due_in_words, moment_of, step_of
from marketplace.procurement.schemas import LONGEST

MOST, LONGEST_LABEL = 60, 160
SAID = {"in-7-days": "Within a week", "tomorrow": "By tomorrow", "today": "Today", LATE: "Overdue"}


class Due(Value):
    """A day and an hour as they were given; `which` where an hour comes twice that day."""

    day: date | None
    hour: str = ""
    which: Which | None = None


def set_deadline(
    db: Session, project: Project, *, label: str, due: Due, note: str = "", owner_id: UUID | None = None, by: Actor,
    at: datetime,
) -> Deadline:  # fmt: skip
    """Write down what is due and by when. Raises NotAllowed, Conflict, Invalid by field."""
    begin_writing(db, project, by=by, at=at)
    if len(open_deadlines(db, project.id)) >= MOST:
        raise Conflict(f"{MOST} deadlines are open already", "Say of some that they are done, or remove them.")
    fields = Fields({"label": label, "note": note})
    kept = fields.line("label", LONGEST_LABEL, needed="Say what is due, such as Answers to the bidders' questions.")
    said = fields.text("note", LONGEST["note"])
    wrong = fields.wrong
    if owner_id is not None and all(seat.person_id != owner_id for seat in colleagues_of(db, project)):
        wrong["owner"] = "Choose one of the people on the project."
    day, moment = _read(due, wrong, at)
    deadline = Deadline(
        id=new_id(at), project_id=project.id, label=kept, note=said, due_on=day, due_at=moment, owner_id=owner_id,
        set_by_id=by.person_id, set_at=at, removed_reason="",
    )  # fmt: skip
    db.add(deadline)
    event = DeadlineSet(
        project_id=project.id, deadline_id=deadline.id, label=kept, due_on=day, due_at=moment, owner_id=owner_id
    )
    record(db, event, by=by, at=at)
    return deadline


def move_deadline(
    db: Session, project: Project, deadline_id: UUID, *, due: Due, reason: str, by: Actor, at: datetime
) -> Deadline:
    """Give it another day, and say why: both stay in the trail. Raises NotAllowed, Conflict, NotFound, Invalid."""
    deadline = _open(db, project, deadline_id, by=by, at=at)
    fields, needed = Fields({"reason": reason}), "Say why it moves: others read it in the audit trail."
    why = fields.text("reason", LONGEST["reason"], needed=needed)
    day, moment = _read(due, fields.wrong, at)
    if (day, moment) == (deadline.due_on, deadline.due_at):
        raise Conflict(f"it is due by {due_in_words(day, moment)} already", "Give another day, or another hour.")
    was_on, deadline.due_on, deadline.due_at = deadline.due_on, day, moment
    event = DeadlineMoved(
        project_id=project.id, deadline_id=deadline.id, label=deadline.label, was_on=was_on, due_on=day, due_at=moment,
        reason=why,
    )  # fmt: skip
    record(db, event, by=by, at=at)
    return deadline


def meet_deadline(db: Session, project: Project, deadline_id: UUID, *, by: Actor, at: datetime) -> Deadline:
    """Say that it is done. Raises NotAllowed, Conflict, NotFound."""
    deadline = _open(db, project, deadline_id, by=by, at=at)
    deadline.done_at, deadline.done_by_id = at, by.person_id
    event = DeadlineMet(project_id=project.id, deadline_id=deadline.id, label=deadline.label, due_on=deadline.due_on)
    record(db, event, by=by, at=at)
    return deadline


def remove_deadline(
    db: Session, project: Project, deadline_id: UUID, *, reason: str, by: Actor, at: datetime
) -> Deadline:
    """It is not due any more, and why. Raises NotAllowed, Conflict, NotFound, Invalid."""
    deadline = _open(db, project, deadline_id, by=by, at=at)
    why = reason_of(reason, "Say why it is not due any more.", longest=LONGEST["reason"])
    deadline.removed_at, deadline.removed_reason = at, why
    event = DeadlineRemoved(project_id=project.id, deadline_id=deadline.id, label=deadline.label, reason=why)
    record(db, event, by=by, at=at)
    return deadline


def tell_of_deadlines(db: Session, *, at: datetime) -> int:
    """Tell the people on open projects what is due soon, today, and what is late: each step once. Repeatable."""
    new = 0
    for deadline in deadlines_of(db, up_to=day_in_london(at)):
        step = step_of(deadline.due_on, deadline.due_at, at=at)
        if step:
            people = people_to_tell(db, deadline.project_id)
            body = f"{deadline.project.name}, by {due_in_words(deadline.due_on, deadline.due_at)}. {deadline.note}"
            for person_id, organisation_id in people:
                if deadline.owner_id in (None, person_id):
                    new += tell(
                        db, [person_id], kind="task", title=f"{SAID[step]}: {deadline.label}", body=body.strip(),
                        path=f"/projects/{deadline.project.ref}/deadlines", organisation_id=organisation_id,
                        key=f"deadline {deadline.id} {deadline.due_on} {deadline.due_at} {step}", at=at,
                    )  # fmt: skip
    return new


def _open(db: Session, project: Project, deadline_id: UUID, *, by: Actor, at: datetime) -> Deadline:
    begin_writing(db, project, by=by, at=at)
    deadline = find_deadline(db, project, deadline_id)
    if not deadline.is_open:
        word = "done" if deadline.done_at is not None else "removed"
        raise Conflict(f"{deadline.label} is {word} already", "Set another, where something is due still.")
    return deadline


def _read(due: Due, wrong: dict[str, str], at: datetime) -> tuple[date, datetime | None]:
    """The day and the moment. Raises Invalid, naming every field that does not hold."""
    moment = None
    if due.day is None:
        wrong.setdefault("due_on", "Give the day by which it is due.")
    elif due.day < day_in_london(at):
        wrong["due_on"] = "That day is over. Give today or a later one."
    else:
        try:
            moment = moment_of(due.day, due.hour, which=due.which)
        except Invalid as refusal:
            wrong["hour"] = f"{refusal.fact[:1].upper()}{refusal.fact[1:]}. {refusal.hint}"
    if wrong or due.day is None:
        raise Invalid("the deadline is not complete", "Look at what is marked.", fields=wrong)
    return due.day, moment
