"""Finding products, whichever engine answers: the index; or, while it cannot, the database, slower and plainer."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue.queries.visible import by_refs, find_visible
from marketplace.catalogue.rules.pricing import yearly_cost
from marketplace.catalogue.search import card, offers_on
from marketplace.faces.services import Services
from marketplace.faces.standing import standings
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.ports.search.port import Found, Hit, Query, SearchUnavailable

NOTICE = (
    "The search index is being rebuilt. Products are listed by name; most filters, other orders and corrections of "
    "spelling are back when it is done."
)


def find_products(db: Session, services: Services, query: Query, *, today: date) -> Found:
    """Ask the index; where it cannot answer, ask the database and say so. Raises Invalid for a damaged cursor."""
    try:
        return services.search.find(query)
    except SearchUnavailable:
        return find_in_database(db, query, services.frameworks, today=today)


def find_in_database(db: Session, query: Query, frameworks: Frameworks, *, today: date) -> Found:
    """Products whose name or summary holds every word, by name, of the kinds that are chosen."""
    kinds = query.chosen.get("kind", frozenset())
    shown = find_visible(db, query.words, kinds=kinds, after=query.after, limit=query.limit)
    offers = offers_on(db, [product.id for product in shown.items], today)
    told = standings(db, frameworks, [product.id for product in shown.items], on=today)
    cards = (card(one, offers.get(one.id, ()), frameworks, standing=told[one.id]) for one in shown.items)
    hits = (Hit(str(stored["ref"]), 0.0, stored) for stored in cards)
    return Found(hits=tuple(hits), total=shown.total, next=shown.next, engine="database", notice=NOTICE)


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
