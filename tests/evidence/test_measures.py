"""Texts, questionnaires and money, against the worked examples of evidence.md sections 9 and 12."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.rules.economics import (
    break_even_minutes,
    budget_impact,
    icer,
    net_benefit,
    quadrant,
    time_saved,
)
from marketplace.evidence.rules.scores import equity_gap, mean_of, pdqi, sus, tlx
from marketplace.evidence.rules.texts import (
    added_up,
    edit_distance,
    least_seconds_open,
    word_errors,
    words_of,
)
from marketplace.evidence.rules.uncertainty import BETA, COSTS, EFFECTS, GAMMA, NORMAL, Part, one_draw, sensitivity

WORDS = st.lists(st.sampled_from(["no", "known", "drug", "allergies", "allergy", "two"]), min_size=1, max_size=8).map(
    " ".join
)


def test_an_allergy_that_is_denied_loses_half_its_words():
    found = word_errors("no known drug allergies", "known drug allergy")

    assert (found.substituted, found.deleted, found.inserted, found.words) == (1, 1, 0, 4)
    assert found.rate == 0.5
    assert (found.denials, found.denials_kept) == (1, 0)


def test_case_and_marks_around_words_are_no_errors():
    assert word_errors("No known drug allergies.", "no known drug allergies").rate == 0
    assert words_of("She said: “two”, 500 mg!") == ["she", "said", "two", "500", "mg"]


@pytest.mark.parametrize("said", ["She doesn't take aspirin", "She doesn’t take aspirin", "“No” aspirin", "nor aspirin"])
def test_a_denial_that_is_lost_is_counted_however_it_is_said_and_typed(said):
    found = word_errors(said, "She does take aspirin")

    assert (found.denials, found.denials_kept) == (1, 0)


def test_an_apostrophe_is_one_however_it_is_typed():
    assert word_errors("doesn’t", "doesn't").rate == 0


def test_a_long_text_counts_for_more_than_a_short_one():
    whole = added_up(
        [
            word_errors("no known drug allergies", "known drug allergy"),
            word_errors("one two three four five six", "one two three four five six"),
        ]
    )

    assert whole.rate == 0.2
    assert (whole.denials, whole.denials_kept) == (1, 0)


@given(WORDS, WORDS)
def test_word_errors_are_the_fewest_changes(said, written):
    found = word_errors(said, written)

    changes = found.substituted + found.deleted + found.inserted
    one, other = words_of(said), words_of(written)
    assert abs(len(one) - len(other)) <= changes <= max(len(one), len(other))
    assert len(one) - found.deleted + found.inserted == len(other)
    assert (changes == 0) == (one == other)


def test_speech_that_was_not_there_or_is_too_long_is_refused():
    with pytest.raises(ValueError, match="nothing was said"):
        word_errors(" . ", "word")
    with pytest.raises(ValueError, match="too long"):
        word_errors("a " * 1_001, "b " * 1_001)
    with pytest.raises(ValueError, match="too long"):
        edit_distance("a" * 1_001, "b" * 1_001)


def test_one_letter_of_ten_is_a_tenth():
    assert edit_distance("penicillin", "penicilin") == 0.1
    assert edit_distance("", "") == 0
    assert edit_distance("", "new") == 1


@given(st.text(max_size=12), st.text(max_size=12))
def test_an_edit_costs_the_same_both_ways(one, other):
    assert edit_distance(one, other) == edit_distance(other, one)
    assert 0 <= edit_distance(one, other) <= 1


def test_a_note_counts_as_read_after_its_length():
    assert [least_seconds_open(words) for words in (100, 500, 1_000)] == [15, 15, 30]


def test_sus_scores_as_its_author_does():
    assert sus([4, 2, 5, 1, 4, 2, 5, 1, 4, 2]) == 85.0
    assert (sus([5, 1] * 5), sus([1, 5] * 5), sus([3] * 10)) == (100, 0, 50)


def test_pdqi_adds_up_nine_items():
    assert (pdqi([5] * 9), pdqi([1] * 9), pdqi([5, 4, 4, 5, 4, 5, 3, 4, 5])) == (45, 9, 39)


def test_tlx_is_a_mean_or_weighted_by_fifteen_choices():
    assert tlx([60, 0, 60, 0, 60, 0]) == 30
    assert tlx([60, 0, 60, 0, 60, 0], [5, 0, 5, 0, 5, 0]) == 60


@pytest.mark.parametrize(
    ("score", "told"),
    [
        (lambda: sus([4] * 9), "9 answers were given and 10 are asked"),
        (lambda: sus([4] * 9 + [6]), "6 does not lie from 1 to 5"),
        (lambda: pdqi([0] * 9), "0 does not lie"),
        (lambda: tlx([101] * 6), "101 does not lie from 0 to 100"),
        (lambda: tlx([50] * 6, [1] * 6), "add up to 6, not to 15"),
    ],
)
def test_answers_that_no_scale_has_are_refused(score, told):
    with pytest.raises(ValueError, match=told):
        score()


def test_a_mean_has_its_t_interval_and_one_person_has_none():
    found = mean_of([85, 75, 80, 80])
    assert (found.value, round(found.low, 4), round(found.high, 4)) == (80, 73.5039, 86.4961)
    assert mean_of([85]).low is None


def test_the_equity_gap_is_between_the_best_and_the_worst_group():
    groups = {"women": 94.0, "men": 96.5, "neither": 95.0}
    assert equity_gap(groups, better="higher") == ("men", "women", 2.5)
    assert equity_gap(groups, better="lower") == ("women", "men", 2.5)


def test_a_thousand_clinicians_cost_what_is_not_displaced():
    (year,) = budget_impact(Fraction(1_000), [Fraction("0.6")], Fraction(540), [Fraction(120_000)])

    assert (year.users, year.new, year.impact) == (600, 324_000, 204_000)


@pytest.mark.parametrize(
    ("uptake", "displaced", "told"),
    [
        ([], [], "1 to 5 years"),
        ([1] * 6, [0] * 6, "1 to 5 years"),
        ([2], [0], "2 is no share"),
        ([1], [0, 0], "2 displaced"),
    ],
)
def test_a_budget_that_cannot_be_is_refused(uptake, displaced, told):
    with pytest.raises(ValueError, match=told):
        budget_impact(
            Fraction(1), [Fraction(each) for each in uptake], Fraction(1), [Fraction(each) for each in displaced]
        )


def test_minutes_become_hours_and_break_even():
    saved = time_saved(Fraction(3), Fraction(200_000), Fraction("0.6"), Fraction("0.8"), Fraction(60))

    assert (saved.hours, saved.pounds) == (4_800, 288_000)
    assert break_even_minutes(Fraction(324_000), Fraction(200_000), Fraction("0.6"), Fraction(60)) == Fraction("2.7")
    with pytest.raises(ValueError, match="nobody saves"):
        break_even_minutes(Fraction(1), Fraction(0), Fraction(1), Fraction(1))


def test_three_hundred_pounds_for_a_fiftieth_of_a_qaly():
    assert icer(300, 0.02) == 15_000
    assert (net_benefit(25_000, 300, 0.02), net_benefit(35_000, 300, 0.02)) == (200, 400)
    assert icer(300, 0) is None
    assert [quadrant(*each) for each in [(-1, 1), (1, 1), (-1, -1), (1, -1)]] == [
        "dominates",
        "better-dearer",
        "worse-cheaper",
        "dominated",
    ]


PARTS = [Part("licence", COSTS, 300, 250, 350, GAMMA), Part("QALYs", EFFECTS, 0.02, 0.004, 0.036, NORMAL)]


def test_many_draws_lie_around_what_is_stated():
    found = sensitivity(PARTS, [25_000, 35_000], draws=2_000, seed=7)

    assert (found.cost, found.effect, found.icer) == (300, 0.02, 15_000)
    assert [round(benefit) for _, benefit, _, _ in found.benefits] == [200, 400]
    assert abs(sum(cost for cost, _ in found.draws) / 2_000 - 300) < 3
    assert abs(sum(effect for _, effect in found.draws) / 2_000 - 0.02) < 0.001
    assert sum(share for _, share in found.quadrants) == pytest.approx(1)
    assert 0.8 < found.worth_it[0][1] < found.worth_it[1][1] < 1
    assert found == sensitivity(PARTS, [25_000, 35_000], draws=2_000, seed=7)
    assert [one.name for one in found.one_way] == ["QALYs", "licence"]
    assert [round(each) for each in (found.one_way[0].at_low, found.one_way[0].at_high)] == [-200, 600]


@given(st.floats(0, 60_000), st.floats(0, 60_000), st.integers(0, 99))
def test_what_is_worth_more_is_never_worth_it_less_often_where_it_always_works(one, other, seed):
    parts = [PARTS[0], Part("QALYs", EFFECTS, 0.02, 0.01, 0.03, BETA)]
    found = sensitivity(parts, sorted((one, other)), draws=100, seed=seed)

    assert found.worth_it[0][1] <= found.worth_it[1][1]


@pytest.mark.parametrize(
    ("shape", "value", "low", "high"), [(GAMMA, -120, -220, -40), (BETA, 0.3, 0.2, 0.4), (NORMAL, 5, 4, 6)]
)
def test_each_shape_keeps_its_mean_and_spread(shape, value, low, high):
    part, chance = Part("one", COSTS, value, low, high, shape), random.Random(3)
    drawn = [one_draw(part, chance) for _ in range(4_000)]

    mean = sum(drawn) / len(drawn)
    assert mean == pytest.approx(value, abs=4 * part.sd / 4_000**0.5)
    assert (sum((each - mean) ** 2 for each in drawn) / len(drawn)) ** 0.5 == pytest.approx(part.sd, rel=0.06)


@pytest.mark.parametrize(
    "part",
    [
        Part("one", COSTS, 5, 6, 7, NORMAL),
        Part("one", COSTS, 5, None, None, NORMAL),
        Part("one", COSTS, 0, -1, 1, GAMMA),
        Part("one", EFFECTS, 1.5, 1, 2, BETA),
        Part("one", EFFECTS, 0.5, -1, 2, BETA),
    ],
)
def test_a_part_that_cannot_be_drawn_is_named(part):
    with pytest.raises(ValueError, match=r"^one: "):
        sensitivity([part], [1], draws=100, seed=1)
