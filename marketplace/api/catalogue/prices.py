"""What a product costs: the prices that are declared, the figure for one's own volumes, and declaring them anew."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from marketplace.api.calls import PUBLIC, Answer, Asked, get, put
from marketplace.api.catalogue.products import on_show
from marketplace.api.shapes import AmountOut, Asking, In, Line, Listed, Out, Pence, all_of, amount
from marketplace.catalogue.actions.prices import MOST_PRICES, declare_prices
from marketplace.catalogue.models import Price
from marketplace.catalogue.queries.products import declared_prices, own_product, prices_on, product_for
from marketplace.catalogue.rules.offers import MOST_TIERS, Offer, Tier
from marketplace.catalogue.rules.pricing import Cost, read_volumes, yearly_cost
from marketplace.catalogue.rules.pricing import Line as CostLine
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid

Count = Annotated[int, Field(ge=0, le=10**9)]


class TierIn(In):
    """`pence` is asked for each unit after the first `above` of them."""

    above: Count
    pence: Pence


class PriceIn(In):
    """One way to pay, in whole pence before VAT. Tiers take the place of `pence`, and begin above 0."""

    model: Line
    label: Line
    unit: Line = ""
    period: Line = "year"
    pence: Pence = 0
    tiers: Annotated[list[TierIn], Field(max_length=MOST_TIERS)] = Field(default_factory=list)
    minimum_pence: Pence = 0
    optional: bool = False

    def offer(self) -> Offer:
        """The price as the rules read it. Raises Invalid with faults by field."""
        tiers = tuple(Tier(tier.above, tier.pence) for tier in self.tiers)
        return Offer(**{**self.model_dump(), "tiers": tiers})


class PricesIn(In):
    """All the prices of a product, in the place of those that stand."""

    prices: Annotated[list[PriceIn], Field(max_length=MOST_PRICES)]
    valid_from: date
    valid_until: date | None = None


class TierOut(Out):
    above: int
    pence: int


class PriceOut(Out):
    """A declared price: what is paid for, by what unit and period, from which day until which."""

    model: str
    label: str
    unit: str
    period: str
    pence: int
    tiers: list[TierOut]
    minimum_pence: int
    optional: bool
    valid_from: date
    valid_until: date | None
    declared_at: datetime


class StepOut(Out):
    """One line of a working."""

    text: str
    amount_pence: int


class CostLineOut(Out):
    label: str
    amount_pence: int
    steps: list[StepOut]


class CostOut(Out):
    """A year's cost at the volumes asked for, with its working, and what a term comes to. Extras are in no total."""

    ref: str
    volumes: dict[str, int]
    yearly: list[CostLineOut]
    once: list[CostLineOut]
    extras: list[CostLineOut]
    by_result: list[CostLineOut]
    year: AmountOut
    start: AmountOut
    years: int
    term: AmountOut
    vat_rate: str


class Volumes(Asking):
    """How much is needed. Besides users, uses and sites, a unit of the prices can be named: consultations=90000."""

    users: str = ""
    uses: str = ""
    sites: str = ""
    years: Annotated[int, Field(ge=1, le=15)] = 1


@get("/products/{ref:str}/prices", who=PUBLIC, is_shared=True)
def list_prices(ask: Asked, ref: str) -> Answer[Listed[PriceOut]]:
    """The prices that hold today; for the supplier's own people all that are declared, also from a later day."""
    product = product_for(ask.db, ref, by=ask.actor)
    mine = ask.actor is not None and ask.actor.organisation_id == product.organisation_id
    found = declared_prices(ask.db, product.id) if mine else prices_on(ask.db, product.id, day_in_london(ask.at))
    return Answer(prices_out(found), version=product.row_version if mine else None)


@get("/products/{ref:str}/price", who=PUBLIC, is_shared=True, free=True)
def price_for(ask: Asked, ref: str, query: Volumes) -> CostOut:
    """What a product costs at one's own volumes, with the working."""
    product = on_show(ask, ref)
    offers = [price.offer for price in prices_on(ask.db, product.id, day_in_london(ask.at))]
    if not offers:
        raise Invalid(f"{product.name} has no price that holds today", "Ask its supplier.")
    sent = {name: ask.query.one(name) for name in ask.query.items()}
    volumes = read_volumes(offers, sent)
    return cost_out(product.ref, yearly_cost(offers, volumes), volumes, query.years)


@put("/products/{ref:str}/prices", who=Permission.CATALOGUE_WRITE, conditional=True)
def declare(ask: Asked, ref: str, body: PricesIn) -> Answer[Listed[PriceOut]]:
    """Declare the prices of a product anew; those that stand hold until the first day of the new ones."""
    product = own_product(ask.db, ref, by=ask.by)
    expected = ask.expected(product.row_version)
    offers = [_offer(price, place) for place, price in enumerate(body.prices)]
    declare_prices(
        ask.db, product, offers, valid_from=body.valid_from, valid_until=body.valid_until, row_version=expected,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Answer(prices_out(declared_prices(ask.db, product.id)), version=product.row_version)


def _offer(price: PriceIn, place: int) -> Offer:
    try:
        return price.offer()
    except Invalid as wrong:
        fields = {f"prices.{place}.{name}": text for name, text in wrong.fields.items()}
        raise Invalid(wrong.fact, wrong.hint, fields=fields) from wrong


def prices_out(prices: list[Price]) -> Listed[PriceOut]:
    return all_of(PriceOut.model_validate(price) for price in prices)


def cost_out(ref: str, cost: Cost, volumes: dict[str, int], years: int) -> CostOut:
    return CostOut(
        ref=ref, volumes=volumes, yearly=_lines(cost.yearly), once=_lines(cost.once), extras=_lines(cost.extras),
        by_result=_lines(cost.by_result), year=amount(cost.year), start=amount(cost.start), years=years,
        term=amount(cost.over(years)), vat_rate=str(cost.rate),
    )  # fmt: skip


def _lines(lines: tuple[CostLine, ...]) -> list[CostLineOut]:
    return [CostLineOut(label=line.label, amount_pence=line.amount.pence, steps=_steps(line)) for line in lines]


def _steps(line: CostLine) -> list[StepOut]:
    return [StepOut(text=step.text, amount_pence=step.amount.pence) for step in line.steps]


CALLS = [list_prices, price_for, declare]
