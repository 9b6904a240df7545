"""The passport of a product: each framework with what holds, who says so, until when; what stays local; downloads."""

import re

import pytest

from marketplace.assurance.actions.answers import answer
from marketplace.assurance.actions.certificates import suspend_certificate
from tests.assurance.conftest import bench
from tests.assurance.scenes import a_certificate, an_answered_product
from tests.worlds import part

__all__ = ["bench"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@part
def product(db, services, lumen, now):
    return an_answered_product(db, services, of=lumen, at=now)


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_passport_names_every_framework_with_who_says_so_and_why_it_is_asked(client, db, bench, product, lumen, now):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    db.commit()

    page = text_of(client.get(f"/products/{product.ref}/assurance").text)

    for said in ("Under every framework", "DTAC 2.0", "Two assessors decided it: Sandlings Assurance", certificate.ref,
                 "30 June 2027", "ends first, in 218 days", "Cyber Essentials", "It is software for health and care.",
                 "DCB0160", "What every organisation still does itself", "Given out"):  # fmt: skip
        assert said in page, page


def test_what_only_the_supplier_says_shows_no_answer(client, db, services, product, lumen, now):
    answer(
        db, product, {"penetration-test-worst": 9.8}, framework=services.frameworks.assurance["dtac"], by=lumen, at=now
    )
    db.commit()

    page = text_of(client.get(f"/products/{product.ref}/assurance").text)
    lines = {each["framework"]: each for each in client.get(f"/v1/products/{product.ref}/assurance").json()["frameworks"]}

    assert "9.8" not in page
    assert "nobody here has assessed it" in page
    assert lines["dtac"]["cause"].endswith("nobody here has assessed it.")
    assert lines["dtac"]["said_by"] == "The supplier's own answers, by the declared rules alone"
    assert all(each["reason"] for each in lines.values())


def test_a_suspension_is_in_the_passport_the_same_minute(client, db, bench, product, lumen, now):
    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    suspend_certificate(db, certificate, reason="Three doses were wrong.", by=bench.first, at=now)
    db.commit()

    page = text_of(client.get(f"/products/{product.ref}/assurance").text)
    told = client.get(f"/v1/products/{product.ref}/assurance").json()

    dtac = next(each for each in told["frameworks"] if each["framework"] == "dtac")
    assert (dtac["status"], dtac["cause"]) == ("suspended", "Three doses were wrong.")
    assert (dtac["body"], dtac["certificate"]) == ("Sandlings Assurance", certificate.ref)
    assert "Suspended Three doses were wrong." in page


def test_a_founder_reads_what_is_missing_for_germany(client, product, db):
    db.commit()

    listed = text_of(client.get(f"/products/{product.ref}/markets").text)
    page = text_of(client.get(f"/products/{product.ref}/markets?market=germany").text)
    told = client.get(f"/v1/products/{product.ref}/markets").json()["items"]

    germany = next(each for each in told if each["market"] == "germany")
    assert "For Germany, eleven things are still needed" in listed
    assert germany["in_words"] in page
    assert "A comparative study that shows a positive effect on care" in page
    assert "Not yet checked." in page
    assert "not legal advice" in page
    assert {each["id"]: each["holds"] for each in germany["barriers"]} == {"class": None, "patients": False}
    assert all(line["needed"] for thing in germany["needed"] for line in thing["lines"])


def test_the_maps_themselves_are_public(client):
    table, germany = text_of(client.get("/markets").text), text_of(client.get("/markets/germany").text)

    assert "Clinical risk management" in table
    assert "SGB V §139e" in germany
    assert client.get("/v1/markets").json()["total"] == 7
    assert len(client.get("/v1/markets/eu").json()["rows"]) == 33
    assert client.get("/markets/mars").status_code == 404
    assert client.get("/v1/markets/mars").status_code == 404
