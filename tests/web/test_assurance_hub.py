"""Cases in the browser beyond the decision: new versions, conditions, appeals, samples, bodies, and whom one trusts."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.actions.deciding import decide, propose
from marketplace.assurance.actions.sampling import take_up
from marketplace.assurance.models import Appeal, Certificate, Sample, TrustPolicy
from marketplace.assurance.queries.bodies import accreditation_on
from marketplace.assurance.queries.cases import hold_case, open_case
from marketplace.assurance.queries.remedies import remedies_of
from marketplace.assurance.queries.samples import blind_verdict
from marketplace.catalogue.models import Product
from tests.assurance.conftest import bench
from tests.assurance.scenes import Bench, a_case, a_certificate, an_answered_product, begin, judge_all
from tests.assurance.test_delta import LLAMA, MISTRAL, next_edition
from tests.cast import an_actor
from tests.worlds import part

__all__ = ["bench"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def held(db: Session) -> None:
    db.expire_on_commit = False


@part
def product(db: Session, services, lumen, now) -> Product:
    product = an_answered_product(db, services, of=lumen, at=now)
    product.live_version.answers = {**product.live_version.answers, "base-models": [LLAMA]}
    db.flush()
    return product


@part
def certificate(db: Session, bench: Bench, product, lumen, now) -> Certificate:
    condition = {"judgement": "met-with-conditions", "condition": "Mend it.", "due_on": (now + 90 * DAY).date()}
    return a_certificate(db, bench, product, by=lumen, at=now, outcome="met-with-conditions", C3_5=condition)


def seen(db: Session, thing):
    db.expire_all()
    found = thing()
    db.commit()
    return found


def test_a_supplier_classes_a_change_confirms_what_it_touches_and_applies(db, client_of, bench, product, certificate, lumen, now):  # fmt: skip
    next_edition(db, product, at=now, change="correction", base_models=[MISTRAL])
    body = bench.body(db).ref
    priya, url = client_of(lumen), f"/listings/{product.ref}/assurance"

    flagged = priya.get(f"{url}/version").text
    listing = priya.get(f"/products/{product.ref}").text
    classed = priya.send_form(f"{url}/classing", {"change": "new-model", "words": "Another model."})
    page = priya.get(f"{url}/version").text
    refused = priya.send_form(f"{url}/application", {"framework": "dtac", "body": body})
    confirmed = priya.send_form(f"{url}/version", {
        "framework": "dtac", "confirmed": ["C1.1.1", "C1.2", "C1.2.2", "C1.2.3", "C1.2.4", "C2.2.2", "C2.2.3", "C2.2.5"],
    })  # fmt: skip
    applied = priya.send_form(f"{url}/application", {"framework": "dtac", "body": body})

    assert "The listing is flagged" in flagged
    assert "Its models changed, and the supplier has not classed the change" in listing
    assert "has not classed the change" not in priya.get(f"/products/{product.ref}").text
    assert "Another base model or another provider of it" in page
    assert (classed.status_code, refused.status_code, confirmed.status_code) == (303, 422, 303)
    assert applied.status_code == 303, applied.text
    assert seen(db, lambda: open_case(db, product.id, "dtac")) is not None


def test_a_condition_is_planned_shown_and_closed_on_pages(db, client_of, bench, product, certificate, lumen, now):
    (remedy,) = remedies_of(db, certificate.case_id)
    ref, key = certificate.case.ref, str(remedy.id)
    priya, ruth = client_of(lumen), client_of(bench.first)
    base = f"/listings/{product.ref}/assurance/remediation"

    planned = priya.send_form(f"{base}/{key}/plan", {
        "owner": str(lumen.person_id), "planned-on-day": "1", "planned-on-month": "12", "planned-on-year": "2026",
    })  # fmt: skip
    empty = priya.send_form(f"{base}/{key}/evidence", {"words": ""})
    shown = priya.send_form(f"{base}/{key}/evidence", {"words": "It is on for all."})
    undeclared = ruth.send_form(f"/cases/{ref}/remediation/{key}", {"decision": "close"})
    closed = ruth.send_form(f"/cases/{ref}/remediation/{key}", {"decision": "close", "declared": "yes"})

    assert [each.status_code for each in (planned, empty, shown, undeclared, closed)] == [303, 422, 303, 422, 303]
    assert "Closed" in priya.get(base).text
    assert "It is on for all." in ruth.get(f"/cases/{ref}/remediation").text
    assert "Mend it." not in ruth.get(f"/certificates/{certificate.ref}").text


def test_an_appeal_is_filed_heard_and_published(db, services, client, client_of, bench, product, lumen, now):
    case, frameworks = a_case(db, bench, product, by=lumen, at=now), services.frameworks
    begin(db, case, bench.first, at=now)
    judge_all(db, bench, case, bench.first, at=now, C1_2_4={"judgement": "not-met", "note": "A hazard is missing."})
    propose(db, case, "not-met", "The log.", frameworks=frameworks, by=bench.first, at=now)
    begin(db, case, bench.second, at=now)
    decide(db, case, "not-met", "Yes.", frameworks=frameworks, seal=bench.seal, by=bench.second, at=now)
    body = bench.body(db).ref
    priya, ivy = client_of(lumen), client_of(bench.third)
    url = f"/listings/{product.ref}/assurance/appeal"

    listed = priya.get(f"/listings/{product.ref}/assurance").text
    form = priya.get(f"{url}?case={case.ref}").text
    refused = priya.send_form(url, {"case": case.ref, "against": "decision", "grounds": "", "body": body})
    filed = priya.send_form(
        url, {"case": case.ref, "against": "decision", "grounds": "It is H7.", "codes": "C1.2.4", "body": body}
    )
    appeal = seen(db, lambda: db.query(Appeal).one())
    taken = ivy.send_form(f"/appeals/{appeal.ref}/assignment", {})
    declared = ivy.send_form(f"/appeals/{appeal.ref}/declaration", {"conflict": "no"})
    open_page = ivy.get(f"/appeals/{appeal.ref}").text
    paper = re.findall(r'href="(/appeals/[^"]+/documents/\w+)"', open_page)[0]
    opened, refused_paper = ivy.get(paper), client_of(bench.first).get(paper)
    settled = ivy.send_form(f"/appeals/{appeal.ref}/outcome", {"outcome": "uphold", "reasons": "H7 is there."})
    bench_page = ivy.get(settled.headers["location"]).text

    assert f"/assurance/appeal?case={case.ref}" in listed
    assert "C1.2.4" in form
    assert [each.status_code for each in (refused, filed, taken, declared, settled)] == [422, 303, 303, 303, 303]
    assert "A hazard is missing." in open_page
    assert opened.content.startswith(b"The safety case")
    assert refused_paper.status_code == 403
    assert "Looked at again: The appeal" in bench_page
    assert "H7 is there." in client.get("/assurance/appeals").text


def test_the_workbench_shows_the_last_version_beside_and_keeps_notes(db, services, client_of, bench, product, certificate, lumen, now):  # fmt: skip
    next_edition(db, product, at=now, change="correction")
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    ruth = client_of(bench.first)

    kept = ruth.send_form(f"/cases/{case.ref}/notes", {"code": "C3.3", "note": "Ask for the retest."})
    page = ruth.get(f"/cases/{case.ref}?at=C3.3").text

    assert kept.status_code == 303
    assert "Ask for the retest." in page
    assert "Severity" in page


def test_a_register_is_looked_up_in_a_case_and_everybody_reads_what_it_said(db, client, client_of, bench, product, certificate):  # fmt: skip
    ruth, url = client_of(bench.first), f"/cases/{certificate.case.ref}/registers"

    before = ruth.get(url).text
    refused = ruth.send_form(url, {"register": "dspt", "result": "differs"})
    kept = ruth.send_form(url, {"register": "dspt", "result": "confirmed", "number": "8XY12"})

    assert before.count("Not checked") == 4
    assert (refused.status_code, kept.status_code) == (422, 303)
    assert "8XY12" in ruth.get(url).text
    passport = client.get(f"/products/{product.ref}/assurance").text
    assert "8XY12" in passport
    assert passport.count("Not checked") == 3


def test_an_operator_accredits_and_a_manager_keeps_who_is_competent(db, services, client, client_of, bench, moderator, now):
    body, ines = bench.body(db), client_of(moderator)
    ada = client_of(an_actor(db, "Ada Holm", "Sandlings Assurance", "assessor-body", "manager", "assessor", at=now))
    held, url = accreditation_on(db, body.id, "dtac", on=now.date()), f"/assurance/bodies/{body.ref}"
    db.commit()

    without = ines.send_form(f"{url}/accreditations/{held.id}/end", {"reason": ""})
    ended = ines.send_form(f"{url}/accreditations/{held.id}/end", {"reason": "Surveillance is overdue."})
    again = ines.send_form(f"{url}/accreditations", {
        "framework": "dtac", "until-day": "1", "until-month": "12", "until-year": "2027", "number": "A-2",
    })  # fmt: skip
    kept = ada.send_form(f"{url}/competences", {
        "person": str(bench.first.person_id), "framework": "dtac", "grounds": "Trained.",
    })  # fmt: skip
    page = client.get("/assurance/bodies").text

    assert [each.status_code for each in (without, ended, again, kept)] == [422, 303, 303, 303]
    assert "Surveillance is overdue." in page
    assert "Until 1 December 2027, number A-2" in page
    assert "Trained." in ada.get(url).text


def test_a_manager_says_whom_a_trust_trusts_and_the_page_of_reuse_honours_it(db, client_of, bench, certificate, buyer, lumen):
    grace, other = client_of(buyer), client_of(lumen)
    url = f"/organisations/{buyer.organisation_ref}/assurance-policy"

    refused = grace.send_form(url, {"rule": "named", "recognised": "yes", "conditions": "no"})
    kept = grace.send_form(url, {"rule": "any", "recognised": "yes", "conditions": "no", "words": "Board of May."})
    page = grace.get(f"/certificates/{certificate.ref}/reuse").text
    relied = grace.send_form(f"/certificates/{certificate.ref}/reuse", {"decision": "accept"})

    assert (refused.status_code, kept.status_code, relied.status_code) == (422, 303, 409)
    assert seen(db, lambda: db.query(TrustPolicy).one()).conditions is False
    assert "Your policy does not trust it" in page
    assert other.get(url).status_code == 404
    assert "Board of May." in grace.get(url).text


def test_grounds_of_refusals_are_a_picture_for_everybody(db, client, client_of, certificate, buyer):
    grace, url = client_of(buyer), f"/certificates/{certificate.ref}/reuse"

    without = grace.send_form(url, {"decision": "refuse", "reason": "We treat children."})
    refused = grace.send_form(url, {"decision": "refuse", "ground": "scope", "reason": "We treat children."})

    assert (without.status_code, refused.status_code) == (422, 303)
    assert "The scope is not ours" in client.get("/assurance/reasons").text
    assert "We treat children." not in client.get("/assurance/reasons").text
    assert "We treat children." in grace.get("/assurance/reasons").text


def test_a_sample_is_judged_blind_and_its_agreement_is_public(db, services, client, client_of, bench, certificate, now):
    sample = take_up(db, hold_case(db, certificate.case), at=now)
    codes = [each.criterion.code for each in blind_verdict(db, services.frameworks, sample).criteria if each.counts]
    ivy, url = client_of(bench.third), f"/samples/{sample.id}"

    undeclared = ivy.send_form(f"{url}/assignment", {})
    taken = ivy.send_form(f"{url}/assignment", {"declared": "yes"})
    page = ivy.get(url).text
    paper = re.findall(rf'href="({url}/documents/\w+)"', page)[0]
    opened, refused = ivy.get(paper), client_of(bench.first).get(paper)
    half = ivy.send_form(f"{url}/judgements", {codes[0]: "met"})
    given = ivy.send_form(f"{url}/judgements", dict.fromkeys(codes, "met"))

    assert [each.status_code for each in (undeclared, taken, half, given)] == [422, 303, 422, 303]
    assert "Mend it." not in page, "what was found stays hidden"
    assert [each.status_code for each in (opened, refused)] == [200, 403]
    assert seen(db, lambda: db.query(Sample).one()).given_at is not None
    assert "23 of 23" in client.get("/assurance/service").text
    assert client_of(bench.first).get("/samples").status_code == 200


def test_standing_interests_are_declared_and_ended(db, client_of, bench, lumen):
    ruth = client_of(bench.first)

    declared = ruth.send_form("/assurance/interests", {"supplier": lumen.organisation_ref, "words": "Shares."})
    page = ruth.get("/assurance/interests").text

    assert declared.status_code == 303
    assert "Shares." in page
