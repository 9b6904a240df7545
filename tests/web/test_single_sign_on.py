"""Signing in through another house: out and back once, by the browser that set out, and never into another's account."""

from datetime import timedelta

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import select

from marketplace.identity.models import KnownElsewhere, Person, SignIn
from marketplace.kit.values import replace
from marketplace.ports.signin.oidc import OidcElsewhere
from tests.clients import browser_over, sign_in
from tests.identity.people import NIA, PASSWORD, quick_passwords, somebody, with_password
from tests.ports.issuer_double import Issuer
from tests.web.identities import heading, take_token

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
HERE = "/account/single-sign-on"


@pytest.fixture
def issuer():
    return Issuer(key=KEY)


@pytest.fixture
def other_issuer():
    return Issuer(url="https://other.example", key=KEY)


@pytest.fixture
def house(services, issuer, other_issuer):
    """This house, to which people may come from two others."""

    def fetch(url, body, headers):
        return (issuer if url.startswith(issuer.url) else other_issuer).fetch(url, body, headers)

    both = type("Both", (), {"fetch": staticmethod(fetch)})()
    return replace(services, elsewhere=OidcElsewhere([issuer.provider(), other_issuer.provider("other")], both))


@pytest.fixture
def browser(house):
    with browser_over(house) as one:
        yield one


def gone_out(browser, issuer, now, path="/sign-in/with/nhs?next=/account") -> str:
    """Out to the other house, and the address with which it sends the browser back."""
    answer = browser.get(path, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"].startswith(f"{issuer.url}/authorize?")
    code, state = issuer.sign_in(answer.headers["location"], at=now)
    key = "other" if "other" in path else "nhs"
    return f"/sign-in/with/{key}/return?code={code}&state={state}"


def come(browser, issuer, now, path="/sign-in/with/nhs?next=/account"):
    return browser.get(gone_out(browser, issuer, now, path), follow_redirects=False)


def known(house) -> list[tuple[str, str]]:
    with house.database.reading() as db:
        return sorted((one.issuer, one.subject) for one in db.scalars(select(KnownElsewhere)))


def test_a_newcomer_gets_an_account_and_a_session_of_their_own(browser, house, issuer, now):
    assert "Sign in with Trust Identity" in browser.get("/sign-in").text

    answer = come(browser, issuer, now)

    assert answer.headers["location"] == "/account"
    assert "Nia Rees" in browser.get("/account").text
    assert known(house) == [("https://id.example", "nia-1")]
    with house.database.reading() as db:
        person = db.scalars(select(Person).where(Person.email == NIA)).one()
        assert person.password_hash is None
        assert db.scalars(select(SignIn)).one().second_factor == ""


def test_whoever_comes_again_is_the_same_person_whatever_their_address_is_now(browser, house, issuer, now):
    come(browser, issuer, now)
    issuer.person = {**issuer.person, "email": "nia.new@ashdown.nhs.uk"}
    browser.cookies.clear()
    issuer.says = {"amr": ["mfa"]}

    assert come(browser, issuer, now).headers["location"] == "/account"

    with house.database.reading() as db:
        assert [one.email for one in db.scalars(select(Person))] == [NIA]
        assert sorted(one.second_factor for one in db.scalars(select(SignIn))) == ["", "elsewhere"]


def test_the_same_subject_of_another_house_is_another_person(browser, house, issuer, other_issuer, now):
    come(browser, issuer, now)
    browser.cookies.clear()
    other_issuer.person = {**other_issuer.person, "email": "somebody.else@calder.nhs.uk", "name": "Somebody Else"}

    come(browser, other_issuer, now, "/sign-in/with/other?next=/account")

    assert "Somebody Else" in browser.get("/account").text
    assert known(house) == [("https://id.example", "nia-1"), ("https://other.example", "nia-1")]


def test_an_account_is_never_taken_over_by_its_address(browser, house, issuer, now):
    somebody(house.database, NIA, at=now)

    answer = come(browser, issuer, now)

    assert answer.status_code == 409
    assert "has an account here, which Trust Identity does not open yet" in answer.text
    assert browser.get("/account", follow_redirects=False).status_code == 303
    assert known(house) == []


def test_an_address_that_nobody_made_sure_of_makes_no_account(browser, house, issuer, now):
    issuer.says = {"email_verified": False}

    assert come(browser, issuer, now).status_code == 409
    with house.database.reading() as db:
        assert db.scalars(select(Person)).all() == []


def signed_in(house, browser, buyer, db, now):
    with_password(db, buyer.person_id).email = NIA
    db.commit()
    return sign_in(browser, house, buyer, at=now)


def test_grace_links_her_account_by_an_explicit_step_and_unlinks_it(browser, house, issuer, buyer, db, now):
    grace = signed_in(house, browser, buyer, db, now)
    assert "Link Trust Identity" in grace.get(HERE).text

    answer = come(grace, issuer, now, f"{HERE}/nhs/link")

    assert answer.headers["location"] == HERE
    page = grace.get(HERE).text
    assert "Trust Identity opens your account from now on." in page
    assert "Unlink Trust Identity" in page
    with house.database.reading() as reading:
        link = reading.scalars(select(KnownElsewhere)).one()
        assert link.person_id == buyer.person_id
    assert grace.send_form(f"{HERE}/{link.id}/end").headers["location"] == HERE
    assert known(house) == []


def test_a_link_needs_the_same_address_and_somebody_elses_is_refused(browser, house, issuer, buyer, db, now):
    grace = signed_in(house, browser, buyer, db, now)
    issuer.says = {"email": "another@ashdown.nhs.uk"}
    assert come(grace, issuer, now, f"{HERE}/nhs/link").status_code == 409
    issuer.says = {"email_verified": None}
    assert come(grace, issuer, now, f"{HERE}/nhs/link").status_code == 409
    assert known(house) == []


def test_a_journey_is_made_once_by_the_browser_that_set_out(browser, house, issuer, now):
    back = gone_out(browser, issuer, now)
    journey = browser.cookies.get("journey")
    with browser_over(house) as stranger:
        assert stranger.get(back, follow_redirects=False).status_code == 409
        gone_out(stranger, issuer, now)
        assert stranger.get(back, follow_redirects=False).status_code == 409
    for wrong in (back.replace("state=", "state=x"), back.partition("&state")[0], back.replace("/nhs/", "/other/")):
        assert browser.get(wrong, follow_redirects=False).status_code == 409

    assert browser.get(back, follow_redirects=False).headers["location"] == "/account"

    browser.cookies.set("journey", journey)
    assert browser.get(back, follow_redirects=False).status_code == 409
    with house.database.reading() as db:
        assert len(db.scalars(select(SignIn)).all()) == 1


def test_an_answer_of_another_issuer_is_refused(browser, issuer, now):
    back = gone_out(browser, issuer, now)

    assert browser.get(f"{back}&iss=https://evil.example", follow_redirects=False).status_code == 409
    assert browser.get(f"{back}&iss=https://id.example", follow_redirects=False).status_code == 303


def test_a_journey_takes_no_longer_than_ten_minutes(browser, house, issuer, now):
    back = gone_out(browser, issuer, now)
    browser.services = replace(house, clock=lambda: now + timedelta(minutes=10))

    assert browser.get(back, follow_redirects=False).status_code == 409


def test_whoever_turns_back_is_at_the_sign_in_page_again(browser, issuer, now):
    back = gone_out(browser, issuer, now).replace("code=", "error=access_denied&x=")

    assert browser.get(back, follow_redirects=False).headers["location"] == "/sign-in"
    assert "did not let you through" in browser.get("/sign-in").text


def test_a_house_that_is_down_or_lies_is_told_without_a_trace(browser, issuer, other_issuer, now):
    other_issuer.down = True
    assert browser.get("/sign-in/with/other", follow_redirects=False).status_code == 409
    issuer.says = {"nonce": "another"}
    answer = come(browser, issuer, now)
    assert answer.status_code == 409
    assert "says does not hold" in answer.text
    assert "journey" not in answer.text
    assert browser.get("/sign-in/with/nobody", follow_redirects=False).status_code == 404


def test_the_way_on_stays_on_this_site(browser, issuer, now):
    answer = come(browser, issuer, now, "/sign-in/with/nhs?next=//evil.example")

    assert answer.headers["location"] == "/my-desk"


def test_whoever_has_no_password_proves_it_there_again(browser, house, issuer, now):
    come(browser, issuer, now)
    later = now + timedelta(minutes=20)
    browser.services = replace(house, clock=lambda: later)
    answer = browser.get("/account/address", follow_redirects=False)
    assert answer.headers["location"].startswith("/account/confirm?next=")
    page = browser.get("/account/confirm?next=/account/address").text
    assert "Go on through Trust Identity" in page
    assert "Your password" not in page

    path = "/account/confirm/with/nhs?next=/account/address"
    issuer.says = {"auth_time": now.timestamp()}
    assert come(browser, issuer, later, path).status_code == 409
    issuer.says = {"sub": "somebody else"}
    assert come(browser, issuer, later, path).status_code == 403
    issuer.says = {}
    assert come(browser, issuer, later, path).headers["location"] == "/account/address"

    page = browser.get("/account/address").text
    assert heading(page) == "Change your address"
    take_token(browser, page)
    sent = browser.send_form("/account/address", {"email": "nia@calder.nhs.uk"})
    assert sent.status_code == 200
    link = known(house)
    assert link
    with house.database.reading() as db:
        key = db.scalars(select(KnownElsewhere.id)).one()
    assert browser.send_form(f"{HERE}/{key}/end").status_code == 409
    assert PASSWORD not in sent.text
