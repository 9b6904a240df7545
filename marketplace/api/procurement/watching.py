"""What a person asked to hear of: saved searches, and products and suppliers that they follow."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, delete, get, post
from marketplace.api.procurement.common import project_of
from marketplace.api.procurement.searches import SearchIn, everything_found, query_from
from marketplace.api.shapes import In, Line, Listed, Out, Ref, all_of
from marketplace.catalogue.queries.products import product_for
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict
from marketplace.procurement.actions.follows import end_follow, follow_product, follow_supplier
from marketplace.procurement.actions.saved import WINDOW, forget_search, save_search
from marketplace.procurement.models import Follow, SavedSearch
from marketplace.procurement.queries.saved import find_follow, find_saved, follows_of, project_refs, saved_searches

READ = Permission.PROJECT_READ


class SavedIn(SearchIn):
    """A search to hear of what is new in it, perhaps for a project."""

    name: Line = ""
    project: Line = ""


class FollowIn(In):
    """A product to follow, or with `what` supplier all that its supplier offers."""

    product: Ref
    what: Literal["product", "supplier"] = "product"


class SavedOut(Out):
    id: UUID
    name: str
    words: str
    filters: dict[str, list[str]]
    with_stale: bool
    project_ref: str
    saved_at: datetime
    checked_at: datetime


class FollowOut(Out):
    id: UUID
    what: str
    ref: str
    name: str
    since: datetime


@get("/saved-searches", who=ANYBODY_SIGNED_IN, scope=READ)
def list_saved(ask: Asked) -> Listed[SavedOut]:
    """One's saved searches, newest first."""
    saved = saved_searches(ask.db, by=ask.by)
    projects = project_refs(ask.db, saved, by=ask.by)
    refs = {key: project.ref for key, project in projects.items()}
    return all_of(_saved(one, refs.get(one.project_id, "") if one.project_id else "") for one in saved)


@post("/saved-searches", who=ANYBODY_SIGNED_IN, scope=READ, status=201)
def save(ask: Asked, body: SavedIn) -> SavedOut:
    """Save a search, and hear of what is new in it."""
    project = project_of(ask, body.project) if body.project else None
    query = query_from(ask, body)
    found, _ = everything_found(ask, query, most=WINDOW)
    saved = save_search(ask.db, query, name=body.name, found=found, project=project, by=ask.by, at=ask.at)
    return _saved(saved, project.ref if project else "")


@delete("/saved-searches/{saved:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def forget(ask: Asked, saved: UUID) -> None:
    """Hear of it no longer."""
    forget_search(ask.db, find_saved(ask.db, saved, by=ask.by), by=ask.by, at=ask.at)


@get("/follows", who=ANYBODY_SIGNED_IN)
def list_follows(ask: Asked) -> Listed[FollowOut]:
    """What one follows, newest first."""
    return all_of(_follow(one) for one in follows_of(ask.db, by=ask.by))


@post("/follows", who=ANYBODY_SIGNED_IN, status=201)
def follow(ask: Asked, body: FollowIn) -> FollowOut:
    """Follow a product, or all that its supplier offers."""
    product = product_for(ask.db, body.product, by=ask.actor)
    if body.what == "product":
        made = follow_product(ask.db, product, by=ask.by, at=ask.at)
    elif product.organisation_id is None:
        raise Conflict(f"nobody has claimed {product.name} yet", "Follow the product instead.")
    else:
        made = follow_supplier(ask.db, product.organisation_id, by=ask.by, at=ask.at)
    ask.db.flush()
    return next(_follow(one) for one in follows_of(ask.db, by=ask.by) if one.id == made.id)


@delete("/follows/{followed:str}", who=ANYBODY_SIGNED_IN)
def unfollow(ask: Asked, followed: UUID) -> None:
    """Hear of it no longer."""
    end_follow(ask.db, find_follow(ask.db, followed, by=ask.by), by=ask.by, at=ask.at)


def _saved(saved: SavedSearch, project_ref: str) -> SavedOut:
    return SavedOut(
        id=saved.id, name=saved.name, words=saved.words, filters=saved.chosen, with_stale=saved.with_stale,
        project_ref=project_ref, saved_at=saved.saved_at, checked_at=saved.checked_at,
    )  # fmt: skip


def _follow(followed: Follow) -> FollowOut:
    thing = followed.product or followed.supplier
    assert thing is not None
    what = "product" if followed.product is not None else "supplier"
    return FollowOut(id=followed.id, what=what, ref=thing.ref, name=thing.name, since=followed.since)


CALLS = [list_saved, save, forget, list_follows, follow, unfollow]
