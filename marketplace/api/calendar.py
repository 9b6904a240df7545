"""Everything that is due for the caller, from all rooms, as data and for other programs' calendars."""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, EVERYTHING, Asked, Document, get
from marketplace.api.shapes import Asking, Line, Listed, Out, all_of
from marketplace.faces.dates import KINDS, check_kinds, dates_for, followed, is_late
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid
from marketplace.kit.icalendar import Entry

USUAL = timedelta(days=92)


class Wanted(Asking):
    """From a day to a day, both included; of some kinds, with commas between them, or of all."""

    first: date | None = None
    last: date | None = None
    kinds: Line = ""


class Kinds(Asking):
    """Of some kinds, with commas between them, or of all."""

    kinds: Line = ""


class DateOut(Out):
    """A day, or the moment `at` of it, by which something is due or on which it happens."""

    id: str
    kind: Annotated[str, Field(description=f"one of {', '.join(KINDS)}")]
    title: str
    words: str
    on: date
    at: datetime | None
    is_done: bool
    is_late: bool
    path: str


@get("/calendar", who=ANYBODY_SIGNED_IN, scope=EVERYTHING)
def list_dates(ask: Asked, query: Wanted) -> Listed[DateOut]:
    """What is due, in order; three months from today unless days are given."""
    first = query.first or day_in_london(ask.at)
    last = query.last or first + USUAL
    if last < first:
        told = "The last day is before the first one."
        raise Invalid(f"{last} is before {first}", told, fields={"last": told})
    found = dates_for(
        ask.db, ask.services.frameworks, by=ask.by, at=ask.at, first=first, last=last, kinds=_kinds(query.kinds)
    )  # fmt: skip
    return all_of(_date(ask, each) for each in found)


@get("/calendar.ics", who=ANYBODY_SIGNED_IN, scope=EVERYTHING, media_type="text/calendar")
def take_dates(ask: Asked, query: Kinds) -> Document:
    """The same as a calendar of other programs, three months back and a year ahead."""
    written = followed(
        ask.db, ask.services.frameworks, by=ask.by, at=ask.at, base_url=ask.services.base_url,
        kinds=_kinds(query.kinds),
    )  # fmt: skip
    return Document(written.encode(), "text/calendar; charset=utf-8")


def _kinds(text: str) -> list[str]:
    kinds = [part.strip() for part in text.split(",") if part.strip()]
    check_kinds(kinds)
    return kinds


def _date(ask: Asked, one: Entry) -> DateOut:
    return DateOut(
        id=one.uid, kind=one.kind, title=one.title, words=one.words, on=one.on, at=one.at, is_done=one.is_done,
        is_late=is_late(one, at=ask.at), path=one.path,
    )  # fmt: skip


CALLS = [list_dates, take_dates]
