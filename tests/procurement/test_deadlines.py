"""The deadlines of a project: who sets them, what moves them, who is told, and what stays in the trail."""

from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.procurement.actions.deadlines import (
    Due,
    meet_deadline,
    move_deadline,
    remove_deadline,
    set_deadline,
    tell_of_deadlines,
)
from marketplace.procurement.actions.people import add_colleague
from marketplace.procurement.queries.dates import dates_of
from marketplace.procurement.queries.trail import trail_of
from tests.procurement.test_hearing import titles

FRIDAY = date(2026, 12, 4)
YEAR = {"first": date(2026, 1, 1), "last": date(2027, 12, 31)}


@pytest.fixture
def due(db, project, buyer, now):
    made = set_deadline(db, project, label="Demonstrations", due=Due(FRIDAY, "17:00"), by=buyer, at=now)
    db.flush()
    return made


def test_a_deadline_stands_in_the_calendar_of_who_sees_the_project_and_of_nobody_else(
    db, project, due, buyer, other_buyer, lumen, now
):
    (mine,) = dates_of(db, by=buyer, **YEAR)

    assert (mine.on, mine.at) == (FRIDAY, datetime(2026, 12, 4, 17, tzinfo=UTC))
    assert mine.title == "Demonstrations: Ambient scribing, winter 2026"
    assert dates_of(db, by=other_buyer, **YEAR) == dates_of(db, by=lumen, **YEAR) == []
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    assert [entry.title for entry in dates_of(db, by=other_buyer, **YEAR)] == [mine.title]


def test_people_are_told_a_week_before_the_day_before_on_the_day_and_when_it_is_late_once_each(
    db, project, due, buyer, now
):
    for days, hour in ((-8, 12), (-7, 12), (-6, 12), (-1, 12), (0, 9), (0, 16), (0, 18), (3, 9)):
        at = datetime(2026, 12, 4, hour, tzinfo=UTC) + timedelta(days=days)
        tell_of_deadlines(db, at=at)
        db.flush()

    told = ["Within a week", "By tomorrow", "Today", "Overdue"]
    assert titles(db, buyer, "task") == [f"{word}: Demonstrations" for word in told]


def test_where_somebody_sees_to_it_they_alone_are_told_and_what_is_done_tells_nobody(
    db, project, buyer, other_buyer, now
):
    seat = add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    today = Due(now.date())
    set_deadline(db, project, label="Visit", due=today, owner_id=seat.person_id, by=buyer, at=now)
    done = set_deadline(db, project, label="Call", due=today, by=buyer, at=now)
    db.flush()
    meet_deadline(db, project, done.id, by=buyer, at=now)
    tell_of_deadlines(db, at=now)
    db.flush()

    assert titles(db, other_buyer, "task") == ["Today: Visit"]
    assert titles(db, buyer, "task") == []


def test_every_move_stays_in_the_trail_with_its_reason(db, project, due, buyer, frameworks, now):
    move_deadline(db, project, due.id, due=Due(date(2026, 12, 11)), reason="The clinic is closed.", by=buyer, at=now)
    remove_deadline(db, project, due.id, reason="We saw them elsewhere.", by=buyer, at=now)
    db.flush()

    lines = [line for line in trail_of(db, project, frameworks, by=buyer).lines if line.kind == "deadline"]
    assert [line.title for line in lines] == [
        "Deadline: Demonstrations", "Deadline moved: Demonstrations", "Deadline removed: Demonstrations",
    ]  # fmt: skip
    assert lines[0].text == "By 4 December 2026, 17:00"
    assert (lines[1].text, lines[1].reason) == ("From 4 December 2026 to 11 December 2026", "The clinic is closed.")
    assert dates_of(db, by=buyer, **YEAR) == []
    with pytest.raises(Conflict, match="removed already"):
        meet_deadline(db, project, due.id, by=buyer, at=now)


@pytest.mark.parametrize(
    ("label", "due", "field"),
    [
        ("", Due(FRIDAY), "label"),
        ("Visit", Due(None), "due_on"),
        ("Visit", Due(date(2026, 11, 23)), "due_on"),
        ("Visit", Due(FRIDAY, "25:00"), "hour"),
        ("Visit", Due(date(2027, 3, 28), "01:30"), "hour"),
        ("Visit", Due(date(2027, 10, 31), "01:30"), "hour"),
    ],
)
def test_what_is_no_deadline_is_refused_by_its_field(db, project, buyer, now, label, due, field):
    with pytest.raises(Invalid) as refused:
        set_deadline(db, project, label=label, due=due, by=buyer, at=now)

    assert list(refused.value.fields) == [field]


def test_readers_and_strangers_set_none(db, project, due, buyer, other_buyer, now):
    with pytest.raises(NotAllowed):
        set_deadline(db, project, label="Mine", due=Due(FRIDAY), by=other_buyer, at=now)
    add_colleague(db, project, email="tom.bevan@example.org", access="read", by=buyer, at=now)
    with pytest.raises(NotAllowed):
        meet_deadline(db, project, due.id, by=other_buyer, at=now)
    with pytest.raises(NotFound):
        meet_deadline(db, project, project.id, by=buyer, at=now)
