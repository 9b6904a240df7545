"""What has to be ready at each site, what one's own people say to each other, and what happened."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.fields import Fields
from marketplace.procurement.actions.joint import add_readiness, note, plan_readiness, tick_readiness
from marketplace.procurement.models import Readiness
from marketplace.procurement.policies import may_tick
from marketplace.procurement.queries.joint.history import history_of
from marketplace.procurement.queries.joint.parties import colleagues_at, find_readiness
from marketplace.procurement.queries.joint.place import Place
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import told_of, typed
from marketplace.web.procurement.joint.common import day_shown, frame_of, joint_of, place_of


@page("/procurements/{ref:str}/readiness", who=ANYBODY_SIGNED_IN)
def show_readiness(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """My site's list with owners and days, and how far the others are."""
    place = place_of(ask, ref, tab="readiness")
    inside = place.mine.inside
    values = {
        "frame": frame_of(ask, place, "readiness"),
        "items": [shown_item(ask, place, each) for each in (inside.ready if inside else ())],
        "mine": place.mine,
        "others": place.others,
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/joint/readiness.html", values)


@post("/procurements/{ref:str}/readiness", who=ANYBODY_SIGNED_IN, again=show_readiness)
def add_item(ask: Ask, ref: str) -> Goto:
    """Add something of one's own that has to be ready."""
    procurement, own = joint_of(ask, ref)
    add_readiness(ask.db, procurement, own, label=ask.form.one("label"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/readiness", told="It is on your list. Give it an owner and a day.")


@page("/procurements/{ref:str}/readiness/{item:uuid}", who=ANYBODY_SIGNED_IN)
def show_item(ask: Ask, ref: str, item: UUID, refusal: Refusal | None = None) -> Page:
    """One thing on my list: who owns it, and by when."""
    place = place_of(ask, ref, tab="readiness")
    found = find_readiness(ask.db, place.own, item)
    people = colleagues_at(ask.db, place.own, on=day_in_london(ask.at))
    values = {
        "frame": frame_of(ask, place, "readiness"),
        "one": shown_item(ask, place, found),
        "people": [{"value": str(person.id), "label": person.name} for person in people],
        "due_on": day_shown(ask.form, "due_on", found.due_on),
        "typed": {"owner": str(found.owner_id or ""), **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/joint/item.html", values)


@post("/procurements/{ref:str}/readiness/{item:uuid}", who=ANYBODY_SIGNED_IN, again=show_item)
def plan_item(ask: Ask, ref: str, item: UUID) -> Goto:
    """Give it to somebody, with its day."""
    procurement, own = joint_of(ask, ref)
    fields = Fields(typed(ask.form))
    due_on, owner_id = fields.day("due_on"), fields.take("owner", _person, blank=None)
    fields.check("the plan does not hold")
    found = find_readiness(ask.db, own, item)
    plan_readiness(ask.db, procurement, own, found, owner_id=owner_id, due_on=due_on, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/readiness", told="Planned. Its owner is told.")


@post("/procurements/{ref:str}/readiness/{item:uuid}/completion", who=ANYBODY_SIGNED_IN, again=show_item)
def tick_item(ask: Ask, ref: str, item: UUID) -> Goto:
    """Say that it is ready, or not ready after all."""
    procurement, own = joint_of(ask, ref)
    is_done = ask.form.one("done") == "yes"
    found = find_readiness(ask.db, own, item)
    tick_readiness(ask.db, procurement, own, found, is_done=is_done, by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/readiness", told="Ready." if is_done else "Not ready, then.")


@page("/procurements/{ref:str}/notes", who=ANYBODY_SIGNED_IN)
def show_notes(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What my own people say to each other: no other party reads it."""
    place = place_of(ask, ref, tab="notes")
    inside = place.mine.inside
    values = {
        "frame": frame_of(ask, place, "notes"),
        "notes": inside.notes if inside else [],
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/joint/notes.html", values)


@post("/procurements/{ref:str}/notes", who=ANYBODY_SIGNED_IN, again=show_notes, makes=True)
def make_note(ask: Ask, ref: str) -> Goto:
    """Say something to one's own people."""
    procurement, own = joint_of(ask, ref)
    note(ask.db, procurement, own, words=ask.form.one("words"), by=ask.by, at=ask.at)
    return Goto(f"/procurements/{ref}/notes", told="Your note is kept, for your own people alone.")


@page("/procurements/{ref:str}/history", who=ANYBODY_SIGNED_IN)
def show_history(ask: Ask, ref: str) -> Page:
    """Everything that happened, as far as my organisation may read it."""
    place = place_of(ask, ref, tab="history")
    lines = history_of(ask.db, ask.services.frameworks, place.procurement, by=ask.by)
    return Page("procurement/joint/history.html", {"frame": frame_of(ask, place, "history"), "lines": lines[::-1]})


def shown_item(ask: Ask, place: Place, row: Readiness) -> dict[str, Any]:
    """One thing on one's own list, with what is declared about it."""
    declared = next((each for each in place.procedure.readiness if each.id == row.item), None)
    due = row.due_on
    return {
        "id": row.id, "label": row.label, "meaning": declared.meaning if declared else "",
        "days_before": declared.days_before if declared else None, "owner": row.owner.name if row.owner else "",
        "due_on": due, "done_at": row.done_at, "done_by": row.done_by.name if row.done_by else "",
        "is_late": due is not None and row.done_at is None and due < day_in_london(ask.at),
        "may_tick": may_tick(ask.by, place.own, row),
    }  # fmt: skip


def _person(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Invalid("nobody like that is a colleague", "Choose one of your people.") from wrong


ROUTES = [
    show_readiness, add_item, show_item, plan_item, tick_item, show_notes, make_note, show_history,
]  # fmt: skip
