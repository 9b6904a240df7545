"""A page in the order of what things cost one buyer, which the server does not know: worked out here. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace.kit.paging import encode_cursor
from marketplace.kit.values import Value, replace
from marketplace.ports.search.meilisearch.asking import among
from marketplace.ports.search.port import DEEPEST, Costs, Query


class Plan(Value):
    """The refs of a page that have a cost, in order; then `rest` of what has none, after the first `passed` of it."""

    refs: tuple[str, ...]
    passed: int
    rest: int


def every_ref(asked: Mapping[str, Any], costs: Costs) -> dict[str, Any]:
    """The same question for the refs alone of all that is found and has a cost."""
    nothing: dict[str, Any] = {"facets": [], "sort": [], "attributesToCrop": [], "attributesToHighlight": []}
    narrowed = {"filter": [*asked["filter"], among(costs.pence)], "attributesToRetrieve": ["ref"]}
    return {**asked, **nothing, **narrowed, "offset": 0, "limit": min(len(costs.pence), DEEPEST)}


def plan(matched: Iterable[str], costs: Costs, *, at: int, limit: int) -> Plan:
    """The page from place `at` of what costs the buyer least first."""
    order = sorted(matched, key=lambda ref: (costs.pence[ref], ref))
    refs = tuple(order[at : at + limit])
    return Plan(refs, max(0, at - len(order)), 0 if costs.is_limit else limit - len(refs))


def rest(query: Query, planned: Plan) -> Query:
    """What has no cost for the buyer, the newest first."""
    after = encode_cursor(planned.passed) if planned.passed else None
    return replace(query, sort="newest", after=after, limit=planned.rest)
