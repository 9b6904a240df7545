"""A case from the application to the certificate: who may, in which order, and what each is refused."""

from datetime import timedelta

import pytest

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.applying import reply, withdraw_case
from marketplace.assurance.actions.assessing import ask_clarification, assign, declare, find
from marketplace.assurance.actions.deciding import decide, propose, settle_disagreement
from marketplace.assurance.queries.cases import cases_for, find_case, hold_case, stood
from marketplace.assurance.queries.given import papers_of_case
from marketplace.assurance.rules.conformity import HOLDS
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.assurance.scenes import Bench, a_case, a_certificate, an_answered_product, begin, judge_all
from tests.cast import an_actor, recorded

DAY = timedelta(days=1)


def test_two_assessors_who_agree_make_a_certificate(db, bench: Bench, product, lumen, now):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)

    assert (certificate.state, certificate.outcome) == ("in-force", "met")
    assert recorded(db, about=certificate.case_id) == [
        "CaseApplied", "CaseAssigned", "ConflictDeclared", "CaseStarted",
        *["CriterionFound"] * 23, "OutcomeProposed", "CaseAssigned", "ConflictDeclared", "CaseDecided",
    ]  # fmt: skip
    assert recorded(db, about=certificate.id) == ["CertificateIssued"]


def test_what_is_not_answered_keeps_a_supplier_from_applying(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now, but=("dspt", "penetration-test"))

    with pytest.raises(Invalid, match="cannot be assessed yet") as refusal:
        a_case(db, bench, product, by=lumen, at=now)

    assert refusal.value.fields == {
        "dspt": "C2.1 is not answered", "penetration-test": "C3.3 is not answered",
        "penetration-test-worst": "C3.3a is not answered",
    }  # fmt: skip


def test_a_test_of_366_days_ago_keeps_a_supplier_from_applying(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now, tested=366)

    with pytest.raises(Invalid) as refusal:
        a_case(db, bench, product, by=lumen, at=now)

    assert refusal.value.fields == {"penetration-test": "C3.3 is out of date"}


def test_a_product_is_in_one_case_at_a_time(db, bench: Bench, product, lumen, now):
    a_case(db, bench, product, by=lumen, at=now)

    with pytest.raises(Conflict, match=r"is being assessed under DTAC 2\.0 already"):
        a_case(db, bench, product, by=lumen, at=now)


def test_another_supplier_can_neither_answer_nor_apply(db, services, bench: Bench, product, rival, now):
    with pytest.raises(NotAllowed):
        answer(db, product, {}, framework=services.frameworks.assurance["dtac"], by=rival, at=now)
    with pytest.raises(NotAllowed):
        a_case(db, bench, product, by=rival, at=now)


def test_the_papers_open_only_to_who_declared_no_conflict(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    assign(db, case, bench.first.person_id, by=bench.second, at=now)

    with pytest.raises(NotAllowed, match="the papers are not open"):
        ask_clarification(db, case, "C3.3", "Which?", frameworks=services.frameworks, by=bench.first, at=now)
    declare(db, case, has_conflict=False, by=bench.first, at=now)
    find(db, case, "C3.3", "met", frameworks=services.frameworks, by=bench.first, at=now)

    assert find_case(db, case.ref, by=bench.first).state == "in-assessment"


def test_a_conflict_frees_the_seat_and_the_person_cannot_have_it_again(db, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    assign(db, case, bench.first.person_id, by=bench.first, at=now)

    declare(db, case, has_conflict=True, words="My brother works there.", by=bench.first, at=now)

    case = find_case(db, case.ref, by=bench.second)
    assert (case.state, case.first_assessor_id) == ("applied", None)
    with pytest.raises(NotAllowed, match="declared a conflict"):
        assign(db, case, bench.first.person_id, by=bench.second, at=now)


def test_what_somebody_with_a_conflict_found_does_not_count(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now)

    declare(db, case, has_conflict=True, words="I was offered a post there.", by=bench.first, at=now)

    case = hold_case(db, case)
    papers = papers_of_case(db, case, services.frameworks.assurance["dtac"], answers_at=case.answers_at)
    assert papers.findings == {}


def test_the_second_assessor_is_another_person(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now)
    propose(db, case, "met", "All of it.", frameworks=services.frameworks, by=bench.first, at=now)

    with pytest.raises(NotAllowed, match="another person"):
        assign(db, case, bench.first.person_id, by=bench.first, at=now)
    with pytest.raises(NotAllowed, match="second assessor"):
        decide(db, case, "met", "And I agree.", frameworks=services.frameworks, seal=bench.seal, by=bench.first, at=now)


def test_nobody_assesses_what_their_own_organisation_supplies_whoever_they_act_for(
    db, bench: Bench, product, lumen, now
):
    also = an_actor(db, bench.first.person_name, "Lumen Health Ltd", "supplier", "bid-writer", at=now)
    case = a_case(db, bench, product, by=lumen, at=now)

    assert also.person_id == bench.first.person_id
    with pytest.raises(NotAllowed, match="own organisation supplies"):
        assign(db, case, bench.first.person_id, by=bench.second, at=now)


def test_a_disagreement_goes_to_a_third_who_settles_it(db, services, bench: Bench, product, lumen, now):
    frameworks = services.frameworks
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now)
    propose(db, case, "met", "All of it.", frameworks=frameworks, by=bench.first, at=now)
    begin(db, case, bench.second, at=now)

    nothing = decide(
        db, case, "not-met", "The log is thin.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=now
    )
    for who in (bench.first, bench.second):
        with pytest.raises(NotAllowed, match="another person"):
            assign(db, case, who.person_id, by=who, at=now)
    begin(db, case, bench.third, at=now)
    certificate = settle_disagreement(
        db, case, "met", "It is thin, and enough.", frameworks=frameworks, seal=bench.seal, by=bench.third, at=now
    )

    assert nothing is None
    assert certificate is not None
    assert find_case(db, case.ref, by=bench.third).outcome == "met"


def test_an_outcome_is_never_better_than_the_findings(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now, C3_6={"judgement": "not-met", "note": "No audit trail."})

    for outcome in HOLDS:
        with pytest.raises(Invalid, match="is not met"):
            propose(db, case, outcome, "Good enough.", frameworks=services.frameworks, by=bench.first, at=now)


def test_everything_that_counts_is_judged_before_anything_is_called_met(
    db, services, bench: Bench, product, lumen, now
):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)

    with pytest.raises(Conflict, match=r"23 criteria of .* are not judged yet"):
        propose(db, case, "met", "Looks fine.", frameworks=services.frameworks, by=bench.first, at=now)


def test_a_case_without_reasons_is_not_decided(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)

    with pytest.raises(Invalid, match="the reasons is missing"):
        propose(db, case, "not-met", "  ", frameworks=services.frameworks, by=bench.first, at=now)


def test_the_clock_stops_while_the_supplier_answers(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now + DAY)
    asked_at, replied_at = now + 2 * DAY, now + 9 * DAY
    asked = ask_clarification(
        db, case, "C3.3", "Which parts were tested?", frameworks=services.frameworks, by=bench.first, at=asked_at
    )

    def left(day: int) -> tuple[int, bool, int | None]:
        clock = cases_for(db, services.frameworks, by=bench.first, on=(now + day * DAY).date()).items[0].clock
        return clock.left, clock.is_stopped, clock.supplier_left

    while_open = [left(2), left(7)]
    reply(db, case, asked, "All of it: page 2 says so.", by=lumen, at=replied_at)

    assert while_open == [(18, True, 10), (18, True, 8)], "30 November is a bank holiday in Scotland"
    assert [left(9), left(10)] == [(18, False, None), (17, False, None)]


def test_answers_given_while_a_case_is_assessed_wait_for_the_reply(db, services, bench: Bench, product, lumen, now):
    frameworks, dtac = services.frameworks, services.frameworks.assurance["dtac"]
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    find(db, case, "C3.3a", "met", frameworks=frameworks, by=bench.first, at=now)
    asked = ask_clarification(db, case, "C3.3a", "Is 4.3 the last?", frameworks=frameworks, by=bench.first, at=now)
    answer(db, product, {"penetration-test-worst": 6.1}, framework=dtac, by=lumen, at=now + DAY)

    before = papers_of_case(db, case, dtac, answers_at=case.answers_at)
    reply(db, case, asked, "It is 6.1.", by=lumen, at=now + DAY)
    case = hold_case(db, case)
    after = papers_of_case(db, case, dtac, answers_at=case.answers_at)

    assert before.given["penetration-test-worst"].value == 4.3
    assert "C3.3a" in before.findings
    assert after.given["penetration-test-worst"].value == 6.1
    assert "C3.3a" not in after.findings, "what was found of the earlier answer does not count for this one"


def test_a_case_reads_as_it_stood_on_any_day(db, services, bench: Bench, product, lumen, now):
    frameworks, dtac = services.frameworks, services.frameworks.assurance["dtac"]
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now + DAY)
    asked = ask_clarification(db, case, "C3.3a", "Last?", frameworks=frameworks, by=bench.first, at=now + 2 * DAY)
    answer(db, product, {"penetration-test-worst": 6.1}, framework=dtac, by=lumen, at=now + 3 * DAY)
    reply(db, case, asked, "It is 6.1.", by=lumen, at=now + 3 * DAY)
    case = hold_case(db, case)

    then = [stood(db, frameworks, case, at=now + day * DAY) for day in range(4)]
    worst = [
        papers_of_case(db, case, dtac, answers_at=each.answers_at, at=each.at).given["penetration-test-worst"].value
        for each in then
    ]

    assert [each.state for each in then] == ["applied", "in-assessment", "clarification", "in-assessment"]
    assert worst == [4.3, 4.3, 4.3, 6.1]
    with pytest.raises(NotFound, match="did not exist yet"):
        stood(db, frameworks, case, at=now - DAY)


def test_an_application_can_be_taken_back_until_an_outcome_is_proposed(db, services, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    withdraw_case(db, case, reason="We rewrite it first.", by=lumen, at=now)
    again = a_case(db, bench, product, by=lumen, at=now + DAY)
    begin(db, again, bench.first, at=now + DAY)
    propose(db, again, "not-met", "Too thin.", frameworks=services.frameworks, by=bench.first, at=now + DAY)

    with pytest.raises(Conflict, match="cannot withdraw a proposed case"):
        withdraw_case(db, again, reason="Never mind.", by=lumen, at=now + DAY)


def test_a_case_is_seen_by_its_body_and_its_supplier_alone(db, bench: Bench, product, lumen, rival, buyer, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    stranger = an_actor(db, "Noor Haddad", "Another body", "assessor-body", "assessor", at=now)

    assert find_case(db, case.ref, by=bench.third).id == find_case(db, case.ref, by=lumen).id == case.id
    for who in (rival, buyer, stranger):
        with pytest.raises(NotFound):
            find_case(db, case.ref, by=who)
