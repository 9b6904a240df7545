"""What has aged: a listing that nobody touched for 12 months is stale, and after 36 it leaves the default search."""

from datetime import date, timedelta

from marketplace.kit.calendar import add_months

STALE_MONTHS = 12
HIDDEN_MONTHS = 36
EARLIEST_YEAR = 2015
"""No listing was touched before: Touchstone did not exist."""


def stale_from(touched: date) -> date:
    """The first day on which a listing touched that day is marked stale."""
    return add_months(touched, STALE_MONTHS)


def hidden_from(touched: date) -> date:
    """The first day on which it leaves the default search."""
    return add_months(touched, HIDDEN_MONTHS)


def is_stale(touched: date, *, today: date) -> bool:
    return stale_from(touched) <= today


def is_hidden(touched: date, *, today: date) -> bool:
    return hidden_from(touched) <= today


def last_hidden(today: date) -> date:
    """The latest day on which a listing can have been touched and be hidden today."""
    day = add_months(today, -HIDDEN_MONTHS)
    while is_hidden(day + timedelta(days=1), today=today):
        day += timedelta(days=1)
    return day


def age_terms(touched: date) -> tuple[str, str, str]:
    """The year, month and day of a touch: what an index keeps, so that ageing needs no writing to it."""
    return (f"{touched:%Y}", f"{touched:%Y-%m}", touched.isoformat())


def hidden_terms(today: date) -> frozenset[str]:
    """Of all age terms those that are hidden today: whole years, then months, then the days of the month that is left.

    A listing is hidden exactly where one of its age terms is among these.
    """
    last = last_hidden(today)
    years = (str(year) for year in range(EARLIEST_YEAR, last.year))
    months = (f"{last.year}-{month:02}" for month in range(1, last.month))
    days = (last.replace(day=day).isoformat() for day in range(1, last.day + 1))
    return frozenset((*years, *months, *days))
