"""Two people read a study apart, then agree; certainty follows from declared steps with reasons, never from a score."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.actions.appraising import (
    agree_consensus,
    give_appraisal,
    judge_certainty,
    note_look_up,
    propose_consensus,
    tool_for,
)
from marketplace.evidence.actions.writing import change_study, set_results
from marketplace.evidence.queries.appraisals import (
    agreed_risks,
    appraisal_rules,
    certainty_of,
    checks_of,
    is_current,
    readings_of,
)
from marketplace.evidence.queries.claims import find_claim, weigh
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.rules.appraising import coverage_of, may_be_raised_to, overall_of, rows_of
from marketplace.evidence.rules.bias import risk_of, shared_by
from marketplace.evidence.rules.certainty import level_of
from marketplace.evidence.schemas.appraisals import read_judged, read_looked_up, read_reading
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import cast
from tests.evidence.scenes import a_claim, a_published, a_study, described, measured
from tests.services import known_frameworks

RULES = appraisal_rules(known_frameworks())
ROB2, TRIAL = RULES.tool["rob-2"], RULES.tool["consort-ai"]
DOMAINS = [*(domain.id for domain in RULES.grade.down), *(domain.id for domain in RULES.grade.up)]
SOON = timedelta(hours=1)


def raw_of(tool, answer: str = "low", **changes: str) -> dict[str, str]:
    answers = {f"answer-{row.id}": answer for row in rows_of(tool)}
    answers |= {f"reason-{row.id}": "As the report says." for row in rows_of(tool)}
    return {**answers, "reason": "", **changes}


def reading(tool=ROB2, answer: str = "low", **changes: str):
    return read_reading(raw_of(tool, answer, **changes), tool, RULES)


def graded(start: str, **steps: int):
    raw = {"start": start}
    for name, count in steps.items():
        raw |= {f"steps-{name}": str(count), f"reason-{name}": "For this reason."}
    return read_judged(raw, RULES)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def study(db, frameworks, lumen, scribe, now):
    return a_published(db, frameworks, scribe.id, by=lumen, at=now, registration="ISRCTN12345678")


@pytest.fixture
def give(db, study, lumen, now):
    def given_by(who, what=None, tool=ROB2, **changes):
        facts = {"supplier_id": lumen.organisation_id, "has_no_conflict": True, **changes}
        return give_appraisal(db, study, tool, what or reading(tool), RULES, by=who, at=now, **facts)

    return given_by


@pytest.mark.parametrize(
    ("start", "steps", "level"),
    [
        ("randomised", {"bias": -1, "imprecision": -1}, 2),
        ("not-randomised", {"large": 1}, 3),
        ("not-randomised", {"inconsistency": -1, "large": 2}, 1),
        ("randomised", {"bias": -2, "inconsistency": -1, "indirectness": -1, "imprecision": -1}, 1),
        ("randomised", {}, 4),
        ("not-randomised", {}, 2),
        ("not-randomised-robins", {"bias": -3}, 1),
        ("not-randomised-robins", {}, 4),
        ("randomised", {"large": 2}, 4),
    ],
)
def test_grade_as_the_worked_examples_say(start, steps, level):
    assert level_of(RULES.grade, start, steps) == level


@given(st.sampled_from([start.id for start in RULES.grade.starts]), st.data())
def test_taking_a_level_off_never_makes_it_more_certain(start, data):
    steps = {name: data.draw(st.integers(-2, 2)) for name in DOMAINS}
    worse = {**steps, data.draw(st.sampled_from([each.id for each in RULES.grade.down])): -2}

    assert 1 <= level_of(RULES.grade, start, worse) <= level_of(RULES.grade, start, steps) <= 4


def test_each_design_is_read_by_the_tools_that_fit_it():
    fitting = {design: [tool.id for tool in RULES.fitting(design)] for design in
               ("randomised-trial", "diagnostic-accuracy", "simulation", "before-after", "expert-opinion")}  # fmt: skip

    assert fitting == {
        "randomised-trial": ["consort-ai", "rob-2"],
        "diagnostic-accuracy": ["stard-ai", "quadas-2"],
        "simulation": ["tripod-llm", "probast-ai"],
        "before-after": ["decide-ai", "robins-i"],
        "expert-opinion": [],
    }


@pytest.mark.parametrize(
    ("tool", "answers", "overall"),
    [
        ("rob-2", ["low"] * 5, "low"),
        ("rob-2", ["low", "some-concerns", "low", "low", "low"], "some-concerns"),
        ("rob-2", ["low", "some-concerns", "high", "low", "low"], "high"),
        ("robins-i", ["low", "moderate", "serious", "low", "low", "low", "low"], "serious"),
        ("probast-ai", ["low", "low", "unclear", "low"], "unclear"),
        ("probast-ai", ["low", "high", "unclear", "low"], "high"),
        ("quadas-2", ["high", "high", "low", "low"], ""),
    ],
)
def test_the_rule_of_each_tool(tool, answers, overall):
    told = RULES.tool[tool]
    judgements = {row.id: {"answer": answer} for row, answer in zip(rows_of(told), answers, strict=True)}

    assert overall_of(told, judgements) == overall


def test_several_concerns_may_come_to_high_together_where_people_say_why():
    concerns = {row.id: {"answer": "some-concerns"} for row in rows_of(ROB2)}
    assert may_be_raised_to(ROB2, concerns) == ("some-concerns", "high")

    assert reading(answer="some-concerns", overall="high", reason="All point the same way.").overall == "high"
    with pytest.raises(Invalid, match="needs its reason"):
        reading(answer="some-concerns", overall="high")
    with pytest.raises(Invalid, match="does not follow"):
        reading(answer="low", overall="high", reason="I feel so.")


def test_a_checklist_is_counted_and_never_scored():
    told = reading(TRIAL, "reported", **{"answer-harms": "not-reported"})

    assert told.overall == ""
    assert coverage_of(told.judgements, RULES.coverage) == [("Reported", 12), ("Not reported", 1)]


def test_what_does_not_apply_says_why():
    with pytest.raises(Invalid) as refused:
        reading(TRIAL, "reported", **{"answer-access": "not-applicable", "reason-access": ""})

    assert list(refused.value.fields) == ["reason-access"]


def test_two_who_say_the_same_agree_at_once(db, study, give, academic, colleague):
    give(academic)
    give(colleague)

    (read,) = readings_of(db, study, by=None)
    assert (read.is_agreed, read.consensus.overall) == (True, "low")
    assert cast.recorded(db, about=study.id)[-1] == "ConsensusReached"
    assert agreed_risks(db, [study.id])[study.id].overall == "low"


def test_neither_sees_the_other_s_reading_before_both_are_given(db, study, give, academic, colleague):
    give(academic, reading(answer="high"))

    assert [each.readings for each in readings_of(db, study, by=None)] == [()]
    assert readings_of(db, study, by=colleague)[0].readings == ()
    assert len(readings_of(db, study, by=academic)[0].readings) == 1
    give(colleague)
    assert len(readings_of(db, study, by=None)[0].readings) == 2


def test_where_they_differ_one_proposes_and_the_other_agrees(db, study, give, academic, colleague, assessor, now):
    give(academic, reading(answer="high"))
    give(colleague)
    settled = reading(answer="some-concerns")

    with pytest.raises(NotAllowed, match="only the two"):
        propose_consensus(db, study, ROB2, settled, RULES, by=assessor, at=now)
    propose_consensus(db, study, ROB2, settled, RULES, by=academic, at=now)
    with pytest.raises(Conflict, match="proposed this yourself"):
        agree_consensus(db, study, ROB2, by=academic, at=now)
    assert not readings_of(db, study, by=None)[0].is_agreed
    agree_consensus(db, study, ROB2, by=colleague, at=now)

    (read,) = readings_of(db, study, by=None)
    assert (read.consensus.overall, [each.overall for each in read.readings]) == ("some-concerns", ["high", "low"])
    with pytest.raises(Conflict, match="agree already"):
        propose_consensus(db, study, ROB2, settled, RULES, by=academic, at=now)


def test_a_third_comes_too_late_and_nobody_reads_twice(db, give, academic, colleague, assessor):
    give(academic)
    with pytest.raises(Conflict, match="already"):
        give(academic)
    give(colleague)
    with pytest.raises(Conflict, match="two appraisers"):
        give(assessor)


def test_insiders_and_those_with_a_conflict_do_not_appraise(db, frameworks, study, give, lumen, buyer, academic, now):
    for somebody in (lumen, buyer):
        with pytest.raises(NotAllowed, match="outside its owner"):
            give(somebody)
    with pytest.raises(NotAllowed, match="outside its owner"):
        give(academic, supplier_id=academic.organisation_id)
    with pytest.raises(Invalid, match="declaration is missing"):
        give(academic, has_no_conflict=False)
    draft = a_study(db, frameworks, study.product_id, by=lumen, at=now)
    with pytest.raises(Conflict, match="cannot appraise a draft"):
        give_appraisal(db, draft, ROB2, reading(), RULES, supplier_id=None, has_no_conflict=True, by=academic, at=now)
    with pytest.raises(NotFound, match="does not fit"):
        tool_for(study, "quadas-2", RULES)


def test_certainty_is_judged_from_outside_and_again_when_a_study_changed(
    db, frameworks, lumen, scribe, study, academic, now
):
    claim = a_claim(db, scribe.id, by=lumen, at=now)

    def weighed():
        return weigh(find_claim(db, claim.ref, by=None), studies_of(db, scribe.id, by=None))

    with pytest.raises(NotAllowed, match="outside the supplier"):
        judge_certainty(db, claim, weighed(), graded("randomised"), RULES, by=lumen, at=now)
    judge_certainty(db, claim, weighed(), graded("randomised", bias=1), RULES, by=academic, at=now)

    found = certainty_of(db, claim.id)
    assert (found.level, is_current(found, weighed())) == (3, True)
    assert found.judgements == {"bias": {"steps": -1, "reason": "For this reason."}}
    set_results(db, study, [measured(participants=119)], reason="One was counted twice.", by=lumen, at=now + SOON)
    assert not is_current(found, weighed())


@pytest.mark.parametrize(
    ("raw", "field", "told"),
    [
        ({"start": ""}, "start", "with what designs"),
        ({"start": "randomised", "steps-bias": "1"}, "reason-bias", "each step has its reason"),
        ({"start": "randomised", "steps-publication": "2", "reason-publication": "x"}, "steps-publication", "0 to 1"),
        ({"start": "randomised", "steps-large": "1", "reason-large": "x"}, "steps-large", "for randomised trials"),
        ({"start": "not-randomised", "steps-large": "1", "reason-large": "x", "steps-bias": "1", "reason-bias": "y"},
         "steps-large", "where anything went down"),
        ({"start": "not-randomised", "steps-bias": "3", "reason-bias": "x"}, "steps-bias", "0 to 2"),
    ],
)  # fmt: skip
def test_steps_that_cannot_be_are_refused_by_field(raw, field, told):
    with pytest.raises(Invalid) as refused:
        read_judged(raw, RULES)

    assert told in refused.value.fields[field]


def test_a_number_is_not_checked_until_somebody_outside_looked_it_up(db, frameworks, study, lumen, academic, now):
    looked = read_looked_up({"what": "registration", "outcome": "found"}, on=now.date())
    assert checks_of(db, study) == {}

    with pytest.raises(NotAllowed, match="outside its owner"):
        note_look_up(db, study, looked, by=lumen, at=now)
    note_look_up(db, study, looked, by=academic, at=now)
    assert checks_of(db, study)["registration"].looked_on == now.date()
    with pytest.raises(Conflict, match="no such number"):
        note_look_up(db, study, read_looked_up({"what": "doi", "outcome": "found"}, on=now.date()), by=academic, at=now)

    another = described(frameworks, now, registration="ISRCTN87654321")
    change_study(db, study, another, reason="A slip.", by=lumen, at=now)
    assert checks_of(db, study) == {}


def test_what_was_found_otherwise_says_what(now):
    with pytest.raises(Invalid) as refused:
        read_looked_up({"what": "doi", "outcome": "differs", "looked_on": "2031-01-01"}, on=now.date())

    assert sorted(refused.value.fields) == ["looked_on", "note"]


def test_a_result_is_judged_otherwise_than_its_study_and_keeps_its_own_risk(db, study, give, academic, colleague):
    (result,) = study.results
    numbers = {"1": str(result.id)}
    row = {"otherwise-1-result": "1", "otherwise-1-domain": "missing", "otherwise-1-answer": "high",
           "otherwise-1-reason": "A third of the notes were lost."}  # fmt: skip
    told = read_reading(raw_of(ROB2, "low", **row), ROB2, RULES, numbers)

    assert told.by_result == {str(result.id): {"missing": {"answer": "high", "reason": "A third of the notes were lost."}}}
    give(academic, told)
    give(colleague, told)

    (read,) = readings_of(db, study, by=None)
    assert (read.is_agreed, read.consensus.overall) == (True, "low")
    consensus = agreed_risks(db, [study.id])[study.id]
    assert risk_of(ROB2, consensus.overall, consensus.judgements, consensus.by_result[str(result.id)]) == "high"
    assert risk_of(ROB2, consensus.overall, consensus.judgements, {}) == "low"


def test_two_who_differ_over_one_result_have_to_agree_on_it(db, study, give, academic, colleague):
    numbers = {"1": str(study.results[0].id)}
    row = {"otherwise-3-result": "1", "otherwise-3-domain": "missing", "otherwise-3-answer": "high", "otherwise-3-reason": "Lost."}
    give(academic, read_reading(raw_of(ROB2, "low", **row), ROB2, RULES, numbers))
    give(colleague)

    (read,) = readings_of(db, study, by=None)
    assert not read.is_agreed
    assert shared_by(read.readings[0].by_result, read.readings[1].by_result) == {}
    assert shared_by(read.readings[0].by_result, read.readings[0].by_result) == read.readings[0].by_result


@pytest.mark.parametrize(
    ("row", "field", "told"),
    [
        ({"result": "9"}, "otherwise-1-result", "not one of the choices"),
        ({"result": ""}, "otherwise-1-result", "for which result"),
        ({"domain": "tea"}, "otherwise-1-domain", "not one of the choices"),
        ({"answer": ""}, "otherwise-1-answer", "what you found"),
        ({"reason": ""}, "otherwise-1-reason", "why it is otherwise"),
        ({"answer": "low"}, "otherwise-1-answer", "leave the row out"),
    ],
)
def test_what_is_otherwise_for_a_result_is_whole_or_refused_by_field(row, field, told):
    whole = {"result": "1", "domain": "missing", "answer": "high", "reason": "Lost.", **row}
    with pytest.raises(Invalid) as refused:
        read_reading(raw_of(ROB2, "low", **{f"otherwise-1-{name}": value for name, value in whole.items()}), ROB2, RULES, {"1": "id"})

    assert told in refused.value.fields[field]


def test_a_checklist_has_nothing_for_single_results():
    told = read_reading(raw_of(TRIAL, "reported", **{"otherwise-1-result": "1"}), TRIAL, RULES, {"1": "id"})
    assert told.by_result == {}


@given(st.lists(st.sampled_from(["low", "some-concerns", "high"]), min_size=5, max_size=5), st.integers(0, 4))
def test_a_result_that_is_read_worse_never_has_less_risk_than_its_study(answers, place):
    judgements = {row.id: {"answer": answer} for row, answer in zip(rows_of(ROB2), answers, strict=True)}
    order = [answer.id for answer in ROB2.answers]
    worse = {rows_of(ROB2)[place].id: {"answer": "high"}}

    whole = overall_of(ROB2, judgements)
    assert order.index(risk_of(ROB2, whole, judgements, worse)) >= order.index(whole)
