"""Comments on anything: what one may read of them, saying something, asking somebody, and what is done."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.faces.comments import LABELS, saying_of, thing_of
from marketplace.identity.actions.remarks import finish_remark, remark_on
from marketplace.identity.models import Remark
from marketplace.identity.queries.remarks import askable, asked_of, find_remark, remarks_about
from marketplace.identity.rules.remarks import EVERYBODY, PRIVATE, SHARED, About, ways_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.fields import Fields
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import options_of, person_typed, told_of, typed
from marketplace.web.procurement.joint.common import day_shown


@page("/comments", who=ANYBODY_SIGNED_IN)
def show_asked(ask: Ask) -> Page:
    """What comments still ask of me, wherever they stand."""
    asked = [shown_remark(ask, one) for one in asked_of(ask.db, by=ask.by)]
    return Page("comments/asked.html", {"comments": asked})


@page("/comments/{kind:str}/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_comments(ask: Ask, kind: str, ref: str, refusal: Refusal | None = None) -> Page:
    """What was said about a thing, and saying something."""
    about = thing_of(ask.db, kind, ref, by=ask.by)
    values = {
        "about": about,
        "label": LABELS[about.kind],
        "base": f"/comments/{about.kind}/{about.ref}",
        "comments": [shown_remark(ask, one) for one in remarks_about(ask.db, about, by=ask.by)],
        "reaches": options_of(ways_of(about)),
        "people": [{"value": str(key), "label": name} for key, name in _people(ask, about).items()],
        "due_on": day_shown(ask.form, "due_on", None),
        "typed": {"reach": PRIVATE, **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("comments/comments.html", values)


@post("/comments/{kind:str}/{ref:str}", who=ANYBODY_SIGNED_IN, again=show_comments, makes=True)
def comment(ask: Ask, kind: str, ref: str) -> Goto:
    """Say something, private or shared; perhaps ask somebody for something."""
    about, fields = thing_of(ask.db, kind, ref, by=ask.by), Fields(typed(ask.form))
    due_on = fields.day("due_on")
    fields.check("the comment is not complete")
    saying = saying_of(
        about, words=ask.form.one("words"), reach=ask.form.one("reach"), due_on=due_on,
        assigned_to_id=person_typed(ask, "assigned_to"),
    )  # fmt: skip
    remark_on(ask.db, about, saying, by=ask.by, at=ask.at)
    return Goto(f"/comments/{kind}/{ref}", told="Your comment is kept.")


@post("/comments/{kind:str}/{ref:str}/{comment:uuid}/completion", who=ANYBODY_SIGNED_IN)
def complete(ask: Ask, kind: str, ref: str, comment: UUID) -> Goto:
    """Say that what was asked for is done."""
    about = thing_of(ask.db, kind, ref, by=ask.by)
    finish_remark(ask.db, find_remark(ask.db, about, comment, by=ask.by), by=ask.by, at=ask.at)
    return Goto(f"/comments/{kind}/{ref}", told="Done, with your name beside it.")


def _people(ask: Ask, about: About) -> dict[UUID, str]:
    """Everybody who could be asked, whichever way is chosen."""
    on, found = day_in_london(ask.at), dict[UUID, str]()
    ways = [
        (PRIVATE, None),
        *((SHARED, key) for key, _ in about.others),
        *([(EVERYBODY, None)] if about.parties else []),
    ]
    for reach, with_id in ways:
        found |= askable(ask.db, about, by=ask.by, on=on, reach=reach, with_id=with_id)
    return found


def shown_remark(ask: Ask, one: Remark) -> dict[str, Any]:
    """A comment as a page says it: for whom it is, by word and by kind."""
    away = one.shared_with if one.organisation_id == ask.by.organisation_id else one.organisation
    words = {
        PRIVATE: f"Private to {one.organisation.name}",
        SHARED: f"Shared with {away.name} alone" if away is not None else "Shared",
        EVERYBODY: "Shared with everybody here",
    }
    return {
        "id": one.id,
        "words": one.words,
        "is_private": one.reach == PRIVATE,
        "reach": words[one.reach],
        "by": one.by.name,
        "organisation": one.organisation.name,
        "at": one.at,
        "asked": one.assigned_to.name if one.assigned_to is not None else "",
        "due_on": one.due_on,
        "done_at": one.done_at,
        "late": one.done_at is None and one.due_on is not None and one.due_on < day_in_london(ask.at),
        "may_finish": one.assigned_to_id is not None and one.done_at is None
        and ask.by.person_id in (one.assigned_to_id, one.by_id),
        "title": one.title,
        "url": f"/comments/{one.kind}/{one.ref}",
    }  # fmt: skip


ROUTES = [show_asked, show_comments, comment, complete]
