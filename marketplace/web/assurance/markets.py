"""Other markets: what each asks against what is assured at home, and what a product still needs there."""

from typing import Any

from marketplace.assurance.queries.markets import find_market, home_of, readings_of
from marketplace.assurance.rules.markets import HOME_WORDS, REACH_WORDS, Gap, Line, Reading
from marketplace.faces.ask import Ask
from marketplace.frameworks.schema.crosswalks import HomeRow, Market
from marketplace.kit.calendar import day_in_london
from marketplace.web.assurance.showing import Status
from marketplace.web.catalogue.products import frame, live
from marketplace.web.edge import PUBLIC, Page, page

REACH_MARKS = {"meets": "met", "partly": "conditions", "not": "not-met", "not-asked": "unknown"}
HOME_MARKS = {"met": "met", "not-met": "not-met", "not-answered": "unknown", "not-asked": "unknown", "local": "unknown"}
BARRIERS = {True: Status("It is", "met"), False: Status("It is not", "not-met"), None: Status("Not said", "unknown")}


@page("/markets", who=PUBLIC)
def show_markets(ask: Ask) -> Page:
    """Every market whose demands are mapped, and the whole table of them."""
    frameworks = ask.services.frameworks
    markets = list(frameworks.markets.values())
    demands = {market.id: {each.row: each for each in market.rows} for market in markets}
    rows = [
        {"label": row.label, "named": row.named,
         "cells": [_reach(demands[market.id][row.id].answer) for market in markets]}
        for row in home_of(frameworks).rows
    ]  # fmt: skip
    named = [{"id": each.id, "label": each.label, "short": each.place.removeprefix("the ")} for each in markets]
    values = {"markets": named, "rows": rows}
    return Page("assurance/markets.html", values, shared=True)


@page("/markets/{market:str}", who=PUBLIC)
def show_market(ask: Ask, market: str) -> Page:
    """One market: its state and dates, and each line with its reason."""
    found, home = find_market(ask.services.frameworks, market), home_of(ask.services.frameworks)
    rows = {row.id: row for row in home.rows}
    values = {
        "market": _facts(found), "things": [{"label": each.label, "count": len(each.rows)} for each in found.things],
        "rows": [
            {"label": rows[each.row].label, "named": rows[each.row].named, "frameworks": _frameworks(rows[each.row]),
             "status": _reach(each.answer), "reference": each.reference, "reason": each.reason} for each in found.rows
        ],
    }  # fmt: skip
    return Page("assurance/market.html", values, shared=True)


@page("/products/{ref:str}/markets", who=PUBLIC)
def show_product_markets(ask: Ask, ref: str) -> Page:
    """What a product still needs in each market; with a market in the address, thing by thing and line by line."""
    product, version = live(ask, ref)
    found = readings_of(ask.db, ask.services.frameworks, product, on=day_in_london(ask.at), at=ask.at)
    chosen = ask.query.one("market")
    shown = next((each for each in found if each.market.id == chosen), None)
    values = {
        **frame(ask, product, version, "assurance"),
        "markets": [
            {"id": each.market.id, "label": each.market.label, "said": each.in_words, "count": len(each.gaps),
             "is_shown": each is shown, "is_closed": any(one.holds is False for one in each.barriers)}
            for each in found
        ],
        "shown": reading_values(shown) if shown else None,
    }  # fmt: skip
    return Page("assurance/product_markets.html", values, shared=True)


def reading_values(reading: Reading) -> dict[str, Any]:
    """A market for one product, as its page says it."""
    return {
        "market": _facts(reading.market), "said": reading.in_words, "is_covered": reading.is_covered,
        "barriers": [
            {"label": each.only.label, "because": each.only.because, "status": BARRIERS[each.holds]}
            for each in reading.barriers
        ],
        "gaps": [
            {"label": each.thing.label, "lines": [_line(one) for one in each.lines], "why": _why(each)}
            for each in reading.gaps
        ],
        "rest": [_line(each) for each in reading.lines if each.is_covered],
    }  # fmt: skip


def _why(gap: Gap) -> str:
    """The reasons of a thing in one line, each once."""
    return "; ".join(dict.fromkeys(each.demand.reason for each in gap.lines if each.demand.reason))


def _line(line: Line) -> dict[str, Any]:
    return {
        "label": line.row.label, "named": line.row.named, "frameworks": _frameworks(line.row),
        "home": Status(HOME_WORDS[line.at_home], HOME_MARKS[line.at_home]), "status": _reach(line.demand.answer),
        "needed": line.needed, "reference": line.demand.reference, "reason": line.demand.reason,
    }  # fmt: skip


def _facts(market: Market) -> dict[str, Any]:
    return {
        "id": market.id, "label": market.label, "place": market.place, "note": market.note, "mark": market.mark,
        "date": market.date, "sources": market.sources,
    }  # fmt: skip


def _reach(answer: str) -> Status:
    return Status(REACH_WORDS[answer], REACH_MARKS[answer])


def _frameworks(row: HomeRow) -> list[str]:
    return list(row.criteria)


ROUTES = [show_markets, show_market, show_product_markets]
