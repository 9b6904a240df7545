"""The doors of the demonstration: open there, absent in production."""

import pytest

from marketplace.identity.actions.members import admit
from marketplace.identity.actions.people import add_person
from marketplace.identity.policies import CLOCK
from marketplace.kit.values import replace
from marketplace.web.routes import DEMONSTRATION_ROUTES, ROUTES
from tests.cast import an_organisation
from tests.clients import browser_over
from tests.web.identities import heading, take_token, worked

DOORS = {
    "/demonstration/enter", "/dev/mail", "/dev/mail/{key:str}", "/dev/payments", "/dev/payments/{number:str}/payment",
}  # fmt: skip


@pytest.fixture
def ada(db, now):
    """Ada Quill of the demonstration, buyer and manager at an invented trust."""
    trust = an_organisation(db, "Fernmoor NHS Trust", "trust", at=now)
    person = add_person(
        db, name="Ada Quill", email="ada@fernmoor.example", password_hash=None, at=now, is_demonstration=True
    )
    admit(db, trust, person.id, ["buyer", "manager"], by=CLOCK, at=now)
    key = person.id
    db.commit()
    return key


@pytest.fixture
def production(services):
    with browser_over(replace(services, is_demonstration=False)) as browser:
        yield browser


def test_anybody_enters_as_ada_and_reads_first_what_she_can_do(client, ada):
    page = client.get("/sign-in").text
    assert "Ada Quill" in page
    assert "Searches, keeps shortlists" in page

    answer = client.send_form("/demonstration/enter", {"person": str(ada), "next": "/account"})

    assert answer.headers["location"] == "/account"
    assert "acting for <strong>Fernmoor NHS Trust</strong>" in client.get("/account").text


def test_entering_as_somebody_ends_the_session_before(client, ada, services):
    client.send_form("/demonstration/enter", {"person": str(ada)})
    first = client.cookies["session"]
    take_token(client, client.get("/account").text)
    client.send_form("/demonstration/enter", {"person": str(ada)})

    with browser_over(services) as thief:
        thief.cookies.set("session", first)
        assert thief.get("/account", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("who", ["", "nonsense", "01234567-89ab-7def-8123-456789abcdef"])
def test_nobody_enters_as_nobody(client, who):
    assert client.send_form("/demonstration/enter", {"person": who}).status_code == 404


def test_nobody_enters_as_somebody_real(client, buyer, db):
    db.commit()

    assert client.send_form("/demonstration/enter", {"person": str(buyer.person_id)}).status_code == 404


def test_production_has_no_such_door(production, ada):
    assert production.send_form("/demonstration/enter", {"person": str(ada)}).status_code in (404, 405)
    assert production.get("/dev/mail").status_code == 404
    assert "Ada Quill" not in production.get("/sign-in").text
    assert "demonstration/enter" not in production.get("/sign-in").text


def test_the_doors_stand_in_a_list_of_their_own():
    doors = {path for route in DEMONSTRATION_ROUTES for path in route.paths}

    assert doors == DOORS
    assert not doors & {path for route in ROUTES for path in route.paths}


def test_a_person_of_the_demonstration_has_no_password_and_so_no_way_in_through_the_front(client, ada):
    for password in ("", "None", "x" * 20):
        assert client.send_form("/sign-in", {"email": "ada@fernmoor.example", "password": password}).status_code == 422


def test_the_mails_that_would_have_gone_out_are_read_here(client, services, ada):
    assert "No mail yet" in client.get("/dev/mail").text
    client.send_form("/sign-up", {"email": "owen@lumen.example"})
    worked(services)

    page = client.get("/dev/mail").text
    mail = services.mail.newest()[0]

    assert "owen@lumen.example" in page
    shown = client.get(f"/dev/mail/{mail.id}").text
    assert heading(shown) == "Make your Touchstone account"
    assert '<a href="/sign-up/' in shown
    assert client.get("/dev/mail/nonsense").status_code == 404


def test_nobody_locks_the_next_visitor_out_of_a_person_of_the_demonstration(client, services, ada):
    client.send_form("/demonstration/enter", {"person": str(ada)})
    take_token(client, client.get("/account").text)

    for path in ("/account/password", "/account/address"):
        form = {"current": "", "password": "seven lanterns under gravel", "email": "a@b.example"}
        answer = client.send_form(path, form)
        assert answer.status_code == 403
    client.send_form("/reset", {"email": "ada@fernmoor.example"})
    worked(services)

    assert services.mail.newest() == []
    assert "Your password" not in client.get("/account/tokens").text
