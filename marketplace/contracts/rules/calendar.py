"""Dates of a contract as a calendar that other programs take in. Source: RFC 5545."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets of a line; what is longer goes on in the next, which begins with a space."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole day: `uid` stays the same for life, so that a calendar that is read again does not double it."""

    uid: str
    on: date
    title: str
    words: str = ""
    is_done: bool = False


def calendar(name: str, entries: Iterable[Entry], *, at: datetime) -> str:
    """The calendar as text, its lines folded and ended as the standard says."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Touchstone//Contracts//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_escaped(name)}",
    ]  # fmt: skip
    for entry in entries:
        lines += _event(entry, at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: Entry, at: datetime) -> list[str]:
    done = [f"STATUS:{'CANCELLED' if entry.is_done else 'CONFIRMED'}", "TRANSP:TRANSPARENT"]
    return [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(entry.title)}",
        *([f"DESCRIPTION:{_escaped(entry.words)}"] if entry.words else []),
        *done,
        "END:VEVENT",
    ]


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
