"""What studies come to, the map and plans of evaluations by program, in the same words as the pages."""

from decimal import Decimal

import pytest

from marketplace.evidence.queries.declared import protocol_rules
from tests import cast
from tests.evidence.scenes import a_published, measured


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def test_a_synthesis_is_read_with_every_number_by_program(caller, db, frameworks, lumen, scribe, now):
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    other = measured(estimate=Decimal("-2.0"), low=Decimal("-3.2"), high=Decimal("-0.8"))
    a_published(db, frameworks, scribe.id, other, by=lumen, at=now, title="A second trial")
    path = f"/products/{scribe.ref}/evidence/measures"
    db.commit()

    listed = caller.get(path).json()["items"]
    assert [(one["key"], one["studies"], one["sums"]) for one in listed] == [("minutes-per-note", 2, 1)]
    whole = caller.get(f"{path}/minutes-per-note").json()["synthesis"]
    assert whole["bodies"][0]["total"]["count"] == 2
    assert "few-studies" in whole["unknown"]
    assert caller.get(f"{path}/nothing").status_code == 404
    assert caller.get(f"{path}/minutes-per-note?on=2020-01-01").status_code == 404
    cells = caller.get("/evidence/map").json()["items"]
    assert any(cell["studies"] for cell in cells)


def test_an_evaluation_is_planned_stamped_and_measured_by_program(caller_of, caller, db, frameworks, buyer, scribe, now):
    assert "stepped-wedge" in [one["id"] for one in caller.get("/evidence/kit").json()["items"]]
    answers = {one.id: "As written." for one in protocol_rules(frameworks).sections_of("note-review")}
    plan = {
        "template": "note-review", "title": "Notes of four clinics", "version_number": "1.0", "supplier_funded": False,
        "answers": answers,
    }  # fmt: skip
    ours, product = caller_of(buyer), scribe.ref
    db.commit()

    made = ours.post(f"/products/{product}/protocols", plan)
    assert made.status_code == 201, made.text
    path = f"/protocols/{made.json()['ref']}"
    assert caller.get(path).status_code == 404
    assert ours.post(f"{path}/stamp").json()["state"] == "stamped"
    assert caller.get(path).json()["digest"]
    row = {
        "note": "N1", "reviewer": "A", "hallucinations-major": "0", "hallucinations-minor": "1",
        "omissions-major": "0", "omissions-minor": "0",
    }  # fmt: skip
    day = now.date().isoformat()
    found = ours.post(f"{path}/notes", {"began_on": day, "ended_on": day, "judgements": [row]})
    assert found.json()["found"]["rates"][1]["events"] == 1
    published = ours.post(f"{path}/notes/1/publication").json()
    assert published["reviews"][0]["study"].startswith("STU-")
    assert [one["ref"] for one in ours.get("/protocols").json()["items"]] == [made.json()["ref"]]
