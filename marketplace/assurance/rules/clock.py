"""The clock of a case: working days that the assessors have used, and those that the supplier has.

While a question to the supplier is open the assessors' clock stands still, and the supplier's runs. Nobody's day is
counted twice, and none is lost: together they are the working days since the application.
"""

from collections.abc import Sequence
from datetime import date

from marketplace.kit.calendar import ONE_DAY, Holidays, is_working_day, working_days_after
from marketplace.kit.values import Value

ASSESSMENT_DAYS = 20
"""Working days that the assessors of a case have, from the day after the application."""
REPLY_DAYS = 10
"""Working days that a supplier has to reply to a clarification, from the day after it was asked."""


class Stop(Value):
    """A question to the supplier: the day on which it was asked, and that of the reply, None while it is open."""

    asked_on: date
    replied_on: date | None


class Clock(Value):
    """How a case stands on a day. `left` is below 0 where the days are used up; `supplier_due` while one is open."""

    used: int
    waited: int
    left: int
    is_stopped: bool
    supplier_left: int | None
    supplier_due: date | None


def clock_of(applied_on: date, stops: Sequence[Stop], holidays: Holidays, *, on: date) -> Clock:
    """The clock on a day. The day of a question is the assessors' still, that of the reply the supplier's.

    Raises LookupError beyond the holidays.
    """
    days = _working_days(applied_on, on, holidays)
    waited = {day for day in days if any(_stands_still(stop, day) for stop in stops)}
    open_ones = [stop.asked_on for stop in stops if stop.replied_on is None and stop.asked_on <= on]
    used = len(days) - len(waited)
    due = min((reply_due(asked, holidays) for asked in open_ones), default=None)
    return Clock(
        used=used, waited=len(waited), left=ASSESSMENT_DAYS - used, is_stopped=bool(open_ones),
        supplier_left=_days_left(on, due, holidays) if due else None, supplier_due=due,
    )  # fmt: skip


def assessment_due(applied_on: date, stops: Sequence[Stop], holidays: Holidays, *, on: date) -> date:
    """The last of the assessors' days: as if every question that is open on a day were replied to on that day.

    Raises LookupError beyond the holidays.
    """
    known = [Stop(stop.asked_on, stop.replied_on or on) for stop in stops if stop.asked_on <= on]
    day, used = applied_on, 0
    while used < ASSESSMENT_DAYS:
        day += ONE_DAY
        used += is_working_day(day, holidays) and not any(_stands_still(stop, day) for stop in known)
    return day


def reply_due(asked_on: date, holidays: Holidays) -> date:
    """The last day for a reply. Raises LookupError beyond the holidays."""
    return working_days_after(asked_on, REPLY_DAYS, holidays)


def _stands_still(stop: Stop, day: date) -> bool:
    return stop.asked_on < day and (stop.replied_on is None or day <= stop.replied_on)


def _working_days(after: date, until: date, holidays: Holidays) -> list[date]:
    days = (after + n * ONE_DAY for n in range(1, (until - after).days + 1))
    return [day for day in days if is_working_day(day, holidays)]


def _days_left(on: date, due: date, holidays: Holidays) -> int:
    """Working days after `on` up to `due`; below 0 by as many as it is late."""
    if due >= on:
        return len(_working_days(on, due, holidays))
    return -len(_working_days(due, on, holidays))
