"""Days that count: the bank holidays of four nations, the standstill of the Act, and the clock of London."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.calendar import (
    Holidays,
    add_months,
    day_in_london,
    earliest_deadline,
    from_london,
    hours_of_london,
    in_words,
    is_working_day,
    last_day_of,
    london,
    month_in_london,
    nth_working_day,
    parse_day,
    standstill_ends,
    working_days_after,
    working_days_between,
)
from marketplace.kit.errors import Invalid

DECLARED = Path(__file__).parents[2] / "frameworks" / "calendars" / "bank-holidays.yaml"
HOLIDAYS = Holidays.from_data(yaml.safe_load(DECLARED.read_text()))
covered = st.dates(date(2025, 1, 1), date(2028, 9, 30))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("notice_on", "last_day"),
    [
        ("2026-11-24", "2026-12-04"),  # St Andrew's Day does not count
        ("2026-11-21", "2026-12-03"),  # a Saturday: day 1 is Monday 23 November
        ("2026-12-17", "2026-12-30"),  # Christmas Day, and the substitute of Boxing Day
        ("2026-12-24", "2027-01-08"),  # and New Year's Day, and 4 January in Scotland
        ("2027-03-15", "2027-03-25"),  # St Patrick's Day
        ("2027-07-08", "2027-07-20"),  # 12 July
        ("2026-06-11", "2026-06-23"),  # the World Cup bank holiday in Scotland
        ("2025-12-22", "2026-01-06"),  # two at Christmas, two at New Year
    ],
)
def test_the_standstill_ends_on_the_eighth_working_day_of_all_nations(notice_on, last_day):
    assert standstill_ends(day(notice_on), HOLIDAYS) == day(last_day)


def test_a_longer_standstill_that_the_notice_states_binds():
    assert standstill_ends(day("2026-11-24"), HOLIDAYS, working_days=10) == day("2026-12-08")


def test_a_shorter_standstill_is_an_error():
    with pytest.raises(ValueError, match="at least 8"):
        standstill_ends(day("2026-11-24"), HOLIDAYS, working_days=7)


@given(covered)
def test_a_standstill_holds_eight_working_days_and_ends_on_one(notice_on):
    last_day = standstill_ends(notice_on, HOLIDAYS)

    assert working_days_between(notice_on, last_day, HOLIDAYS) == 8
    assert is_working_day(last_day, HOLIDAYS)


@pytest.mark.parametrize(
    ("text", "nation"),
    [
        ("2026-01-02", "scotland"),
        ("2026-03-17", "northern-ireland"),
        ("2026-06-15", "scotland"),
        ("2026-07-13", "northern-ireland"),
        ("2026-08-03", "scotland"),
        ("2026-08-31", "england-and-wales"),
        ("2026-11-30", "scotland"),
        ("2028-01-04", "scotland"),
    ],
)
def test_a_holiday_of_one_nation_stops_the_clock_of_all(text, nation):
    assert nation in HOLIDAYS.on(day(text))
    assert not is_working_day(day(text), HOLIDAYS)


def test_a_holiday_of_scotland_is_a_working_day_for_england_alone():
    st_andrews_day = day("2026-11-30")

    assert is_working_day(st_andrews_day, HOLIDAYS.of("england-and-wales"))
    assert not is_working_day(st_andrews_day, HOLIDAYS.of("scotland"))


@pytest.mark.parametrize(
    ("nation", "counts"),
    [("england-and-wales", [8, 8, 8, 8]), ("scotland", [9, 10, 9, 9]), ("northern-ireland", [10, 10, 10, 10])],
)
def test_each_nation_keeps_as_many_bank_holidays_as_it_has(nation, counts):
    days = HOLIDAYS.nations[nation]

    assert [sum(kept.year == year for kept in days) for year in range(2025, 2029)] == counts
    assert all(kept.weekday() < 5 for kept in days)


def test_good_friday_and_easter_monday_are_where_the_moon_puts_them():
    easter = {2025: "2025-04-20", 2026: "2026-04-05", 2027: "2027-03-28", 2028: "2028-04-16"}

    for sunday in map(day, easter.values()):
        assert set(HOLIDAYS.on(sunday - timedelta(days=2)).values()) == {"Good Friday"}
        assert len(HOLIDAYS.on(sunday - timedelta(days=2))) == 3
        assert set(HOLIDAYS.on(sunday + timedelta(days=1))) == {"england-and-wales", "northern-ireland"}


@pytest.mark.parametrize("text", ["2024-12-31", "2029-01-01", "1999-06-01"])
def test_beyond_the_years_that_are_known_nothing_is_guessed(text):
    with pytest.raises(LookupError, match="2025 to 2028"):
        is_working_day(day(text), HOLIDAYS)


def test_a_standstill_that_would_run_beyond_the_calendar_is_not_guessed():
    with pytest.raises(LookupError, match="2029-01-01"):
        standstill_ends(day("2028-12-21"), HOLIDAYS)


@pytest.mark.parametrize(
    "rows",
    [
        [{"date": "2030-01-01", "name": "Later"}],
        [{"date": "2026-01-01", "name": "Twice"}] * 2,
        [{"date": "2026-02-30", "name": "Never"}],
    ],
)
def test_a_calendar_that_does_not_hold_is_an_error(rows):
    with pytest.raises(ValueError):
        Holidays.from_data({"first-year": 2025, "last-year": 2028, "nations": {"scotland": rows}})


def test_a_calendar_may_give_dates_as_yaml_dates():
    data = yaml.safe_load(
        "{first-year: 2026, last-year: 2026, nations: {wales: [{date: 2026-12-25, name: Christmas}]}}"
    )

    assert not is_working_day(day("2026-12-25"), Holidays.from_data(data))


def test_working_days_after_a_day_do_not_count_that_day():
    assert working_days_after(day("2026-11-27"), 1, HOLIDAYS) == day("2026-12-01")
    assert nth_working_day(day("2026-11-27"), 1, HOLIDAYS) == day("2026-11-27")
    assert working_days_after(day("2026-11-28"), 2, HOLIDAYS) == day("2026-12-02")


@given(covered, st.integers(1, 40))
def test_working_days_are_counted_the_same_both_ways(start, count):
    end = nth_working_day(start, count, HOLIDAYS)

    assert working_days_between(start, end, HOLIDAYS) == count
    assert working_days_between(start, end - timedelta(days=1), HOLIDAYS) == count - 1


@pytest.mark.parametrize(
    ("begins", "days", "last"),
    [
        ("2026-06-01", 30, "2026-06-30"),
        ("2026-06-01", 90, "2026-08-29"),
        ("2026-04-01", 56, "2026-05-26"),
        ("2026-11-24", 1, "2026-11-24"),
        ("2028-02-28", 2, "2028-02-29"),
        ("2027-02-28", 2, "2027-03-01"),
    ],
)
def test_a_period_of_days_counts_the_day_it_begins_with(begins, days, last):
    assert last_day_of(day(begins), days) == day(last)


def test_a_tendering_period_begins_the_day_after_the_invitation():
    deadline = earliest_deadline(day("2026-12-01"), 25)

    assert deadline == day("2026-12-26")
    assert not is_working_day(deadline, HOLIDAYS)


@pytest.mark.parametrize("count", [0, -1])
def test_a_period_without_a_day_is_an_error(count):
    with pytest.raises(ValueError):
        last_day_of(day("2026-01-01"), count)
    with pytest.raises(ValueError):
        nth_working_day(day("2026-01-01"), count, HOLIDAYS)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2027-01-31", 1, "2027-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-03-31", -13, "2025-02-28"),
        ("2026-05-05", 0, "2026-05-05"),
    ],
)
def test_months_are_added_to_the_same_day_or_the_last_of_the_month(start, months, end):
    assert add_months(day(start), months) == day(end)


def test_london_is_an_hour_ahead_in_summer_and_the_day_can_differ():
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)

    assert london(late).isoformat() == "2026-07-02T00:30:00+01:00"
    assert day_in_london(late) == day("2026-07-02")
    assert day_in_london(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == day("2026-12-01")


def test_an_hour_that_comes_twice_has_to_be_chosen():
    twice = datetime(2026, 10, 25, 1, 30)

    with pytest.raises(Invalid, match="01:30 on 25 October 2026 comes twice"):
        from_london(twice)
    assert from_london(twice, which="first") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert from_london(twice, which="second") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_hour_that_never_comes_is_refused():
    for which in (None, "first", "second"):
        with pytest.raises(Invalid, match="01:30 on 28 March 2027 does not exist"):
            from_london(datetime(2027, 3, 28, 1, 30), which=which)


@pytest.mark.parametrize(
    ("clock", "utc"),
    [
        ("2026-10-25T00:59:59", "2026-10-24T23:59:59+00:00"),
        ("2026-10-25T02:00:00", "2026-10-25T02:00:00+00:00"),
        ("2027-03-28T00:59:59", "2027-03-28T00:59:59+00:00"),
        ("2027-03-28T02:00:00", "2027-03-28T01:00:00+00:00"),
        ("2028-02-29T12:00:00", "2028-02-29T12:00:00+00:00"),
    ],
)
def test_the_hours_beside_a_change_of_the_clocks_are_certain(clock, utc):
    assert from_london(datetime.fromisoformat(clock)).isoformat() == utc


@given(st.datetimes(datetime(2025, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)))
def test_what_the_clock_shows_leads_back_to_the_moment(moment):
    shown = london(moment)

    assert from_london(shown.replace(tzinfo=None), which="second" if shown.fold else "first") == moment


@pytest.mark.parametrize(("text", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-11-24", 24)])
def test_a_day_of_london_has_as_many_hours_as_it_has(text, hours):
    start, end = hours_of_london(day(text))

    assert end - start == timedelta(hours=hours)
    assert day_in_london(start) == day_in_london(end - timedelta(microseconds=1)) == day(text)


def test_months_of_london_follow_each_other_without_a_gap():
    months = [month_in_london(year, month) for year in (2026, 2027, 2028) for month in range(1, 13)]

    assert all(earlier[1] == later[0] for earlier, later in pairwise(months))
    assert months[6] == (datetime(2026, 6, 30, 23, tzinfo=UTC), datetime(2026, 7, 31, 23, tzinfo=UTC))
    assert months[9] == (datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def test_times_are_aware_in_and_naive_only_where_they_are_a_clock():
    with pytest.raises(ValueError, match="names no time zone"):
        london(datetime(2026, 1, 1))
    with pytest.raises(ValueError, match="already names"):
        from_london(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1))))


def test_a_day_is_written_as_people_write_it():
    assert in_words(parse_day(" 2028-02-29 ")) == "29 February 2028"


@pytest.mark.parametrize("text", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-00-10", "0000-01-01"])
def test_a_day_that_does_not_exist_is_refused_by_name(text):
    with pytest.raises(Invalid, match=f'"{text}" is a day that does not exist'):
        parse_day(text)


@pytest.mark.parametrize(
    "text", ["", "today", "1/2/2026", "20260101", "2026-1-1", "２０２６-01-01", "2026-01-01T00:00", "2" * 999]
)
def test_what_is_not_a_date_is_refused_with_an_example(text):
    with pytest.raises(Invalid) as refused:
        parse_day(text)

    assert "2027-01-31" in refused.value.hint
