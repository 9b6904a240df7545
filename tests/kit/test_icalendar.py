"""Dates for other programs' calendars: lines, days, and the hours at which the clocks of London change."""

from datetime import UTC, date, datetime

import pytest

from marketplace.kit.icalendar import Entry, calendar, in_order
from marketplace.procurement.rules.deadlines import due_in_words, is_late, moment_of, step_of

AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def lines_of(*entries: Entry, **more: object) -> list[str]:
    return calendar("Mine", entries, at=AT, **more).split("\r\n")


def test_a_whole_day_ends_where_the_next_begins():
    lines = lines_of(Entry("a@touchstone", date(2026, 12, 31), "Last day"))

    assert "DTSTART;VALUE=DATE:20261231" in lines
    assert "DTEND;VALUE=DATE:20270101" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]


def test_lines_are_folded_at_75_octets_and_never_within_a_character():
    title = "Gŵyl " * 40
    text = calendar("Mine", [Entry("a@touchstone", date(2026, 12, 1), title)], at=AT)

    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert f"SUMMARY:{title}" in text.replace("\r\n ", "")


def test_what_people_type_breaks_out_of_no_line():
    sly = "a;b,c\\d\r\nATTENDEE:mailto:x@example.org"
    lines = lines_of(Entry("a@touchstone", date(2026, 12, 1), "T", sly))

    assert "DESCRIPTION:a\\;b\\,c\\\\d\\nATTENDEE:mailto:x@example.org" in "".join(lines).replace(" ", "")
    assert not any(line.startswith("ATTENDEE") for line in lines)


@pytest.mark.parametrize(
    ("day", "hour", "which", "written"),
    [
        (date(2026, 10, 25), "00:59", None, "20261024T235900Z"),
        (date(2026, 10, 25), "01:30", "first", "20261025T003000Z"),
        (date(2026, 10, 25), "01:30", "second", "20261025T013000Z"),
        (date(2026, 10, 25), "02:01", None, "20261025T020100Z"),
        (date(2027, 3, 28), "00:59", None, "20270328T005900Z"),
        (date(2027, 3, 28), "02:01", None, "20270328T010100Z"),
        (date(2027, 6, 30), "17:00", None, "20270630T160000Z"),
    ],
)
def test_a_moment_is_the_same_moment_for_every_reader(day, hour, which, written):
    moment = moment_of(day, hour, which=which)

    assert f"DTSTART:{written}" in lines_of(Entry("a@touchstone", day, "Bids", at=moment))


def test_the_hour_that_comes_twice_says_which_it_is():
    first, second = (moment_of(date(2026, 10, 25), "01:30", which=which) for which in ("first", "second"))

    assert due_in_words(date(2026, 10, 25), first) == "25 October 2026, 01:30 (BST)"
    assert due_in_words(date(2026, 10, 25), second) == "25 October 2026, 01:30 (GMT)"
    assert due_in_words(date(2026, 10, 25), None) == "25 October 2026"
    assert not is_late(date(2026, 10, 25), second, at=first)
    assert is_late(date(2026, 10, 25), first, at=second)


def test_a_day_counts_to_its_end_in_london_and_each_step_comes_once():
    day = date(2026, 7, 1)
    steps = [
        step_of(day, None, at=datetime(2026, *moment, tzinfo=UTC))
        for moment in ((6, 23, 12), (6, 24, 12), (6, 29, 22, 59), (6, 29, 23), (6, 30, 22, 59), (6, 30, 23), (7, 1, 22, 59),
                       (7, 1, 23))
    ]  # fmt: skip

    assert steps == ["", "in-7-days", "in-7-days", "tomorrow", "tomorrow", "today", "today", "late"]


def test_whole_days_stand_before_moments_of_the_same_day():
    day = date(2026, 12, 1)
    noon = Entry("b@touchstone", day, "Noon", at=datetime(2026, 12, 1, 12, tzinfo=UTC))

    assert in_order([noon, Entry("a@touchstone", day, "Zero")])[0].title == "Zero"


def test_links_and_kinds_are_there_for_a_reader_that_shows_them():
    entry = Entry("a@touchstone", date(2026, 12, 1), "Pay", kind="payment", path="/invoices/1")
    lines = lines_of(entry, base_url="https://t.example", kinds={"payment": "Invoices"})

    assert {"CATEGORIES:Invoices", "URL:https://t.example/invoices/1"} <= set(lines)
