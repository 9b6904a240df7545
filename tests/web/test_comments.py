"""Comments in the browser: on a thing of every kind, private or shared, told by word and by colour."""

import re

import pytest

from tests import cast
from tests.pages import faults_in
from tests.procurement.conftest import project, scribe

__all__ = ["project", "scribe"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


def test_a_buyer_keeps_a_note_on_a_product_and_asks_its_supplier(client_of, buyer, other_buyer, lumen, scribe):
    mine, theirs, url = client_of(buyer), client_of(lumen), f"/comments/listing/{scribe.ref}"

    page = mine.get(url).text
    assert faults_in(page) == []
    assert "Nobody has said anything that you can read" in page
    (lumens,) = re.findall(r'value="([0-9a-f-]{36})"[^>]*>\s*<label[^>]*>Shared with Lumen Health Ltd alone', page)
    assert mine.send_form(url, {"words": "Too dear.", "reach": "private"}).status_code == 303
    assert mine.send_form(url, {"words": "Can it do Welsh?", "reach": lumens}).status_code == 303

    page = mine.get(url).text
    assert faults_in(page) == []
    assert "comment--private" in page
    assert "Private to Ashdown Hospitals NHS Trust" in page
    assert "Shared with Lumen Health Ltd alone" in page
    seen = theirs.get(url).text
    assert "Can it do Welsh?" in seen
    assert "Too dear." not in seen
    assert "Shared with Ashdown Hospitals NHS Trust alone" in seen
    stranger = client_of(other_buyer).get(url).text
    assert "Too dear." not in stranger
    assert "Can it do Welsh?" not in stranger
    assert f'href="{url}"' in mine.get(f"/products/{scribe.ref}").text


def test_what_does_not_hold_comes_back_with_what_was_typed(client_of, buyer, scribe):
    browser, url = client_of(buyer), f"/comments/listing/{scribe.ref}"

    refused = browser.send_form(url, {"words": "Look.", "reach": "everybody"})
    assert refused.status_code == 422
    assert faults_in(refused.text) == []
    assert ">Look.</textarea>" in refused.text
    assert browser.send_form(url, {"words": "Look.", "reach": "aloud"}).status_code == 422
    assert browser.send_form(url, {"words": "Look.", "reach": "private", "assigned_to": "x"}).status_code == 422
    assert browser.send_form(url, {"words": "L", "reach": "private", "due_on-day": "40"}).status_code == 422


def test_what_is_asked_stands_on_the_desk_until_it_is_done(client_of, db, buyer, scribe, now):
    wim = cast.an_actor(db, "Wim Plain", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)
    mine, his, url = client_of(buyer), client_of(wim), f"/comments/listing/{scribe.ref}"
    typed = {"words": "Ask for a reference.", "reach": "private", "assigned_to": str(wim.person_id),
             "due_on-day": "1", "due_on-month": "12", "due_on-year": "2026"}  # fmt: skip

    assert mine.send_form(url, typed).status_code == 303

    desk = his.get("/my-desk").text
    assert "Grace Okafor asks you: Lumen Scribe" in desk
    assert faults_in(his.get("/comments").text) == []
    assert "Ask for a reference." in his.get("/comments").text
    assert "Grace Okafor asks you: Lumen Scribe" in his.get("/calendar?month=2026-12").text
    (done,) = re.findall(rf'action="({re.escape(url)}/[0-9a-f-]{{36}}/completion)"', his.get(url).text)
    assert his.send_form(done).status_code == 303
    assert his.send_form(done).status_code == 409
    assert "Grace Okafor asks you" not in his.get("/my-desk").text


def test_there_are_no_comments_on_what_one_may_not_open_or_what_is_not_there(client_of, buyer, lumen, scribe):
    for address in ("/comments/weather/1", "/comments/contract/CON-1", "/comments/import/IMP-1", "/comments/case/CAS-1",
                    "/comments/procurement/PRC-1", "/comments/study/STU-1", "/comments/deployment/DEP-1",
                    "/comments/incident/INC-1", "/comments/invoice/INV-1", "/comments/listing/PRO-1",
                    "/comments/organisation/ORG-1"):  # fmt: skip
        assert client_of(buyer).get(address).status_code == 404, address


def test_a_note_on_another_organisation_is_ones_own(client_of, buyer, lumen):
    url = f"/comments/organisation/{lumen.organisation_ref}"

    assert client_of(buyer).send_form(url, {"words": "Slow to answer.", "reach": "private"}).status_code == 303

    assert "Slow to answer." in client_of(buyer).get(url).text
    assert "Slow to answer." not in client_of(lumen).get(url).text
