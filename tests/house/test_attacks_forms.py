"""Forms that another site sends, or that belong to another session, do nothing: every unsafe route, from the table."""

import secrets

import pytest

from marketplace.identity.policies import Actor, Permission
from tests.applications import application_for
from tests.clients import Browser, browser_over, sign_in
from tests.house.test_routes import handlers
from tests.house.world import World, counts

OF_SUPPLIERS = (Permission.CATALOGUE_WRITE, Permission.CATALOGUE_IMPORT, Permission.PAYMENT_MANAGE)
OF_OPERATORS = (Permission.CATALOGUE_MODERATE, Permission.OPERATE)
EVIL = "https://evil.example"
FOREIGN = {
    "another origin": {"Origin": EVIL},
    "no origin": {"Origin": "null"},
    "an origin that begins like ours": {"Origin": "http://testserver.local.evil.example"},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sister site": {"Sec-Fetch-Site": "same-site"},
}


SIGNED = {"/webhooks/stripe", "/webhooks/mail"}
"""No form: what comes in is signed by the gateway, and tried in tests/payments and tests/web/test_payments.py."""


@pytest.fixture(scope="module")
def unsafe(world: World) -> list[tuple[str, Actor | None]]:
    """Every unsafe route of the pages, as an address, with somebody who may use it; None where nobody signs in."""
    table = handlers(application_for(world.services))
    found = [
        (world.address(path, shown=True) or "", _user(world, path, handler.opt["who"]))
        for url, handler in table
        for method, path in [url.split(" ")]
        if method != "GET" and not path.startswith("/v1") and path not in SIGNED
    ]
    assert len(found) > 70
    return found


def _user(world: World, path: str, who: Permission | str) -> Actor | None:
    if who == "public":
        return None
    if place := world.place(path) if "{" in path else None:
        return place.owner
    if who == Permission.ASSURANCE_ASSESS:
        return world.place("/cases/{ref:str}").owner
    people = world.people
    return people.lumen if who in OF_SUPPLIERS else people.moderator if who in OF_OPERATORS else people.buyer


@pytest.fixture
def browsers(world: World, unsafe) -> dict[Actor | None, Browser]:
    actors = {actor for _, actor in unsafe if actor is not None}
    return {None: browser_over(world.services), **{actor: _signed_in(world, actor) for actor in actors}}


def _signed_in(world: World, actor: Actor) -> Browser:
    return sign_in(browser_over(world.services), world.services, actor, at=world.at)


def refused(answer) -> bool:
    return answer.status_code == 403 and "this form" in answer.text.lower()


def test_no_form_does_anything_without_the_token_of_its_session(world: World, unsafe, browsers):
    signed_in = [(path, actor) for path, actor in unsafe if actor is not None]
    another = _signed_in(world, world.people.other_buyer)
    tokens = {"none": "", "made up": secrets.token_hex(32), "another session's": another.token}
    before = counts(world.services.database)

    let_through = [
        (path, which)
        for path, actor in signed_in
        for which, token in tokens.items()
        if not refused(browsers[actor].post(path, data={"csrf_token": token}, follow_redirects=False))
    ]

    assert let_through == []
    assert {**counts(world.services.database), "attempts": before["attempts"]} == before


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_no_form_of_another_site_does_anything_even_with_the_token(world: World, unsafe, browsers, headers):
    before = counts(world.services.database)

    let_through = [
        path
        for path, actor in unsafe
        if not refused(browsers[actor].post(path, data={"csrf_token": browsers[actor].token}, headers=headers))
    ]

    assert let_through == []
    assert {**counts(world.services.database), "attempts": before["attempts"]} == before


def test_a_form_in_another_format_carries_no_token(world: World, browsers):
    browser = browsers[world.people.buyer]
    token = browser.token

    for content in ("text/plain", "application/json", "application/x-www-form-urlencoded; charset=utf-7"):
        answer = browser.post("/notices/reading", content=f'{{"csrf_token": "{token}"}}', headers={"Content-Type": content})
        assert refused(answer), content


def test_the_token_in_the_address_is_not_read(world: World, browsers):
    browser = browsers[world.people.buyer]

    assert refused(browser.post(f"/notices/reading?csrf_token={browser.token}"))
    assert browser.send_form("/notices/reading").status_code == 303


def test_the_token_of_before_acting_for_another_organisation_is_worth_nothing(world: World, browsers):
    browser, actor = browsers[world.people.buyer], world.people.buyer

    assert browser.send_form("/acting-for", {"organisation": actor.organisation_ref}).status_code == 303
    assert refused(browser.send_form("/notices/reading"))


def test_a_get_changes_nothing(world: World, browsers):
    """Every page without parameters, twice, as everybody: the rows are the same as before."""
    table = handlers(application_for(world.services))
    plain = [url.removeprefix("GET ") for url, _ in table if url.startswith("GET ") and "{" not in url]
    before = counts(world.services.database)

    for actor in (None, world.people.buyer, world.people.lumen, world.people.moderator):
        for path in plain:
            assert browsers[actor].get(path, follow_redirects=False).status_code != 500, path

    assert {**counts(world.services.database), "attempts": before["attempts"]} == before


def test_no_verb_is_smuggled_through_a_form(world: World, browsers):
    browser, path = browsers[world.people.buyer], "/account/name"
    before = counts(world.services.database)

    for headers, data in (({"X-HTTP-Method-Override": "DELETE"}, {}), ({}, {"_method": "DELETE"})):
        answer = browser.get(path, headers=headers, params=data)
        assert answer.status_code == 200

    assert {**counts(world.services.database), "attempts": before["attempts"]} == before
