"""Redirects stay here, mails lead here, and what a proxy or an address claims is not believed."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.faces.services import Services
from marketplace.identity.models import SignIn
from marketplace.identity.policies import Actor
from marketplace.kit.values import replace
from marketplace.ports.mail.folder import FolderMail
from marketplace.web.edge import is_own_path
from tests.cast import a_product
from tests.clients import Browser, browser_over
from tests.identity.people import PASSWORD, quick_passwords, with_password
from tests.web.identities import worked

__all__ = ["quick_passwords"]
ELSEWHERE = [
    "https://evil.example", "http://evil.example/", "//evil.example", "///evil.example", "////evil.example",
    "/\\evil.example", "\\\\evil.example", "/\\/evil.example", "\\/evil.example", "/\t/evil.example",
    "/\n/evil.example", "/\r\nLocation: https://evil.example", "/%0d%0aSet-Cookie:x=1\r\n", "\t//evil.example",
    " //evil.example", "/ /evil.example\x00", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
    "data:text/html,x", "vbscript:x", "https:evil.example", "https:/evil.example", "http:\\\\evil.example",
    "evil.example", "@evil.example", "?next=//evil.example", "//evil.example%2f..", "//[::1]/", "/\u2028/evil.example",
    "//\u3002evil.example", "/\x0b/evil.example", ".evil.example", ":80/evil",
]  # fmt: skip
HERE_ALL_THE_SAME = ["/%09/evil.example", "/%5cevil.example", "/%2f%2fevil.example", "/products?next=https://evil.example"]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_a_path_that_leads_elsewhere_is_not_our_own(path: str):
    assert not is_own_path(path)


@given(st.text(max_size=40))
def test_an_own_path_is_one_that_no_browser_reads_as_another_host(rest: str):
    if is_own_path(rest):
        kept = "".join(char for char in rest if char not in "\t\r\n")
        assert kept == rest
        assert kept[:1] == "/"
        assert kept[1:2] not in ("/", "\\")


def landed(answer: Any) -> str:
    assert answer.status_code == 303, answer.text[:400]
    location: str = answer.headers["location"]
    assert location.startswith("/"), location
    assert location[1:2] not in ("/", "\\"), location
    return location


@pytest.mark.parametrize("path", ELSEWHERE)
def test_signing_in_leads_nowhere_else(client: Browser, db, buyer: Actor, quick_passwords, path: str):
    with_password(db, buyer.person_id)
    db.commit()
    sent = {"email": "grace.okafor@example.org", "password": PASSWORD, "next": path}

    answer = client.post("/sign-in", data=sent, follow_redirects=False)

    assert landed(answer) == "/my-desk"


def test_the_sign_in_page_carries_no_address_of_elsewhere(client: Browser):
    for path in ELSEWHERE:
        page = client.get("/sign-in", params={"next": path})
        assert page.status_code == 200
        assert 'name="next" value="/my-desk"' in page.text, path


def test_no_form_with_a_way_back_leads_elsewhere(client_of: Callable[..., Browser], db, buyer: Actor, lumen: Actor, now):
    product = a_product(db, of=lumen, at=now).ref
    browser = client_of(buyer)

    for path in [*ELSEWHERE, *HERE_ALL_THE_SAME]:
        landed(browser.send_form("/language", {"language": "en", "next": path}))
        landed(browser.send_form("/follows", {"product": product, "back": path}))


def test_the_door_of_the_demonstration_leads_nowhere_else(client: Browser, db, now, services):
    for path in ELSEWHERE:
        answer = client.post("/demonstration/enter", data={"person": "nobody", "next": path}, follow_redirects=False)
        assert "evil" not in answer.headers.get("location", "")


def test_acting_for_an_organisation_of_others_is_refused(client_of, db, buyer: Actor, other_buyer: Actor):
    browser = client_of(buyer)

    for organisation in (other_buyer.organisation_ref, str(other_buyer.organisation_id), "", "ORG-2222-2", "' OR 1=1 --"):
        answer = browser.send_form("/acting-for", {"organisation": organisation, "next": "//evil.example"})
        assert answer.status_code in (403, 404, 422), organisation
    assert db.query(SignIn).filter_by(person_id=buyer.person_id).one().organisation_id == buyer.organisation_id


def test_a_language_that_is_not_offered_is_refused(client: Browser):
    for language in ("xx", "../../etc/passwd", "<x>", "en\r\nSet-Cookie: x=1", ""):
        answer = client.post("/language", data={"language": language}, follow_redirects=False)
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers


FORGED = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.66"},
    {"Forwarded": "host=evil.example;proto=https"},
    {"X-Original-URL": "/operations", "X-Rewrite-URL": "/operations"},
]


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_the_link_of_a_mail_leads_to_the_address_of_the_settings(
    client: Browser, services: Services, db, buyer: Actor, headers: dict[str, str]
):
    db.commit()
    before = {"email": "grace.okafor@example.org"}

    page = client.post("/reset", data=before, headers=headers)
    worked(services)

    assert isinstance(services.mail, FolderMail)
    mail = services.mail.newest()[0]
    assert mail.links
    assert all(link.startswith(f"{services.base_url}/") for link in mail.links)
    assert "evil" not in "".join((page.text, mail.text, *mail.links))


@pytest.mark.parametrize("headers", FORGED, ids=lambda headers: next(iter(headers)))
def test_no_page_names_the_host_that_somebody_claimed(client: Browser, headers: dict[str, str]):
    for path in ("/", "/products", "/sign-in", "/nothing-here", "/account", "/v1", "/v1/openapi.json"):
        answer = client.get(path, headers=headers, follow_redirects=False)
        assert "evil.example" not in answer.text + str(answer.headers), path


def test_an_address_is_believed_from_named_proxies_alone(services: Services, db, buyer: Actor, now, quick_passwords):
    with_password(db, buyer.person_id)
    db.commit()
    sent = {"email": "grace.okafor@example.org", "password": PASSWORD}
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.66"}

    for proxies, believed in ((frozenset(), "testclient"), (frozenset({"testclient"}), "203.0.113.66")):
        with browser_over(replace(services, trusted_proxies=proxies)) as browser:
            assert browser.post("/sign-in", data=sent, headers=forged, follow_redirects=False).status_code == 303
        with services.database.reading() as reading:
            assert reading.query(SignIn).order_by(SignIn.id.desc()).first().address == believed


def test_a_refused_request_does_not_let_anybody_in_by_its_spelling(client: Browser):
    for path in ("/operations/", "//operations", "/Operations", "/operations%2f", "/./operations", "/operations;x", "/%6fperations"):
        answer = client.get(f"http://testserver.local{path}", follow_redirects=False)
        assert answer.url.host == "testserver.local"
        assert answer.status_code in (303, 404), path
        assert "Deliveries" not in answer.text


@pytest.mark.parametrize(
    "ref", ["%00", "%0a", "..%2f..%2fetc%2fpasswd", "a" * 5_000, "%ff%fe", "%ed%a0%80", "'%20OR%201=1--", "PRD-%F0%9F%92%A9", "-1"]
)
def test_garbage_for_a_reference_is_not_found(services: Services, client_of, db, buyer: Actor, lumen: Actor, ref: str):
    for actor, starts in ((buyer, ("projects", "products", "organisations", "invitations", "saved-searches", "account/address")),
                          (lumen, ("listings", "imports", "imports/mappings", "desk", "open-data", "dev/mail", "reset"))):
        browser = client_of(actor)
        for start in starts:
            answer = browser.get(f"/{start}/{ref}", follow_redirects=False)
            assert answer.status_code in (400, 403, 404, 422), f"/{start}/{ref[:20]}"


def test_a_session_of_another_person_is_not_ended_and_its_notice_not_read(client_of, db, buyer, other_buyer, services, now):
    client_of(buyer)
    theirs = db.query(SignIn).filter_by(person_id=buyer.person_id).one()
    address, stranger = f"/account/sessions/{theirs.id}/end", client_of(other_buyer)

    answer = stranger.send_form(address)

    assert answer.status_code == 404
    db.refresh(theirs)
    assert theirs.ended_at is None


def test_a_field_that_nobody_asked_for_changes_nothing(client_of, db, lumen: Actor, other_buyer: Actor, now):
    """Mass assignment: state, owner and price sent along with a form of a listing."""
    db.expire_on_commit = False
    product = a_product(db, of=lumen, at=now, state="draft")
    browser = client_of(lumen)
    more = {"state": "live", "organisation_id": str(other_buyer.organisation_id), "role": "operator", "is_demonstration": "1"}

    facts = {"name": "Lumen Scribe", "number": "1.1", "change": "fix", **more}
    named = {"name": "Priya Raman", "email": "evil@example.org", "password_hash": "x", **more}
    sent = [browser.send_form(path, form) for path, form in ((f"/listings/{product.ref}/facts", facts), ("/account/name", named))]
    db.expire_all()

    assert [answer.status_code for answer in sent] == [303, 303]
    assert (product.state, product.organisation_id) == ("draft", lumen.organisation_id)
    assert browser.get("/operations").status_code == 403


def test_a_field_sent_twice_with_different_values_is_refused(client_of, buyer: Actor):
    browser = client_of(buyer)

    answer = browser.post(
        "/account/name", content=f"csrf_token={browser.token}&name=One&name=Two",
        headers={"Content-Type": "application/x-www-form-urlencoded"}, follow_redirects=False,
    )  # fmt: skip

    assert answer.status_code in (400, 422)
