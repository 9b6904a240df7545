"""Ids sort by time; references survive being read out and typed."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.kit import ids
from marketplace.kit.errors import Invalid
from marketplace.kit.ids import SYMBOLS, check_reference, moment_of, new_id, new_reference

moments = st.datetimes(datetime(1970, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))
bodies = st.text(SYMBOLS, min_size=8, max_size=8)


def spelled(body: str) -> str:
    drawn = sum(SYMBOLS.index(symbol) * len(SYMBOLS) ** place for place, symbol in enumerate(body))
    return new_reference("PRD", lambda _: drawn)


def test_an_id_is_a_version_7_uuid_of_the_rfc():
    made = new_id()

    assert made.version == 7
    assert made.variant == uuid.RFC_4122


def test_ids_made_one_after_another_are_in_order_and_unique():
    made = [new_id() for _ in range(20_000)]

    assert all(first < second for first, second in pairwise(made))
    assert made == sorted(made, key=str)


def test_ids_made_for_one_moment_are_in_order_also_when_other_moments_come_between():
    now = datetime(2026, 11, 24, 9, 30, 0, 123456, UTC)
    made = []
    for n in range(200):
        made.append(new_id(now))
        new_id(now + timedelta(milliseconds=n % 50))

    assert made == sorted(made)
    assert len(set(made)) == 200


def test_ids_stay_in_order_when_the_clock_is_set_back(monkeypatch):
    ticks = iter([5_000_000_000_000_000_000, 4_000_000_000_000_000_000, 4_000_000_000_000_000_001])
    monkeypatch.setattr(ids, "_clock", ids._Clock())
    monkeypatch.setattr(ids, "time_ns", lambda: next(ticks))

    first, second, third = new_id(), new_id(), new_id()

    assert first < second < third


def test_ids_made_in_many_threads_are_unique():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: new_id(), range(8_000)))

    assert len(set(made)) == 8_000


@given(moments)
def test_an_id_tells_its_moment_to_the_millisecond(at):
    told = moment_of(new_id(at))

    assert told == at.replace(microsecond=at.microsecond // 1000 * 1000)


@given(moments, moments)
def test_ids_sort_as_their_moments_do(one, other):
    if abs(one - other) >= timedelta(milliseconds=1):
        assert (new_id(one) < new_id(other)) == (one < other)


def test_the_example_of_the_rfc_is_understood():
    example_of_rfc_9562 = uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")

    assert moment_of(example_of_rfc_9562) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_the_same_moment_in_another_zone_gives_the_same_time():
    at = datetime(2026, 7, 1, 13, 0, tzinfo=timezone(timedelta(hours=1)))

    assert moment_of(new_id(at)) == at


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(1969, 12, 31, tzinfo=UTC)])
def test_a_moment_without_a_zone_or_before_ids_begin_is_an_error(at):
    with pytest.raises(ValueError):
        new_id(at)


def test_an_id_of_another_kind_tells_no_moment():
    with pytest.raises(ValueError, match="not a time-ordered id"):
        moment_of(uuid.uuid4())


def test_a_reference_has_no_letters_that_look_alike_and_no_vowels():
    assert not set("01OILUVZSBGAE") & set(SYMBOLS)
    assert len(set(SYMBOLS)) == len(SYMBOLS) == 23


def test_a_reference_looks_as_it_is_documented():
    assert spelled("7K3MQX9F").startswith("PRD-7K3M-QX9F-")
    assert new_reference("ORG", lambda _: 0, groups=1) == "ORG-2222-2"


def test_new_references_differ():
    assert len({new_reference("PRD") for _ in range(2_000)}) == 2_000


@given(bodies)
def test_a_reference_is_read_in_any_case_and_with_any_separators(body):
    reference = spelled(body)
    code = reference.removeprefix("PRD").replace("-", "")

    for typed in (reference, reference.lower(), reference.replace("-", " "), f" {reference}\t", code, f"prd{code}",
                  reference.replace("-", "\u2013"), reference.replace("-", "\u2011")):  # fmt: skip
        assert check_reference(typed, "PRD") == reference


@given(bodies)
@example("25862586")
def test_letters_that_people_see_for_digits_are_read_as_those_digits(body):
    reference = spelled(body)
    body_as_seen = reference[4:].translate(str.maketrans("2586", "zsBg"))

    assert check_reference("PRD-" + body_as_seen, "PRD") == reference


@given(bodies)
def test_every_wrong_character_is_noticed(body):
    code = spelled(body)[4:].replace("-", "")

    for place in range(len(code)):
        for symbol in set(SYMBOLS) - {code[place]}:
            with pytest.raises(Invalid, match="slip"):
                check_reference(code[:place] + symbol + code[place + 1 :], "PRD")


@given(bodies)
def test_every_two_characters_that_changed_places_are_noticed(body):
    code = spelled(body)[4:].replace("-", "")

    for place in range(len(code)):
        for other in range(place):
            if code[place] != code[other]:
                swapped = list(code)
                swapped[place], swapped[other] = code[other], code[place]
                with pytest.raises(Invalid, match="slip"):
                    check_reference("".join(swapped), "PRD")


@pytest.mark.parametrize(
    "typed",
    ["", "PRD", "PRD-7K3M", "PRD-7K3M-QX9F-C-2", "ORG-7K3M-QX9F-H", "PRD-0000-0000-0", "PRD-７K3M-QX9F-C",
    "PRD-7K3M-QX9F-\u0421",
     "P" * 100_000, "PRD-7K3M-QX9F-\u202e", "PRD/7K3M/QX9F/C", "PRD-IIII-OOOO-U"],
)  # fmt: skip
def test_what_is_no_reference_is_refused_with_an_example(typed):
    with pytest.raises(Invalid) as refused:
        check_reference(typed, "PRD")

    assert "PRD-7K3M-QX9F-" in refused.value.hint
    assert len(refused.value.fact) < 200


def test_the_example_in_the_hint_is_itself_a_reference():
    with pytest.raises(Invalid) as refused:
        check_reference("nonsense", "CTR")

    shown = refused.value.hint.split()[-1].rstrip(".")
    assert check_reference(shown, "CTR") == shown


@pytest.mark.parametrize("prefix", ["", "P", "prd", "PRODUCT", "P-D", "PR1"])
def test_a_prefix_is_two_to_four_capital_letters(prefix):
    with pytest.raises(ValueError, match="not a prefix"):
        new_reference(prefix)
