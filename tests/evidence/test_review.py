"""Judgements of notes give rates with Wilson intervals, and how far the reviewers agree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.rules.review import Judgement, review


def judged(note: str, reviewer: str = "A", **counts: int) -> Judgement:
    blank = dict.fromkeys(("hallucinations_major", "hallucinations_minor", "omissions_major", "omissions_minor"), 0)
    return Judgement(note=note, reviewer=reviewer, **{**blank, **counts})


def test_three_notes_of_250_with_a_major_hallucination_have_the_published_interval():
    notes = [judged(str(place), hallucinations_major=int(place < 3)) for place in range(250)]

    found = review(notes)

    rate = found.rates[0]
    assert (rate.measure, rate.events, rate.cases) == ("Notes with a major hallucination", 3, 250)
    assert [round(each / 100, 6) for each in (rate.value, rate.low, rate.high)] == [0.012, 0.004089, 0.034681]
    assert found.is_few
    assert not found.agreements


def test_sentences_are_their_own_unit():
    found = review([judged("1", hallucinations_minor=191, sentences=12_999, source_sentences=20_000)])

    rate = next(each for each in found.rates if each.of == "sentences")
    assert [round(each / 100, 6) for each in (rate.value, rate.low, rate.high)] == [0.014693, 0.012764, 0.016910]


def test_two_reviewers_agree_as_far_as_kappa_says_and_the_worse_judgement_counts():
    table = [("yes", "yes")] * 40 + [("yes", "no")] * 10 + [("no", "yes")] * 5 + [("no", "no")] * 45
    notes = []
    for place, (first, second) in enumerate(table):
        notes.append(judged(str(place), "A", hallucinations_minor=int(first == "yes")))
        notes.append(judged(str(place), "B", hallucinations_minor=int(second == "yes")))

    found = review(notes)

    assert round(found.agreements[0].kappa, 10) == 0.70
    assert (found.agreements[0].agreed, found.agreements[0].notes) == (85, 100)
    assert next(each for each in found.rates if each.key == "hallucination").events == 55
    assert found.reviewers == 2


def test_the_pdqi_is_a_mean_with_an_interval():
    found = review([judged("1", pdqi=40), judged("2", pdqi=36), judged("3", pdqi=38)])

    score = found.rates[-1]
    assert (score.measure, score.value) == ("PDQI-9, sum of nine items", 38)
    assert round(score.low, 3) == round(38 - 4.30265 * 2 / 3**0.5, 3)


@pytest.mark.parametrize(("judgements", "told"), [([], "no judgement"), ([judged("1"), judged("1")], "twice")])
def test_what_is_no_review_is_refused(judgements, told):
    with pytest.raises(ValueError, match=told):
        review(judgements)


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from("AB"), st.integers(0, 3), st.integers(0, 3)), min_size=1))
def test_every_rate_lies_within_its_interval(rows):
    unique = {(note, reviewer): judged(str(note), reviewer, hallucinations_minor=made_up, omissions_major=left_out) for note, reviewer, made_up, left_out in rows}

    for rate in review(list(unique.values())).rates:
        assert rate.low <= rate.value <= rate.high
