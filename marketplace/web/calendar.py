"""My calendar: everything that is due for me, by month or as a list, and the address under which programs read it."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from marketplace.contracts.rules.periods import first_day, in_words, last_day, parse_period, period_of
from marketplace.faces.ask import Ask, hash_of
from marketplace.faces.dates import KINDS, check_kinds, dates_for, followed, is_late
from marketplace.identity.actions.calendars import end_feed, make_feed
from marketplace.identity.queries.calendars import feed_of, reader_of
from marketplace.kit.calendar import ONE_DAY, add_months, day_in_london, london
from marketplace.kit.icalendar import Entry
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Download, Goto, Page, page, post

AHEAD, BACK = 12, 3
"""Months that the list reaches ahead, and back for what is late."""
ICS = "text/calendar; charset=utf-8"


@page("/calendar", who=ANYBODY_SIGNED_IN)
def show_calendar(ask: Ask) -> Page:
    """What is due, in a month or as a list."""
    kinds, today = ask.query.all("kind"), day_in_london(ask.at)
    check_kinds(kinds)
    is_list = ask.query.one("view") == "list"
    month = parse_period(ask.query.one("month") or period_of(today))
    values = {
        "is_list": is_list,
        "kinds": [{"key": key, "label": label, "chosen": key in kinds} for key, label in KINDS.items()],
        "chosen": [KINDS[kind] for kind in kinds],
        "month": month,
        "month_words": in_words(month),
        "with_done": ask.query.one("done") == "yes",
        "views": [
            {"label": "Month", "url": address(month=month, kinds=kinds), "current": not is_list},
            {"label": "List", "url": address(view="list", kinds=kinds), "current": is_list},
        ],
    }
    told = _listed(ask, kinds, today) if is_list else _month(ask, kinds, month, today)
    return Page("calendar/calendar.html", {**values, **told})


def _month(ask: Ask, kinds: Sequence[str], month: str, today: date) -> dict[str, Any]:
    """The days of a month, each with what is due on it."""
    first, last = first_day(month), last_day(month)
    entries = _entries(ask, kinds, first, last)
    before, after = add_months(first, -1), add_months(first, 1)
    return {
        "days": [
            {
                "on": day, "number": day.day, "weekday": f"{day:%A}", "column": day.isoweekday(),
                "is_today": day == today, "entries": [shown(each, ask) for each in entries if each.on == day],
            }
            for day in days_from(first, last)
        ],
        "groups": [],
        "late": [],
        "count": len(entries),
        "before": {"url": address(month=period_of(before), kinds=kinds), "label": in_words(period_of(before))},
        "after": {"url": address(month=period_of(after), kinds=kinds), "label": in_words(period_of(after))},
    }  # fmt: skip


def _listed(ask: Ask, kinds: Sequence[str], today: date) -> dict[str, Any]:
    """What is late, then what is ahead, by month."""
    entries = _entries(ask, kinds, add_months(today, -BACK), add_months(today, AHEAD))
    late = [each for each in entries if is_late(each, at=ask.at)]
    ahead = [each for each in entries if each.on >= today and each not in late]
    months = groupby(ahead, key=lambda each: period_of(each.on))
    return {
        "days": [],
        "late": [shown(each, ask) for each in late],
        "groups": [
            {"label": in_words(month), "entries": [shown(each, ask) for each in found]} for month, found in months
        ],
        "count": len(late) + len(ahead),
        "before": None,
        "after": None,
    }


def _entries(ask: Ask, kinds: Sequence[str], first: date, last: date) -> list[Entry]:
    found = dates_for(
        ask.db, ask.services.frameworks, by=ask.by, at=ask.at, first=first, last=last, kinds=kinds
    )  # fmt: skip
    return found if ask.query.one("done") == "yes" else [entry for entry in found if not entry.is_done]


def shown(entry: Entry, ask: Ask) -> dict[str, Any]:
    """A date as a page says it: its hour is that of London's clocks."""
    return {
        "title": entry.title,
        "url": entry.path,
        "text": entry.words,
        "due": entry.on,
        "hour": f"{london(entry.at):%H:%M}" if entry.at is not None else "",
        "kind": KINDS[entry.kind],
        "late": is_late(entry, at=ask.at),
        "done": entry.is_done,
    }


def days_from(first: date, last: date) -> Iterable[date]:
    while first <= last:
        yield first
        first += ONE_DAY


def address(*, view: str = "", month: str = "", kinds: Sequence[str] = ()) -> str:
    """The calendar, seen so."""
    parts = [("view", view), ("month", month), *(("kind", kind) for kind in kinds)]
    query = urlencode([(name, value) for name, value in parts if value])
    return f"/calendar?{query}" if query else "/calendar"


@page("/calendar/feed", who=ANYBODY_SIGNED_IN)
def show_feed(ask: Ask) -> Page:
    """Whether one's calendar has an address, and making or ending it."""
    feed = feed_of(ask.db, by=ask.by)
    return Page("calendar/feed.html", {"made_at": feed.made_at if feed is not None else None, "address": ""})


@post("/calendar/feed", who=ANYBODY_SIGNED_IN)
def give_address(ask: Ask) -> Page:
    """Make an address, or another one in place of it, and show it this once."""
    secret = make_feed(ask.db, by=ask.by, at=ask.at)
    where = f"{ask.services.base_url}/calendar/feed/{secret}/touchstone.ics"
    return Page("calendar/feed.html", {"made_at": ask.at, "address": where})


@post("/calendar/feed/end", who=ANYBODY_SIGNED_IN)
def take_address(ask: Ask) -> Goto:
    """End the address."""
    end_feed(ask.db, by=ask.by, at=ask.at)
    return Goto("/calendar/feed", told="The address has ended. Programs that still have it find nothing there.")


@page("/calendar/feed/{secret:str}/touchstone.ics", who=PUBLIC)
def read_feed(ask: Ask, secret: str) -> Download:
    """The dates of whoever made this address, as far as they may see them today; no page leads here."""
    reader = reader_of(ask.db, hash_of(secret), at=ask.at)
    written = followed(
        ask.db, ask.services.frameworks, by=reader, at=ask.at, base_url=ask.services.base_url,
        kinds=ask.query.all("kind"),
    )  # fmt: skip
    headers = {"content-disposition": 'inline; filename="touchstone.ics"', "referrer-policy": "no-referrer"}
    return Download(written, ICS, headers)


@page("/calendar/dates.ics", who=ANYBODY_SIGNED_IN)
def take_dates(ask: Ask) -> Download:
    """The same dates once, as a file."""
    kinds = ask.query.all("kind")
    written = followed(
        ask.db, ask.services.frameworks, by=ask.by, at=ask.at, base_url=ask.services.base_url, kinds=kinds
    )  # fmt: skip
    return Download(written, ICS, {"content-disposition": 'attachment; filename="touchstone.ics"'})


ROUTES = [show_calendar, show_feed, give_address, take_address, read_feed, take_dates]
