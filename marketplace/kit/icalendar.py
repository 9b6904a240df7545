"""Days and moments by which something is due, as a calendar that other programs take in. Source: RFC 5545.

A deadline that falls on a day is written as that day. One that falls on a moment is written in UTC, so that an hour
that the clocks of London show twice in October is one hour alone, and a reader anywhere sees it where it belongs.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from marketplace.kit.values import Value

LONGEST_LINE = 75
"""Octets of a line; what is longer goes on in the next, which begins with a space."""
READ_AGAIN = "PT4H"
"""How often a program that follows a calendar is asked to read it again. Source: RFC 7986, 5.7."""


class Entry(Value):
    """A whole day, or the moment `at` of it; `on` is its day in London.

    `uid` stays the same for life, so that a calendar that is read again does not double it. `kind` names what it
    belongs to, and `path` the page where it is dealt with. What merely happens then is no task, and is never late.
    """

    uid: str
    on: date
    title: str
    words: str = ""
    is_done: bool = False
    kind: str = ""
    path: str = ""
    at: datetime | None = None
    is_task: bool = True


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """By day, whole days before moments; the same order however they were read."""

    def place(one: Entry) -> tuple[date, float, str, str]:
        return one.on, one.at.timestamp() if one.at is not None else 0.0, one.title, one.uid

    return sorted(entries, key=place)


def calendar(
    name: str, entries: Iterable[Entry], *, at: datetime, base_url: str = "", kinds: Mapping[str, str] | None = None
) -> str:
    """The calendar as text, its lines folded and ended as the standard says; `kinds` are the words for kinds."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Touchstone//Calendar//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}", "X-WR-TIMEZONE:Europe/London",
        f"REFRESH-INTERVAL;VALUE=DURATION:{READ_AGAIN}", f"X-PUBLISHED-TTL:{READ_AGAIN}",
    ]  # fmt: skip
    for entry in entries:
        lines += _event(entry, at, base_url, kinds or {})
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, at: datetime, base_url: str, kinds: Mapping[str, str]) -> list[str]:
    word = kinds.get(entry.kind, "")
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{_moment(at)}",
        *_when(entry),
        f"SUMMARY:{_escaped(entry.title)}",
        *([f"DESCRIPTION:{_escaped(entry.words)}"] if entry.words else []),
        *([f"CATEGORIES:{_escaped(word)}"] if word else []),
        *([f"URL:{base_url}{entry.path}"] if base_url and entry.path else []),
        f"STATUS:{'CANCELLED' if entry.is_done else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _when(entry: Entry) -> list[str]:
    """A moment ends as it begins: an event that names no end takes no time."""
    if entry.at is not None:
        return [f"DTSTART:{_moment(entry.at)}"]
    return [f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}", f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for char, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "\\n")):
        text = text.replace(char, written)
    return text


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never cut within a character."""
    part, size = "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + char, size + width
    yield part
