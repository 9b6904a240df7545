"""Claims by program, in the same words as the pages."""

import pytest

from tests import cast
from tests.evidence.scenes import a_claim, a_published

CLAIM = {
    "words": "Clinicians write for at least two minutes less per note.", "measure": "Minutes per note",
    "unit": "minutes", "effect": "difference", "better": "lower", "direction": "lower", "size": "2",
    "setting": "outpatients", "population": "adults", "role": "workload",
}  # fmt: skip


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def test_a_claim_is_written_published_and_read_by_program(caller_of, caller, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()
    supplier = caller_of(lumen)
    made = supplier.post(f"/listings/{scribe.ref}/claims", CLAIM)
    ref = made.json()["ref"]
    assert made.status_code == 201
    assert caller.get(f"/claims/{ref}").status_code == 404
    assert supplier.get(f"/listings/{scribe.ref}/claims").json()["items"][0]["state"] == "draft"

    assert supplier.post(f"/claims/{ref}/publication").json()["state"] == "published"

    read = caller.get(f"/claims/{ref}").json()
    assert (read["verdict"], read["size"], read["results"][0]["study"]) == ("supported", "2", study.ref)
    assert caller.get(f"/products/{scribe.ref}/evidence/claims").json()["items"] == [read]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"words": ""}, "words"),
        ({"size": "-2"}, "size"),
        ({"size": "NaN"}, "size"),
        ({"direction": "sideways"}, "direction"),
        ({"setting": "the moon"}, "setting"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_a_claim_that_does_not_hold_is_refused_by_field(caller_of, lumen, scribe, change, field):
    refused = caller_of(lumen).post(f"/listings/{scribe.ref}/claims", {**CLAIM, **change})

    assert refused.status_code == 422
    assert field in refused.text


def test_a_result_is_weighed_by_an_academic_and_not_by_the_owner(caller_of, db, frameworks, lumen, scribe, now):
    academic = cast.an_actor(db, "Ffion Pugh", "University of Estermouth", "university", "academic", at=now)
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()
    body = {"result": f"{study.ref}:1", "stance": "neutral", "reason": "One hospital alone."}

    assert caller_of(lumen).post(f"/claims/{claim.ref}/results", body).status_code == 403
    weighed = caller_of(academic).post(f"/claims/{claim.ref}/results", body).json()

    result = weighed["results"][0]
    assert (weighed["verdict"], result["stance"], result["by_numbers"]) == ("undecided", "neutral", "supports")
    assert result["by"] == "University of Estermouth"


def test_a_claim_is_withdrawn_by_program(caller_of, caller, db, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    db.commit()

    caller_of(lumen).post(f"/claims/{claim.ref}/withdrawal", {"reason": "The model changed."})

    assert caller.get(f"/claims/{claim.ref}").json()["state_reason"] == "The model changed."
