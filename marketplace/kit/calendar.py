"""Days that count: bank holidays of each nation, working days, periods, and the clock of London.

Pure: the holidays are data (frameworks/calendars), and what day it is is for the caller to say.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

LONDON = ZoneInfo("Europe/London")
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
STANDSTILL_WORKING_DAYS = 8
ONE_DAY = timedelta(days=1)


class Holidays(Value):
    """The bank holidays of each nation, over years that are known in full."""

    first_year: int
    last_year: int
    nations: Mapping[str, Mapping[date, str]]

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> "Holidays":
        """From a calendar as it is declared: `first-year`, `last-year`, and for each of `nations` a list of holidays.

        Raises ValueError for a holiday outside those years, or one that stands there twice.
        """
        first, last = int(data["first-year"]), int(data["last-year"])
        nations = {nation: _days(nation, rows) for nation, rows in data["nations"].items()}
        for nation, days in nations.items():
            stray = [day for day in days if not first <= day.year <= last]
            if stray:
                raise ValueError(f"{stray[0]} of {nation} is outside {first} to {last}")
        return Holidays(first, last, nations)

    def of(self, nation: str) -> "Holidays":
        """Those of one nation alone. Raises KeyError for one that is not declared."""
        return Holidays(self.first_year, self.last_year, {nation: self.nations[nation]})

    def on(self, day: date) -> dict[str, str]:
        """What is kept on that day, by nation. Raises LookupError outside the years that are known."""
        if not self.first_year <= day.year <= self.last_year:
            raise LookupError(
                f"bank holidays are known from {self.first_year} to {self.last_year}, and {day} is outside"
            )
        return {nation: days[day] for nation, days in self.nations.items() if day in days}


def _days(nation: str, rows: list[Mapping[str, Any]]) -> dict[date, str]:
    days: dict[date, str] = {}
    for row in rows:
        day = row["date"] if isinstance(row["date"], date) else date.fromisoformat(row["date"])
        if day in days:
            raise ValueError(f"{day} stands twice among the holidays of {nation}")
        days[day] = row["name"]
    return days


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Whether no Saturday, Sunday or bank holiday in any of the nations given falls on it.

    With all nations, the rule of the Procurement Act 2023, s. 123: a holiday in one part of the United Kingdom
    counts in all. Raises LookupError outside the holidays' years.
    """
    kept = holidays.on(day)
    return day.weekday() < 5 and not kept


def working_days_from(day: date, holidays: Holidays) -> Iterator[date]:
    """Every working day from `day` on, itself included. Raises LookupError where the holidays end."""
    while True:
        if is_working_day(day, holidays):
            yield day
        day += ONE_DAY


def nth_working_day(day: date, count: int, holidays: Holidays) -> date:
    """Last day of `count` working days beginning with `day`, which is the first if it is a working day itself."""
    if count < 1:
        raise ValueError(f"a period has at least one working day, not {count}")
    days = working_days_from(day, holidays)
    return [next(days) for _ in range(count)][-1]


def working_days_after(day: date, count: int, holidays: Holidays) -> date:
    """The working day that is `count` working days after `day`; `day` itself does not count."""
    return nth_working_day(day + ONE_DAY, count, holidays)


def working_days_between(first: date, last: date, holidays: Holidays) -> int:
    """How many working days there are from `first` to `last`, both included; 0 where `last` is earlier."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def standstill_ends(notice_on: date, holidays: Holidays, *, working_days: int = STANDSTILL_WORKING_DAYS) -> date:
    """Last day of the standstill: the eighth working day, counting the day of the contract award notice.

    A longer one that the notice states binds. The contract may be entered into from the day after.
    Raises LookupError beyond the holidays. Source: Procurement Act 2023, s. 51.
    """
    if working_days < STANDSTILL_WORKING_DAYS:
        raise ValueError(f"a standstill has at least {STANDSTILL_WORKING_DAYS} working days, not {working_days}")
    return nth_working_day(notice_on, working_days, holidays)


def last_day_of(begins: date, days: int) -> date:
    """Last day of a period of that many calendar days beginning with `begins`."""
    if days < 1:
        raise ValueError(f"a period has at least one day, not {days}")
    return begins + timedelta(days=days - 1)


def earliest_deadline(invited_on: date, days: int) -> date:
    """Last day of a minimum period of that many calendar days, which begins the day after the invitation.

    It need not be a working day. Source: Procurement Act 2023, s. 54.
    """
    return last_day_of(invited_on + ONE_DAY, days)


def add_months(day: date, months: int) -> date:
    """The same day of a later (or earlier) month, or its last where there is none: 31 January + 1 is 28 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def london(moment: datetime) -> datetime:
    """A moment as the clocks of London show it."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no time zone")
    return moment.astimezone(LONDON)


def day_in_london(moment: datetime) -> date:
    """On which day it is, in London."""
    return london(moment).date()


def from_london(clock: datetime, *, which: Literal["first", "second"] | None = None) -> datetime:
    """The moment, in UTC, at which the clocks of London show this.

    Raises Invalid for a time that the clocks skip in March, and, unless `which` says, for one that they show
    twice in October.
    """
    if clock.tzinfo is not None:
        raise ValueError(f"{clock} already names its time zone")
    first, second = (clock.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    shown = f"{clock:%H:%M} on {in_words(clock.date())}"
    if first > second:
        raise Invalid(f"{shown} does not exist: the clocks go forward", "Choose a time before 01:00 or from 02:00.")
    if first < second and which is None:
        raise Invalid(f"{shown} comes twice: the clocks go back", "Say which is meant, or choose another hour.")
    return second if which == "second" else first


def hours_of_london(day: date) -> tuple[datetime, datetime]:
    """When that day begins and the next one does, in UTC: 23, 24 or 25 hours."""
    start, end = (datetime.combine(each, time(), LONDON).astimezone(UTC) for each in (day, day + ONE_DAY))
    return start, end


def month_in_london(year: int, month: int) -> tuple[datetime, datetime]:
    """When that month begins in London and the next one does, in UTC."""
    first = date(year, month, 1)
    return hours_of_london(first)[0], hours_of_london(add_months(first, 1))[0]


def in_words(day: date) -> str:
    """As people write it: 2 January 2027."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def parse_day(text: str) -> date:
    """A day written as 2027-01-31. Raises Invalid, naming what was typed, for anything else and for no such day."""
    typed = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text.strip()) if len(text) < 40 else None
    if typed is None:
        raise Invalid(f"{quote(text)} is not a date", "Write year, month and day, such as 2027-01-31.")
    try:
        return date(int(typed[1]), int(typed[2]), int(typed[3]))
    except ValueError:
        raise Invalid(f"{quote(text)} is a day that does not exist", "Check the month and the day.") from None
