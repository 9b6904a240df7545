"""What a person asked to hear of: saved searches, and products and suppliers that they follow."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Refusal
from marketplace.kit.values import replace
from marketplace.ports.search.port import SearchUnavailable
from marketplace.procurement.actions.follows import end_follow, follow_product, follow_supplier
from marketplace.procurement.actions.saved import WINDOW, forget_search, save_search
from marketplace.procurement.actions.searches import tidy
from marketplace.procurement.models import Follow, SavedSearch
from marketplace.procurement.queries.declared import facet_words
from marketplace.procurement.queries.saved import find_follow, find_saved, follows_of, project_refs, saved_searches
from marketplace.procurement.queries.searches import refs_found
from marketplace.procurement.rules.trail import Labels, filters_in_words
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import back_to, product_of, project_of, told_of, typed
from marketplace.web.procurement.searches import search_url
from marketplace.web.search.asking import facets_of, read_asking


@page("/saved-searches", who=ANYBODY_SIGNED_IN)
def show_saved(ask: Ask, refusal: Refusal | None = None) -> Page:
    """My saved searches and what I follow."""
    saved = saved_searches(ask.db, by=ask.by)
    projects = project_refs(ask.db, saved, by=ask.by)
    labels = Labels(facets=facet_words(ask.services.frameworks))
    values = {
        "saved": [
            {**shown_saved(one, labels), "project": projects[one.project_id].name if one.project_id in projects else ""}
            for one in saved
        ],
        "follows": [shown_follow(follow) for follow in follows_of(ask.db, by=ask.by)],
        "refused": search_refused(ask, labels) if refusal else None,
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("procurement/saved.html", values)


@post("/saved-searches", who=ANYBODY_SIGNED_IN, again=show_saved, makes=True)
def save(ask: Ask) -> Goto:
    """Save the search of the results page, perhaps for a project."""
    ref = ask.form.one("project")
    project = project_of(ask, ref) if ref else None
    asking = read_asking(ask.form, facets_of(ask.services.frameworks))
    query = replace(asking, words=tidy(asking.words)).query(ask.db, (), today=day_in_london(ask.at))
    try:
        found, _ = refs_found(ask.services.search, query, most=WINDOW)
    except SearchUnavailable as failed:
        raise Conflict("the search cannot answer now", "Save it when the index is back, in a few minutes.") from failed
    name = ask.form.one("name")
    saved = save_search(ask.db, query, name=name, found=found, project=project, by=ask.by, at=ask.at)
    return Goto("/saved-searches", told=f"“{saved.name}” is saved. You hear of what is new.")


@page("/saved-searches/{saved:uuid}", who=ANYBODY_SIGNED_IN)
def open_saved(ask: Ask, saved: UUID) -> Goto:
    """The results of a saved search today, what is new first: a mail leads here."""
    url = search_url(find_saved(ask.db, saved, by=ask.by))
    return Goto(f"{url}{'&' if '?' in url else '?'}sort=newest")


@post("/saved-searches/{saved:uuid}/removal", who=ANYBODY_SIGNED_IN, again=show_saved)
def forget(ask: Ask, saved: UUID) -> Goto:
    """Hear of it no longer."""
    found = find_saved(ask.db, saved, by=ask.by)
    forget_search(ask.db, found, by=ask.by, at=ask.at)
    return Goto("/saved-searches", told=f"“{found.name}” is forgotten.")


@post("/follows", who=ANYBODY_SIGNED_IN, again=show_saved)
def follow(ask: Ask) -> Goto:
    """Follow a product, or with `what=supplier` all that its supplier offers."""
    product = product_of(ask, ask.form.one("product"))
    back = back_to(ask.form, f"/products/{product.ref}")
    if ask.form.one("what") == "supplier":
        if product.organisation_id is None:
            raise Conflict(f"nobody has claimed {product.name} yet", "Follow the product instead.")
        follow_supplier(ask.db, product.organisation_id, by=ask.by, at=ask.at)
        return Goto(back, told=f"You follow {product.supplier_name}.")
    follow_product(ask.db, product, by=ask.by, at=ask.at)
    return Goto(back, told=f"You follow {product.name}.")


@post("/follows/{followed:uuid}/removal", who=ANYBODY_SIGNED_IN, again=show_saved)
def unfollow(ask: Ask, followed: UUID) -> Goto:
    """Hear of it no longer."""
    end_follow(ask.db, find_follow(ask.db, followed, by=ask.by), by=ask.by, at=ask.at)
    return Goto(back_to(ask.form, "/saved-searches"), told="You follow it no longer.")


def search_refused(ask: Ask, labels: Labels) -> dict[str, Any] | None:
    """The search that is not saved yet, in words and as the fields that save it; None where something else was sent."""
    if ask.path != "/saved-searches":
        return None
    asking = read_asking(ask.form, facets_of(ask.services.frameworks))
    ticks = filters_in_words({key: sorted(values) for key, values in asking.chosen.items()}, labels)
    limit = asking.cost_in_words if asking.costing.is_limit else ""
    of_project = [("project", asking.project)] if asking.project else []
    filters = "; ".join(filter(None, (ticks, limit)))
    return {"words": asking.words, "filters": filters, "fields": [*asking.pairs(), *of_project]}


def shown_saved(saved: SavedSearch, labels: Labels) -> dict[str, Any]:
    return {
        "id": saved.id,
        "name": saved.name,
        "words": saved.words,
        "filters": filters_in_words(saved.chosen, labels),
        "saved_at": saved.saved_at,
        "checked_at": saved.checked_at,
        "url": search_url(saved),
    }


def shown_follow(followed: Follow) -> dict[str, Any]:
    product, supplier = followed.product, followed.supplier
    if product is not None:
        return {"id": followed.id, "name": product.name, "url": f"/products/{product.ref}", "what": "Product"}
    name = supplier.name if supplier else ""
    return {"id": followed.id, "name": name, "url": "/products", "what": "Supplier"}


ROUTES = [show_saved, save, open_saved, forget, follow, unfollow]
