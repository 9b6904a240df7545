"""How sure one can be of what a pilot found: the interval around the pooled value, and where there is none."""

from fractions import Fraction
from statistics import stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.rules.pooling import Reading, half_width

VALUES = st.lists(st.fractions(0, 100, max_denominator=100), min_size=3, max_size=12).filter(
    lambda all_: len(set(all_)) > 1
)


def read(*pairs: tuple[object, int]) -> list[Reading]:
    return [Reading("ORG-1", None if value is None else Fraction(str(value)), count) for value, count in pairs]


def test_three_readings_of_one_size_give_the_interval_of_the_textbook() -> None:
    half = half_width(read((10, 100), (12, 100), (14, 100)))

    assert float(half or 0) == pytest.approx(4.3027 * 2 / 3**0.5, abs=0.001)


def test_a_large_reading_counts_for_more_than_a_small_one() -> None:
    near = half_width(read((10, 1_000), (10.5, 1_000), (20, 10)))
    far = half_width(read((10, 1_000), (10.5, 10), (20, 1_000)))

    assert near is not None
    assert far is not None
    assert near < far


@pytest.mark.parametrize(
    "pairs", [[], [(10, 100)], [(10, 100), (12, 100)], [(10, 100), (12, 100), (None, 0)], [(10, 5), (10, 9), (10, 1)]]
)
def test_too_few_readings_and_readings_that_all_say_the_same_have_no_interval(pairs: list[tuple[object, int]]) -> None:
    assert half_width(read(*pairs)) is None


@given(VALUES, st.integers(1, 500))
def test_readings_of_one_size_spread_as_single_values_do_whatever_that_size_is(
    values: list[Fraction], count: int
) -> None:
    half = half_width([Reading("ORG-1", value, count) for value in values])
    one = half_width([Reading("ORG-1", value, 1) for value in values])

    assert half is not None
    assert float(half) == pytest.approx(float(one or 0))
    assert float(half) >= 1.95 * stdev(map(float, values)) / len(values) ** 0.5
