"""My calendar: what stands in it, for whom, and the secret address under which programs read it."""

import re
from datetime import date

import pytest
from sqlalchemy import event, select

from marketplace.faces.dates import KINDS, dates_for
from marketplace.identity.models import Membership
from marketplace.kit.errors import Invalid
from marketplace.procurement.actions.deadlines import Due, set_deadline
from tests.pages import faults_in
from tests.procurement.conftest import project

__all__ = ["project"]
YEAR = {"first": date(2026, 11, 1), "last": date(2027, 10, 31)}


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


@pytest.fixture
def due(db, project, buyer, now):
    return set_deadline(db, project, label="Demonstrations", due=Due(date(2026, 11, 27), "17:00"), by=buyer, at=now)


def test_a_month_shows_what_is_due_on_which_day(client_of, buyer, due, project):
    browser = client_of(buyer)

    page = browser.get("/calendar").text
    assert faults_in(page) == []
    assert "<strong>17:00</strong>" in page
    assert f'href="/projects/{project.ref}/deadlines">Demonstrations: Ambient' in page
    assert 'href="/calendar?month=2026-12"' in page
    assert "Nothing due in December 2026" in browser.get("/calendar?month=2026-12").text
    assert browser.get("/calendar?month=2026-13").status_code == 422


def test_the_list_puts_what_is_late_first_and_can_be_narrowed(client_of, buyer, due):
    browser = client_of(buyer)

    page = browser.get("/calendar?view=list").text
    assert faults_in(page) == []
    assert "27 November 2026, 17:00" in page
    assert "Demonstrations" not in browser.get("/calendar?view=list&kind=safety").text
    assert browser.get("/calendar?kind=birthdays").status_code == 422


def test_another_organisation_sees_none_of_it(client_of, other_buyer, due):
    for address in ("/calendar?view=list", "/calendar", "/calendar/dates.ics"):
        assert "Demonstrations" not in client_of(other_buyer).get(address).text


def test_a_secret_address_is_read_without_signing_in_until_its_owner_ends_it(client, client_of, buyer, due):
    browser = client_of(buyer)
    assert "Make an address" in browser.get("/calendar/feed").text

    made = browser.send_form("/calendar/feed")
    (address,) = re.findall(r'value="[^"]*(/calendar/feed/[\w-]{43}/touchstone\.ics)"', made.text)
    read = client.get(address)

    assert faults_in(made.text) == []
    assert read.headers["content-type"].startswith("text/calendar")
    assert read.headers["cache-control"] == "no-store"
    assert "SUMMARY:Demonstrations: Ambient scribing" in read.text
    assert "DTSTART:20261127T170000Z" in read.text
    assert address not in browser.get("/calendar/feed").text
    (another,) = re.findall(r"(/calendar/feed/[\w-]{43}/touchstone\.ics)", browser.send_form("/calendar/feed").text)
    assert client.get(address).status_code == 404
    assert client.get(another).status_code == 200
    assert browser.send_form("/calendar/feed/end").status_code == 303
    assert client.get(another).status_code == 404
    assert browser.send_form("/calendar/feed/end").status_code == 409


def test_an_address_gives_nothing_once_its_owner_left(client, client_of, db, buyer, other_buyer, due, now):
    made = client_of(buyer).send_form("/calendar/feed").text
    (address,) = re.findall(r"(/calendar/feed/[\w-]{43}/touchstone\.ics)", made)
    assert client.get(address).status_code == 200

    rows = select(Membership).where(Membership.person_id == buyer.person_id)
    membership = db.scalars(rows).one()
    membership.state, membership.ended_at = "ended", now
    db.commit()

    assert client.get(address).status_code == 404


def test_a_wrong_address_says_nothing(client):
    assert client.get(f"/calendar/feed/{'x' * 43}/touchstone.ics").status_code == 404


def test_however_much_there_is_the_number_of_queries_stays_the_same(db, database, buyer, project, frameworks, now):
    def queries() -> int:
        db.flush()
        seen: list[str] = []
        connection = db.connection()
        note = lambda *said: seen.append(said[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", note)
        dates_for(db, frameworks, by=buyer, at=now, **YEAR)
        event.remove(connection, "before_cursor_execute", note)
        return len(seen)

    set_deadline(db, project, label="One", due=Due(date(2026, 12, 1)), by=buyer, at=now)
    few = queries()
    for number in range(20):
        set_deadline(db, project, label=f"Another {number}", due=Due(date(2026, 12, 2)), by=buyer, at=now)

    assert queries() == few < 25


def test_kinds_and_spans_that_there_are_not_are_refused(db, buyer, frameworks, now):
    with pytest.raises(Invalid, match="no kind of date"):
        dates_for(db, frameworks, by=buyer, at=now, kinds=["birthdays"], **YEAR)
    with pytest.raises(Invalid, match="too long"):
        dates_for(db, frameworks, by=buyer, at=now, first=date(2020, 1, 1), last=date(2030, 1, 1))
    assert all(KINDS.values())


def test_a_deadline_is_set_moved_met_and_removed_in_the_browser(client_of, buyer, project):
    browser, base = client_of(buyer), f"/projects/{project.ref}/deadlines"
    typed = {"label": "Visit", "due_on-day": "1", "due_on-month": "12", "due_on-year": "2026", "hour": "9"}

    refused = browser.send_form(base, typed)
    assert refused.status_code == 422
    assert "is not an hour" in refused.text
    assert 'value="Visit"' in refused.text
    assert browser.send_form(base, {**typed, "hour": "09:00"}).status_code == 303
    page = browser.get(base).text
    assert faults_in(page) == []
    assert "1 December 2026, 09:00" in page
    (one,) = set(re.findall(rf'href="({re.escape(base)}/[0-9a-f-]{{36}})"', page))
    assert faults_in(browser.get(one).text) == []
    assert browser.send_form(one, {**typed, "due_on-day": "2"}).status_code == 422
    moved = {**typed, "due_on-day": "2", "hour": "", "reason": "They asked."}
    assert browser.send_form(one, moved).status_code == 303
    assert browser.send_form(f"{one}/completion").status_code == 303
    assert browser.send_form(f"{one}/removal", {"reason": "x"}).status_code == 409
    assert "Done by Grace Okafor" in browser.get(base).text
