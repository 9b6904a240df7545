"""Charts over time with limits, and how many are needed, against worked examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.rules.process import (
    COMMON,
    CONCERN,
    FAILS,
    HIGH,
    HIT_AND_MISS,
    IMPROVEMENT,
    LOW,
    OUTSIDE,
    PASSES,
    SHIFT,
    TREND,
    TWO_OF_THREE,
    Settings,
    chart,
    limits_of,
)
from marketplace.evidence.rules.samples import (
    Chances,
    design_effect,
    for_half_width,
    for_means,
    for_none_seen,
    for_shares,
)

TWELVE = [42, 45, 39, 44, 41, 47, 40, 43, 46, 38, 44, 41]
SEVEN = [39, 38, 40, 37, 36, 39, 35]


def rounded(limits) -> list[float]:
    return [round(each, 4) for each in (limits.mean, limits.moving_range, limits.lower, limits.upper)]


def test_the_limits_are_those_of_the_worked_example():
    found = chart(TWELVE, Settings())

    assert rounded(found.limits) == [42.5000, 4.8182, 29.6836, 55.3164]
    assert [round(found.limits.near_lower, 4), round(found.limits.near_upper, 4)] == [33.9558, 51.0442]
    assert [point.signal for point in found.points] == [""] * 12
    assert found.variation == COMMON
    assert found.is_trial
    assert rounded(limits_of(TWELVE + SEVEN)) == [40.7368, 3.8333, 30.5402, 50.9335]


def test_seven_below_limits_that_were_fixed_are_all_flagged():
    found = chart(TWELVE + SEVEN, Settings(better="lower", fix_on=12))

    assert rounded(found.limits)[0] == 42.5
    assert [point.signal for point in found.points][12:] == [SHIFT] * 7
    assert [point.signal for point in found.points][:12] == [""] * 11 + [SHIFT]
    """The last of the twelve, 41, lies below the mean too and begins the run."""
    assert found.variation == IMPROVEMENT
    assert chart(TWELVE + SEVEN, Settings(better="higher", fix_on=12)).variation == CONCERN
    assert chart(TWELVE + SEVEN, Settings(fix_on=12)).variation == LOW
    assert not found.is_trial


def test_the_first_rule_that_holds_names_the_point():
    far = chart([10, 11] * 10 + [40], Settings())
    rising = chart([5, 3, 7, 5, 1, 2, 3, 4, 5, 6, 7], Settings(better="higher"))

    assert far.points[-1].signal == OUTSIDE
    assert far.variation == HIGH
    assert [point.signal for point in rising.points][-7:] == [TREND] * 7
    assert rising.variation == IMPROVEMENT
    assert TREND not in {point.signal for point in chart([1, 2, 3, 4, 4, 5, 6, 7], Settings()).points}


def test_two_of_three_near_a_limit_are_flagged_and_the_third_is_not():
    found = chart([10, 11, 10, 9, 10, 11, 10, 9, 10, 11, 10, 9, 12.4, 10.9, 12.4], Settings(fix_on=12))

    assert [point.signal for point in found.points][-3:] == [TWO_OF_THREE, "", TWO_OF_THREE]


@pytest.mark.parametrize(
    ("better", "target", "told"),
    [
        ("higher", 60, FAILS), ("lower", 60, PASSES), ("higher", 20, PASSES), ("lower", 20, FAILS),
        ("lower", 42, HIT_AND_MISS), ("neither", 42, ""), ("lower", None, ""),
    ],
)  # fmt: skip
def test_a_target_is_held_against_the_limits(better, target, told):
    assert chart(TWELVE, Settings(better=better, target=target)).assurance == told


def test_a_new_segment_has_its_own_limits_and_runs_can_be_longer():
    found = chart(TWELVE + SEVEN, Settings(rebase_at=(12,)))

    assert found.points[0].limits != found.limits
    assert round(found.limits.mean, 4) == 37.7143
    assert SHIFT not in {point.signal for point in chart(TWELVE + SEVEN, Settings(fix_on=12, shift=9)).points}
    assert limits_of([1, 2, 1, 2, 1, 2, 1, 2, 50], screens=True).moving_range == 1


def test_limits_need_enough_to_stand_on():
    with pytest.raises(ValueError, match="two values"):
        chart([1], Settings())
    with pytest.raises(ValueError, match="fixed on 12"):
        chart(TWELVE, Settings(fix_on=5))


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=40), st.floats(-100, 100))
def test_moving_a_whole_series_moves_its_limits_and_nothing_else(values, by):
    values, by = [round(value, 2) for value in values], round(by, 2)
    one, other = limits_of(values), limits_of([value + by for value in values])

    assert abs(one.mean + by - other.mean) < 1e-6
    assert abs(one.upper - one.lower - (other.upper - other.lower)) < 1e-6


def test_two_means_need_what_the_books_say():
    plain = for_means(5, 10, Chances())

    assert (plain.each, plain.other, plain.total) == (63, 63, 126)
    assert for_means(-5, 10, Chances(power=0.9)).each == 85
    assert for_means(5, 10, Chances(ratio=2)).total == 48 + 95
    assert for_means(5, 10, Chances(lost=0.2)).each == 79


def test_two_shares_need_what_the_books_say():
    found = for_shares(0.5, 0.6, Chances())

    assert (found.each, found.total) == (385, 770)
    assert found.steps[0].value == "2.80"


def test_clusters_and_a_stepped_wedge_need_more():
    assert design_effect(Chances(cluster=21, icc=0.05)) == 2
    clustered = for_means(5, 10, Chances(cluster=21, icc=0.05))
    assert (clustered.each, clustered.clusters) == (126, 12)
    wedge = for_means(5, 10, Chances(cluster=20, icc=0.05, sequences=4))
    assert wedge.clusters % 4 == 0
    assert wedge.steps[-1].how.startswith("stepped wedge of 4 steps")


def test_rare_errors_need_many_notes():
    assert for_none_seen(0.01).total == 300
    assert for_half_width(0.02, 0.01).total == 753


@pytest.mark.parametrize(
    "work",
    [
        lambda: for_means(0, 10, Chances()),
        lambda: for_means(5, -1, Chances()),
        lambda: for_shares(0, 0.5, Chances()),
        lambda: for_shares(0.5, 0.5, Chances()),
        lambda: for_means(5, 10, Chances(power=1)),
        lambda: for_means(5, 10, Chances(alpha=float("nan"))),
        lambda: for_means(5, 10, Chances(lost=1)),
        lambda: for_means(5, 10, Chances(cluster=20, icc=0.1, sequences=1)),
        lambda: for_half_width(2, 0.1),
        lambda: for_none_seen(0),
    ],
)
def test_what_cannot_be_planned_is_refused(work):
    with pytest.raises(ValueError):
        work()


@given(st.floats(0.1, 5), st.floats(0.5, 20), st.floats(0.6, 0.95))
def test_more_power_never_needs_fewer(difference, sd, power):
    assert for_means(difference, sd, Chances(power=power)).total <= for_means(difference, sd, Chances(power=power + 0.04)).total
