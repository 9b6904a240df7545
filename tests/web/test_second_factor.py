"""The second factor through the pages: set up, asked for, lost, demanded; and proving once more who one is."""

import base64
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.identity.models import CodeApp, Organisation, Passkey, SignIn, Token
from marketplace.identity.rules.codes import code_of, step_at
from marketplace.kit.jobs import drain
from marketplace.kit.values import replace
from marketplace.wiring import subscribers_over
from tests.clients import browser_over
from tests.identity.authenticator import Device
from tests.identity.people import OTHER_PASSWORD, PASSWORD, quick_passwords, with_password
from tests.web.identities import heading, take_token

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")
GRACE = "grace.okafor@example.org"
HERE = "/account/second-factor"


@pytest.fixture
def grace(client_of, buyer, db):
    """Grace Okafor with a password, signed in a moment ago."""
    with_password(db, buyer.person_id)
    return client_of(buyer)


def hidden(page: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([^"]+)"', page)[1]


def secret_on(page: str) -> bytes:
    """The secret as it is written under the square."""
    written = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    return base64.b32decode(written)


def asked_on(page: str) -> str:
    return re.search(r'data-asked="([^"]+)"', page)[1].replace("&#34;", '"').replace("&quot;", '"')


def set_up(browser, at) -> tuple[bytes, list[str]]:
    """An app for codes, set up through the pages: its secret, and the recovery codes that were shown."""
    page = browser.get(f"{HERE}/codes").text
    shared = secret_on(page)
    done = browser.send_form(f"{HERE}/codes", {"offer": hidden(page, "offer"), "code": code_of(shared, step_at(at))})
    assert done.status_code == 200, done.text
    assert done.headers["cache-control"] == "no-store"
    return shared, re.findall(r"<li><code>([^<]+)</code>", done.text)


def aged(services, person_id, *, by: timedelta) -> None:
    """The sessions of a person are that old, and in use."""
    with services.database.writing() as db:
        for one in db.scalars(select(SignIn).where(SignIn.person_id == person_id)):
            one.authenticated_at, one.confirmed_at = one.authenticated_at - by, None


def entering(browser, **more):
    """What a browser is answered that gives the password."""
    return browser.send_form("/sign-in", {"email": GRACE, "password": PASSWORD, **more})


def test_grace_sets_up_codes_and_is_asked_for_one_from_then_on(grace, client, now):
    _, codes = set_up(grace, now)
    assert len(codes) == 10
    page = grace.get(HERE).text
    assert "On" in page
    assert "10 codes left" in page
    assert "app for codes" in grace.get("/account").text

    browser, answer = client, entering(client, next="/account")
    assert answer.headers["location"] == "/sign-in/second-factor?next=%2Faccount"
    assert "session" not in answer.cookies
    assert browser.get("/account", follow_redirects=False).headers["location"].startswith("/sign-in")
    assert heading(browser.get("/sign-in/second-factor").text) == "Give your second factor"
    wrong = browser.send_form("/sign-in/second-factor", {"code": "000000", "next": "/account"})
    assert wrong.status_code == 422
    assert "not right, or was used already" in wrong.text

    done = browser.send_form("/sign-in/second-factor", {"code": codes[0], "next": "/account"})

    assert done.headers["location"] == "/account"
    assert browser.get("/account").status_code == 200
    assert browser.get("/sign-in/second-factor", follow_redirects=False).headers["location"] == "/sign-in"


def test_nobody_comes_to_the_second_page_without_the_first(client):
    assert client.get("/sign-in/second-factor", follow_redirects=False).headers["location"] == "/sign-in"
    assert client.send_form("/sign-in/second-factor", {"code": "123456"}).status_code == 404
    client.cookies.set("half", "made up")
    assert client.send_form("/sign-in/second-factor/passkey", {"answer": "{}"}).status_code == 404


def test_a_wrong_code_keeps_the_square_that_was_scanned(grace, now):
    page = grace.get(f"{HERE}/codes").text
    again = grace.send_form(f"{HERE}/codes", {"offer": hidden(page, "offer"), "code": "12"})

    assert again.status_code == 422
    assert secret_on(again.text) == secret_on(page)
    assert hidden(again.text, "offer") == hidden(page, "offer")


def test_every_change_needs_a_fresh_proof_and_comes_back_to_where_it_was(grace, services, buyer, now):
    _, codes = set_up(grace, now)
    aged(services, buyer.person_id, by=timedelta(minutes=20))
    forms = [
        (f"{HERE}/codes/end", HERE), (f"{HERE}/recovery", HERE), (f"{HERE}/passkeys", f"{HERE}/passkeys"),
        (f"{HERE}/codes", f"{HERE}/codes"), ("/account/address", "/account/address"),
        ("/account/tokens", "/account/tokens"), (f"/organisations/{buyer.organisation_ref}/second-factor",) * 2,
    ]  # fmt: skip
    for path, back in forms:
        answer = grace.send_form(path, {"current": PASSWORD, "name": "x", "scopes": "project:read", "email": "g@x.nhs.uk"})
        assert (path, answer.status_code) == (path, 303)
        assert answer.headers["location"] == f"/account/confirm?next={back.replace('/', '%2F')}"
    with services.database.reading() as db:
        assert db.scalars(select(CodeApp)).one()
        assert db.scalars(select(Token)).all() == []

    page = grace.get(f"/account/confirm?next={HERE}").text
    assert "Your password" in page
    assert grace.send_form("/account/confirm", {"current": PASSWORD, "code": "", "next": HERE}).status_code == 422
    wrong = grace.send_form("/account/confirm", {"current": OTHER_PASSWORD, "code": codes[0], "next": HERE})
    assert wrong.status_code == 422
    done = grace.send_form("/account/confirm", {"current": PASSWORD, "code": codes[0], "next": HERE})

    assert done.headers["location"] == HERE
    ended = grace.send_form(f"{HERE}/codes/end")
    assert ended.headers["location"] == HERE
    assert "is removed" in grace.get(HERE).text


def test_every_change_is_told_by_mail_at_once(grace, services, now):
    _, codes = set_up(grace, now)
    grace.send_form(f"{HERE}/recovery")
    grace.send_form(f"{HERE}/codes/end")

    drain(services.database, subscribers_over(services), clock=services.clock)

    mailed = {mail.subject for mail in services.mail.newest() if mail.to == GRACE}
    assert mailed == {
        "An app for one-time codes was added to your account", "10 new recovery codes were made for your account",
        "An app for one-time codes was removed from your account",
    }  # fmt: skip
    bodies = "".join(services.mail.find(mail.id).text for mail in services.mail.newest())
    assert "If this was not you" in bodies
    assert not [code for code in codes if code in bodies]


def test_a_proof_leads_nowhere_outside(grace):
    answer = grace.send_form("/account/confirm", {"current": PASSWORD, "next": "//evil.example"})

    assert answer.headers["location"] == "/account"


def test_a_passkey_is_added_and_signs_in_alone(grace, client, services):
    device = Device(origin="http://testserver.local", site="testserver.local")
    page = grace.get(f"{HERE}/passkeys").text
    form = {"challenge": hidden(page, "challenge"), "answer": device.make(asked_on(page)), "name": "Ward computer"}
    added = grace.send_form(f"{HERE}/passkeys", form)
    assert heading(added.text) == "Your passkey is kept"
    assert "Ward computer" in grace.get(HERE).text

    page = client.get("/sign-in").text
    refused = client.send_form("/sign-in/passkey", {"challenge": hidden(page, "challenge"), "answer": "{}"})
    assert refused.status_code == 422
    page = refused.text
    proof = {"challenge": hidden(page, "challenge"), "answer": device.use(asked_on(page)), "next": "/account"}
    assert client.send_form("/sign-in/passkey", proof).headers["location"] == "/account"
    assert client.get("/account").status_code == 200
    client.cookies.clear()
    assert client.send_form("/sign-in/passkey", proof).status_code == 409

    entering(client)
    page = client.get("/sign-in/second-factor").text
    proof = {"challenge": hidden(page, "challenge"), "answer": device.use(asked_on(page)), "next": ""}
    assert client.send_form("/sign-in/second-factor/passkey", proof).headers["location"] == "/my-desk"

    with services.database.reading() as db:
        key = db.scalars(select(Passkey.id)).one()
    assert grace.send_form(f"{HERE}/passkeys/{key}/end").headers["location"] == HERE
    assert "Ward computer opens nothing here any more" in grace.get(HERE).text


def test_a_passkey_proves_it_anew(grace, services, buyer, now):
    device = Device(origin="http://testserver.local", site="testserver.local")
    page = grace.get(f"{HERE}/passkeys").text
    grace.send_form(f"{HERE}/passkeys", {"challenge": hidden(page, "challenge"), "answer": device.make(asked_on(page))})
    aged(services, buyer.person_id, by=timedelta(minutes=20))
    assert grace.get(f"{HERE}/codes", follow_redirects=False).status_code == 303

    page = grace.get(f"/account/confirm?next={HERE}/codes").text
    proof = {"challenge": hidden(page, "challenge"), "answer": device.use(asked_on(page)), "next": f"{HERE}/codes"}
    assert grace.send_form("/account/confirm/passkey", proof).headers["location"] == f"{HERE}/codes"

    assert grace.get(f"{HERE}/codes", follow_redirects=False).status_code == 200


def demand(grace, buyer, day: str = "1"):
    form = {"since-day": day, "since-month": "12", "since-year": "2026"}
    return grace.send_form(f"/organisations/{buyer.organisation_ref}/second-factor", form)


def test_a_manager_asks_for_it_from_a_day_on_and_sees_who_is_ready(grace, services, buyer, now):
    page = f"/organisations/{buyer.organisation_ref}/second-factor"
    assert "You have none yourself" in grace.get(page).text
    assert demand(grace, buyer).status_code == 409
    set_up(grace, now)
    assert grace.send_form(page, {}).status_code == 422

    assert demand(grace, buyer).headers["location"] == page

    told = grace.get(page).text
    assert "From 1 December 2026" in told
    assert "1 of 1 member" in told
    assert "asks for a second factor from 1 December 2026" in grace.get(HERE).text
    assert grace.send_form(f"{page}/end").headers["location"] == page
    assert "A password alone is enough to act" in grace.get(page).text


def test_until_then_it_stands_on_the_desk_with_its_day(grace, services, buyer):
    with services.database.writing() as db:
        db.get_one(Organisation, buyer.organisation_id).second_factor_from = date(2026, 12, 1)
    desk = grace.get("/my-desk").text
    assert "Set up a second factor" in desk
    assert "1 December 2026" in desk


def test_whoever_has_none_is_led_to_set_one_up_and_then_acts_again(grace, services, buyer, db, now):
    then = now + timedelta(days=8)
    with services.database.writing() as writing:
        writing.get_one(Organisation, buyer.organisation_id).second_factor_from = then.date()
    late = replace(services, clock=lambda: then)
    with browser_over(late) as browser:
        browser.send_form("/sign-in", {"email": GRACE, "password": PASSWORD})
        for path in ("/projects", "/my-desk", f"/organisations/{buyer.organisation_ref}"):
            assert browser.get(path, follow_redirects=False).headers["location"] == HERE
        page = browser.get(HERE).text
        assert "asks for a second factor since 2 December 2026" in page
        assert "Without one you act for nobody there" in page
        assert browser.get("/products").status_code == 200
        take_token(browser, page)

        set_up(browser, then)

        assert browser.get("/projects", follow_redirects=False).status_code == 200


def test_a_person_of_the_demonstration_is_told_why_there_is_none(client_of, buyer, db):
    with_password(db, buyer.person_id).is_demonstration = True
    browser = client_of(buyer)

    assert "Anybody enters as one of them" in browser.get(HERE).text
    assert browser.get(f"{HERE}/codes").status_code == 403
    assert browser.send_form(f"{HERE}/codes", {"code": "123456"}).status_code == 403


def test_a_program_reads_and_sets_what_is_demanded(grace, services, buyer, db, now):
    set_up(grace, now)
    made = grace.send_form("/account/tokens", {"name": "x", "scopes": ["member:manage"], "current": PASSWORD})
    token = re.search(r'value="(tst_[^"]+)"', made.text)[1]
    headers = {"authorization": f"Bearer {token}"}
    path = f"/v1/organisations/{buyer.organisation_ref}/second-factor"

    assert grace.get(path, headers=headers).json()["since"] is None
    answer = grace.put(path, json={"since": "2026-12-01"}, headers=headers)

    assert answer.status_code == 200
    assert (answer.json()["since"], answer.json()["is_demanded"]) == ("2026-12-01", False)
    assert answer.json()["members"][0]["is_ready"] is True
