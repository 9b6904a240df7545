"""When a deadline of a project is near, late, and how its day and hour are read and told. The clocks are London's."""

import re
from datetime import date, datetime, time, timedelta
from typing import Literal

from marketplace.kit.calendar import day_in_london, from_london, in_words, london
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

STEPS = {"in-7-days": 7, "tomorrow": 1, "today": 0}
"""When people are told ahead, by how many days before it. Each is told once."""
LATE = "late"
SOON = timedelta(days=14)
_HOUR = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
Which = Literal["first", "second"]


def step_of(due_on: date, due_at: datetime | None, *, at: datetime) -> str:
    """The last step that has begun at a moment; empty where it is further away than any."""
    if is_late(due_on, due_at, at=at):
        return LATE
    left = (due_on - day_in_london(at)).days
    begun = [step for step, days in STEPS.items() if left <= days]
    return begun[-1] if begun else ""


def is_late(due_on: date, due_at: datetime | None, *, at: datetime) -> bool:
    """A day counts to its end in London, a moment until it comes."""
    return due_at <= at if due_at is not None else due_on < day_in_london(at)


def moment_of(day: date, hour: str, *, which: Which | None = None) -> datetime | None:
    """The moment at which the clocks of London show that hour of a day; None where no hour was given.

    Raises Invalid for what is no hour, for one that the clocks skip, and for one that comes twice unless `which` says.
    """
    typed = hour.strip()
    if not typed:
        return None
    read = _HOUR.fullmatch(typed)
    if read is None:
        raise Invalid(f"{quote(hour)} is not an hour", "Write hours and minutes, such as 12:00 or 17:30.")
    return from_london(datetime.combine(day, time(int(read[1]), int(read[2]))), which=which)


def due_in_words(due_on: date, due_at: datetime | None) -> str:
    """ "30 June 2027", or "30 June 2027, 17:00"; with the offset where the same hour comes twice."""
    if due_at is None:
        return in_words(due_on)
    shown = london(due_at)
    twice = shown.replace(fold=0).utcoffset() != shown.replace(fold=1).utcoffset()
    return f"{in_words(due_on)}, {shown:%H:%M}{f' ({shown:%Z})' if twice else ''}"


def time_of(due_at: datetime | None) -> str:
    """The hour that the clocks of London show then; empty for a whole day."""
    return f"{london(due_at):%H:%M}" if due_at is not None else ""
