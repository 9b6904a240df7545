"""A page of results in order: by an order chosen, by words, or by words and meaning together."""

from collections.abc import Sequence

from tantivy import DocAddress, Order
from tantivy import Query as Asked

from marketplace.ports.search.asked import sort_of
from marketplace.ports.search.fusion import fused
from marketplace.ports.search.port import SORTS, Costs, Query
from marketplace.ports.search.tantivy import asking
from marketplace.ports.search.tantivy.finding import Finder

FUSED = 200
"""So many of the best by words are ordered anew together with those near in meaning."""

Scored = tuple[float, DocAddress]


def page(finder: Finder, query: Query, *, at: int, limit: int) -> tuple[int, list[Scored]]:
    """The total, and the results from place `at`. Without words, relevance means newest first."""
    sort = sort_of(query)
    if sort == "price" and query.costs:
        return finder.total(query), priced_page(finder, query, query.costs, at=at, limit=limit)
    if sort == "relevance" and finder.near(query):
        return finder.total(query), fused_page(finder, query, at=at, limit=limit)
    if sort == "relevance":
        result = finder.products.search(by_words(finder, query), limit, offset=at)
    else:
        order = Order.Desc if SORTS[sort] == "highest" else Order.Asc
        everything = finder.everything(query)
        result = finder.products.search(everything, limit, offset=at, order_by_field=sort, order=order)
    return int(result.count), result.hits  # type: ignore[attr-defined]  # missing from the engine's stubs


def priced_page(finder: Finder, query: Query, costs: Costs, *, at: int, limit: int) -> list[Scored]:
    """What costs the buyer least first; then what has no cost for them, the newest first."""
    order = finder.priced(query, costs)
    first: list[Scored] = [(0.0, address) for address in order[at : at + limit]]
    rest = limit - len(first)
    if rest <= 0 or costs.is_limit:
        return first
    others = asking.together([finder.everything(query)], never=[finder.known(costs)])
    passed = max(0, at - len(order))
    left = finder.products.search(others, rest, offset=passed, count=False, order_by_field="newest", order=Order.Desc)
    return first + left.hits


def by_words(finder: Finder, query: Query, *, never: Sequence[Asked] = ()) -> Asked:
    better = asking.ranking(finder.understood(query))
    return finder.filtered(query, finder.by_words(query), better=better, never=never)


def fused_page(finder: Finder, query: Query, *, at: int, limit: int) -> list[Scored]:
    """Those near in meaning stand among the best by words; what is left by words follows."""
    near = finder.near(query)
    worded = finder.products.search(by_words(finder, query), FUSED, count=False).hits
    meant = finder.products.search(finder.filtered(query, asking.keyed(near)), len(near), count=False).hits
    addresses = keyed(finder, [*meant, *worded])
    scores = dict(zip(keyed(finder, worded), (score for score, _ in worded), strict=True))
    similar = {each.key: each.similarity for each in near if each.key in addresses}
    order = [(score, addresses[key]) for key, score in fused(scores, similar, certain=asking.EXACT_NAME)]
    rest = at + limit - len(order)
    if rest <= 0 or len(worded) < FUSED:
        return order[at : at + limit]
    passed = max(0, at - len(order)) + sum(key not in similar for key in scores)
    left = by_words(finder, query, never=[asking.keyed(near)])
    return order[at : at + limit] + finder.products.search(left, min(rest, limit), offset=passed, count=False).hits


def keyed(finder: Finder, hits: Sequence[Scored]) -> dict[int, DocAddress]:
    addresses = [address for _, address in hits]
    return dict(
        zip((int(key or 0) for key in finder.products.fast_field_values("key", addresses)), addresses, strict=True)
    )
