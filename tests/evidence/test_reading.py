"""What is typed of a study and its results: kept as it was meant, or refused by field with a way on."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.schemas import MOST_RESULTS, read_described, read_doi, read_result, read_results
from marketplace.faces.evidence import vocabulary
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import read_exact
from tests.evidence.scenes import TRIAL
from tests.services import known_frameworks

KNOWN = vocabulary(known_frameworks())
RESULT = {
    "measure": "Minutes per note", "unit": "minutes", "better": "lower", "effect": "difference", "estimate": "-3.1",
    "low": "-4.0", "high": "-2.2", "participants": "120", "role": "workload",
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("title", "", "Give the study its title"),
        ("title", "a" * 201, "1 character too long"),
        ("title", "Trial \u202egnp", "right-to-left override"),
        ("design", "guess", "not one of the choices"),
        ("country", "atlantis", "not one of the choices"),
        ("participants", "-5", "not a whole number from 0"),
        ("participants", "12.5", "not a whole number from 0"),
        ("participants", "9999999999", "too large"),
        ("ended_on", "2027-01-31", "has not come yet"),
        ("ended_on", "2026-01-31", "before it began"),
        ("ended_on", "2026-02-31", "does not exist"),
        ("began_on", "soon", "not a date"),
        ("supplier_funded", "", "Say whether the supplier paid"),
        ("supplier_funded", "perhaps", "not one of the choices"),
        ("doi", "see the journal", "not a DOI"),
        ("url", "javascript:alert(1)", "not a link that can be shown"),
        ("url", "http://example.org", "not a link that can be shown"),
        ("settings", "outpatients, moon", "not one of the choices"),
        ("populations", "unicorns", "not one of the choices"),
    ],
)
def test_a_study_that_does_not_hold_is_refused_by_field(now, field: str, typed: str, told: str):
    with pytest.raises(Invalid) as refused:
        read_described({**TRIAL, field: typed}, KNOWN, on=now.date())

    assert list(refused.value.fields) == [field]
    assert told in refused.value.fields[field]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"estimate": "-1"}, "estimate", "does not lie between -4.0 and -2.2"),
        ({"low": "-2", "high": "-4"}, "low", "the lower end of the interval comes first"),
        ({"high": ""}, "high", "Give both ends"),
        ({"low": ""}, "low", "Give both ends"),
        ({"estimate": "NaN"}, "estimate", "not a number that can be kept"),
        ({"estimate": "inf"}, "estimate", "not a number that can be kept"),
        ({"estimate": "1e9"}, "estimate", "not a number that can be kept"),
        ({"estimate": ""}, "estimate", "Give the number that was found"),
        ({"effect": "hunch"}, "effect", "not one of the choices"),
        ({"better": ""}, "better", "higher or lower"),
        ({"effect": "ratio"}, "estimate", "A ratio is above 0"),
        (
            {"effect": "proportion", "unit": "%", "estimate": "101", "low": "100", "high": "102"},
            "estimate",
            "no proportion",
        ),
        ({"group": "sex"}, "group_words", "Say who of this group"),
        ({"group": "sign of the zodiac", "group_words": "leo"}, "group", "not one of the choices"),
        ({"group_words": "women"}, "group", "Choose the group"),
        ({"participants": "-1"}, "participants", "not a whole number from 0"),
        ({"role": "magic"}, "role", "not one of the choices"),
    ],
)
def test_a_result_that_cannot_be_is_refused_by_field(changes: dict[str, str], field: str, told: str):
    with pytest.raises(Invalid) as refused:
        read_result({**RESULT, **changes}, KNOWN)

    assert told in refused.value.fields[field]


def test_faults_of_several_results_are_named_by_their_place():
    with pytest.raises(Invalid) as refused:
        read_results([RESULT, {**RESULT, "estimate": "9"}, {**RESULT, "measure": ""}], KNOWN)

    assert sorted(refused.value.fields) == ["results.1.estimate", "results.2.measure"]


def test_too_many_results_are_refused():
    with pytest.raises(Invalid, match="too many"):
        read_results([RESULT] * (MOST_RESULTS + 1), KNOWN)


def test_a_result_is_kept_as_it_was_meant():
    found = read_result({**RESULT, "estimate": "\N{MINUS SIGN}3.10", "group": "sex", "group_words": "women"}, KNOWN)

    assert (str(found.estimate), found.subgroup) == ("-3.10", "sex: women")


def test_where_and_in_whom_are_kept_in_the_order_of_the_catalogue(now):
    found = read_described(
        {**TRIAL, "settings": "maternity, outpatients,outpatients", "populations": ""}, KNOWN, on=now.date()
    )

    assert (found.settings, found.populations) == (["outpatients", "maternity"], [])


@pytest.mark.parametrize("typed", ["10.1000/182", "https://doi.org/10.1000/182", "doi:10.1000/182"])
def test_a_doi_is_read_with_and_without_its_address(typed: str):
    assert read_doi(typed) == "10.1000/182"


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=6))
def test_an_exact_number_comes_back_as_it_was_typed(number: Decimal):
    assert read_exact(format(number, "f")) == number
    assert read_exact(f"{number:,f}") == number


@given(st.dictionaries(st.sampled_from(sorted({*TRIAL, *RESULT, "group", "group_words"})), st.text(max_size=30)))
def test_whatever_is_typed_is_read_or_refused_and_nothing_else_is_raised(raw: dict[str, str]):
    with suppress(Invalid):
        read_described({**TRIAL, **raw}, KNOWN, on=date(2026, 11, 24))
    with suppress(Invalid):
        read_result(RESULT | raw, KNOWN)
