"""Finding products, whichever engine answers: the index; or, while it cannot, the database, slower and plainer."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from marketplace.catalogue.queries.visible import by_refs, find_visible
from marketplace.catalogue.rules.pricing import yearly_cost
from marketplace.catalogue.search import STUDIED, card, facets, offers_on
from marketplace.evidence.queries.declared import filter_rules
from marketplace.evidence.queries.finding import products_studied
from marketplace.faces.services import Services
from marketplace.faces.standing import standings
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.forms import Facet
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote
from marketplace.kit.values import replace
from marketplace.ports.search.port import Found, Hit, Query, SearchUnavailable

MOST_CHOSEN = 60
NOTICE = (
    "The search index is being rebuilt. Products are listed by name, narrowed by kind, studies and cost; other "
    "filters, orders and corrections of spelling are back when it is done."
)


def known_filters(frameworks: Frameworks) -> dict[str, Facet]:
    """Every filter of the catalogue by its key, in the declared order."""
    return {facet.key: facet for facet in facets(frameworks)}


def chosen_filters(
    sent: Mapping[str, Collection[str]], known: Mapping[str, Facet], *, listed_at: str = ""
) -> dict[str, frozenset[str]]:
    """What was chosen, by filter. Raises Invalid for too much of it.

    And by key for a filter or a value that there is none of: it names those that there are, or the address under
    which the values of each filter are listed.
    """
    wrong: dict[str, str] = {}
    for key, values in sent.items():
        options = [option.id for option in known[key].options] if key in known else []
        if key not in known:
            wrong[key] = f"{quote(key)} is no filter. Choose one of {', '.join(known)}."
        elif strange := sorted(set(values).difference(options, [""])):
            way = f"See {listed_at}/{key}" if listed_at else f"Choose one of {', '.join(options)}"
            wrong[key] = f"{quote(strange[0])} is no value of {key}. {way}."
    if wrong:
        raise Invalid("a filter does not hold", "Choose among those that there are.", fields=wrong)
    chosen = {key: kept for key, values in sent.items() if (kept := frozenset(values) - {""})}
    if sum(len(values) for values in chosen.values()) > MOST_CHOSEN:
        raise Invalid(f"more than {MOST_CHOSEN} values were chosen", "Leave some out.")
    return chosen


def find_products(db: Session, services: Services, query: Query, *, today: date) -> Found:
    """Ask the index; where it cannot answer, ask the database and say so. Raises Invalid for a damaged cursor."""
    try:
        return services.search.find(query)
    except SearchUnavailable:
        return find_in_database(db, query, services.frameworks, today=today)


def find_in_database(db: Session, query: Query, frameworks: Frameworks, *, today: date) -> Found:
    """Products whose name or summary holds every word, by name, as far as the database can narrow them."""
    refs = query.costs.within() if query.costs and query.costs.is_limit else None
    shown = find_visible(
        db, query.words, kinds=query.chosen.get("kind", frozenset()), after=query.after, limit=query.limit,
        among=_studied(query, frameworks), refs=refs,
    )  # fmt: skip
    offers = offers_on(db, [product.id for product in shown.items], today)
    told = standings(db, frameworks, [product.id for product in shown.items], on=today)
    cards = (card(one, offers.get(one.id, ()), frameworks, standing=told[one.id]) for one in shown.items)
    hits = (Hit(str(stored["ref"]), 0.0, stored) for stored in cards)
    return Found(hits=tuple(hits), total=shown.total, next=shown.next, engine="database", notice=NOTICE)


def _studied(query: Query, frameworks: Frameworks) -> Select[UUID] | None:
    """The products with a study of the kinds that are chosen; None where nothing is chosen of studies."""
    by, places, sizes = (query.chosen.get(facet, frozenset()) for facet in STUDIED)
    return products_studied(by, places, sizes, filter_rules(frameworks)) if by or places or sizes else None


def left_out(services: Services, query: Query) -> int:
    """How many a limit of cost leaves out because their cost cannot be told of the buyer's numbers.

    Nothing while the index cannot answer.
    """
    if query.costs is None or not query.costs.is_limit:
        return 0
    every = replace(query, costs=None, count=(), limit=0, after=None)
    try:
        known = services.search.find(replace(every, costs=dataclasses.replace(query.costs, least=0, most=None)))
        return services.search.find(every).total - known.total
    except SearchUnavailable:
        return 0


def yearly_costs(db: Session, refs: Sequence[str], volumes: Mapping[str, int], *, today: date) -> dict[str, Money]:
    """What a year of each product costs at these volumes, ex VAT; those that need other volumes are left out."""
    products = by_refs(db, refs)
    offers = offers_on(db, [product.id for product in products], today)
    costs: dict[str, Money] = {}
    for product in products:
        try:
            cost = yearly_cost(offers.get(product.id, ()), volumes)
        except Invalid:
            continue
        if cost.yearly:
            costs[product.ref] = cost.year.net
    return costs
