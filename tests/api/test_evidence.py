"""Evidence by program: read by everybody, written by the supplier, in the same words as the pages."""

import pytest

from tests import cast
from tests.evidence.scenes import TRIAL, a_published, a_study

RESULT = {
    "measure": "Minutes per note", "better": "lower", "effect": "difference", "estimate": "-3.10", "low": "-4.0",
    "high": "-2.2", "unit": "minutes", "role": "workload", "participants": 120,
}  # fmt: skip
STUDY = {
    **TRIAL, "participants": 120, "sites": 2, "supplier_funded": False, "supplier_run": False, "results": [RESULT],
}  # fmt: skip
ANYWAY = {"If-Match": "*"}


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def test_a_study_is_written_published_and_read_by_program(caller_of, caller, lumen, scribe):
    supplier = caller_of(lumen)
    made = supplier.post(f"/products/{scribe.ref}/studies", STUDY)
    ref = made.json()["ref"]
    assert made.status_code == 201
    assert caller.get(f"/studies/{ref}").status_code == 404

    published = supplier.post(f"/studies/{ref}/publication")

    assert published.json()["state"] == "published"
    read = caller.get(f"/studies/{ref}").json()
    assert (read["results"][0]["estimate"], read["results"][0]["direction"]) == ("-3.10", "better")
    assert (read["independence"], read["version_fit"]) == ("independent", "same")
    evidence = caller.get(f"/products/{scribe.ref}/evidence").json()
    assert (evidence["strength"], evidence["independent"], evidence["participants"]) == ("high", 1, 120)
    assert "no-safety-result" in [gap["id"] for gap in evidence["gaps"]]
    assert evidence["groups_missing"] == ["age", "sex", "ethnicity", "language", "disability", "deprivation"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"participants": -1}, "participants"),
        ({"ended_on": "2031-01-01"}, "ended_on"),
        ({"ended_on": "2026-02-30"}, "ended_on"),
        ({"design": "guess"}, "design"),
        ({"kind": "essay"}, "kind"),
        ({"colour": "blue"}, "colour"),
        ({"results": [{**RESULT, "estimate": "NaN"}]}, "results.0.estimate"),
        ({"results": [{**RESULT, "estimate": "9"}]}, "results.0.estimate"),
        ({"results": [{**RESULT, "low": "-2", "high": "-4"}]}, "results.0.low"),
        ({"results": [{**RESULT, "participants": 121}]}, "results.0.participants"),
        ({"document": "nothing"}, "document"),
    ],
)
def test_what_does_not_hold_is_refused_by_field(caller_of, lumen, scribe, change: dict, field: str):
    refused = caller_of(lumen).post(f"/products/{scribe.ref}/studies", {**STUDY, **change})

    assert refused.status_code == 422
    assert field in str(refused.json())


def test_a_published_study_is_changed_with_its_version_and_a_reason(caller_of, db, frameworks, lumen, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    supplier = caller_of(lumen)
    changed = {**STUDY, "results": [{**RESULT, "estimate": "-2.5"}]}

    assert supplier.put(f"/studies/{study.ref}", changed).status_code == 428
    assert supplier.put(f"/studies/{study.ref}", changed, headers={"If-Match": '"1"'}).status_code == 412
    assert supplier.put(f"/studies/{study.ref}", changed, headers=ANYWAY).status_code == 422
    done = supplier.put(f"/studies/{study.ref}", {**changed, "reason": "A slip."}, headers=ANYWAY).json()

    assert done["results"][0]["estimate"] == "-2.5"
    assert [each["reason"] for each in done["corrections"]] == ["A slip."]


def test_others_read_what_is_published_and_change_nothing(caller_of, db, frameworks, lumen, rival, scribe, now):
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    stranger = caller_of(rival)

    assert stranger.get(f"/studies/{study.ref}").status_code == 200
    assert stranger.put(f"/studies/{study.ref}", {**STUDY, "reason": "Mine."}, headers=ANYWAY).status_code == 403
    assert stranger.post(f"/studies/{study.ref}/retraction", {"reason": "Ours is better."}).status_code == 403
    assert stranger.post(f"/products/{scribe.ref}/studies", STUDY).status_code == 404
    assert stranger.get(f"/listings/{scribe.ref}/studies").status_code == 404


def test_the_moves_of_a_study_are_told_and_taken(caller_of, db, frameworks, lumen, scribe, now):
    draft = a_study(db, frameworks, scribe.id, by=lumen, at=now)
    supplier = caller_of(lumen)

    moves = {move["name"]: move["allowed"] for move in supplier.get(f"/studies/{draft.ref}").json()["moves"]}

    assert moves == {"publication": True, "abandonment": True, "retraction": False}
    assert supplier.post(f"/studies/{draft.ref}/abandonment").status_code == 204
    assert supplier.get(f"/listings/{scribe.ref}/studies").json()["total"] == 0
    kept = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    db.commit()
    assert supplier.post(f"/studies/{kept.ref}/retraction", {"reason": "Wrong."}).json()["state"] == "retracted"
