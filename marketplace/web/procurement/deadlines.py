"""The deadlines of a project: what is due by when, moved or removed with a reason, met."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.kit.fields import Fields
from marketplace.procurement.actions.deadlines import Due, meet_deadline, move_deadline, remove_deadline, set_deadline
from marketplace.procurement.models import Deadline
from marketplace.procurement.queries.deadlines import all_deadlines, find_deadline
from marketplace.procurement.queries.projects import colleagues_of
from marketplace.procurement.rules.deadlines import due_in_words, is_late, time_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import frame_of, person_typed, project_of, told_of, typed
from marketplace.web.procurement.joint.common import day_shown


@page("/projects/{ref:str}/deadlines", who=ANYBODY_SIGNED_IN)
def show_deadlines(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What is due, what was done, and setting another."""
    project = project_of(ask, ref)
    found = [shown_deadline(ask, each) for each in all_deadlines(ask.db, project.id)]
    values = {
        "frame": frame_of(ask, project, "deadlines"),
        "open": [each for each in found if each["is_open"]],
        "over": [each for each in found if not each["is_open"]],
        "people": [
            {"value": str(seat.person_id), "label": seat.person.name} for seat in colleagues_of(ask.db, project)
        ],
        "due_on": day_shown(ask.form, "due_on", None),
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/deadlines.html", values)


@post("/projects/{ref:str}/deadlines", who=ANYBODY_SIGNED_IN, again=show_deadlines, makes=True)
def set_one(ask: Ask, ref: str) -> Goto:
    """Write down what is due and by when."""
    owner_id = person_typed(ask, "owner")
    set_deadline(
        ask.db, project_of(ask, ref), label=ask.form.one("label"), due=_due(ask), note=ask.form.one("note"),
        owner_id=owner_id, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/projects/{ref}/deadlines", told="It stands in the calendar of everybody on the project.")


@page("/projects/{ref:str}/deadlines/{deadline:uuid}", who=ANYBODY_SIGNED_IN)
def show_deadline(ask: Ask, ref: str, deadline: UUID, refusal: Refusal | None = None) -> Page:
    """One of them: moving it, or removing it."""
    project = project_of(ask, ref)
    found = find_deadline(ask.db, project, deadline)
    values = {
        "frame": frame_of(ask, project, "deadlines"),
        "one": shown_deadline(ask, found),
        "due_on": day_shown(ask.form, "due_on", found.due_on),
        "is_removal": refusal is not None and ask.path.endswith("/removal"),
        "typed": {"hour": time_of(found.due_at), **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/deadline.html", values)


@post("/projects/{ref:str}/deadlines/{deadline:uuid}", who=ANYBODY_SIGNED_IN, again=show_deadline)
def move_one(ask: Ask, ref: str, deadline: UUID) -> Goto:
    """Give it another day, with the reason."""
    project, reason = project_of(ask, ref), ask.form.one("reason")
    move_deadline(ask.db, project, deadline, due=_due(ask), reason=reason, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/deadlines", told="It moved. Both days stay in the audit trail.")


@post("/projects/{ref:str}/deadlines/{deadline:uuid}/completion", who=ANYBODY_SIGNED_IN, again=show_deadline)
def meet_one(ask: Ask, ref: str, deadline: UUID) -> Goto:
    """Say that it is done."""
    meet_deadline(ask.db, project_of(ask, ref), deadline, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/deadlines", told="Done, with your name beside it.")


@post("/projects/{ref:str}/deadlines/{deadline:uuid}/removal", who=ANYBODY_SIGNED_IN, again=show_deadline)
def remove_one(ask: Ask, ref: str, deadline: UUID) -> Goto:
    """It is not due any more, and why."""
    reason = ask.form.one("reason")
    remove_deadline(ask.db, project_of(ask, ref), deadline, reason=reason, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/deadlines", told="It is not due any more. It stays in the audit trail.")


def shown_deadline(ask: Ask, one: Deadline) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.label,
        "note": one.note,
        "due": due_in_words(one.due_on, one.due_at),
        "owner": one.owner.name if one.owner is not None else "",
        "is_open": one.is_open,
        "late": one.is_open and is_late(one.due_on, one.due_at, at=ask.at),
        "done_at": one.done_at,
        "done_by": one.done_by.name if one.done_by is not None else "",
        "removed_at": one.removed_at,
        "reason": one.removed_reason,
    }


def _due(ask: Ask) -> Due:
    """The day and the hour as they were typed. Raises Invalid for a day that is none."""
    fields = Fields(typed(ask.form))
    day = fields.day("due_on")
    fields.check("the deadline is not complete")
    which = ask.form.one("which")
    return Due(day, ask.form.one("hour"), "first" if which == "first" else "second" if which == "second" else None)


ROUTES = [show_deadlines, set_one, show_deadline, move_one, meet_one, remove_one]
