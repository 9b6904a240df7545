"""What bodies undertake, in numbers: agreement as it is published, samples that nobody chooses, service times."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.assurance.queries.declared import grounds, registers, service
from marketplace.assurance.rules.service import agreement, agreement_in_words, is_drawn, judged_alike, times
from marketplace.assurance.rules.transition import Transition, Transitions, capped, stands_until
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.kit.calendar import add_months
from marketplace.kit.values import replace


def pairs(both_yes, first_yes, second_yes, both_no):
    return [("holds", "holds")] * both_yes + [("holds", "not-met")] * first_yes + [("not-met", "holds")] * second_yes \
        + [("not-met", "not-met")] * both_no  # fmt: skip


def test_agreement_is_that_of_the_worked_example():
    found = agreement(pairs(40, 10, 5, 45))

    assert (found.pairs, found.agreed, found.observed) == (100, 85, 0.85)
    assert found.kappa == pytest.approx(0.70, abs=1e-12)
    assert agreement_in_words(found.kappa) == "substantial"


@pytest.mark.parametrize("told", [[], pairs(12, 0, 0, 0)])
def test_nothing_is_told_of_agreement_where_chance_alone_would_agree(told):
    assert agreement(told).kappa is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), max_size=60))
def test_agreement_is_the_same_whoever_is_first(told):
    forth, back = agreement(told), agreement((second, first) for first, second in told)

    assert (forth.pairs, forth.agreed) == (back.pairs, back.agreed)
    assert forth.kappa == (pytest.approx(back.kappa) if back.kappa is not None else None)
    assert forth.kappa is None or forth.kappa <= 1 + 1e-12


def test_judgements_are_compared_by_whether_they_hold():
    first = {"C1": "met", "C2": "met-with-conditions", "C3": "not-met"}

    assert judged_alike(first, {"C1": "met-with-conditions", "C3": "met", "C9": "met"}) == [
        ("holds", "holds"), ("not-met", "holds"),
    ]  # fmt: skip


def test_about_one_case_in_ten_is_drawn_and_always_the_same_ones():
    refs = [f"CAS-{number:04}" for number in range(5_000)]

    drawn = [ref for ref in refs if is_drawn(ref, 10)]

    assert 400 < len(drawn) < 600
    assert drawn == [ref for ref in refs if is_drawn(ref, 10)]
    assert set(drawn) <= {ref for ref in refs if is_drawn(ref, 20)}
    assert not any(is_drawn(ref, 0) for ref in refs)


def test_service_times_are_told_by_their_middle_and_by_their_slowest_tenth():
    found = times([3, 5, 8, 13, 40], within=20)

    assert (found.count, found.median, found.slowest_tenth, found.in_time) == (5, 8, 40, 4)
    assert times([], within=20).median is None


def test_certificates_of_an_older_framework_stand_until_the_day_that_is_declared(frameworks):
    older = frameworks.assurance["dtac"]
    newer = replace(older, version=older.version + 1, label="DTAC 3.0")
    plain = Transitions(id="transitions", version=1, label="x", date=older.date, months=12, meaning="12 months.", transitions=())
    said = Transition(
        **{"framework": "dtac", "version": newer.version, "stand-until": "2027-03-31", "because": "Told in time.",
           "source": {"document": "x"}}
    )  # fmt: skip
    declared = plain.model_copy(update={"transitions": (said,)})

    assert stands_until(plain, [older], older.version) is None
    assert stands_until(plain, [older, newer], older.version).until == add_months(newer.date, 12)
    stands = stands_until(declared, [newer, older], older.version)
    assert str(stands.until) == "2027-03-31"
    assert stands.cause == "DTAC 3.0 took the place of the version that it was given under. Told in time."


@given(st.dates(), st.none() | st.dates())
def test_a_transition_never_lengthens_a_verdict(on, until):
    class Stand:
        cause = "A newer version."

    stands = Stand()
    stands.until = on
    verdict = Verdict("met", "", until, "", ())

    found = capped(verdict, stands, on=on)

    assert found.until is not None
    assert until is None or found.until <= until
    assert capped(verdict, None, on=on) is verdict


def test_what_is_undertaken_looked_up_and_given_as_a_ground_is_declared(frameworks):
    assert service(frameworks).assessment_days == 20
    assert {each.id for each in grounds(frameworks).grounds} >= {"scope", "outdated", "other"}
    assert {each.id for each in registers(frameworks).registers} == {"dspt", "ico", "cyber-essentials", "pard"}
