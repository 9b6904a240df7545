"""Reading studies critically by program, in the same words as the pages."""

import pytest

from marketplace.evidence.queries.appraisals import appraisal_rules
from marketplace.evidence.rules.appraising import rows_of
from tests import cast
from tests.evidence.scenes import a_claim, a_published
from tests.services import known_frameworks

ROB2 = appraisal_rules(known_frameworks()).tool["rob-2"]


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def study(db, frameworks, lumen, scribe, now):
    return a_published(db, frameworks, scribe.id, by=lumen, at=now, registration="ISRCTN12345678")


def test_a_study_is_read_and_a_claim_judged_by_program(caller_of, caller, db, lumen, scribe, study, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    people = [
        cast.an_actor(db, name, "University of Estermouth", "university", "academic", at=now)
        for name in ("Ffion Pugh", "Idris Vaughan")
    ]
    judgements = {row.id: {"answer": "low"} for row in rows_of(ROB2)}
    body = {"judgements": judgements, "has_no_conflict": True}

    for person in people:
        caller_of(person).post(f"/studies/{study.ref}/appraisal/rob-2", body)
    program = caller_of(people[0])
    program.post(f"/studies/{study.ref}/checks", {"what": "registration", "outcome": "found"})
    step = {"steps": 1, "reason": "Nobody was blinded."}
    program.post(f"/claims/{claim.ref}/certainty", {"start": "randomised", "domains": {"bias": step}})

    read = caller.get(f"/studies/{study.ref}/appraisal").json()
    assert read["fitting"] == ["consort-ai", "rob-2"]
    assert [(each["tool"], each["is_agreed"], each["overall"]) for each in read["reads"]] == [("rob-2", True, "low")]
    assert read["checks"][0]["outcome"] == "found"
    certainty = caller.get(f"/claims/{claim.ref}/certainty").json()
    assert (certainty["level"], certainty["is_current"]) == (3, True)


def test_the_risk_of_bias_of_one_result_by_program(caller_of, caller, db, study, now):
    judgements = {row.id: {"answer": "low"} for row in rows_of(ROB2)}
    lost = {"result": 1, "domain": "missing", "answer": "high", "reason": "A third of the notes were lost."}
    body = {"judgements": judgements, "has_no_conflict": True, "otherwise": [lost]}
    people = [cast.an_actor(db, name, "University of Estermouth", "university", "academic", at=now) for name in ("Ffion Pugh", "Idris Vaughan")]

    wrong = caller_of(people[0]).post(f"/studies/{study.ref}/appraisal/rob-2", {**body, "otherwise": [{**lost, "result": 7}]})
    assert wrong.status_code == 422
    for person in people:
        caller_of(person).post(f"/studies/{study.ref}/appraisal/rob-2", body)

    (read,) = caller.get(f"/studies/{study.ref}/appraisal").json()["reads"]
    assert (read["overall"], read["otherwise"], read["risks"]) == ("low", [lost], [{"result": 1, "overall": "high"}])
    assert [each["otherwise"] for each in read["readings"]] == [[lost], [lost]]
