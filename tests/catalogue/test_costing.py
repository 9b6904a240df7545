"""The numbers and limits of a search: what is typed, kept and told again is the same; every study falls in one band."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.catalogue.rules.costing import NOTHING, Costing, costing_in_words, read_costing, split_costing
from marketplace.evidence.queries.declared import filter_rules
from marketplace.evidence.rules.effects import INDEPENDENCE
from marketplace.evidence.rules.filters import NOT_STATED, kind_of, size_of
from tests.services import known_frameworks

RULES = filter_rules(known_frameworks())
pence = st.none() | st.integers(0, 10**9)
costings = st.builds(
    lambda volumes, ends: Costing(volumes=volumes, least=ends[0], most=ends[1]),
    st.dictionaries(st.sampled_from(["users", "uses", "sites"]), st.integers(0, 10**9)),
    st.tuples(pence, pence).map(lambda two: tuple(sorted(two)) if None not in two else two),
)  # fmt: skip


@given(costings, st.dictionaries(st.sampled_from(["kind", "study-by"]), st.lists(st.just("x"), min_size=1)))
def test_what_is_kept_with_a_search_reads_as_it_was(costing: Costing, ticks: dict[str, list[str]]):
    assert split_costing({**ticks, **costing.choices()}) == (ticks, costing)


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"users": "-1"}, {"users"}),
        ({"uses": "1.5", "sites": "2"}, {"uses"}),
        ({"cost_from": "£10,000", "cost_to": "9999.99"}, {"cost_to"}),
        ({"cost_to": "-5"}, {"cost_to"}),
        ({"cost_from": "1.005"}, {"cost_from"}),
        ({"cost_from": " ", "users": ""}, set()),
    ],
)
def test_what_cannot_be_read_is_named_by_field_and_counts_as_not_typed(typed, wrong):
    costing, told = read_costing(typed)

    assert set(told) == wrong
    assert not wrong & set(costing.choices())


def test_a_costing_is_told_in_words():
    numbers = {"users": 1, "uses": 90_000}

    assert costing_in_words(NOTHING) == ""
    assert costing_in_words(Costing(volumes=numbers)) == "Prices for 1 user and 90,000 uses"
    assert costing_in_words(Costing(volumes=numbers, most=5_000_000)) == (
        "A year for 1 user and 90,000 uses costs at most £50,000.00"
    )
    assert costing_in_words(Costing(least=100, most=200)) == (
        "A year for 100 users, 20,000 uses and 1 site costs £1.00 to £2.00"
    )


@given(st.integers(0, 10**7))
def test_every_number_of_people_falls_in_the_one_band_whose_bounds_hold_it(number: int):
    holding = []
    for band in RULES.rising:
        low, beyond = RULES.bounds(band.id)
        if (low or 0) <= number and (beyond is None or number < beyond):
            holding.append(band.id)

    assert holding == [size_of(number, RULES)]


def test_the_declared_values_are_those_that_the_rules_give():
    assert {each.id for each in RULES.backing} == set(INDEPENDENCE)
    assert {each.id for each in RULES.places} == {
        kind_of("independent", country, 1, RULES).place for country in ("gb", "us", "")
    }
    assert NOT_STATED in {each.id for each in RULES.sizes}
    assert RULES.rising[0].start == 0
