"""Cases beyond the decision, by programs: bodies, new versions, remedies, appeals, samples, registers and policies."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.actions.sampling import take_up
from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.cases import hold_case
from marketplace.assurance.queries.remedies import remedies_of
from marketplace.assurance.queries.samples import blind_verdict
from marketplace.catalogue.models import Product
from tests.assurance.conftest import bench
from tests.assurance.scenes import Bench, a_certificate, an_answered_product
from tests.assurance.test_delta import LLAMA, MISTRAL, next_edition

__all__ = ["bench"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def held(db: Session) -> None:
    db.expire_on_commit = False


@pytest.fixture
def product(db: Session, services, lumen, now) -> Product:
    product = an_answered_product(db, services, of=lumen, at=now)
    product.live_version.answers = {**product.live_version.answers, "base-models": [LLAMA]}
    db.flush()
    return product


@pytest.fixture
def certificate(db: Session, bench: Bench, product, lumen, now) -> Certificate:
    condition = {"judgement": "met-with-conditions", "condition": "Mend it.", "due_on": (now + 90 * DAY).date()}
    return a_certificate(db, bench, product, by=lumen, at=now, outcome="met-with-conditions", C3_5=condition)


def test_a_supplier_classes_a_change_confirms_and_puts_right(caller_of, db, services, bench: Bench, product, certificate, lumen, now):  # fmt: skip
    next_edition(db, product, at=now, change="correction", base_models=[MISTRAL])
    (remedy,) = remedies_of(db, certificate.case_id)
    supplier, ruth = caller_of(lumen), caller_of(bench.first)
    listing = f"/listings/{product.ref}/assurance"

    before = supplier.get(f"{listing}/version").json()
    classed = supplier.post(f"{listing}/classing", {"change": "new-model", "words": "Another model."})
    after = supplier.post(f"{listing}/version", {"confirmed": classed.json()["unconfirmed"]}).json()
    planned = supplier.post(f"{listing}/remediation/{remedy.id}/plan", {"owner": str(lumen.person_id)})
    shown = supplier.post(f"{listing}/remediation/{remedy.id}/evidence", {"words": "It is on."})
    case = f"/cases/{certificate.case.ref}"
    closed = ruth.post(f"{case}/remediation/{remedy.id}", {"decision": "close", "has_no_conflict": True})

    assert (before["change"], before["goes_on_from"]) == ("unclassed", certificate.case.ref)
    assert classed.status_code == 201
    assert after["unconfirmed"] == []
    assert [each.json()["state"] for each in (planned, shown, closed)] == ["open", "offered", "closed"]
    assert ruth.get(f"{case}/remediation").json()["total"] == 1


def test_an_appeal_is_filed_and_heard_by_programs(caller, caller_of, db, bench: Bench, product, certificate, lumen):
    body = bench.body(db).ref
    supplier, ivy = caller_of(lumen), caller_of(bench.third)

    filed = supplier.post(f"/listings/{product.ref}/assurance/appeals", {
        "case": certificate.case.ref, "against": "decision", "grounds": "It is mended.", "codes": ["C3.5"],
        "body": body,
    })  # fmt: skip
    url = f"/appeals/{filed.json()['ref']}"
    ivy.post(f"{url}/assignment", {})
    ivy.post(f"{url}/declaration", {"has_conflict": False})
    settled = ivy.post(f"{url}/outcome", {"outcome": "dismiss", "reasons": "It is not."}).json()

    assert filed.status_code == 201
    assert settled["state"] == "dismissed"
    assert [each["reasons"] for each in caller.get("/assurance/appeals").json()["items"]] == ["It is not."]
    assert supplier.get(url).json()["codes"] == ["C3.5"]


def test_bodies_policies_and_registers_are_kept_by_programs(caller, caller_of, db, bench, certificate, buyer, moderator):
    body = bench.body(db)
    ines, grace, ruth = caller_of(moderator), caller_of(buyer), caller_of(bench.first)
    url = f"/assurance/bodies/{body.ref}"

    held = next(each for each in caller.get(url).json()["accreditations"] if each["framework"] == "dtac")
    ended = ines.post(f"{url}/accreditations/{held['id']}/end", {"reason": "Closed."}).json()
    given = ines.post(f"{url}/accreditations", {"framework": "dtac", "until": "2027-12-01"})
    policy = grace.put(f"/organisations/{buyer.organisation_ref}/assurance-policy", {
        "rule": "named", "bodies": [body.ref], "recognised": False, "conditions": True,
    })  # fmt: skip
    checked = ruth.post(f"/cases/{certificate.case.ref}/registers", {"register_id": "dspt", "result": "confirmed"})

    assert [each["holds"] for each in ended["accreditations"] if each["framework"] == "dtac"] == [False]
    assert given.status_code == 201
    assert policy.json()["bodies"] == [body.ref]
    assert [each["result"] for each in checked.json()["items"]] == ["confirmed", "", "", ""]
    assert caller.get("/assurance/bodies").json()["total"] == 1


def test_a_sample_is_judged_and_the_service_is_public(caller, caller_of, db, services, bench, certificate, buyer, now):
    sample = take_up(db, hold_case(db, certificate.case), at=now)
    codes = [each.criterion.code for each in blind_verdict(db, services.frameworks, sample).criteria if each.counts]
    ivy, url = caller_of(bench.third), f"/samples/{sample.id}"

    ivy.post(f"{url}/assignment", {"has_no_conflict": True})
    given = ivy.post(f"{url}/judgements", {"judgements": dict.fromkeys(codes, "met")})
    refused = caller_of(buyer).post(f"/certificates/{certificate.ref}/reuse", {
        "decision": "refuse", "reason": "We treat children.", "ground": "scope",
    })  # fmt: skip

    assert given.json()["given_at"] is not None
    assert refused.status_code == 201
    (service,) = caller.get("/assurance/service").json()["items"]
    assert (service["decided"], service["samples"]["pairs"]) == (1, len(codes))
    assert caller.get("/assurance/reasons").json()["items"][0]["ground"] == "scope"
