"""What every answer carries, whatever its status: nothing from outside runs, nobody frames it, nobody keeps what is private."""

import re
from typing import Any

import pytest

from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.kit.values import replace
from marketplace.settings import Settings
from marketplace.web.assets import Assets
from tests.applications import application_for
from tests.clients import Client, browser_over, sign_in
from tests.identity.people import PASSWORD, quick_passwords, with_password

__all__ = ["quick_passwords"]
ADDRESS = "https://touchstone.example"
PLACES = {"web": "web.errors", "api": "api.problems"}
STATUSES = {
    ("GET", "/"): 200,
    ("GET", "/products"): 200,
    ("GET", "/account"): 303,
    ("GET", "/nothing-here"): 404,
    ("GET", "/products/PRD-2222-2"): 404,
    ("GET", "/products/%2e%2e%2fetc%2fpasswd"): 404,
    ("GET", "/static/nothing.css"): 404,
    ("POST", "/about"): 405,
    ("TRACE", "/"): 405,
    ("GET", "/products?after=garbage"): 422,
    ("POST", "/sign-in"): 422,
    ("GET", "/health"): 200,
    ("GET", "/v1"): 200,
    ("GET", "/v1/products"): 200,
    ("GET", "/v1/openapi.json"): 200,
    ("GET", "/v1/me"): 401,
    ("GET", "/v1/nothing-here"): 404,
    ("POST", "/v1/roles"): 405,
    ("TRACE", "/v1/roles"): 405,
    ("GET", "/v1/products?after=garbage"): 422,
    ("OPTIONS", "/"): 204,
}


@pytest.fixture
def secure(services: Services, quick_passwords) -> Services:
    return replace(services, base_url=ADDRESS, is_secure=True)


@pytest.fixture
def client(secure: Services) -> Client:
    return Client(application_for(secure), secure, raise_server_exceptions=False)


def faults_in(headers: Any) -> list[str]:
    """What an answer lacks."""
    policy = headers.get("content-security-policy", "")
    wanted = {
        "default-src 'none'" in policy: "no default-src",
        "frame-ancestors 'none'" in policy: "may be framed",
        "object-src 'none'" in policy: "objects",
        "base-uri 'none'" in policy: "base",
        "form-action 'self'" in policy: "forms may go elsewhere",
        "unsafe" not in policy and "*" not in policy and "http" not in policy: "something unsafe",
        headers.get("x-content-type-options") == "nosniff": "may be sniffed",
        headers.get("referrer-policy") in ("same-origin", "no-referrer"): "tells where from",
        "max-age=63072000; includeSubDomains" in headers.get("strict-transport-security", ""): "no HSTS",
        "access-control-allow-origin" not in headers: "other origins may read it",
        "server" not in headers and "x-powered-by" not in headers: "tells what it is made of",
    }
    return [told for holds, told in wanted.items() if not holds]


@pytest.mark.parametrize(("asked", "status"), STATUSES.items(), ids=lambda one: " ".join(one) if isinstance(one, tuple) else "")
def test_every_status_carries_every_header(client: Client, asked: tuple[str, str], status: int):
    answer = client.request(*asked, follow_redirects=False)

    assert answer.status_code == status
    assert faults_in(answer.headers) == []
    assert answer.headers.get("content-type", "").count("charset") <= 1
    assert answer.content == b"" or answer.headers.get("content-type")


def cookies_of(answer: Any) -> list[str]:
    return [str(one) for one in answer.headers.get_list("set-cookie")]


def attributes(cookie: str) -> set[str]:
    return {part.strip().lower() for part in cookie.split(";")[1:]}


def test_an_answer_to_a_foreign_origin_carries_no_permission(client: Client):
    for origin in ("https://evil.example", "null"):
        for method, url in (("GET", "/"), ("OPTIONS", "/v1/products"), ("GET", "/v1/products")):
            answer = client.request(method, url, headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
            assert "access-control-allow-origin" not in answer.headers


def test_over_plain_http_nothing_asks_for_tls(services: Services):
    with browser_over(services) as client:
        assert "strict-transport-security" not in client.get("/").headers


def test_static_files_are_kept_for_ever_and_guarded_all_the_same(client: Client):
    assets = Assets(Settings().static)

    for name in ("css/touchstone.css", "img/logo.svg"):
        answer = client.get(assets.url(name))
        assert answer.status_code == 200
        assert faults_in(answer.headers) == []
        assert "immutable" in answer.headers["cache-control"]
        assert "set-cookie" not in answer.headers
        assert answer.headers["content-type"].count("charset") <= 1


def test_pages_for_everybody_may_be_kept_and_set_no_cookie(client: Client):
    for url in ("/", "/about", "/privacy", "/accessibility", "/glossary", "/products", "/desk", "/open-data"):
        answer = client.get(url)
        assert answer.headers["cache-control"].startswith("public, max-age="), url
        assert "set-cookie" not in answer.headers, url
        assert "Cookie" in answer.headers["vary"], url
        assert "csrf_token" not in re.sub(r'name="csrf_token" value=""', "", answer.text), url


def test_signed_in_pages_are_kept_by_nobody_even_those_for_everybody(services: Services, db, buyer: Actor, now):
    db.commit()
    with browser_over(services) as browser:
        sign_in(browser, services, buyer, at=now)
        for url in ("/", "/about", "/products", "/account", "/my-desk", "/projects", "/organisations", "/notices"):
            assert browser.get(url).headers["cache-control"] == "no-store", url
        for url in ("/account.css", "/account/x.css", "/my-desk?x.css", "/account;.css"):
            assert browser.get(url).headers["cache-control"] == "no-store", url


def test_a_sign_in_over_tls_sets_a_cookie_that_no_other_host_can_set(client, secure: Services, db, buyer: Actor):
    with_password(db, buyer.person_id)
    db.commit()

    answer = client.post(
        "/sign-in", data={"email": "grace.okafor@example.org", "password": PASSWORD}, follow_redirects=False
    )

    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    session = next(one for one in cookies_of(answer) if one.startswith("__Host-session="))
    assert {"httponly", "secure", "path=/"} <= attributes(session)
    assert "samesite=lax" in attributes(session)
    assert not any(one.startswith("domain") for one in attributes(session))


def test_every_cookie_is_secure_and_out_of_reach_of_scripts(client, db, buyer: Actor):
    with_password(db, buyer.person_id)
    db.commit()
    seen: list[str] = []

    answer = client.post("/sign-in", data={"email": "grace.okafor@example.org", "password": PASSWORD})
    seen += [one for each in [*answer.history, answer] for one in cookies_of(each)]
    token = re.search(r'name="csrf_token" value="(\w+)"', answer.text)
    assert token is not None
    for path in ("/language", "/account/name", "/sign-out"):
        data = {"csrf_token": token[1], "name": "Grace Okafor", "language": "en"}
        answer = client.post(path, data=data)
        seen += [one for each in [*answer.history, answer] for one in cookies_of(each)]

    assert {one.split("=")[0] for one in seen} == {"__Host-session", "language", "told"}
    assert [one for one in seen if not {"httponly", "secure", "samesite=lax", "path=/"} <= attributes(one)] == []


def test_a_cookie_set_before_signing_in_is_worth_nothing_after(client, db, buyer: Actor):
    with_password(db, buyer.person_id)
    db.commit()
    client.cookies.set("__Host-session", "fixed-by-somebody-else")

    client.post("/sign-in", data={"email": "grace.okafor@example.org", "password": PASSWORD}, follow_redirects=False)
    client.cookies.clear()
    client.cookies.set("__Host-session", "fixed-by-somebody-else")

    assert client.get("/account", follow_redirects=False).status_code == 303


@pytest.mark.parametrize("cookie", ["told=x.\xe9", "told=.", "told=%00.%00", "session=\xe9\xff", "language=<x>", "language=zz"])
def test_garbage_in_a_cookie_is_no_fault_of_ours(services: Services, cookie: str):
    with browser_over(services) as client:
        answer = client.get("/about", headers={"Cookie": cookie.encode("latin-1")})

    assert answer.status_code == 200
    assert "<x>" not in answer.text


def test_a_fault_tells_a_number_and_nothing_of_the_inside(client: Client, monkeypatch):
    logged: list[str] = []

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("marketplace.web.edge.render", broken)
    monkeypatch.setattr("marketplace.api.edge.read_query", broken)
    for name in ("web", "api"):
        monkeypatch.setattr(f"marketplace.{PLACES[name]}.LOG.exception", lambda *words, **_: logged.append(words[1]))
    page, call = client.get("/about"), client.get("/v1/products")

    for answer in (page, call):
        assert answer.status_code == 500
        assert faults_in(answer.headers) == []
        assert answer.headers["cache-control"] == "no-store"
        number = re.search(r"number ([0-9a-f]{8})", answer.text)
        assert number is not None
        assert number[1] in logged
        assert not re.search(r"secret of the inside|RuntimeError|Traceback|\.py|File &#34;", answer.text)


def test_trace_is_refused_and_says_nothing_back(client: Client):
    answer = client.request("TRACE", "/", headers={"X-Secret": "canary"})

    assert answer.status_code == 405
    assert "canary" not in answer.text
    assert "GET" in answer.headers["allow"]
