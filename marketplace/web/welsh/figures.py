"""Dates, counts and nouns with their number, as Welsh writes them. Money and numerals are written as in English."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from markupsafe import Markup, escape

from marketplace.web.charts import figure
from marketplace.web.filters import as_day, in_london, plural
from marketplace.web.welsh.words import MONTHS, SHORT, Words


def long_date(value: date | datetime | str | None) -> Markup:
    """24 Tachwedd 2026; nothing for None."""
    if value is None or value == "":
        return Markup("")
    day = as_day(value)
    return Markup(f"{day.day} {MONTHS[day.month - 1]} {day.year}")  # noqa: S704  (numbers and names of months)


def short_date(value: date | datetime | str | None) -> Markup:
    """24 Tach 2026, for dense tables."""
    if value is None or value == "":
        return Markup("")
    day = as_day(value)
    return Markup(f"{day.day} {SHORT[day.month - 1]} {day.year}")  # noqa: S704  (numbers and names of months)


def moment(value: datetime | str | None) -> Markup:
    """24 Tachwedd 2026, 15:04 GMT, as the clocks in London show it."""
    if value is None or value == "":
        return Markup("")
    shown = in_london(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return long_date(shown) + Markup(f"{shown:, %H:%M %Z}")  # noqa: S704  (a time of day)


def counting(words: Words) -> Callable[..., Any]:
    """The filter `plural`: six forms where the noun is in the catalogue, the English ones where it is not."""

    def count(number: int, one: str, many: str = "") -> str:
        found = words.count(number, str(one))
        return Markup(escape(found)) if found else plural(number, one, many)  # noqa: S704  (escaped in this line)

    return count


def charting(words: Words) -> Callable[..., str]:
    """The figures of charts: what was not reported is said in Welsh."""
    missing = figure(None)

    def shown(value: float | None, unit: str = "") -> str:
        return Markup(words.say(missing) or missing) if value is None else figure(value, unit)  # noqa: S704  (ours)

    return shown
