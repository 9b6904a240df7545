"""The verdict: the least of its parts on the day that somebody asks, whatever the order, and never better for silence."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as any_of
from hypothesis import strategies as st

from marketplace.assurance.rules.judging import judge, passing
from marketplace.assurance.rules.verdicts import RANK, CriterionVerdict, Finding, Given, Verdict
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.values import replace
from tests.assurance.answering import DAYS, TODAY, anything_given, findings, passing_answers
from tests.services import known_frameworks

DTAC = known_frameworks().assurance["dtac"]
CODES = sorted(DTAC.by_code)
Answers = dict[str, Given]
steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A whole set of answers takes long to think up on a busy machine; the rules are quick."""


def of(verdict: Verdict, code: str) -> CriterionVerdict:
    return next(each for each in verdict.criteria if each.criterion.code == code)


@pytest.fixture
def answers() -> Answers:
    return passing_answers(DTAC)


def test_everything_that_passes_makes_it_met_until_what_ends_first(answers: Answers):
    answers["cyber-essentials"] = replace(answers["cyber-essentials"], dated=date(2026, 3, 3))

    verdict = judge(DTAC, answers, on=TODAY)

    assert verdict.status == "met"
    assert verdict.until == date(2027, 3, 3)
    assert verdict.until_cause == "C3.1 Cyber Essentials: Certified on 3 March 2026"
    assert verdict.cause == "Every part is met. First to end: C3.1 Cyber Essentials: Certified on 3 March 2026."


def test_a_pen_test_of_366_days_ago_fails_its_part_that_day_and_one_of_365_does_not(answers: Answers):
    for tested in (date(2026, 2, 24), date(2027, 6, 1), date(2028, 2, 29)):
        answers["penetration-test"] = replace(answers["penetration-test"], dated=tested)

        last, next_day = (judge(DTAC, answers, on=tested + timedelta(days=days)) for days in (365, 366))

        assert of(last, "C3.3").status == "met"
        assert of(next_day, "C3.3").status == "expired"
        assert of(next_day, "C3.3").until == tested + timedelta(days=365)


def test_what_has_expired_names_the_part_that_ended_first(answers: Answers):
    answers["penetration-test"] = replace(answers["penetration-test"], dated=date(2025, 11, 23))
    answers["cyber-essentials"] = replace(answers["cyber-essentials"], dated=date(2025, 8, 1))

    verdict = judge(DTAC, answers, on=TODAY)

    assert verdict.status == "expired"
    assert verdict.until == date(2026, 8, 1)
    assert verdict.cause == "C3.1 Cyber Essentials: Held until 1 August 2026 (Certified on: 1 August 2025)."


@pytest.mark.parametrize(
    ("question", "dated", "until"),
    [
        ("cyber-essentials", date(2024, 2, 29), date(2025, 2, 28)),
        ("cyber-essentials", date(2023, 2, 28), date(2024, 2, 28)),
        ("ico-registration", date(2026, 8, 31), date(2027, 8, 31)),
        ("dspt", date(2026, 6, 30), date(2027, 6, 30)),
        ("dspt", date(2026, 3, 15), date(2027, 6, 30)),
        ("dspt", date(2026, 7, 1), date(2028, 6, 30)),
        ("clinical-safety-officer", date(2027, 2, 28), date(2027, 2, 28)),
    ],
)
def test_each_dated_part_holds_to_its_own_last_day(answers: Answers, question: str, dated: date, until: date):
    answers[question] = replace(answers[question], dated=dated)
    code = DTAC.by_question[question].code

    before, after = (of(judge(DTAC, answers, on=until + timedelta(days=days)), code) for days in (0, 1))

    assert (before.status, before.until) == ("met", until)
    assert (after.status, after.until) == ("expired", until)


def test_a_worst_finding_of_seven_fails_and_one_below_passes(answers: Answers):
    assert of(judge(DTAC, answers | {"penetration-test-worst": Given(6.9)}, on=TODAY), "C3.3a").status == "met"

    verdict = judge(DTAC, answers | {"penetration-test-worst": Given(7)}, on=TODAY)

    assert verdict.status == "not-met"
    assert verdict.cause == (
        "C3.3a Worst finding of the penetration test: Answered: 7. "
        "What passes: No open finding with a CVSS score of 7.0 or more."
    )


def test_a_missing_document_and_a_missing_date_are_no_answer(answers: Answers):
    answers["clinical-safety-case"] = replace(answers["clinical-safety-case"], documents=("a" * 64, "a" * 64))
    answers["cyber-essentials"] = replace(answers["cyber-essentials"], dated=None)
    answers["ico-registration"] = replace(answers["ico-registration"], dated=TODAY + timedelta(days=1))

    verdict = judge(DTAC, answers, on=TODAY)

    assert verdict.status == "not-answered"
    assert of(verdict, "C1.2.4").reason == (
        "A document is missing behind the answer. Asked for: Clinical safety case report; Hazard log."
    )
    assert of(verdict, "C3.1").reason == "The date is missing: Certified on."
    assert of(verdict, "C2.2.1").reason == "Registered or renewed on: 25 November 2026 is still to come."


def test_a_gate_skips_with_a_reason_and_a_changed_gate_keeps_earlier_answers(answers: Answers):
    signed = answers | {"cyber-charter": Given("yes")}

    before, skipped, after = (judge(DTAC, each, on=TODAY) for each in (answers, signed, answers))

    assert of(before, "C3.3").status == "met"
    assert of(skipped, "C3.3").status == "skipped"
    assert of(skipped, "C3.3").reason == "Asked only when C3.2 “Cyber security charter” is “No”."
    assert of(skipped, "C3.3a").status == "skipped"
    assert "penetration-test" in signed
    assert after == before


def test_an_unanswered_gate_makes_what_follows_wait(answers: Answers):
    del answers["processes-personal-data"]

    verdict = judge(DTAC, answers, on=TODAY)

    assert of(verdict, "C2.2.1").status == "not-answered"
    assert of(verdict, "C2.2.1").reason == "Waits for the answer to C2.2 “Processes personal data”."
    assert verdict.status == "not-answered"


def test_what_does_not_apply_needs_neither_document_nor_date(answers: Answers):
    answers["penetration-test"] = Given("not-internet-facing")
    answers["dspt"] = Given("no-access")

    verdict = judge(DTAC, answers, on=TODAY)

    assert verdict.status == "met"
    assert of(verdict, "C3.3").status == "not-applicable"
    assert of(verdict, "C3.3a").status == "skipped"


def test_what_is_scored_is_told_and_decides_nothing(answers: Answers):
    answers |= {"usability-tested": Given("no"), "accessibility-level": Given("partly")}

    verdict = judge(DTAC, answers, on=TODAY)

    assert verdict.status == "met"
    assert [(score.section.id, score.met, score.asked) for score in verdict.scores] == [("d1", 6, 8)]


def test_a_condition_holds_until_it_is_due(answers: Answers):
    due = date(2027, 1, 31)
    finding = Finding("met-with-conditions", condition="Turn it on for every account", due_on=due)
    answers["multi-factor-plan"] = replace(answers["multi-factor-plan"], finding=finding)

    before, after = judge(DTAC, answers, on=due), judge(DTAC, answers, on=due + timedelta(days=1))

    assert (before.status, before.until) == ("met-with-conditions", due)
    assert before.until_cause == "C3.5 Plan for multi-factor authentication: condition due 31 January 2027"
    assert after.status == "expired"
    assert of(after, "C3.5").reason == "The condition was due on 31 January 2027: Turn it on for every account."


def test_nothing_asked_is_not_applicable(frameworks: Frameworks):
    sections = tuple(section for section in frameworks.assurance["dtac"].sections if section.assessed == "context")

    assert judge(replace(DTAC, sections=sections), {}, on=TODAY).status == "not-applicable"


@steady
@any_of(anything_given(DTAC), st.sets(st.sampled_from(CODES), min_size=1), DAYS)
def test_an_answer_taken_away_never_improves(answers: Answers, gone: set[str], on: date):
    taken = {name: each for name, each in answers.items() if DTAC.by_question[name].code not in gone}

    before, after = judge(DTAC, answers, on=on), judge(DTAC, taken, on=on)

    assert RANK[after.status] <= RANK[before.status]
    for old, new in zip(before.criteria, after.criteria, strict=True):
        assert RANK[new.status] <= RANK[old.status], new.criterion.code


@steady
@any_of(anything_given(DTAC), DAYS, st.randoms(use_true_random=False))
def test_the_order_of_questions_and_answers_changes_nothing(answers: Answers, on: date, chance: object):
    shuffled = _shuffled(DTAC, chance)
    names = sorted(answers, reverse=True)

    one, other = judge(DTAC, answers, on=on), judge(shuffled, {name: answers[name] for name in names}, on=on)

    assert (one.status, one.cause, one.until, one.until_cause) == (
        other.status,
        other.cause,
        other.until,
        other.until_cause,
    )
    assert {each.criterion.code: each for each in one.criteria} == {
        each.criterion.code: each for each in other.criteria
    }


def _shuffled(framework: AssuranceFramework, chance: object) -> AssuranceFramework:
    def shuffled(some: tuple[object, ...]) -> tuple[object, ...]:
        rows = list(some)
        chance.shuffle(rows)  # type: ignore[attr-defined]
        return tuple(rows)

    sections = (replace(each, criteria=shuffled(each.criteria)) for each in framework.sections)
    return replace(framework, sections=shuffled(tuple(sections)))


@steady
@any_of(anything_given(DTAC), DAYS, st.integers(0, 900))
def test_time_alone_never_improves(answers: Answers, on: date, days: int):
    past = {name: each for name, each in answers.items() if not each.dated or each.dated <= on}

    now, later = judge(DTAC, past, on=on), judge(DTAC, past, on=on + timedelta(days=days))

    assert RANK[later.status] <= RANK[now.status]
    for old, new in zip(now.criteria, later.criteria, strict=True):
        assert RANK[new.status] <= RANK[old.status], new.criterion.code
        assert new.until == old.until


@steady
@any_of(anything_given(DTAC), DAYS)
def test_it_holds_on_its_last_day_and_not_the_day_after(answers: Answers, on: date):
    past = {name: each for name, each in answers.items() if not each.dated or each.dated <= on}
    verdict = judge(DTAC, past, on=on)

    if verdict.status in ("met", "met-with-conditions") and verdict.until is not None:
        assert judge(DTAC, past, on=verdict.until).status == verdict.status
        assert judge(DTAC, past, on=verdict.until + timedelta(days=1)).status == "expired"


@steady
@any_of(anything_given(DTAC), findings(), st.sampled_from(CODES), DAYS)
def test_a_finding_lowers_and_never_lifts(answers: Answers, finding: Finding, code: str, on: date):
    name = DTAC.by_code[code].question_id
    without = answers | ({name: replace(answers[name], finding=None)} if name in answers else {})
    found = answers | ({name: replace(answers[name], finding=finding)} if name in answers else {})

    before, after = judge(DTAC, without, on=on), judge(DTAC, found, on=on)

    assert RANK[after.status] <= RANK[before.status]


def test_what_passes_can_be_told_of_every_criterion():
    for criterion in DTAC.criteria:
        assert passing(criterion).endswith((".", "”.")), criterion.code
