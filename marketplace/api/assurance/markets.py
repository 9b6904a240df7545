"""Other markets: what each asks against what is assured at home, and what a product still needs there."""

from datetime import date

from marketplace.api.assurance.passports import on_show
from marketplace.api.calls import PUBLIC, Asked, get
from marketplace.api.shapes import Listed, Out, all_of
from marketplace.assurance.queries.markets import find_market, home_of, readings_of
from marketplace.assurance.rules.markets import Line, Reading
from marketplace.frameworks.schema.crosswalks import Demand, HomeRow, Market
from marketplace.kit.calendar import day_in_london


class SourceOut(Out):
    """Where it comes from; `mark` says what is unsure of it."""

    document: str
    section: str
    key: str
    mark: str


class DemandOut(Out):
    """A line of a map. `answer` is meets, partly, not or not-asked."""

    row: str
    label: str
    criteria: dict[str, list[str]]
    answer: str
    reference: str
    reason: str


class MarketOut(Out):
    """A market, with every line; `mark` says what nobody has confirmed of them."""

    id: str
    label: str
    version: int
    as_at: date
    note: str
    mark: str
    sources: list[SourceOut]
    rows: list[DemandOut]


class MarketRow(Out):
    """A market in a list."""

    id: str
    label: str
    version: int
    as_at: date


class NeededOut(Out):
    """A line for one product. `at_home` is met, not-met, not-answered, not-asked or local."""

    row: str
    label: str
    at_home: str
    answer: str
    reference: str
    reason: str
    needed: str


class ThingOut(Out):
    """A thing that is still needed, and the lines that ask for it."""

    id: str
    label: str
    lines: list[NeededOut]


class BarrierOut(Out):
    """A condition of the market; `holds` is null where the description is silent."""

    id: str
    label: str
    because: str
    holds: bool | None


class ReadingOut(Out):
    """A market for one product: whether it is open to it, and what is still needed. Nothing is added up."""

    market: str
    label: str
    mark: str
    in_words: str
    is_covered: bool
    barriers: list[BarrierOut]
    needed: list[ThingOut]
    nothing_left: list[NeededOut]


@get("/markets", who=PUBLIC, is_shared=True)
def list_markets(ask: Asked) -> Listed[MarketRow]:
    """Every market whose demands are mapped."""
    markets = ask.services.frameworks.markets.values()
    return all_of(MarketRow(id=each.id, label=each.label, version=each.version, as_at=each.date) for each in markets)


@get("/markets/{market:str}", who=PUBLIC, is_shared=True)
def show_market(ask: Asked, market: str) -> MarketOut:
    """One market with every line, its reason and its sources."""
    frameworks = ask.services.frameworks
    found = find_market(frameworks, market)
    return _market(found, {row.id: row for row in home_of(frameworks).rows})


@get("/products/{ref:str}/markets", who=PUBLIC, is_shared=True)
def show_product_markets(ask: Asked, ref: str) -> Listed[ReadingOut]:
    """What a product still needs in each market."""
    product = on_show(ask, ref)
    found = readings_of(ask.db, ask.services.frameworks, product, on=day_in_london(ask.at), at=ask.at)
    return all_of(_reading(each) for each in found)


def _market(market: Market, rows: dict[str, HomeRow]) -> MarketOut:
    return MarketOut(
        id=market.id, label=market.label, version=market.version, as_at=market.date, note=market.note,
        mark=market.mark, sources=[SourceOut.model_validate(each) for each in market.sources],
        rows=[_demand(each, rows[each.row]) for each in market.rows],
    )  # fmt: skip


def _demand(demand: Demand, row: HomeRow) -> DemandOut:
    return DemandOut(
        row=row.id, label=row.label, criteria={name: list(codes) for name, codes in row.criteria.items()},
        answer=demand.answer, reference=demand.reference, reason=demand.reason,
    )  # fmt: skip


def _reading(reading: Reading) -> ReadingOut:
    market = reading.market
    return ReadingOut(
        market=market.id, label=market.label, mark=market.mark, in_words=reading.in_words,
        is_covered=reading.is_covered,
        barriers=[
            BarrierOut(id=each.only.id, label=each.only.label, because=each.only.because, holds=each.holds)
            for each in reading.barriers
        ],
        needed=[
            ThingOut(id=each.thing.id, label=each.thing.label, lines=[_needed(one) for one in each.lines])
            for each in reading.gaps
        ],
        nothing_left=[_needed(each) for each in reading.lines if each.is_covered],
    )  # fmt: skip


def _needed(line: Line) -> NeededOut:
    return NeededOut(
        row=line.row.id, label=line.row.label, at_home=line.at_home, answer=line.demand.answer,
        reference=line.demand.reference, reason=line.demand.reason, needed=line.needed,
    )  # fmt: skip


CALLS = [list_markets, show_market, show_product_markets]
