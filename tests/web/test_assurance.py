"""Assurance through the browser: answered, applied for, assessed by two people, certified, checked and relied on."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.certificates import suspend_certificate
from marketplace.assurance.actions.deciding import propose
from marketplace.assurance.models import Answer, Case, Certificate
from marketplace.assurance.queries.cases import open_case
from marketplace.assurance.queries.given import answers_of
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from tests.assurance.conftest import bench
from tests.assurance.scenes import (
    Bench,
    a_case,
    a_certificate,
    an_answered_product,
    answer_all,
    begin,
    judge_all,
    whole,
)
from tests.cast import a_product, an_actor
from tests.worlds import part

__all__ = ["bench"]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def held(db: Session) -> None:
    """What the test made stays readable after it was committed, without a look that would hold up the browser."""
    db.expire_on_commit = False


@part
def product(db: Session, services, lumen, now) -> Product:
    return an_answered_product(db, services, of=lumen, at=now)


@part
def older(db: Session, services, lumen, now) -> Product:
    """A product that was answered 50 days ago."""
    return an_answered_product(db, services, of=lumen, at=now - 50 * DAY)


def seen(db: Session, thing):
    """What a look at the database gives, without holding it."""
    db.expire_all()
    found = thing()
    db.commit()
    return found


@part
def certificate(db: Session, bench: Bench, product, lumen, now) -> Certificate:
    return a_certificate(db, bench, product, by=lumen, at=now)


def test_a_section_is_answered_with_dates_and_documents_and_says_what_is_not_good(db, services, client_of, lumen, now):
    product = whole(db, a_product(db, of=lumen, at=now))
    answer_all(db, services, product, by=lumen, at=now, but=("cyber-essentials", "penetration-test"))
    paper = attachments_of(db, product.id)[0]
    priya = client_of(lumen)
    url = f"/listings/{product.ref}/assurance/answers"

    sent = priya.send_form(url, {
        "section": "c3", "go": "here", "shown": ["cyber-essentials", "penetration-test-worst"],
        "behind": ["cyber-essentials"], "cyber-essentials": "provided", "penetration-test-worst": "eleven",
        "documents.cyber-essentials": str(paper.id), "dated.cyber-essentials-day": "1",
        "dated.cyber-essentials-month": "10", "dated.cyber-essentials-year": "2026",
    })  # fmt: skip

    kept = seen(db, lambda: answers_of(db, product, at=now))["cyber-essentials"]
    assert sent.status_code == 422
    assert "Some answers were not saved" in sent.text
    assert (kept.value, str(kept.dated), kept.documents[0]["digest"]) == ("provided", "2026-10-01", paper.digest)
    assert kept.product_id is None, "Cyber Essentials is the organisation's: it counts for each of its products"


def test_a_gate_that_changes_keeps_what_was_answered_behind_it(db, services, client_of, product, lumen, now):
    priya = client_of(lumen)
    url = f"/listings/{product.ref}/assurance/answers"

    def choose(value):
        return priya.send_form(url, {"section": "c3", "go": "here", "shown": ["cyber-charter"], "cyber-charter": value})

    assert choose("yes").status_code == 303
    page = priya.get(f"{url}?section=c3").text
    assert choose("no").status_code == 303

    assert "Asked only when “Cyber security charter” is “No”." in page
    assert answers_of(db, product, at=now)["penetration-test-worst"].value == 4.3


def test_what_the_listing_answers_is_not_asked_a_second_time(db, services, client_of, lumen, now):
    product = whole(db, a_product(db, of=lumen, at=now, leaves_uk="no"))
    priya = client_of(lumen)

    page = priya.get(f"/listings/{product.ref}/assurance/answers?section=c2").text
    refused = answer(
        db, product, {"leaves-uk": "yes"}, framework=services.frameworks.assurance["dtac"], by=lumen, at=now
    )

    assert "From the description of the product" in page
    assert refused.errors["leaves-uk"].startswith("The description of the product answers this.")


def test_the_way_from_the_application_to_the_certificate(db, services, client_of, bench: Bench, product, lumen, now):
    priya, ruth, tom = client_of(lumen), client_of(bench.first), client_of(bench.second)
    base = f"/listings/{product.ref}/assurance"
    body = seen(db, lambda: bench.body(db)).ref
    priya.send_form(f"{base}/application", {"body": body, "scope": "Adult outpatients."})
    case = seen(db, lambda: open_case(db, product.id, "dtac"))
    bench_url = f"/cases/{case.ref}"

    assert "is not named yet" in ruth.get(bench_url).text
    ruth.send_form(f"{bench_url}/assignment")
    assert "Declare first" in ruth.get(bench_url).text
    ruth.send_form(f"{bench_url}/declaration", {"conflict": "no"})
    assert "Documents behind it" in ruth.get(f"{bench_url}?at=C3.3").text
    judge_with_forms(ruth, bench_url)
    proposed = ruth.send_form(f"{bench_url}/proposal", {"outcome": "met", "reasons": "All of it holds."})
    tom.send_form(f"{bench_url}/assignment")
    tom.send_form(f"{bench_url}/declaration", {"conflict": "no"})
    decided = tom.send_form(f"{bench_url}/decision", {"outcome": "met", "reasons": "I agree."})

    assert (proposed.status_code, decided.status_code) == (303, 303)
    held = seen(db, lambda: db.scalars(select(Certificate)).one())
    assert held.scope.endswith("Adult outpatients.")
    assert held.ref in tom.get(bench_url).text
    assert held.ref in priya.get(base).text


def judge_with_forms(browser, url):
    """Save and go on until everything is judged."""
    for _ in range(40):
        page = browser.get(url).text
        code = re.search(r'name="code" value="([^"]+)"', page)
        if "not judged yet: " not in page or code is None:
            return
        sent = browser.send_form(f"{url}/findings", {"code": code[1], "judgement": "met", "go": "on"})
        assert sent.status_code == 303


def test_a_finding_without_its_words_comes_back_with_what_was_typed(db, client_of, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    ruth = client_of(bench.first)

    sent = ruth.send_form(f"/cases/{case.ref}/findings", {
        "code": "C1.2.4", "judgement": "met-with-conditions", "note": "Thin on hazards.", "condition": "",
    })  # fmt: skip

    assert sent.status_code == 422
    assert "Say what the supplier has to do." in sent.text
    assert "Thin on hazards." in sent.text
    assert "C1.2.4" in sent.text


def test_both_sides_see_the_days_that_are_left(db, client_of, bench: Bench, older, lumen, now):
    product = older
    case = a_case(db, bench, older, by=lumen, at=now - 2 * DAY)
    begin(db, case, bench.first, at=now - DAY)
    ruth, priya = client_of(bench.first), client_of(lumen)

    ruth.send_form(f"/cases/{case.ref}/clarifications", {"code": "C3.3", "words": "Which parts were tested?"})
    supplier = priya.get(f"/listings/{product.ref}/assurance").text
    assessor = ruth.get(f"/cases/{case.ref}").text

    assert "You have 10 working days left to reply. The assessors' clock stands still" in supplier.replace("&#39;", "'")
    assert "The supplier has 10 working days left to reply." in assessor
    asked = re.search(r"/assurance/clarifications/([0-9a-f-]+)", supplier)
    replied = priya.send_form(f"/listings/{product.ref}/assurance/clarifications/{asked[1]}", {"reply": "All of it."})
    assert replied.status_code == 303
    assert "the clock runs" in ruth.get(f"/cases/{case.ref}").text


def test_a_document_that_was_assessed_stays_what_it_was_after_it_is_taken_away(db, client_of, bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    paper = attachments_of(db, product.id)[0]
    priya, ruth = client_of(lumen), client_of(bench.first)

    priya.send_form(f"/listings/{product.ref}/documents/{paper.id}/removal")
    page = ruth.get(f"/cases/{case.ref}?at=C1.2.4").text
    read = ruth.get(f"/cases/{case.ref}/documents/{paper.digest}")

    assert "what was assessed stays" in page
    assert read.content == b"The safety case, as it was.\n"


def test_the_papers_are_closed_to_a_colleague_without_a_seat(db, client_of, bench: Bench, product, lumen, now):
    case = a_case(db, bench, product, by=lumen, at=now)
    begin(db, case, bench.first, at=now)
    paper = attachments_of(db, product.id)[0]
    ivy = client_of(bench.third)

    assert "The papers are open to those who are named" in ivy.get(f"/cases/{case.ref}").text
    assert ivy.get(f"/cases/{case.ref}/documents/{paper.digest}").status_code == 403


def test_a_case_reads_as_it_stood_on_a_day(db, services, client_of, bench: Bench, older, lumen, now):
    case = a_case(db, bench, older, by=lumen, at=now - 9 * DAY)
    begin(db, case, bench.first, at=now - 8 * DAY)
    judge_all(db, bench, case, bench.first, at=now - 7 * DAY)
    propose(db, case, "met", "All holds.", frameworks=services.frameworks, by=bench.first, at=now - DAY)
    ruth = client_of(bench.first)

    then = ruth.get(f"/cases/{case.ref}?on={(now - 8 * DAY).date()}").text
    today = ruth.get(f"/cases/{case.ref}").text

    assert "As it stood at the end of" in then
    assert "In assessment" in then
    assert "23 criteria not judged yet" in then
    assert "Proposed, waits for a second assessor" in today
    assert ruth.get(f"/cases/{case.ref}?on=2026-13-01").status_code == 422
    assert ruth.get(f"/cases/{case.ref}?on=2020-01-01").status_code == 404


def test_anybody_checks_a_certificate_by_its_reference(client, db, certificate):
    db.commit()

    page = client.get(f"/verify?reference={certificate.ref.lower().replace('-', ' ')}").text

    assert f"{certificate.ref} holds today: met" in page
    assert client.get("/verify?reference=CER-2222-2222-9").status_code == 404


def test_anybody_checks_a_certificate_by_its_file_and_a_forged_one_is_told(client, db, certificate):
    db.commit()
    given = client.get(f"/certificates/{certificate.ref}/credential.json").content
    forged = given.replace(b'"outcome": "met"', b'"outcome": "m3t"')
    twice = given.replace(b'"outcome": "met"', b'"outcome": "met", "outcome": "met"')

    def check(content):
        return client.post("/verify", files={"file": ("certificate.json", content, "application/json")})

    assert "The file is what Touchstone gave out" in check(given).text
    assert "It was changed after it was sealed." in check(forged).text
    assert "it names a key twice" in check(twice).text.lower()
    assert json.loads(given)["proof"]["cryptosuite"] == "eddsa-jcs-2022"


def test_a_withdrawn_certificate_says_so_online_though_its_file_still_holds(client, client_of, db, bench, certificate):
    ruth = client_of(bench.first)
    ruth.send_form(f"/certificates/{certificate.ref}/withdrawal", {"reason": "The model was replaced."})
    given = client.get(f"/certificates/{certificate.ref}/credential.json").content

    checked = client.post("/verify", files={"file": ("certificate.json", given, "application/json")}).text

    assert "The file is what Touchstone gave out" in checked
    assert "does not hold today: withdrawn" in checked
    assert "The model was replaced." in checked


def test_a_suspended_certificate_shows_on_the_page_of_the_product_at_once(client, client_of, db, bench, product, certificate):
    ruth = client_of(bench.first)
    before = client.get(f"/products/{product.ref}").text

    ruth.send_form(f"/certificates/{certificate.ref}/suspension", {"reason": "Three doses were wrong."})
    page, tab, price = (client.get(f"/products/{product.ref}{part}").text for part in ("", "/assurance", "/price"))

    assert "Certificate: suspended" not in before
    for shown in (page, tab, price):
        assert "Certificate: suspended" in shown
        assert "Three doses were wrong." in shown


def test_the_tab_of_a_product_says_what_holds_until_when_and_what_each_buyer_still_does(client, db, product, certificate):
    db.commit()

    tab = re.sub(r"<[^>]+>", "", client.get(f"/products/{product.ref}/assurance").text)

    for said in ("It holds until 30 June 2027", "C3.3 External penetration test", "Deployment safety case",
                 "Data protection impact assessment", "Integration with your systems", certificate.ref):  # fmt: skip
        assert said in tab


def test_a_second_trust_relies_on_it_on_one_page_that_draws_the_border(client_of, db, product, certificate, other_buyer):
    tom = client_of(other_buyer)
    url = f"/certificates/{certificate.ref}/reuse"

    page = tom.get(url).text
    nothing = tom.send_form(url, {"decision": ""})
    done = tom.send_form(url, {"decision": "accept", "reason": "The scope is ours."})

    assert "Assured once, for everybody" in page
    assert "What stays with Calder Valley NHS Trust" in page
    assert (nothing.status_code, done.status_code) == (422, 303)
    assert "Calder Valley NHS Trust relies on it" in tom.get(url).text


def test_a_trust_that_refuses_gives_a_reason_that_the_supplier_and_other_trusts_read(
    client, client_of, db, product, certificate, buyer, other_buyer, lumen
):
    tom, grace, priya = client_of(other_buyer), client_of(buyer), client_of(lumen)
    url = f"/certificates/{certificate.ref}"

    silent = tom.send_form(f"{url}/reuse", {"decision": "refuse", "ground": "other", "reason": " "})
    said = tom.send_form(f"{url}/reuse", {"decision": "refuse", "ground": "scope", "reason": "Not tested on Welsh."})

    assert (silent.status_code, said.status_code) == (422, 303)
    assert "Not tested on Welsh." in grace.get(f"{url}/reuse").text
    assert "Not tested on Welsh." in priya.get(f"/listings/{product.ref}/assurance").text
    assert "Not tested on Welsh." not in client.get(url).text


def test_a_dated_part_is_renewed_without_a_new_case(db, services, client_of, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now - 2 * DAY, tested=338)
    held = a_certificate(db, bench, product, by=lumen, at=now - 2 * DAY)
    answer(
        db, product, {}, framework=services.frameworks.assurance["dtac"],
        dated={"penetration-test": (now - DAY).date()}, by=lumen, at=now,
    )  # fmt: skip
    priya, ruth = client_of(lumen), client_of(bench.first)

    asked = priya.send_form(f"/listings/{product.ref}/assurance/renewals", {"certificate": held.ref, "code": "C3.3"})
    page = ruth.get(f"/certificates/{held.ref}/renewals").text
    url = re.search(r'action="([^"]+/renewals/[0-9a-f-]+)"', page)[1]
    undeclared = ruth.send_form(url, {"decision": "accept"})
    accepted = ruth.send_form(url, {"decision": "accept", "declared": "yes"})
    tab = ruth.get(f"/products/{product.ref}/assurance").text

    assert [each.status_code for each in (asked, undeclared, accepted)] == [303, 422, 303]
    assert "It holds until 30 June 2027" in tab
    assert len(seen(db, lambda: db.scalars(select(Case)).all())) == 1


def test_the_queue_shows_ages_and_days_left(db, client_of, bench: Bench, older, lumen, now):
    case = a_case(db, bench, older, by=lumen, at=now - 40 * DAY)
    ruth = client_of(bench.first)

    page = ruth.get("/cases").text

    assert case.ref in page
    assert "8 working days over" in page
    assert "Nobody yet" in page
    assert case.ref in ruth.get("/my-desk").text


def test_each_answer_is_kept_for_good(db, services, client_of, product, lumen, now):
    dtac = services.frameworks.assurance["dtac"]
    for value in (5.1, 5.2):
        answer(db, product, {"penetration-test-worst": value}, framework=dtac, by=lumen, at=now + DAY)

    rows = db.scalars(select(Answer).where(Answer.question_id == "penetration-test-worst").order_by(Answer.id)).all()

    assert [each.value for each in rows] == [4.3, 5.1, 5.2]


def test_a_suspension_is_told_to_whom_it_concerns(db, services, client_of, bench: Bench, product, certificate, buyer, now):
    suspend_certificate(db, certificate, reason="Three doses were wrong.", by=bench.first, at=now)
    stranger = an_actor(db, "Noor Haddad", "Another body", "assessor-body", "assessor", at=now)

    noor = client_of(stranger)

    assert noor.send_form(f"/certificates/{certificate.ref}/reinstatement", {"reason": "It is fine."}).status_code == 404
