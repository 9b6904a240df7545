"""A contract by programs: drafted, filled in, issued, read, signed, varied."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from marketplace.contracts.rules.digests import digest_of
from tests.contracts.agreements import FILLED
from tests.contracts.conftest import certified, draft, people, scribe, settled, signed

__all__ = ["certified", "draft", "people", "scribe", "settled", "signed"]


@pytest.fixture
def programs(caller_of, buyer, people) -> SimpleNamespace:
    return SimpleNamespace(lead=caller_of(buyer), signers=[caller_of(person) for person in people.in_order])


def test_a_contract_goes_from_draft_to_signed_by_calls_alone(settled, certified, programs):
    lead = programs.lead
    made = lead.post("/contracts", {"procurement": settled.ref})
    assert made.status_code == 201
    path = made.headers["location"].removeprefix("/v1")
    assert "fee-pence" in made.json()["open"]

    filled = lead.patch(f"{path}/terms", {"parameters": FILLED}, headers={"If-Match": made.headers["etag"]})
    assert filled.json()["open"] == {}
    issued = lead.post(f"{path}/issue").json()
    text = lead.get(f"{path}/text").json()
    assert issued["state"] == "issued"
    assert digest_of(text["body"]) == text["digest"] == issued["texts"][0]["digest"]
    assert [one["state"] for one in lead.get(f"{path}/signatures").json()["items"]] == ["turn", "later", "later"]

    for program in programs.signers:
        assert program.post(f"{path}/readings", {"digest": text["digest"]}).status_code == 200
        answer = program.post(f"{path}/signatures", {"digest": text["digest"], "capacity": "Director"})
        assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "signed"
    assert len(lead.get(f"{path}/text").json()["signatures"]) == 3
    assert len(lead.get(f"{path}/obligations").json()["items"]) > 20
    assert [one["weight"] for one in lead.get(f"{path}/parties").json()["items"]] == [3, 2, 0]


def test_the_same_text_as_a_document_and_as_a_calendar(signed, caller_of, buyer):
    program = caller_of(buyer)
    digest = program.get(f"/contracts/{signed.ref}/text").json()["digest"]

    made = program.get(f"/contracts/{signed.ref}/text.pdf")
    assert digest in PdfReader(BytesIO(made.content)).pages[0].extract_text()
    assert program.get(f"/contracts/{signed.ref}/text.docx").content.startswith(b"PK")
    assert program.get(f"/contracts/{signed.ref}/calendar.ics").text.startswith("BEGIN:VCALENDAR")


def test_bad_values_are_named_and_change_nothing(draft, certified, caller_of, buyer):
    program = caller_of(buyer)
    path = f"/contracts/{draft.ref}"

    refused = program.patch(f"{path}/terms", {"parameters": {"fee-pence": -1, "colour": "red"}}, headers={"If-Match": "*"})

    assert refused.status_code == 422
    assert {"fee-pence", "colour"} <= set(refused.text.replace('"', " ").split())
    assert program.get(path).json()["parameters"]["fee-pence"] == FILLED["fee-pence"]
    assert program.patch(f"{path}/terms", {"parameters": {}}, headers={"If-Match": '"99"'}).status_code == 412


def test_a_signature_over_an_older_text_is_a_conflict_that_says_what_to_do(draft, certified, programs):
    path = f"/contracts/{draft.ref}"
    older = programs.lead.post(f"{path}/issue").json()["texts"][0]["digest"]
    programs.lead.post(f"{path}/recall", {"reason": "A slip."})
    programs.lead.patch(f"{path}/terms", {"parameters": {"fee-pence": 5_900_000}}, headers={"If-Match": "*"})
    programs.lead.post(f"{path}/issue")

    refused = programs.signers[0].post(f"{path}/signatures", {"digest": older, "capacity": "Director"})

    assert refused.status_code == 409
    assert "Read what changed" in refused.text
    (change,) = programs.signers[0].get(f"{path}/changes").json()["items"]
    assert change["id"] == "fees"
    pieces = [piece for line in change["lines"] for piece in line["pieces"] if piece["state"] != "same"]
    assert [piece["text"] for piece in pieces] == ["£60,000.00", "£59,000.00"]


def test_a_variation_by_calls_and_the_terms_of_any_day(signed, programs):
    path = f"/contracts/{signed.ref}"
    wrong = programs.lead.post(f"{path}/variation", {"parameters": {"fee-pence": 1}, "reason": "Why.", "effective_on": "2027-02-30"})
    assert wrong.status_code == 422

    programs.lead.post(f"{path}/variation", {"parameters": {"fee-pence": 5_000_000}, "reason": "A late start.", "effective_on": "2027-03-01"})
    text = programs.lead.post(f"{path}/issue").json()["texts"][-1]
    for program in programs.signers:
        program.post(f"{path}/readings", {"digest": text["digest"]})
        program.post(f"{path}/signatures", {"digest": text["digest"], "capacity": "Director"})

    fees = [programs.lead.get(f"{path}/text?on={day}").json()["body"]["parameters"]["fee-pence"] for day in ("2027-02-28", "2027-03-01")]
    assert fees == [6_000_000, 5_000_000]
    assert programs.lead.get(f"{path}/text?on=2026-01-01").status_code == 404


def test_a_template_says_what_it_asks_for(caller):
    (template,) = [one for one in caller.get("/contract-templates").json()["items"] if one["id"] == "joint-pilot"]

    parameters = {one["id"]: one for one in template["parameters"]}
    assert parameters["fee-pence"]["is_money"]
    assert [column["id"] for column in parameters["measures"]["columns"]][:3] == ["key", "label", "definition"]
    assert all(one["source"] for one in template["clauses"])
    assert caller.get("/contract-templates/nothing").status_code == 404
    assert caller.get("/contract-templates/joint-pilot").json() == template


def test_others_find_no_contract(signed, caller_of, rival):
    program = caller_of(rival)

    assert program.get("/contracts").json()["items"] == []
    assert program.get(f"/contracts/{signed.ref}").status_code == 404
