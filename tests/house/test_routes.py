"""Every route says who may open it, and URLs do not vanish unnoticed."""

from pathlib import Path

import pytest
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from marketplace.app import app_over
from marketplace.faces.services import Services
from marketplace.identity.policies import Permission
from marketplace.kit.values import replace
from marketplace.settings import Settings
from tests.applications import application_for
from tests.clients import Client

STORED = Path(__file__).with_name("urls.txt")
PUBLIC_UNSAFE = Path(__file__).with_name("public-unsafe.txt")
WORDS = {"public", "signed-in"}
BY_THE_FRAMEWORK = ("OPTIONS", "HEAD")


def handlers(app: Litestar) -> list[tuple[str, HTTPRouteHandler]]:
    """Every method and path that the application answers, with its handler."""
    return [
        (f"{method} {route.path}", handler)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in sorted(handler.http_methods)
        if method not in BY_THE_FRAMEWORK
    ]


@pytest.fixture
def table(services: Services) -> list[tuple[str, HTTPRouteHandler]]:
    found = handlers(application_for(services))
    assert len(found) > 200, "the routing table was not read"
    return found


def test_every_route_says_who_may_open_it(table):
    silent = [
        url for url, handler in table
        if not (handler.opt.get("who") in WORDS or isinstance(handler.opt.get("who"), Permission))
    ]  # fmt: skip

    assert silent == []


def test_no_unsafe_route_is_public_but_those_that_must_be(table):
    unsafe = {url for url, handler in table if not url.startswith("GET ") and handler.opt.get("who") == "public"}

    assert unsafe == set(PUBLIC_UNSAFE.read_text().splitlines())


def test_no_url_vanished_or_came_unnoticed(table):
    now = sorted(url for url, _ in table)

    assert now == STORED.read_text().splitlines(), "write the new list into tests/house/urls.txt where this is meant"


def test_no_two_handlers_answer_the_same_request(table):
    urls = [url for url, _ in table]

    assert sorted(urls) == sorted(set(urls))


def test_an_address_tells_the_methods_that_it_answers(services: Services):
    told = Client(application_for(services), services).options("/v1/tokens")

    assert (told.status_code, told.headers["allow"], told.text) == (204, "GET, HEAD, OPTIONS, POST", "")


@pytest.mark.parametrize("url", ["/", "/health", "/v1/products"])
def test_whoever_asks_for_the_head_alone_gets_it(services: Services, url):
    client = Client(application_for(services), services)
    head, whole = client.head(url), client.get(url)

    assert (head.status_code, head.headers["content-type"]) == (200, whole.headers["content-type"])
    assert head.headers["content-length"] == whole.headers["content-length"]


def test_an_address_without_a_page_has_no_head(services: Services):
    assert Client(application_for(services), services).head("/sign-out").status_code == 405


def test_production_has_none_of_the_demonstration_s_doors(services: Services):
    production = Settings(
        mode="production", base_url="https://touchstone.example", mail_url="smtp://127.0.0.1",
        secret_key="a secret of the tests, long enough for it", database_url="sqlite:///nowhere.db",
    )  # fmt: skip
    closed = replace(services, is_demonstration=False, is_secure=True, base_url="https://touchstone.example")

    doors = {url for url, _ in handlers(application_for(services))}
    left = {url for url, _ in handlers(app_over(closed, production).complete())}

    assert doors - left == {
        "POST /demonstration/enter", "GET /dev/mail", "GET /dev/mail/{key:str}", "GET /dev/payments",
        "POST /dev/payments/{number:str}/payment",
    }  # fmt: skip
