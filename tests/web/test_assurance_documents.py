"""Documents that are not public, through the browser: asked for, let read, each view noted."""

import re
from io import BytesIO
from uuid import UUID

import pytest

from marketplace.assurance.queries.papers import kept_documents
from marketplace.catalogue.actions.documents import attach
from marketplace.catalogue.models import Attachment
from tests.cast import a_product


@pytest.fixture
def document(db, services, lumen, now):
    """A hazard log that is given on request, with its product."""
    db.expire_on_commit = False
    product = a_product(db, of=lumen, at=now)
    kept = attach(
        db, services.files, product, BytesIO(b"Hazards.\n"), file_name="hazards.txt", kind="clinical-safety-case",
        access="on-request", by=lumen, at=now,
    )  # fmt: skip
    db.commit()
    return product.ref, str(kept.id)


def test_a_trust_asks_is_let_and_reads_and_the_supplier_sees_each_view(client_of, document, buyer, lumen):
    ref, key = document
    grace, priya = client_of(buyer), client_of(lumen)
    url, requests = f"/products/{ref}/documents/{key}", f"/listings/{ref}/documents/requests"

    closed = grace.get(url)
    asking = grace.get(f"{url}/request").text
    grace.send_form(f"{url}/request", {"words": "To write our own safety case."})
    answer = re.search(r'action="([^"]+/requests/[0-9a-f-]+)"', priya.get(requests).text)[1]
    silent = priya.send_form(answer, {"decision": "refuse"})
    priya.send_form(answer, {"decision": "grant"})
    read = [grace.get(url).content for _ in range(2)]

    assert closed.status_code == 403
    assert "nobody asks it for an undertaking of confidentiality" in asking
    assert silent.status_code == 422
    assert read == [b"Hazards.\n"] * 2
    assert priya.get(requests).text.count("Grace Okafor read hazards.txt") == 2


def test_a_supplier_names_an_organisation_by_its_reference(client_of, document, buyer, lumen):
    ref, key = document
    grace, priya = client_of(buyer), client_of(lumen)
    form = f"/listings/{ref}/documents/readers"

    unknown = priya.send_form(form, {"document": key, "organisation": "ORG-2222-2222-9"})
    named = priya.send_form(form, {"document": key, "organisation": buyer.organisation_ref})

    assert (unknown.status_code, named.status_code) == (422, 303)
    assert grace.get(f"/products/{ref}/documents/{key}").content == b"Hazards.\n"


def test_the_list_says_how_to_ask(client, document):
    ref, key = document

    page = client.get(f"/products/{ref}/documents").text

    assert f'href="/products/{ref}/documents/{key}/request"' in page
    assert client.get(f"/products/{ref}/documents/{key}").status_code == 403


def test_a_document_is_replaced_where_its_list_stands_and_what_was_looked_at_stays_readable(
    client, client_of, db, services, document, lumen
):
    ref, key = document
    priya = client_of(lumen)
    old = db.get_one(Attachment, UUID(key)).digest
    place = re.search(r'href="([^"]+/replacement)"', priya.get(f"/listings/{ref}/documents").text)[1]
    db.commit()

    asked = priya.get(place).text
    without = priya.send_form(place)
    sent = priya.send_form(place, files={"file": ("hazards-2.txt", b"Hazards, closed.\n", "text/plain")})

    assert "Whoever may read this one may read the next" in asked
    assert (without.status_code, sent.status_code) == (422, 303)
    assert "hazards-2.txt stands in the place of hazards.txt." in priya.get(sent.headers["location"]).text
    listed = client.get(f"/products/{ref}/documents").text
    assert "hazards-2.txt" in listed
    assert "hazards.txt" not in listed
    assert "hazards-2.txt in place of hazards.txt" in priya.get(f"/listings/{ref}").text
    assert kept_documents(db, lumen.organisation_id, [old])[old].name == "hazards.txt"
    assert services.files.open(old).read() == b"Hazards.\n"
