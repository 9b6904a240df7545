"""How long a dated answer holds: to the last day of a period, of a year, or to the day that it states."""

from datetime import date, timedelta

from marketplace.frameworks.schema.assurance import Expiry, YearEnd
from marketplace.kit.calendar import add_months, in_words

STEPS = {"soon-90": 90, "soon-30": 30, "soon-7": 7, "lapsed": 0}
"""The steps on the way to an end, by how many days before it they begin. Each is told once."""


def step_of(until: date, *, on: date) -> str:
    """The last step that has begun on a day; empty where the end is further away than any."""
    if until < on:
        return "lapsed"
    begun = [kind for kind, days in STEPS.items() if days and until <= on + timedelta(days=days)]
    return begun[-1] if begun else ""


def holds_until(expires: Expiry, dated: date) -> date:
    """The last day on which an answer of that date holds.

    `months` end on the same day of a later month (its last where there is none); `days` count the days after: of 365
    days the last is the 365th after. Raises OverflowError beyond the calendar.
    """
    if expires.months is not None:
        return add_months(dated, expires.months)
    if expires.days is not None:
        return dated + timedelta(days=expires.days)
    if expires.year_ends is not None:
        return _end_of_the_year_after(expires.year_ends, dated)
    return dated


def _end_of_the_year_after(ends: YearEnd, dated: date) -> date:
    """A return of the year that a day belongs to holds until the next year's is due."""
    own = _day_of(dated.year, ends)
    return _day_of(dated.year + (1 if dated <= own else 2), ends)


def _day_of(year: int, ends: YearEnd) -> date:
    """That day of a year; of 29 February the last of February where there is none."""
    return add_months(date(2000, ends.month, ends.day), (year - 2000) * 12)


def is_future(expires: Expiry, dated: date, *, on: date) -> bool:
    """Whether something is dated after the day: what is still to come proves nothing. A stated end may lie ahead."""
    return expires.stated is None and dated > on


def in_words_of(expires: Expiry) -> str:
    """When an answer ends, seen from its date: “12 months later; or sooner, with a new version”."""
    events = " or ".join(f"{event[:1].lower()}{event[1:]}" for event in expires.events)
    period = _period(expires)
    if not events:
        return period
    return f"{period}; or sooner, with {events}" if period else f"with {events}"


def _period(expires: Expiry) -> str:
    if expires.months is not None:
        return f"{expires.months} months later"
    if expires.days is not None:
        return f"{expires.days} days later"
    if expires.year_ends is not None:
        day = in_words(_day_of(2001, expires.year_ends)).rpartition(" ")[0]
        return f"when the next year ends, which is on {day}"
    return "when that day is over" if expires.stated is not None else ""
