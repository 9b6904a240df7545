"""The clock of a case, whatever is asked and whenever: nobody's day is counted twice, and none is lost."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.assurance.queries.cases import holidays_of
from marketplace.assurance.rules.clock import ASSESSMENT_DAYS, REPLY_DAYS, Stop, assessment_due, clock_of, reply_due
from marketplace.kit.calendar import Holidays, working_days_between

MONDAY = date(2026, 6, 1)
NO_HOLIDAYS = Holidays(2025, 2028, {})


@st.composite
def stops(draw) -> list[Stop]:
    """Questions asked and replied to in any order, some at the same time, the last perhaps open still."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        asked = MONDAY + timedelta(days=draw(st.integers(0, 60)))
        took = draw(st.none() | st.integers(0, 40))
        found.append(Stop(asked, None if took is None else asked + timedelta(days=took)))
    return found


@given(stops(), st.integers(0, 120))
def test_the_days_of_both_together_are_the_working_days_since_the_application(found, day):
    on = MONDAY + timedelta(days=day)

    clock = clock_of(MONDAY, found, NO_HOLIDAYS, on=on)

    assert clock.used + clock.waited == working_days_between(MONDAY + timedelta(days=1), on, NO_HOLIDAYS)
    assert clock.left == ASSESSMENT_DAYS - clock.used


@given(stops(), st.integers(0, 119))
def test_what_is_left_never_grows_from_one_day_to_the_next(found, day):
    one, next_one = (clock_of(MONDAY, found, NO_HOLIDAYS, on=MONDAY + timedelta(days=day + more)) for more in (0, 1))

    assert next_one.left <= one.left


@given(stops(), st.integers(0, 119))
def test_it_stands_still_while_anything_is_open(found, day):
    on = MONDAY + timedelta(days=day)
    known = [stop for stop in found if stop.asked_on <= on]
    open_ones = [*known, Stop(on, None)]

    later = [clock_of(MONDAY, open_ones, NO_HOLIDAYS, on=on + timedelta(days=more)).left for more in (0, 3, 30)]

    assert len(set(later)) == 1


@given(stops(), st.randoms())
def test_the_order_of_questions_changes_nothing(found, random):
    mixed = list(found)
    random.shuffle(mixed)

    assert clock_of(MONDAY, found, NO_HOLIDAYS, on=date(2026, 9, 1)) == clock_of(
        MONDAY, mixed, NO_HOLIDAYS, on=date(2026, 9, 1)
    )


def test_a_reply_is_due_ten_working_days_after_the_question_over_a_bank_holiday(frameworks):
    assert REPLY_DAYS == 10
    assert reply_due(date(2026, 12, 17), holidays_of(frameworks)) == date(2027, 1, 6), "Christmas, New Year, 2 January"


def test_a_late_reply_is_told_by_how_many_days(frameworks):
    clock = clock_of(MONDAY, [Stop(MONDAY, None)], NO_HOLIDAYS, on=MONDAY + timedelta(days=21))

    assert (clock.supplier_left, clock.supplier_due) == (-5, date(2026, 6, 15))


def test_beyond_the_holidays_that_are_known_it_says_so():
    with pytest.raises(LookupError, match="bank holidays are known"):
        clock_of(date(2028, 12, 20), [], NO_HOLIDAYS, on=date(2029, 1, 3))


@given(stops(), st.integers(0, 90))
def test_on_the_last_day_of_the_assessors_nothing_is_left_and_on_the_day_before_something_is(found, day):
    on = MONDAY + timedelta(days=day)
    replied = [Stop(one.asked_on, one.replied_on or max(on, one.asked_on)) for one in found if one.asked_on <= on]

    due = assessment_due(MONDAY, found, NO_HOLIDAYS, on=on)

    assert clock_of(MONDAY, replied, NO_HOLIDAYS, on=due).left == 0
    assert clock_of(MONDAY, replied, NO_HOLIDAYS, on=due - timedelta(days=1)).left == 1


def test_an_open_question_moves_the_last_day_by_each_working_day():
    asked = [Stop(MONDAY + timedelta(days=1), None)]

    days = [assessment_due(MONDAY, asked, NO_HOLIDAYS, on=MONDAY + timedelta(days=n)) for n in (1, 2, 3)]

    assert days == [date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)]
