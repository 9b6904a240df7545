"""Many frameworks through the browser: one answer moves several, and what stays with a trust is the trust's."""

import re

import pytest
from sqlalchemy.orm import Session

from marketplace.assurance.queries.given import answers_of, local_answers
from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import attachments_of
from tests import cast
from tests.assurance.scenes import an_answered_product, answer_all, whole
from tests.cast import a_product
from tests.worlds import part


@pytest.fixture(autouse=True)
def held(db: Session) -> None:
    """What the test made stays readable after it was committed."""
    db.expire_on_commit = False


@part
def product(db: Session, services, lumen, now) -> Product:
    return an_answered_product(db, services, of=lumen, at=now)


def test_one_answer_moves_every_framework_that_asks_it(db, services, client_of, lumen, now):
    product = whole(db, a_product(db, of=lumen, at=now))
    answer_all(db, services, product, by=lumen, at=now, but=("cyber-essentials",))
    paper = attachments_of(db, product.id)[0]
    priya = client_of(lumen)
    url = f"/listings/{product.ref}/assurance/answers"

    before = priya.get(f"{url}?framework=cyber-essentials").text
    sent = priya.send_form(url, {
        "framework": "cyber-essentials", "section": "certificate", "go": "here", "shown": ["cyber-essentials"],
        "behind": ["cyber-essentials"], "documents.cyber-essentials": str(paper.id),
        "cyber-essentials": "provided", "dated.cyber-essentials-day": "1", "dated.cyber-essentials-month": "10",
        "dated.cyber-essentials-year": "2026",
    })  # fmt: skip
    after = priya.get(sent.headers["location"]).text

    assert "DTAC 2.0 C3.1" in before
    assert sent.status_code == 303
    assert "This answer counts in" in after
    assert "DTAC 2.0, not answered before, now met" in after
    assert re.search(r"Cyber Essentials, now 1 of \d", after)
    assert answers_of(db, product, at=now)["cyber-essentials"].product_id is None


def test_the_list_of_frameworks_says_which_apply_and_why(db, client_of, lumen, now):
    product = a_product(db, of=lumen, at=now, medical_device_class="not-a-device")

    page = client_of(lumen).get(f"/listings/{product.ref}/assurance/frameworks").text

    assert "DTAC 2.0" in page
    assert "DCB0160" in page[page.index("What each organisation that uses it does for itself") :]
    assert "Frameworks that do not apply" in page


def test_a_trust_answers_what_stays_with_it_and_nobody_else_reads_it(db, client_of, product, lumen, buyer, now):
    sam, priya = client_of(buyer), client_of(lumen)
    url = f"/products/{product.ref}/local-assurance"

    overview = sam.get(url).text
    form = sam.get(f"{url}/answers?framework=dcb0160").text
    question = form.partition('name="shown" value="')[2].partition('"')[0]
    sent = sam.send_form(f"{url}/answers", {
        "framework": "dcb0160", "go": "here", "section": form.partition('name="section" value="')[2].partition('"')[0],
        "shown": [question], question: "yes", "behind": [question], f"kept.{question}": "Our safety case\n",
    })  # fmt: skip

    assert "DCB0160" in overview
    assert sent.status_code == 303
    assert buyer.organisation_id is not None
    kept = local_answers(db, product, buyer.organisation_id, at=now)[question]
    assert (kept.value, kept.documents[0]["name"]) == ("yes", "Our safety case")
    assert question not in answers_of(db, product, at=now)
    assert priya.get(url).status_code == 403


def test_who_leads_information_governance_answers_the_data_protection_assessment(db, client_of, product, buyer, now):
    callum = cast.an_actor(db, "Callum Drysdale", "Ashdown Hospitals NHS Trust", "trust", "information-governance-lead", at=now)

    page = client_of(callum).get(f"/products/{product.ref}/local-assurance/answers?framework=data-protection")

    assert page.status_code == 200


def test_a_framework_without_a_part_for_deployers_has_no_such_page(client_of, product, buyer):
    page = client_of(buyer).get(f"/products/{product.ref}/local-assurance/answers?framework=cyber-essentials")

    assert page.status_code == 404


def test_a_framework_that_there_is_not_is_not_found(client_of, product, lumen):
    assert client_of(lumen).get(f"/listings/{product.ref}/assurance/answers?framework=none").status_code == 404
