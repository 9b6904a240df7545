"""What the engine is asked for a search of the catalogue, and what of it is kept with a search."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue.queries.costs import costs_for
from marketplace.catalogue.rules.costing import NOTHING, Costing
from marketplace.catalogue.search import STUDIED, hidden
from marketplace.ports.search.port import Query

TOGETHER = {"study": STUDIED}


def product_query(
    db: Session, words: str, chosen: Mapping[str, frozenset[str]], *, on: date, with_stale: bool = False,
    costing: Costing = NOTHING, sort: str = "relevance", count: tuple[str, ...] = (), limit: int = 20,
    after: str | None = None,
) -> Query:  # fmt: skip
    """Listings that nobody touched for years stay out unless they are asked for. Costs are looked up where they decide
    anything: under a limit, and in the order of price at the buyer's own volumes.
    """
    needs_costs = costing.is_limit or (sort == "price" and bool(costing.volumes))
    return Query(
        words=words, chosen=chosen, hidden={} if with_stale else hidden(on), count=count, sort=sort, limit=limit,
        after=after, together=TOGETHER, costs=costs_for(db, costing, on=on) if needs_costs else None,
    )  # fmt: skip


def choices_of(query: Query) -> dict[str, list[str]]:
    """What was chosen, as it is kept: the values of each filter, the buyer's volumes and the limits of cost."""
    chosen = {key: sorted(values) for key, values in sorted(query.chosen.items()) if values}
    if query.costs is None:
        return chosen
    costs = query.costs
    return chosen | Costing(volumes=dict(costs.volumes), least=costs.least, most=costs.most).choices()
