"""The price of a product for one's own volumes, with its working."""

from collections.abc import Sequence
from datetime import date

from marketplace.catalogue.models import Price
from marketplace.catalogue.queries.products import prices_on, product_for
from marketplace.catalogue.rules.offers import MODELS, Offer, count_of
from marketplace.catalogue.rules.pricing import STANDARD, Cost, Line, needs, read_volumes, yearly_cost
from marketplace.faces.ask import Ask, Values
from marketplace.faces.standing import standing_of
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.money import Money, Vat
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.web.catalogue.showing import frame_of
from marketplace.web.edge import PUBLIC, Page, page

TERMS = ("1", "2", "3", "4", "5")
STANDARD_IN_WORDS = (
    f"{STANDARD['users']:,} users, {STANDARD['uses']:,} uses a year and {count_of(STANDARD['sites'], 'site')}"
)


class PriceLine(Value):
    """A declared price as it reads: what is paid for, how much, for what, and from when until when it holds."""

    label: str
    kind: str
    amounts: tuple[str, ...]
    minimum: str
    optional: bool
    until: date | None
    since: date


class Field(Value):
    """A volume that the form asks for."""

    name: str
    label: str
    value: str
    error: str


class Quote(Value, kw_only=True):
    """A yearly figure with its working, and what a term comes to."""

    yearly: tuple[Line, ...]
    once: tuple[Line, ...]
    extras: tuple[Line, ...]
    by_result: tuple[Line, ...]
    year: Vat
    start: Vat
    years: int
    term: Vat


class Pricing(Value, kw_only=True):
    """The part of a page that is about price: the list, the form, and the figure once the volumes are there."""

    lines: tuple[PriceLine, ...]
    fields: tuple[Field, ...]
    errors: dict[str, str]
    years: str
    terms: tuple[str, ...]
    quote: Quote | None
    is_standard: bool
    standard: str
    url: str


@page("/products/{ref:str}/price", who=PUBLIC)
def show_price(ask: Ask, ref: str) -> Page:
    """The prices of a product, and the yearly cost for the volumes of the address."""
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} is not on show", "Its supplier can preview it.")
    today = day_in_london(ask.at)
    pricing = pricing_of(ref=product.ref, prices=prices_on(ask.db, product.id, today), typed=ask.query)
    if ask.is_fragment:
        return Page("catalogue/_price.html", {"pricing": pricing}, shared=True)
    standing = standing_of(ask.db, ask.services.frameworks, product.id, on=today)
    values = frame_of(
        product, product.live_version, ask.services.frameworks, on=today, tab="price", standing=standing
    )
    status = 422 if pricing.errors else 200
    return Page("catalogue/product_price.html", {**values, "pricing": pricing}, status, shared=True)


def pricing_of(*, ref: str, prices: Sequence[Price], typed: Values) -> Pricing:
    """What the price part says. Nothing typed gives the figure for the standard volumes, which it names."""
    offers = [price.offer for price in prices]
    asked = needs(offers)
    sent = {name: typed.one(name) for need in asked for name in (need.key, need.generic)}
    errors, cost, is_standard = _cost(offers, sent)
    years, wrong = _years(typed.one("years", "1"))
    fields = tuple(
        Field(need.key, need.label, sent[need.key] or sent[need.generic], errors.get(need.key, "")) for need in asked
    )
    return Pricing(
        lines=tuple(map(price_line, prices)), fields=fields, errors={**errors, **wrong}, years=typed.one("years", "1"),
        terms=TERMS, quote=_quote(cost, years) if cost and not wrong else None, is_standard=is_standard,
        standard=STANDARD_IN_WORDS, url=f"/products/{ref}/price",
    )  # fmt: skip


def price_line(price: Price) -> PriceLine:
    """A declared price in words."""
    offer = price.offer
    return PriceLine(
        label=offer.label,
        kind=MODELS[offer.model].label,
        amounts=tuple(_amounts(offer)),
        minimum=f"{Money(offer.minimum_pence)} a {offer.period}" if offer.minimum_pence else "",
        optional=offer.optional,
        until=price.valid_until,
        since=price.valid_from,
    )


def _amounts(offer: Offer) -> list[str]:
    if offer.model == "free":
        return ["Free of charge"]
    unit = f" for each {offer.unit}" if offer.counts else ""
    when = {"once": " once", "month": " a month", "year": "" if offer.counts in ("uses", "results") else " a year"}
    each = f"{unit}{when[offer.period]}"
    if not offer.tiers:
        return [f"{Money(offer.pence)}{each}"]
    return [f"{Money(t.pence)}{each}" + (f", above {t.above:,}" if t.above else "") for t in offer.tiers]


def _cost(offers: Sequence[Offer], sent: dict[str, str]) -> tuple[dict[str, str], Cost | None, bool]:
    if not offers:
        return {}, None, False
    if not any(text.strip() for text in sent.values()):
        return {}, yearly_cost(offers, STANDARD), True
    try:
        return {}, yearly_cost(offers, read_volumes(offers, sent)), False
    except Invalid as wrong:
        return wrong.fields, None, False


def _years(typed: str) -> tuple[int, dict[str, str]]:
    if typed not in TERMS:
        return 1, {"years": f"{quote(typed)} is not a term. Choose {TERMS[0]} to {TERMS[-1]} years."}
    return int(typed), {}


def _quote(cost: Cost, years: int) -> Quote:
    return Quote(
        yearly=cost.yearly, once=cost.once, extras=cost.extras, by_result=cost.by_result, year=cost.year,
        start=cost.start, years=years, term=cost.over(years),
    )  # fmt: skip


ROUTES = [show_price]
