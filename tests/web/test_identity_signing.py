"""Signing in, up and out through the pages: nothing typed is lost, nothing is given away, nobody is led astray."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from marketplace.identity.actions.people import disable_person
from marketplace.identity.models import Attempts, Person, SignIn
from marketplace.identity.policies import CLOCK
from marketplace.kit.values import replace
from tests.clients import Browser, browser_over
from tests.identity.people import NIA, OTHER_PASSWORD, PASSWORD, quick_passwords, somebody
from tests.web.identities import heading, link_of, take_token

__all__ = ["quick_passwords"]
pytestmark = pytest.mark.usefixtures("quick_passwords")
Enter = Callable[..., Browser]


def sent(client: Browser, path: str, **values: str):
    return client.send_form(path, dict(values))


def signed_in(client: Browser, *, email: str = NIA, password: str = PASSWORD, where: str = ""):
    return sent(client, "/sign-in", email=email, password=password, next=where)


def test_nia_signs_in_and_comes_to_her_desk(client, services, now):
    somebody(services.database, NIA, at=now)

    answer = signed_in(client)

    assert (answer.status_code, answer.headers["location"]) == (303, "/my-desk")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    assert "Nia Rees" in client.get("/account").text


def test_a_wrong_password_keeps_what_was_typed_but_never_the_password(client, services, now):
    somebody(services.database, NIA, at=now)

    answer = signed_in(client, password=OTHER_PASSWORD)

    assert answer.status_code == 422
    assert heading(answer.text) == "Sign in"
    assert f'value="{NIA}"' in answer.text
    assert OTHER_PASSWORD not in answer.text
    assert "do not belong together" in answer.text or "Check the password." in answer.text


def without_question(page: str) -> str:
    """The page without the random question that a passkey would answer, which is another one each time."""
    question = r'(name="challenge" value="|challenge&#34;: &#34;|challenge&quot;: &quot;)[\w-]+'
    bare, count = re.subn(question, r"\1", page)
    assert count == 2
    return bare


def test_known_and_unknown_addresses_get_the_same_page_to_the_letter(client, services, now):
    somebody(services.database, NIA, at=now)
    somebody(services.database, "gone@ashdown.nhs.uk", at=now, name="Gone Away")
    with services.database.writing() as db:
        gone = db.scalars(select(Person).where(Person.name == "Gone Away")).one()
        disable_person(db, gone, reason="left", by=CLOCK, at=now)

    pages = [
        without_question(signed_in(client, email=email, password=OTHER_PASSWORD).text.replace(email, "X"))
        for email in (NIA, "nobody@ashdown.nhs.uk", "gone@ashdown.nhs.uk")
    ]

    assert len(set(pages)) == 1


def test_a_failed_try_is_counted_although_the_form_was_refused(client, services, now):
    somebody(services.database, NIA, at=now)

    for _ in range(11):
        answer = signed_in(client, password=OTHER_PASSWORD)

    assert answer.status_code == 429
    assert "Try again in 15 minutes." in answer.text
    assert 14 * 60 < int(answer.headers["retry-after"]) <= 15 * 60 + 1
    with services.database.reading() as db:
        assert max(db.scalars(select(Attempts.count))) == 10


@pytest.mark.parametrize(
    "astray",
    ["//evil.com", "https://evil.com", "\\\\evil.com", "/\t/evil.com", "javascript:alert('evil')", "/\\evil"],
)
def test_signing_in_never_leads_off_the_site(client, services, astray, now):
    somebody(services.database, NIA, at=now)

    answer = signed_in(client, where=astray)

    assert answer.headers["location"] == "/my-desk"
    assert "evil" not in client.get("/sign-in", params={"next": astray}).text


def test_signing_in_leads_back_to_where_it_was_needed(client, services, now):
    somebody(services.database, NIA, at=now)
    first = client.get("/account/sessions?x=1", follow_redirects=False)
    assert first.headers["location"] == "/sign-in?next=%2Faccount%2Fsessions%3Fx%3D1"

    answer = signed_in(client, where="/account/sessions?x=1")

    assert answer.headers["location"] == "/account/sessions?x=1"


def test_a_form_of_a_session_that_ran_out_leads_back_to_its_page_and_says_that_it_was_not_taken(client, services, now):
    somebody(services.database, NIA, at=now)
    page = f"{client.base_url}/account/name"

    late = client.send_form("/account/name", {"name": "Nia R"}, headers={"referer": page})

    assert late.headers["location"] == "/sign-in?next=%2Faccount%2Fname"
    shown = client.get(late.headers["location"]).text
    assert "what you sent was not taken" in shown
    assert client.send_form("/account/sessions/others/end").headers["location"] == "/sign-in?next="


def test_a_session_that_somebody_planted_before_is_worth_nothing_afterwards(client, services, now):
    somebody(services.database, NIA, at=now)
    client.cookies.set("session", "planted by a thief")

    answer = signed_in(client)

    with services.database.reading() as db:
        assert len(db.scalars(select(SignIn)).all()) == 1
    assert "planted" not in answer.headers["set-cookie"]
    with browser_over(services) as thief:
        thief.cookies.set("session", "planted by a thief")
        assert thief.get("/account", follow_redirects=False).status_code == 303


def test_after_signing_out_the_old_cookie_opens_nothing(client, services, now):
    somebody(services.database, NIA, at=now)
    signed_in(client)
    old = client.cookies["session"]
    take_token(client, client.get("/account").text)

    assert sent(client, "/sign-out").headers["location"] == "/"
    client.cookies.set("session", old)

    assert client.get("/account", follow_redirects=False).headers["location"].startswith("/sign-in")


def test_a_form_from_another_site_or_another_session_changes_nothing(client, services, now):
    somebody(services.database, NIA, at=now)
    signed_in(client)

    assert client.post("/account/name", data={"name": "Mallory"}).status_code == 403
    take_token(client, client.get("/account/name").text)
    abroad = client.send_form("/account/name", {"name": "Mallory"}, headers={"origin": "https://evil.example"})

    assert abroad.status_code == 403
    assert "Nia Rees" in client.get("/account").text


def test_a_form_to_sign_in_as_somebody_else_is_refused_from_another_site(client, services, now):
    somebody(services.database, NIA, at=now)

    from_elsewhere = {"sec-fetch-site": "cross-site"}
    answer = client.post("/sign-in", data={"email": NIA, "password": PASSWORD}, headers=from_elsewhere)

    assert answer.status_code == 403
    assert "session" not in client.cookies


def test_owen_makes_an_account_from_the_mailed_link(client, services):
    assert heading(sent(client, "/sign-up", email="owen@lumen.example").text) == "Look at your mail"
    link = link_of(services, "owen@lumen.example", "sign-up")

    poor = client.send_form(link, {"name": "Owen Hale", "password": "password"})
    assert poor.status_code == 422
    assert 'value="Owen Hale"' in poor.text
    answer = client.send_form(link, {"name": "Owen Hale", "password": PASSWORD})

    assert answer.headers["location"] == "/organisations/new"
    assert "Owen Hale" in client.get("/account").text
    assert client.get(link).status_code == 404


def test_nia_sets_a_new_password_by_mail_and_the_page_is_the_same_for_strangers(client, services, now):
    somebody(services.database, NIA, at=now)

    known = sent(client, "/reset", email=NIA)
    unknown = sent(client, "/reset", email="nobody@ashdown.nhs.uk")
    assert known.text == unknown.text
    link = link_of(services, NIA, "password-reset")
    assert heading(client.get(link).text) == "Choose a new password"
    answer = client.send_form(link, {"password": OTHER_PASSWORD})

    assert answer.headers["location"] == "/sign-in"
    assert client.get(link).status_code == 404
    assert signed_in(client, password=OTHER_PASSWORD).status_code == 303


@pytest.mark.parametrize("path", ["/reset/nonsense", "/sign-up/nonsense", "/invitations/nonsense"])
def test_a_link_that_nobody_mailed_is_refused_in_words(client, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "used" in heading(answer.text)


@pytest.mark.parametrize(
    "typed", ["", "no address", "a@b", "x" * 300 + "@example.org", "nia@ex\u0430mple.org", "a@b.c\r\nBcc: d@e.f"]
)
def test_what_is_no_address_stays_in_the_field_with_the_reason(client, typed):
    for path in ("/sign-up", "/reset"):
        answer = sent(client, path, email=typed)

        assert answer.status_code == 422
        assert "name@trust.nhs.uk" in answer.text


def test_the_pages_that_guard_an_account_are_kept_by_nobody(client):
    for path in ("/sign-in", "/sign-up", "/reset"):
        assert client.get(path).headers["cache-control"] == "no-store"


def test_a_reader_chooses_a_language_before_and_after_signing_in(client, services, now):
    somebody(services.database, NIA, at=now)

    before = sent(client, "/language", language="cy", next="/sign-in")
    assert before.headers["location"] == "/sign-in"
    assert client.cookies["language"] == "cy"
    assert '<html lang="cy"' in client.get("/sign-in").text
    signed_in(client)
    take_token(client, client.get("/account").text)
    sent(client, "/account/language", language="cy")

    assert '<html lang="cy"' in client.get("/account").text
    assert sent(client, "/language", language="xx").status_code == 422


def test_in_production_the_session_cookie_belongs_to_this_host_alone(services, now):
    somebody(services.database, NIA, at=now)


    secure = replace(services, is_secure=True, is_demonstration=False, base_url="https://touchstone.example")
    with browser_over(secure) as browser:
        answer = signed_in(browser)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
