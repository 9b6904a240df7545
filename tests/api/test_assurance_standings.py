"""Many frameworks by programs: one answer counts in several, and a trust answers apart what stays with it."""

import pytest

from marketplace.catalogue.models import Product
from tests.assurance.scenes import an_answered_product


@pytest.fixture
def product(db, services, lumen, now) -> Product:
    db.expire_on_commit = False
    return an_answered_product(db, services, of=lumen, at=now)


def by_framework(answer) -> dict[str, dict[str, object]]:
    return {each["framework"]: each for each in answer.json()["items"]}


def test_one_answer_is_seen_under_every_framework_that_asks_it(caller_of, product, lumen):
    supplier = caller_of(lumen)
    listing = f"/listings/{product.ref}/assurance"

    before = by_framework(supplier.get(f"{listing}/frameworks"))
    taken = supplier.patch(f"{listing}/answers", {
        "framework": "cyber-essentials", "answers": {"cyber-essentials": {"value": None, "dated": None, "documents": []}},
    })  # fmt: skip
    after = by_framework(supplier.get(f"{listing}/frameworks"))

    assert taken.json()["framework"] == "cyber-essentials"
    assert (before["dtac"]["status"], after["dtac"]["status"]) == ("met", "not-answered")
    assert after["cyber-essentials"]["answered"] == before["cyber-essentials"]["answered"] - 1
    assert before["dcb0160"]["basis"] == ""
    assert {each["applies"] for each in after.values()} <= {"applies", "not-known", "does-not-apply"}
    assert all(each["reason"] for each in after.values())


def test_a_program_of_a_trust_answers_what_stays_with_it(caller_of, product, lumen, buyer):
    trust, supplier = caller_of(buyer), caller_of(lumen)
    url = f"/products/{product.ref}/local-assurance"
    sent = {"framework": "dcb0160", "answers": {"deploy-authorised": {"value": "yes", "kept_at": ["Board minute 14"]}}}

    before = by_framework(trust.get(url))["dcb0160"]
    after = by_framework(trust.patch(url, sent))["dcb0160"]
    wrong = trust.patch(url, {"framework": "dcb0160", "answers": {"deploy-authorised": {"value": "perhaps"}}})
    theirs = trust.patch(url, {"framework": "dtac", "answers": {"cyber-charter": {"value": "yes"}}})

    assert after["answered"] == before["answered"] + 1
    assert after["basis"] == "own"
    assert wrong.status_code == 422
    assert "supplier answers this" in theirs.json()["errors"][0]["detail"]
    assert supplier.get(url).status_code == 403


def test_what_a_deployer_answers_is_refused_from_a_supplier(caller_of, product, lumen):
    refused = caller_of(lumen).patch(
        f"/listings/{product.ref}/assurance/answers",
        {"framework": "dcb0160", "answers": {"deploy-authorised": {"value": "yes"}}},
    )

    assert refused.status_code == 422
    assert "Each organisation that deploys" in refused.json()["errors"][0]["detail"]
