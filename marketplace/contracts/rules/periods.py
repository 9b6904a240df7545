"""Periods: a month is a month of London, written 2026-05."""

import re
from calendar import monthrange
from datetime import date
from fractions import Fraction

from marketplace.kit.calendar import MONTHS, ONE_DAY, add_months, last_day_of
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

_PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def period_of(day: date) -> str:
    """The month that a day of London lies in."""
    return f"{day.year:04}-{day.month:02}"


def parse_period(text: str) -> str:
    """A month as it was typed. Raises Invalid, naming it, for anything but year and month."""
    typed = text.strip()
    if not _PERIOD.fullmatch(typed) or typed.startswith("0"):
        raise Invalid(f"{quote(text)} is not a month", "Write year and month, such as 2026-05.")
    return typed


def first_day(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def last_day(period: str) -> date:
    day = first_day(period)
    return day.replace(day=monthrange(day.year, day.month)[1])


def in_words(period: str) -> str:
    """May 2026."""
    return f"{MONTHS[int(period[5:]) - 1]} {period[:4]}"


def is_over(period: str, today: date) -> bool:
    """Whether the month has ended: its last day counts to its end."""
    return last_day(period) < today


def periods_between(first: date, last: date) -> list[str]:
    """Every month that has a day from `first` to `last`, both included, in order."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(period_of(day))
        day = add_months(day, 1)
    return found


def days_within(period: str, first: date, last: date) -> tuple[date, date] | None:
    """The first and the last day of the month that lie from `first` to `last`; None where no day does."""
    begins, ends = max(first_day(period), first), min(last_day(period), last)
    return (begins, ends) if begins <= ends else None


def furthest_day(last: date, months: int) -> date:
    """The last day of a term that ends on `last` and is extended by so many months: whole months stay whole months."""
    return add_months(last + ONE_DAY, months) - ONE_DAY


def part_of(period: str, first: date, last: date) -> Fraction:
    """Which part of the month lies from `first` to `last`, by days: 90 of 365 days are paid as 90/365."""
    within = days_within(period, first, last)
    if within is None:
        return Fraction(0)
    return Fraction((within[1] - within[0]).days + 1, last_day(period).day)


def data_due_on(period: str, days: int) -> date:
    """Until when the data of a month are due: that many days after its end."""
    return last_day_of(last_day(period) + ONE_DAY, max(days, 1))
