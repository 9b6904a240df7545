"""Checking a certificate through the browser: PDF, file, pasted text, link and number; keys and lists in public."""

import copy
import json

import pytest

from marketplace.assurance.models import Certificate
from marketplace.catalogue.models import Product
from tests.assurance.conftest import bench
from tests.assurance.scenes import a_certificate, an_answered_product
from tests.worlds import part

__all__ = ["bench"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@part
def product(db, services, lumen, now) -> Product:
    return an_answered_product(db, services, of=lumen, at=now)


@part
def certificate(db, bench, product, lumen, now) -> Certificate:
    made = a_certificate(db, bench, product, by=lumen, at=now)
    db.commit()
    return made


def by_file(client, content, name="certificate.json", **more):
    return client.post("/verify", files={"file": (name, content, "application/octet-stream")}, data=more)


def test_the_pdf_that_a_supplier_sends_round_is_checked_as_it_is(client, certificate):
    pdf = client.get(f"/certificates/{certificate.ref}/certificate.pdf").content

    told = by_file(client, pdf, "certificate.pdf").text

    assert "The file is what Touchstone gave out, and it holds" in told
    assert f"{certificate.ref} holds today: met" in told


def test_pasted_text_and_a_link_are_checked_too(client, certificate):
    credential = client.get(f"/certificates/{certificate.ref}/credential.json").text
    link = f"http://testserver.local/verify?reference={certificate.ref}"

    pasted = client.post("/verify", data={"credential": credential})
    linked = client.get("/verify", params={"reference": link})

    assert "and it holds" in pasted.text
    assert f"{certificate.ref} holds today: met" in linked.text
    assert client.get("/verify", params={"reference": "https://another.example/certificates/CER-1"}).status_code == 404
    assert client.post("/verify", data={"credential": "{"}).status_code == 422
    assert client.post("/verify", data={}).status_code == 422


def test_each_thing_that_is_wrong_is_told_by_its_own_reason(client, client_of, bench, certificate):
    credential = json.loads(client.get(f"/certificates/{certificate.ref}/credential.json").content)
    changed, foreign = copy.deepcopy(credential), copy.deepcopy(credential)
    changed["credentialSubject"]["scope"]["name"] = "DTAC 2.1"
    foreign["issuer"]["id"] = "did:web:another.example"

    def told(document, **more):
        return by_file(client, json.dumps(document).encode(), **more).text

    assert "It was changed after it was sealed." in told(changed)
    assert "whose keys are not known here" in told(foreign)
    assert "It is of another product" in told(credential, product="PRD-2222-2222-2")
    ruth = client_of(bench.first)
    ruth.send_form(f"/certificates/{certificate.ref}/suspension", {"reason": "Three doses were wrong."})
    suspended = told(credential)
    ruth.send_form(f"/certificates/{certificate.ref}/withdrawal", {"reason": "The model was replaced."})
    assert "It was suspended, says the list of 24 November 2026." in suspended
    assert "It was withdrawn, says the list of 24 November 2026." in told(credential)


def test_an_operator_gives_a_key_up_and_everybody_sees_it(client, client_of, certificate, moderator):
    old = client.get(f"/certificates/{certificate.ref}/credential.json").content
    operator = client_of(moderator)

    operator.send_form("/verify/keys/revocation", {"reason": "It was on a stolen laptop."})

    page = client.get("/verify/keys").text
    assert "It was on a stolen laptop." in page
    assert "Give up key" not in page, "only operators have the form"
    assert "nothing sealed with it counts any more" in by_file(client, old).text
    fresh = client.get(f"/certificates/{certificate.ref}/credential.json").content
    assert "and it holds" in by_file(client, fresh).text


def test_the_issuer_and_its_lists_are_published_where_readers_look(client, certificate):
    did = client.get("/.well-known/did.json")
    listed = client.get("/credentials/status/revocation")
    context = client.get("/credentials/context/v1")

    assert did.json()["id"] == "did:web:testserver.local"
    assert did.headers["access-control-allow-origin"] == "*"
    assert listed.json()["credentialSubject"]["statusPurpose"] == "revocation"
    assert "outcome" in context.json()["@context"]
    assert client.get("/credentials/status/taste").status_code == 404
