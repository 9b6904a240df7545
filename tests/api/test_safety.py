"""Clinical safety by programs: from the hazard log to a notice that every holder answered."""

import pytest

from tests.assurance.conftest import bench
from tests.assurance.safety import CHANGE, NEGATION, NOTICE, OUTAGE, REPORT, a_safety_officer
from tests.assurance.scenes import Bench, a_certificate, an_answered_product
from tests.cast import an_actor

__all__ = ["bench"]


@pytest.fixture
def product(db, services, lumen, now):
    db.expire_on_commit = False
    return an_answered_product(db, services, of=lumen, at=now)


def json_of(given):
    return {name.replace("-", "_"): value for name, value in given.items()}


def test_the_whole_way_from_a_hazard_to_a_deployment_that_is_in_use(
    caller, caller_of, db, product, lumen, buyer, other_buyer, now
):
    officer = a_safety_officer(db, at=now)
    db.commit()
    supplier, trust, safety = caller_of(lumen), caller_of(buyer), caller_of(officer)
    log = f"/listings/{product.ref}/safety"

    first = supplier.post(f"{log}/hazards", json_of({**NEGATION, "residual-likelihood": "high"})).json()
    supplier.post(f"{log}/hazards", json_of(OUTAGE))
    blocked = supplier.get(f"/products/{product.ref}/hazards").json()["blocked"]
    unconditional = supplier.put(f"{log}/hazards/1", json_of(NEGATION))
    stale = supplier.put(f"{log}/hazards/1", json_of(NEGATION), headers={"If-Match": '"99"'})
    mended = supplier.put(f"{log}/hazards/1", json_of(NEGATION), headers={"If-Match": f'"{first["version"]}"'})
    report = supplier.post(f"{log}/reports", REPORT).json()
    used = trust.post(f"/products/{product.ref}/deployments", {"place": "Outpatients"}).json()
    url = f"/deployments/{used['ref']}"
    safety.post(f"{url}/hazards/1/disposition", {"disposition": "controlled", "disposition_reason": "A template."})
    safety.post(f"{url}/reports", {**REPORT, "phase": "deployment"})
    live = safety.post(f"{url}/going-live", {})

    assert (first["after"], blocked[0]["number"]) == (4, 1)
    assert (unconditional.status_code, stale.status_code, mended.json()["after"]) == (428, 412, 2)
    assert report["document"]["head"]["standard"] == "DCB0129"
    assert used["blocked"][0]["words"].startswith("It was handed over to you")
    assert live.json()["state"] == "live"
    assert caller_of(other_buyer).get(url).status_code == 404
    public = caller.get(f"/products/{product.ref}/safety").json()
    assert (public["hazards"], public["handed_over"], public["what_is_handed_over"]) == (2, 1, [])
    assert len(caller_of(other_buyer).get(f"/products/{product.ref}/safety").json()["what_is_handed_over"]) == 1
    assert caller_of(other_buyer).get(f"/products/{product.ref}/hazards").status_code == 403
    assert caller.get("/safety-scheme").json()["ratings"]["very-high"] == [3, 4, 4, 5, 5]


def test_a_log_comes_in_by_file_after_a_preview(caller_of, db, product, lumen):
    db.commit()
    supplier = caller_of(lumen)
    header = "Hazard,Clinical impact,Causes,Severity,Likelihood,Residual severity,Residual likelihood\n"
    content = (header + "Lost,Harm,Noise,Major,Medium,Major,Very low\n").encode()
    url = f"/listings/{product.ref}/safety/import"

    preview = supplier.post(url, data={"preview": "yes"}, files={"file": ("log.csv", content, "text/csv")}).json()
    done = supplier.post(url, files={"file": ("log.csv", content, "text/csv")}).json()

    assert (preview["rows"], preview["kept"], done["kept"]) == (1, False, True)
    assert len(supplier.get(f"/products/{product.ref}/hazards").json()["hazards"]) == 1


def test_an_incident_becomes_a_notice_and_both_holders_answer_it(
    caller_of, db, services, bench: Bench, product, lumen, buyer, other_buyer, now
):
    a_certificate(db, bench, product, by=lumen, at=now)
    officers = [
        a_safety_officer(db, at=now),
        an_actor(db, "Dr Bea Holt", "Calder Valley NHS Trust", "trust", "clinical-safety-officer", at=now),
    ]
    db.commit()
    supplier, trust = caller_of(lumen), caller_of(buyer)
    for actor in (buyer, other_buyer):
        caller_of(actor).post(f"/products/{product.ref}/deployments", {})

    incident = trust.post(
        f"/products/{product.ref}/incidents", {"severity": "severe", "words": "A dose was wrong."}
    ).json()
    url = f"/incidents/{incident['ref']}"
    judged = supplier.post(f"{url}/triage", {"judged": "severe", "assessment": "A zero.", "is_device": "yes"}).json()
    supplier.post(f"{url}/numbers", {"numbers": {"mhra": "2026/011"}})
    trust.post(f"{url}/notes", {"words": "Twice now."})
    notice = supplier.post(
        f"/listings/{product.ref}/safety/notices", {**NOTICE, "incident": incident["ref"]}
    ).json()  # fmt: skip
    sent = supplier.post(f"/safety-notices/{notice['ref']}/issue", {}).json()
    for officer in officers:
        caller_of(officer).post(f"/safety-notices/{notice['ref']}/acknowledgement", {})
        mine = caller_of(officer).post(
            f"/safety-notices/{notice['ref']}/answer", {"answer": "done", "words": "Checked."}
        ).json()  # fmt: skip
    closed = supplier.post(f"/safety-notices/{notice['ref']}/closure", {}).json()
    after = trust.get(url).json()

    assert {each["id"] for each in judged["clocks"]} == {"triage", "written-notice", "device-report"}
    assert [each["standing"] for each in sent["receipts"]] == ["silent", "silent"]
    assert len(mine["receipts"]) == 1
    assert [each["standing"] for each in closed["receipts"]] == ["done", "done"]
    assert closed["state"] == "closed"
    assert all(each["done_at"] for each in after["clocks"])
    assert after["journal"][0]["words"] == "Twice now."


def test_a_change_notice_by_a_program_names_what_lapses(caller_of, db, product, lumen):
    db.commit()
    supplier = caller_of(lumen)

    early = supplier.post(
        f"/listings/{product.ref}/safety/notices", json_of({**CHANGE, "takes-effect-on": "2026-11-30"})
    )
    made = supplier.post(f"/listings/{product.ref}/safety/notices", json_of(CHANGE)).json()

    assert early.status_code == 422
    assert ("dtac", "C1.2.4") in {(each["framework"], each["code"]) for each in made["lapses"]}


def test_the_transparency_record_is_read_and_written_by_programs(caller_of, db, product, buyer, now):
    db.commit()
    trust = caller_of(buyer)
    used = trust.post(f"/products/{product.ref}/deployments", {}).json()
    url = f"/deployments/{used['ref']}/transparency"

    before = trust.get(url).json()
    after = trust.put(url, {"fields": {"2.1.3": "Dr Ines Marlowe"}}).json()

    assert "2.1.3" in before["missing"]
    assert "2.1.3" not in after["missing"]
