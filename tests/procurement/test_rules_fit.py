"""How far a product meets what is required: what holds whatever the answer."""

from hypothesis import given
from hypothesis import strategies as st

from marketplace.procurement.rules.fit import (
    FITS,
    IN_WORDS,
    MET,
    NOT_MET,
    PART,
    TESTS,
    UNKNOWN,
    Judged,
    fit_of,
    meets_all,
    possible_tests,
    tally,
    verdict,
)

options = st.sampled_from(["epic", "systmone", "rio", "vision"])
sets = st.lists(options, unique=True, max_size=4)
fits = st.sampled_from(list(FITS))


@given(test=st.sampled_from(list(TESTS)), wanted=sets, answer=st.sampled_from([None, "", []]))
def test_what_is_not_answered_is_unknown_whatever_is_wanted(test, wanted, answer):
    assert fit_of(test, wanted, answer) == UNKNOWN


@given(wanted=sets.filter(bool), answer=sets.filter(bool))
def test_all_of_is_met_only_by_an_answer_that_has_them_all(wanted, answer):
    fit = fit_of("all-of", wanted, answer)

    assert (fit == MET) == (set(wanted) <= set(answer))
    assert (fit == NOT_MET) == (not set(wanted) & set(answer))


@given(wanted=sets.filter(bool), answer=sets.filter(bool))
def test_only_is_broken_by_one_thing_that_is_not_accepted_and_never_met_in_part(wanted, answer):
    fit = fit_of("only", wanted, answer)

    assert fit == (MET if set(answer) <= set(wanted) else NOT_MET)


@given(wanted=sets.filter(bool), answer=sets.filter(bool), more=options)
def test_an_answer_that_says_more_never_fits_all_of_or_any_of_less(wanted, answer, more):
    order = [NOT_MET, PART, MET]

    for test in ("all-of", "any-of"):
        before, after = (fit_of(test, wanted, given) for given in (answer, [*answer, more]))
        assert order.index(after) >= order.index(before)


@given(bound=st.integers(0, 1000), answer=st.integers(0, 1000))
def test_a_number_at_the_bound_is_met_from_both_sides(bound, answer):
    least, most = (fit_of(test, [str(bound)], answer) for test in ("at-least", "at-most"))

    assert {least, most} <= {MET, NOT_MET}
    assert (least == most == MET) == (bound == answer)


def test_a_number_with_a_fraction_is_compared_exactly():
    assert fit_of("at-least", ["99.9"], 99.9) == MET
    assert fit_of("at-least", ["99.95"], 99.9) == NOT_MET


def test_a_day_on_the_last_day_is_in_time():
    assert fit_of("not-after", ["2026-12-01"], "2026-12-01") == MET
    assert fit_of("not-after", ["2026-12-01"], "2026-12-02") == NOT_MET


def test_words_are_judged_by_people_alone():
    assert fit_of(IN_WORDS, [], "We do this very well.") == UNKNOWN
    assert possible_tests("long-text") == (IN_WORDS,)


@given(computed=fits, said=fits, edition=st.integers(1, 9), later=st.integers(1, 9))
def test_a_judgement_of_an_earlier_edition_counts_for_nothing(computed, said, edition, later):
    now = verdict(computed, Judged(said, edition), edition)
    after = verdict(computed, Judged(said, edition), edition + later)

    assert (now.fit, now.judged) == (said, True)
    assert (after.fit, after.judged, after.outdated) == (computed, False, True)


@given(st.lists(fits))
def test_the_tally_adds_up_and_one_that_is_not_met_spoils_all(found):
    counted = tally(found)

    assert sum(counted.values()) == len(found)
    assert meets_all(found) == (counted[MET] == len(found))
