"""Reading studies critically in the browser: two people apart, then together; numbers looked up; certainty judged."""

import pytest

from marketplace.evidence.queries.appraisals import appraisal_rules
from tests import cast
from tests.evidence.scenes import a_claim, a_published
from tests.evidence.test_appraising import raw_of
from tests.services import known_frameworks
from tests.worlds import part, quick_part

RULES = appraisal_rules(known_frameworks())
ROB2 = RULES.tool["rob-2"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@quick_part
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@part
def study(db, frameworks, lumen, scribe, now):
    return a_published(db, frameworks, scribe.id, by=lumen, at=now, registration="ISRCTN12345678")


@pytest.fixture
def two(db, client_of, study, now):
    """Two browsers of academics of one university."""
    people = [
        cast.an_actor(db, name, "University of Estermouth", "university", "academic", at=now)
        for name in ("Ffion Pugh", "Idris Vaughan")
    ]
    return [client_of(person) for person in people]


def form_of(answer: str, **more: str) -> dict[str, str]:
    return {**raw_of(ROB2, answer), "has_no_conflict": "yes", **more}


def test_two_read_a_study_apart_and_then_agree(client, two, study):
    first, second = two
    address = f"/studies/{study.ref}/appraisal"
    assert "Not read yet" in client.get(address).text
    assert "Not agreed by two readers" in client.get(f"/studies/{study.ref}").text
    assert "Randomisation" in first.get(f"{address}/rob-2").text

    first.send_form(f"{address}/rob-2", form_of("high"))
    assert "One of two readings is in" in second.get(address).text
    assert "Ffion Pugh" not in second.get(address).text
    second.send_form(f"{address}/rob-2", form_of("low"))
    assert "Reading apart, both said the same of 0 of 5" in client.get(address).text

    assert "What both could say" in first.get(f"{address}/rob-2").text
    first.send_form(f"{address}/rob-2/consensus", form_of("some-concerns"))
    second.send_form(f"{address}/rob-2/agreement")

    page = client.get(address).text
    assert "Agreed by two readers" in page
    assert "Some concerns" in client.get(f"/studies/{study.ref}").text


def test_a_reading_without_its_reasons_or_declaration_comes_back_as_typed(two, study):
    address = f"/studies/{study.ref}/appraisal/rob-2"

    blank = two[0].send_form(address, {**form_of("high"), "reason-missing": ""})
    silent = two[0].send_form(address, {**form_of("low"), "has_no_conflict": ""})

    assert (blank.status_code, silent.status_code) == (422, 422)
    assert "Say why, of missing outcome data" in blank.text
    assert "leaves the study to somebody else" in silent.text


def test_a_supplier_and_a_buyer_read_what_was_said_and_appraise_nothing(client_of, lumen, buyer, study):
    for somebody in (lumen, buyer):
        browser = client_of(somebody)
        page = browser.get(f"/studies/{study.ref}/appraisal")
        assert "Read it by this tool" not in page.text
        assert browser.get(f"/studies/{study.ref}/appraisal/rob-2").status_code == 403


def test_a_registration_is_not_checked_until_somebody_looked_it_up(client, two, study):
    assert "Not checked" in client.get(f"/studies/{study.ref}").text
    assert "ISRCTN registry" in two[0].get(f"/studies/{study.ref}/appraisal").text

    silent = two[0].send_form(f"/studies/{study.ref}/checks", {"what": "registration", "outcome": "differs"})
    two[0].send_form(f"/studies/{study.ref}/checks", {"what": "registration", "outcome": "found"})

    assert silent.status_code == 422
    page = client.get(f"/studies/{study.ref}").text
    assert "It is there, and says the same" in page
    assert "by Ffion Pugh" in page


def test_certainty_is_judged_step_by_step_with_reasons(client, two, db, lumen, scribe, study, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()
    address = f"/claims/{claim.ref}/certainty"
    assert "Nobody outside the supplier has judged it yet" in client.get(f"/claims/{claim.ref}").text
    assert "Where do the results begin?" in two[0].get(address).text

    silent = two[0].send_form(address, {"start": "randomised", "steps-bias": "1"})
    two[0].send_form(address, {"start": "randomised", "steps-bias": "1", "reason-bias": "Nobody was blinded."})

    assert silent.status_code == 422
    page = client.get(f"/claims/{claim.ref}").text
    assert "Starts at high" in page
    assert "Down 1: Risk of bias. Nobody was blinded." in page
    assert "Judged by Ffion Pugh, University of Estermouth" in page


def test_the_risk_of_bias_of_one_result_is_read_otherwise_than_of_its_study(client, db, two, study, scribe, lumen, now):
    first, second = two
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()
    address = f"/studies/{study.ref}/appraisal"
    lost = {"otherwise-1-result": "1", "otherwise-1-domain": "missing", "otherwise-1-answer": "high",
            "otherwise-1-reason": "A third of the notes were lost."}  # fmt: skip
    assert "Otherwise for one result" in first.get(f"{address}/rob-2").text

    wrong = first.send_form(f"{address}/rob-2", form_of("low", **{**lost, "otherwise-1-reason": ""}))
    assert wrong.status_code == 422
    assert "Say why it is otherwise for this result." in wrong.text
    first.send_form(f"{address}/rob-2", form_of("low", **lost))
    second.send_form(f"{address}/rob-2", form_of("low"))
    assert "Two readings, not agreed yet" in client.get(address).text
    first.send_form(f"{address}/rob-2/consensus", form_of("low", **lost))
    assert "A third of the notes were lost." in second.get(f"{address}/rob-2").text
    second.send_form(f"{address}/rob-2/agreement")

    assert "Both: Missing outcome data: High risk. A third of the notes were lost." in client.get(address).text
    page = " ".join(client.get(f"/studies/{study.ref}").text.split())
    assert "High risk" in page
    assert "Low risk" in page
    assert "Risk of bias: high risk, for this result: A third of the notes were lost." in client.get(f"/claims/{claim.ref}").text
