"""Numbers as people type them: what is too large is told its bound, and is not called something else."""

import pytest
from pytest import raises

from marketplace.kit.errors import Invalid
from marketplace.kit.fields import read_exact, read_whole


@pytest.mark.parametrize(
    ("typed", "number"),
    [("0", 0), ("400", 400), ("90,000", 90_000), ("000012", 12), ("1,000,000,000", 10**9), ("0000001000000000", 10**9)],
)
def test_a_whole_number_is_read_as_it_is_typed(typed: str, number: int):
    assert read_whole(typed) == number


@pytest.mark.parametrize("typed", ["1000000001", "1234567890123", "1,234,567,890,123", "9" * 5_000])
def test_a_whole_number_that_is_too_large_is_told_the_bound(typed: str):
    with raises(Invalid, match="is too large") as refused:
        read_whole(typed)

    assert refused.value.hint == "The largest number taken is 1,000,000,000."


@pytest.mark.parametrize("typed", ["", "forty", "-5", "12.5", "1,2", "1e9", "\N{FULLWIDTH DIGIT ONE}"])
def test_what_is_no_whole_number_is_called_so(typed: str):
    with raises(Invalid, match="is not a whole number from 0"):
        read_whole(typed)


@pytest.mark.parametrize(
    ("typed", "fact", "hint"),
    [
        ("9" * 16, "is too large", "Write at most 15 digits before the point."),
        ("-1,000,000,000,000,000.5", "is too large", "Write at most 15 digits before the point."),
        ("0." + "1" * 13, "is too exact", "Write at most 12 digits after the point."),
        ("NaN", "is not a number that can be kept", "Write digits, such as 12, -3.1 or 1,200."),
    ],
)
def test_an_exact_number_says_which_of_its_digits_are_too_many(typed: str, fact: str, hint: str):
    with raises(Invalid, match=fact) as refused:
        read_exact(typed)

    assert refused.value.hint == hint
