"""The page of results: cards, filters with counts, and the way on when there is nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.catalogue.queries.visible import by_refs
from marketplace.catalogue.search import is_stale_card
from marketplace.faces.ask import Ask
from marketplace.faces.finding import find_products, left_out, yearly_costs
from marketplace.frameworks.schema.forms import Facet
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.kit.values import Value, replace
from marketplace.ports.search.port import Found, Hit, Query, SearchUnavailable, Without
from marketplace.web.adding import adding
from marketplace.web.edge import PUBLIC, Page, page
from marketplace.web.search.asking import FIRST, SORT_LABELS, Asking, facets_of, read_asking

MOST_OPTIONS, MOST_TICKED = 7, 10


class Choice(Value):
    """One tick of a filter: what it says, and how many results it would give; None where nothing was counted."""

    value: str
    label: str
    count: int | None
    chosen: bool


class Group(Value):
    """A filter: the options that would give results, the most frequent first; `rest` stand behind a fold."""

    key: str
    label: str
    options: tuple[Choice, ...]
    rest: tuple[Choice, ...]


@page("/products", who=PUBLIC)
def search_products(ask: Ask, refusal: Refusal | None = None) -> Page:
    """Search, filters and cards; the same page whichever engine answers."""
    facets = facets_of(ask.services.frameworks)
    asking = read_asking(ask.query, facets)
    counted = counted_facets(asking, facets)
    query = asking.query(ask.db, counted, today=day_in_london(ask.at))
    found, here = find(ask, query), adding(ask, project_ref=asking.project)
    ticked = list(dict.fromkeys(ask.query.all("p")))[:MOST_TICKED]
    beside = ticked_beside(ask, ticked, found)
    values = {
        "asking": asking,
        "found": found,
        "cards": cards_of(ask, found, asking),
        "groups": [group_of(facets[key], found.facets.get(key, {}), asking) for key in counted],
        "chosen": chosen_filters(asking, facets),
        "sorts": sort_links(asking),
        "next_url": replace(asking, after=found.next).url() if found.next else "",
        "ways_on": ways_on(ask, query, asking, facets) if not found.total else [],
        "first_url": replace(asking, after="").url() if asking.after else "",
        "clear_url": asking.without_filters().url(),
        "left_out": left_out(ask.services, query),
        "adding": here,
        "ticked": ticked,
        "beside": beside,
        "may_compare": len(found.hits) + len(beside) > 1,
        "pairs": asking.pairs(),
        "more_url": replace(asking, every_filter=not asking.every_filter, after="").url(),
    }
    template = "search/_found.html" if ask.is_fragment else "search/results.html"
    return Page(template, values, shared=True)


@page("/products/suggestions", who=PUBLIC)
def suggestions(ask: Ask) -> Page:
    """Names that begin like what was typed, as options of the search box."""
    words = ask.query.one("q").strip()[:100]
    try:
        names = ask.services.search.suggest(words) if words else ()
    except SearchUnavailable:
        names = ()
    return Page("search/_suggestions.html", {"names": names}, shared=True)


def counted_facets(asking: Asking, facets: Mapping[str, Facet]) -> tuple[str, ...]:
    """The filters that this page shows: those that buyers use most, those in use, or all of them on request."""
    if asking.every_filter:
        return tuple(facets)
    return tuple(key for key in facets if key in FIRST or key in asking.chosen)


def find(ask: Ask, query: Query) -> Found:
    """Ask the index; where it cannot answer, ask the database and say so."""
    return find_products(ask.db, ask.services, query, today=day_in_london(ask.at))


def cards_of(ask: Ask, found: Found, asking: Asking) -> list[dict[str, Any]]:
    """What each card shows: the stored facts, why it matched, and the price for the buyer's numbers."""
    today = day_in_london(ask.at)
    refs = [hit.ref for hit in found.hits]
    numbers = asking.costing.counted if asking.costing.is_limit else asking.costing.volumes
    costs = yearly_costs(ask.db, refs, numbers, today=today) if numbers else {}
    return [
        {
            "facts": hit.stored,
            "why": why_of(hit, asking),
            "yearly": costs.get(hit.ref),
            "is_stale": is_stale_card(hit.stored, today=today),
        }
        for hit in found.hits
    ]


def ticked_beside(ask: Ask, ticked: Sequence[str], found: Found) -> list[dict[str, str]]:
    """What was ticked to be compared and does not stand among these results."""
    shown = {hit.ref for hit in found.hits}
    others = [ref for ref in ticked if ref not in shown]
    return [{"ref": each.ref, "name": each.name} for each in by_refs(ask.db, others)] if others else []


def why_of(hit: Hit, asking: Asking) -> str | None:
    """The passage that answers the words, without the supplier's name and the summary, which the card says already."""
    summary, supplier = str(hit.stored["summary"]), str(hit.stored.get("supplier", ""))
    told = (hit.passage or "").removeprefix(supplier).strip(" ·")
    if not asking.words or told.strip(" …") in summary:
        return None
    return told.removeprefix(summary).strip(" ·").removeprefix(supplier).strip(" ·") or None


def group_of(facet: Facet, counts: Mapping[str, int], asking: Asking) -> Group:
    chosen = asking.chosen.get(facet.key, frozenset())
    labels = {option.id: option.label for option in facet.options}
    counted: dict[str, int | None] = {**dict.fromkeys(chosen), **counts}
    shown = [
        Choice(value, labels.get(value, value), count, value in chosen)
        for value, count in counted.items()
        if count or value in chosen
    ]
    shown.sort(key=lambda choice: (not choice.chosen, -(choice.count or 0), choice.label))
    return Group(facet.key, facet.label, tuple(shown[:MOST_OPTIONS]), tuple(shown[MOST_OPTIONS:]))


def chosen_filters(asking: Asking, facets: Mapping[str, Facet]) -> list[dict[str, str]]:
    ticks = [
        {"label": label_of(facets[key], value), "remove_url": asking.without(key, value).url()}
        for key, values in asking.chosen.items()
        for value in sorted(values)
    ]
    if not asking.costing.is_limit:
        return ticks
    return [*ticks, {"label": asking.cost_in_words, "remove_url": asking.without_limits().url()}]


def label_of(facet: Facet, value: str) -> str:
    option = next((option.label for option in facet.options if option.id == value), value)
    return f"{facet.label}: {option}"


def sort_links(asking: Asking) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": replace(asking, sort=sort, after="").url(), "current": sort == asking.sort}
        for sort, label in SORT_LABELS.items()
    ]


def ways_on(ask: Ask, query: Query, asking: Asking, facets: Mapping[str, Facet]) -> list[dict[str, Any]]:
    """For nothing found: each part that could be dropped, with the count that this would give, best first.

    Where none of them alone helps, all filters together.
    """
    try:
        without: Without = ask.services.search.without(query)
    except SearchUnavailable:
        return []
    ways = [
        {"label": label_of(facets[key], value), "count": count, "url": asking.without(key, value).url()}
        for (key, value), count in without.values.items()
    ]
    if without.words is not None:
        way = {"label": f"the words “{asking.words}”", "count": without.words, "url": replace(asking, words="").url()}
        ways.append(way)
    if without.costs is not None:
        limits = {"label": "a limit of cost", "count": without.costs, "url": asking.without_limits().url()}
        ways.append(limits)
    if not any(way["count"] for way in ways) and without.filters:
        every = {"label": "any filter", "count": without.filters, "url": asking.without_filters().url()}
        ways.append(every)
    return sorted((way for way in ways if way["count"]), key=lambda way: -way["count"])
