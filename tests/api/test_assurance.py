"""Assurance by programs: the whole way from answers to a certificate, checked, relied on, suspended."""

from datetime import timedelta

import pytest

from marketplace.catalogue.queries.products import attachments_of
from marketplace.kit.credentials import is_sealed, public_of
from tests.assurance.conftest import bench
from tests.assurance.scenes import AGO, ANSWERS, BEHIND, Bench, a_certificate, an_answered_product, papers, whole
from tests.cast import a_product

__all__ = ["bench"]


@pytest.fixture
def product(db, lumen, now):
    db.expire_on_commit = False
    return whole(db, a_product(db, of=lumen, at=now))


def test_the_whole_way_from_answers_to_a_certificate_that_another_trust_relies_on(
    caller, caller_of, db, services, bench: Bench, product, lumen, other_buyer, now
):
    kept = papers(db, services, product, by=lumen, at=now)
    body = bench.body(db).ref
    supplier, ruth, tom = caller_of(lumen), caller_of(bench.first), caller_of(bench.second)
    listing = f"/listings/{product.ref}/assurance"
    answers = {name: {"value": value} for name, value in ANSWERS.items()}
    for name, days in AGO.items():
        answers[name]["dated"] = str((now - timedelta(days=days)).date())
    for name, count in BEHIND.items():
        answers[name]["documents"] = [str(each.id) for each in kept[:count]]

    missing = supplier.get(listing).json()["missing"]
    answered = supplier.patch(f"{listing}/answers", {"answers": answers}).json()
    case = supplier.post(f"{listing}/application", {"body": body, "scope": "Adults."}).json()
    url = f"/cases/{case['ref']}"
    closed = ruth.get(url)
    ruth.post(f"{url}/assignment", {})
    ruth.post(f"{url}/declaration", {"has_conflict": False})
    whole_case = ruth.get(url).json()
    for each in whole_case["verdict"]["criteria"]:
        if each["assessed"] == "pass" and each["status"] == "met":
            assert ruth.post(f"{url}/findings", {"code": each["code"], "judgement": "met"}).status_code == 201
    ruth.post(f"{url}/proposal", {"outcome": "met", "reasons": "All of it."})
    tom.post(f"{url}/assignment", {})
    tom.post(f"{url}/declaration", {"has_conflict": False})
    decided = tom.post(f"{url}/decision", {"outcome": "met", "reasons": "I agree."}).json()
    certificate = f"/certificates/{decided['certificate']}"
    relied = caller_of(other_buyer).post(f"{certificate}/reuse", {"decision": "accept"})

    assert "C3.3" in missing
    assert answered["missing"] == []
    assert (case["state"], case["clock"]["left"]) == ("applied", 20)
    assert closed.status_code == 403
    assert decided["state"] == "decided"
    assert relied.json()["accepted"] is True
    assert caller.get(certificate).json()["accepted_by"] == ["Calder Valley NHS Trust"]
    today = caller.get(f"/products/{product.ref}/assurance").json()
    assert (today["today"]["status"], today["dated"][0]["code"]) == ("met", "C2.1")
    assert [each["id"] for each in today["stays"]][:2] == ["deployment-safety-case", "data-protection-impact-assessment"]
    assert caller.get(f"/products/{product.ref}").json()["conformity"] == "Met"


def test_a_document_holds_with_the_published_key_and_a_suspension_is_told(
    caller, caller_of, db, services, bench: Bench, lumen, now
):
    db.expire_on_commit = False
    product = an_answered_product(db, services, of=lumen, at=now)
    held = a_certificate(db, bench, product, by=lumen, at=now)
    url = f"/certificates/{held.ref}"
    ruth = caller_of(bench.first)

    document = caller.get(f"{url}/credential").json()
    key = public_of(caller.get("/issuer").json()["keys"][0]["public_key"])
    ruth.post(f"{url}/suspension", {"reason": "Three doses were wrong."})
    checked = caller.post("/certificate-checks", {"document": document}).json()
    forged = caller.post("/certificate-checks", {"document": {**document, "name": "Another"}}).json()

    assert is_sealed(document, public=key)
    assert (checked["is_genuine"], checked["certificate"]["today"]["status"]) == (True, "suspended")
    assert checked["certificate"]["today"]["cause"] == "Three doses were wrong."
    assert (checked["holds"], checked["reasons"]) == (False, ["suspended"])
    assert (forged["faults"], forged["reasons"]) == (["It was changed after it was sealed."], ["changed"])
    assert caller.get(f"{url}/pdf").content.startswith(b"%PDF-")


def test_bad_answers_are_told_by_field_and_none_is_kept(caller_of, product, lumen):
    supplier = caller_of(lumen)
    url = f"/listings/{product.ref}/assurance/answers"

    refused = supplier.patch(url, {"answers": {
        "penetration-test-worst": {"value": "NaN"}, "cyber-essentials": {"dated": "2031-01-01"},
        "no-such-question": {"value": "yes"}, "dspt": {"value": "confirmed"},
    }})  # fmt: skip

    told = {each["field"] for each in refused.json()["errors"]}
    assert refused.status_code == 422
    assert told == {"penetration-test-worst", "dated.cyber-essentials", "no-such-question"}
    assert "C2.1" in supplier.get(f"/listings/{product.ref}/assurance").json()["missing"]


def test_a_case_reads_as_it_stood_by_the_api_too(caller_of, db, services, bench: Bench, lumen, now):
    db.expire_on_commit = False
    product = an_answered_product(db, services, of=lumen, at=now - timedelta(days=9))
    held = a_certificate(db, bench, product, by=lumen, at=now - timedelta(days=2))
    ruth = caller_of(bench.first)
    url = f"/cases/{held.case.ref}"

    assert ruth.get(url).json()["certificate"] == held.ref
    assert ruth.get(f"{url}?on=2026-11-20").status_code == 404
    assert ruth.get(f"{url}?on=2027-01-01").status_code == 422


def test_a_document_is_asked_for_and_let_read(caller_of, db, services, product, lumen, buyer, now):
    papers(db, services, product, by=lumen, at=now)
    document = attachments_of(db, product.id)[0]
    supplier, trust = caller_of(lumen), caller_of(buyer)
    url = f"/products/{product.ref}/documents/{document.id}"

    closed = trust.get(url).status_code
    asked = trust.post(f"{url}/request", {"words": "To judge it."}).json()
    supplier.post(f"/listings/{product.ref}/documents/requests/{asked['id']}", {"decision": "grant"})

    assert (closed, trust.get(url).content) == (404, b"The safety case, as it was.\n")
    assert supplier.get(f"/listings/{product.ref}/documents/views").json()["items"][0]["by"] == "Grace Okafor"


def test_a_filled_form_comes_row_by_row_and_is_taken_or_told(caller_of, product, lumen):
    supplier = caller_of(lumen)
    url = f"/listings/{product.ref}/assurance/form"
    rows = [{"code": "C3.3a", "answer": "5.5"}, {"code": "C3.5", "answer": "perhaps"}]

    looked = supplier.post(url, {"framework": "dtac", "rows": rows}).json()
    taken = supplier.post(url, {"framework": "dtac", "rows": rows, "take": True}).json()
    strange = supplier.post(url, {"framework": "dtac", "rows": [{"code": "Z9", "answer": "yes"}]})

    assert (looked["answers"], looked["is_taken"]) == ({"penetration-test-worst": 5.5}, False)
    assert list(taken["wrong"]) == ["C3.5"]
    assert taken["is_taken"] is True
    assert strange.status_code == 422
