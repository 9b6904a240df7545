"""Searching the catalogue: words, every filter as a parameter, counts, and what to drop where nothing is found."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Asking, Listed, Out, Paged, all_of
from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.rules.costing import FIELDS, Costing, read_costing
from marketplace.catalogue.search import is_stale_card
from marketplace.faces.finding import chosen_filters, find_products, known_filters, left_out, yearly_costs
from marketplace.frameworks.schema.forms import Facet
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.ports.search.port import Found, Hit, Query, SearchUnavailable

LONGEST_WORDS = 1_000
LISTED_AT = "/v1/enumerations/filters"
FIRST = ("purpose", "care-setting", "conformity", "evidence", "autonomy", "hosting-country", "price-model", "kind")
Sort = Literal["relevance", "newest", "evidence", "price"]


class SearchQuery(Paged):
    """Words, order and page; each filter of the catalogue is a parameter of its own, which can be repeated.

    `counts` says which filters are counted: the eight that buyers use most and those chosen, all of them, or none.
    With `users`, `uses` and `sites` results tell their yearly cost, and the order `price` is by that. `cost_from` and
    `cost_to`, in pounds a year ex VAT, find only what costs so much; without numbers, for those of a middling year.
    Several of study-by, study-in and study-size hold of one and the same study. `stale` also finds what nobody touched
    for years.
    """

    q: str = ""
    sort: Sort = "relevance"
    counts: Literal["usual", "all", "none"] = "usual"
    stale: bool = False
    users: Annotated[str, StringConstraints(max_length=20)] = ""
    uses: Annotated[str, StringConstraints(max_length=20)] = ""
    sites: Annotated[str, StringConstraints(max_length=20)] = ""
    cost_from: Annotated[str, StringConstraints(max_length=20)] = ""
    cost_to: Annotated[str, StringConstraints(max_length=20)] = ""


class Typed(Asking):
    q: str = ""
    limit: Annotated[int, Field(ge=1, le=20)] = 8


class StatusOut(Out):
    word: str
    kind: str


class BadgeOut(Out):
    label: str
    value: str


class HitOut(Out):
    """A product that was found. `passage` is the sentence that answers the words; `yearly_pence` is before VAT."""

    ref: str
    title: str
    supplier: str
    summary: str
    kind: str
    kind_label: str
    state: str
    status: list[StatusOut]
    badges: list[BadgeOut]
    conformity: str
    evidence: str
    price: str
    price_pence: int | None
    yearly_pence: int | None
    edition: int
    published: str
    is_stale: bool
    demonstration: bool
    unclaimed: bool
    source: dict[str, str] | None
    passage: str | None
    url: str


class ValueOut(Out):
    """A value of a filter, and how many would be found by choosing it."""

    value: str
    label: str
    count: int
    chosen: bool


class FacetOut(Out):
    label: str
    values: list[ValueOut]


class WayOut(Out):
    """A part of the search that could be dropped, and how many would be found then.

    `drop` is a filter, `q`, `cost`, or, where none of those alone helps, `filters`: all of them.
    """

    drop: str
    value: str
    count: int


class FoundOut(Out):
    """What a search found. `corrected` is what was searched instead of the words; `notice` is for people to read.

    `left_out`: how many more there are whose yearly cost cannot be told, where that is limited.
    """

    items: list[HitOut]
    total: int
    facets: dict[str, FacetOut]
    next: str | None
    words: str
    corrected: str | None
    notice: str | None
    engine: str
    ways_on: list[WayOut]
    left_out: int = 0


@get("/products", who=PUBLIC, is_shared=True, filters=True)
def search_products(ask: Asked, query: SearchQuery) -> FoundOut:
    """Search the catalogue. Nothing that is typed into q can be an error."""
    known = known_filters(ask.services.frameworks)
    sent = {key: ask.query.all(key) for key in known if key in ask.query}
    chosen = chosen_filters(sent, known, listed_at=LISTED_AT)
    costing = costing_from({name: getattr(query, name) for name in FIELDS})
    asked = asked_for(ask, query.q, chosen, costing=costing, sort=query.sort, with_stale=query.stale, limit=query.limit,
                      after=query.after, count=_counted(query.counts, chosen, known))  # fmt: skip
    found = find_products(ask.db, ask.services, asked, today=day_in_london(ask.at))
    volumes = costing.counted if costing.is_limit else costing.volumes
    return found_out(ask, found, asked, known, volumes=volumes)


@get("/products/suggestions", who=PUBLIC, is_shared=True)
def suggestions(ask: Asked, query: Typed) -> Listed[str]:
    """Names that begin like what was typed so far, best first."""
    words = query.q.strip()[:100]
    try:
        return all_of(ask.services.search.suggest(words, limit=query.limit) if words else ())
    except SearchUnavailable:
        return all_of(())


def asked_for(ask: Asked, words: str, chosen: Mapping[str, frozenset[str]], **more: Any) -> Query:
    """What the engine is asked; `more` is of catalogue.queries.asking.product_query."""
    more["after"] = more.get("after") or None
    tidy = " ".join(words[:LONGEST_WORDS].split())
    return product_query(ask.db, tidy, chosen, on=day_in_london(ask.at), **more)


def costing_from(typed: Mapping[str, str]) -> Costing:
    """The volumes and limits that came in. Raises Invalid by field."""
    costing, wrong = read_costing(typed)
    if wrong:
        raise Invalid("a number does not hold", "Mend what is named.", fields=wrong)
    return costing


def _counted(counts: str, chosen: Mapping[str, frozenset[str]], known: Mapping[str, Facet]) -> tuple[str, ...]:
    if counts == "none":
        return ()
    return tuple(key for key in known if counts == "all" or key in FIRST or key in chosen)


def found_out(
    ask: Asked, found: Found, query: Query, known: Mapping[str, Facet], *, volumes: Mapping[str, int]
) -> FoundOut:
    today = day_in_london(ask.at)
    costs = yearly_costs(ask.db, [hit.ref for hit in found.hits], volumes, today=today) if volumes else {}
    return FoundOut(
        items=[_hit(hit, costs.get(hit.ref), is_stale=is_stale_card(hit.stored, today=today)) for hit in found.hits],
        total=found.total, facets={key: _facet(known[key], found, query) for key in query.count if key in found.facets},
        next=found.next, words=query.words, corrected=found.corrected, notice=found.notice, engine=found.engine,
        ways_on=[] if found.total else _ways_on(ask, query), left_out=left_out(ask.services, query),
    )  # fmt: skip


def _hit(hit: Hit, cost: Money | None, *, is_stale: bool) -> HitOut:
    more = {"passage": hit.passage, "is_stale": is_stale, "url": f"/v1/products/{hit.ref}"}
    return HitOut.model_validate({**hit.stored, **more, "yearly_pence": cost.pence if cost is not None else None})


def _facet(facet: Facet, found: Found, query: Query) -> FacetOut:
    labels = {option.id: option.label for option in facet.options}
    chosen = query.chosen.get(facet.key, frozenset())
    values = [
        ValueOut(value=value, label=labels.get(value, value), count=count, chosen=value in chosen)
        for value, count in found.facets[facet.key].items()
        if count or value in chosen
    ]
    return FacetOut(label=facet.label, values=values)


def _ways_on(ask: Asked, query: Query) -> list[WayOut]:
    """Each part that could be dropped, with the count that this would give, best first."""
    try:
        without = ask.services.search.without(query)
    except SearchUnavailable:
        return []
    ways = [WayOut(drop=key, value=value, count=count) for (key, value), count in without.values.items()]
    if without.words is not None:
        ways.append(WayOut(drop="q", value=query.words, count=without.words))
    if without.costs is not None:
        ways.append(WayOut(drop="cost", value="", count=without.costs))
    if not any(way.count for way in ways) and without.filters:
        ways.append(WayOut(drop="filters", value="", count=without.filters))
    return sorted((way for way in ways if way.count), key=lambda way: -way.count)


CALLS = [search_products, suggestions]
