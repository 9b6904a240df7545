"""A trust that has joined finds what it said yes to, and how it leaves, from the first page of the pilot."""

import pytest

from tests.procurement.conftest import ashdown, calder, scribe
from tests.procurement.joint import an_open_pilot
from tests.worlds import part

__all__ = ["ashdown", "calder", "scribe"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@part
def pilot(db, frameworks, ashdown, calder, scribe, now):
    return an_open_pilot(db, frameworks, scribe, ashdown, calder, at=now)


def test_the_first_page_of_a_pilot_leads_a_trust_that_joined_to_its_answer_and_to_leaving(client_of, calder, pilot):
    browser, base = client_of(calder.approver), f"/procurements/{pilot.ref}"
    way = f'<a href="{base}/join">What your organisation said yes to, and how it leaves</a>'
    assert way not in browser.get(base).text, "before it has joined there is nothing to leave"
    seen = browser.get(f"{base}/join").text.partition('name="seen" value="')[2].partition('"')[0]
    browser.send_form(f"{base}/join", {"seen": seen})

    assert way in browser.get(base).text

    assert f'action="{base}/withdrawal"' in browser.get(f"{base}/join").text


def test_the_lead_is_shown_no_way_to_leave(client_of, ashdown, pilot):
    assert "how it leaves" not in client_of(ashdown.approver).get(f"/procurements/{pilot.ref}").text
