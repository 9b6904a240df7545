"""The people on a project, and what they say."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid, Refusal
from marketplace.procurement.actions.comments import finish, say
from marketplace.procurement.actions.people import ACCESS, add_colleague, remove_colleague
from marketplace.procurement.models import Colleague, Comment
from marketplace.procurement.policies import may_finish
from marketplace.procurement.queries.comments import comments_of, find_comment
from marketplace.procurement.queries.projects import colleagues_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept
from marketplace.web.procurement.common import (
    frame_of,
    options_of,
    person_typed,
    product_of,
    project_of,
    told_of,
    typed,
)

REACHES = {"shared": "Shared: everybody on the project", "private": "Private: my organisation alone"}


@page("/projects/{ref:str}/people", who=ANYBODY_SIGNED_IN)
def show_people(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Who is on the project, and naming somebody."""
    project = project_of(ask, ref)
    values = {
        "frame": frame_of(ask, project, "people"),
        "people": [shown_colleague(ask, seat) for seat in colleagues_of(ask.db, project)],
        "access": options_of(ACCESS),
        "typed": {"access": "read", **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/people.html", values)


@post("/projects/{ref:str}/people", who=ANYBODY_SIGNED_IN, again=show_people)
def name_colleague(ask: Ask, ref: str) -> Goto:
    """Name a colleague by e-mail address."""
    email, access, organisation = (ask.form.one(name) for name in ("email", "access", "organisation"))
    project = project_of(ask, ref)
    add_colleague(ask.db, project, email=email, access=access, organisation=organisation, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/people", told=f"{email} is on the project now, and is told.")


@post("/projects/{ref:str}/people/{seat:uuid}/removal", who=ANYBODY_SIGNED_IN)
def take_off(ask: Ask, ref: str, seat: UUID) -> Goto:
    """Take somebody off, or leave."""
    gone = remove_colleague(ask.db, project_of(ask, ref), seat, by=ask.by, at=ask.at)
    if gone.person_id == ask.by.person_id:
        return Goto("/projects", told="You left the project. What you did stays in its trail.")
    return Goto(f"/projects/{ref}/people", told="They are no longer on the project. What they did stays in its trail.")


@page("/projects/{ref:str}/comments", who=ANYBODY_SIGNED_IN)
def show_comments(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What people said, and saying something."""
    project = project_of(ask, ref)
    asked = [{"value": str(seat.person_id), "label": seat.person.name} for seat in colleagues_of(ask.db, project)]
    ask, kept = with_kept(ask, f"/projects/{project.ref}/comments", f"Comment on {project.name}")
    about = ask.form.one("product") or ask.query.one("product")
    values = {
        "kept": kept,
        "frame": frame_of(ask, project, "comments"),
        "comments": [
            shown_comment(ask, comment, f"/projects/{ref}") for comment in comments_of(ask.db, project, by=ask.by)
        ],
        "reaches": options_of(REACHES),
        "people": asked,
        "about": product_of(ask, about) if about else None,
        "typed": {"reach": "shared", **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/comments.html", values)


@post("/projects/{ref:str}/comments", who=ANYBODY_SIGNED_IN, again=show_comments, makes=True)
def comment(ask: Ask, ref: str) -> Goto:
    """Say something, shared or private."""
    project, about, reach = project_of(ask, ref), ask.form.one("product"), ask.form.one("reach")
    if reach not in REACHES:
        told = "Choose who can read it."
        raise Invalid("the comment says not for whom it is", told, fields={"reach": told})
    say(
        ask.db, project, words=ask.form.one("words"), is_private=reach == "private",
        product=product_of(ask, about) if about else None, assigned_to_id=person_typed(ask, "assigned_to"), by=ask.by,
        at=ask.at,
    )  # fmt: skip
    return Goto(f"/projects/{ref}/comments", told="Your comment is kept.")


@post("/projects/{ref:str}/comments/{comment_id:uuid}/completion", who=ANYBODY_SIGNED_IN)
def complete(ask: Ask, ref: str, comment_id: UUID) -> Goto:
    """Say that what was asked for is done."""
    project = project_of(ask, ref)
    finish(ask.db, project, find_comment(ask.db, project, comment_id, by=ask.by), by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}/comments", told="Done, and in the audit trail.")


def shown_colleague(ask: Ask, seat: Colleague) -> dict[str, Any]:
    return {
        "id": seat.id,
        "name": seat.person.name,
        "organisation": seat.organisation.name,
        "access": ACCESS[seat.access],
        "since": seat.since,
        "is_me": seat.person_id == ask.by.person_id,
    }


def shown_comment(ask: Ask, comment: Comment, base: str) -> dict[str, Any]:
    return {
        "id": comment.id,
        "words": comment.words,
        "is_private": comment.is_private,
        "reach": f"Private to {comment.organisation.name}" if comment.is_private else "Shared with everybody here",
        "by": comment.by.name,
        "organisation": comment.organisation.name,
        "at": comment.at,
        "product": {"url": f"{base}/candidates/{comment.product.ref}", "name": comment.product.name}
        if comment.product
        else None,
        "asked": comment.assigned_to.name if comment.assigned_to else "",
        "done_at": comment.done_at,
        "may_finish": comment.assigned_to_id is not None and comment.done_at is None and may_finish(ask.by, comment),
    }


ROUTES = [show_people, name_colleague, take_off, show_comments, comment, complete]
