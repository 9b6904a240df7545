"""Every route against everybody: strangers, people signed out, and members without the role. Made from the routing table."""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from litestar import Litestar

from marketplace.api.limits import ANYBODY, SIGNED_IN, Allowance
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor, Permission
from tests.api.programs import token_of
from tests.applications import api_alone, application_for
from tests.clients import Client, browser_over, sign_in
from tests.house.test_routes import handlers
from tests.house.world import World, counts, rehearsed

Send = Callable[..., int]

FOR_EVERYBODY = {
    "GET /calendar/feed/{secret:str}/touchstone.ics": "whoever holds the secret address",
    "GET /desk/{name:str}": "a calculator",
    "GET /evidence/kit/{template:str}": "a declared template",
    "GET /evidence/kit/{template:str}/protocol.md": "a declared template",
    "GET /frameworks/{framework:str}": "a declared framework",
    "GET /frameworks/{framework:str}/changes": "what a version of a declared framework changed",
    "GET /frameworks/{framework:str}/preview": "the form of a declared framework, to try",
    "GET /v1/frameworks/{framework:str}": "a declared framework",
    "GET /v1/frameworks/{framework:str}/changes": "what a version of a declared framework changed",
    "GET /dev/mail/{key:str}": "the demonstration's mails, which production does not have",
    "GET /open-data/{name:str}": "open data",
    "GET /static/{name:path}": "a file that every page loads",
    "GET /assurance/bodies/{ref:str}": "which body may assess what is public",
    "GET /v1/assurance/bodies/{ref:str}": "which body may assess what is public",
    "GET /certificates/{ref:str}": "anybody checks a certificate",
    "GET /certificates/{ref:str}/certificate.pdf": "anybody checks a certificate",
    "GET /certificates/{ref:str}/credential.json": "anybody checks a certificate",
    "GET /credentials/status/{purpose:str}": "what was withdrawn or suspended is public",
    "GET /markets/{market:str}": "a declared map",
    "GET /v1/markets/{market:str}": "a declared map",
    "GET /certificates/{ref:str}/reuse": "what stays with each buyer is for whoever wants to know; deciding is not",
    "GET /v1/certificates/{ref:str}": "anybody checks a certificate",
    "GET /v1/certificates/{ref:str}/credential": "anybody checks a certificate",
    "GET /v1/certificates/{ref:str}/pdf": "anybody checks a certificate",
    "GET /v1/certificates/{ref:str}/visits": "anybody reads how a certificate was looked at again",
    "GET /invitations/{secret:str}": "whoever holds the mailed secret reads it; accepting asks for the address",
    "POST /invitations/{secret:str}/account": "whoever holds the mailed secret",
    "GET /reset/{secret:str}": "whoever holds the mailed secret",
    "POST /reset/{secret:str}": "whoever holds the mailed secret",
    "GET /sign-up/{secret:str}": "whoever holds the mailed secret",
    "POST /sign-up/{secret:str}": "whoever holds the mailed secret",
    "GET /imports/mappings/{name:str}": "a declared mapping",
    "GET /imports/mappings/{name:str}/columns": "a declared mapping",
    "GET /organisations/{ref:str}/join": "anybody may ask to join",
    "POST /organisations/{ref:str}/join": "anybody may ask to join",
    "POST /v1/organisations/{ref:str}/joining": "anybody may ask to join",
    "GET /v1/contract-templates/{template:str}": "a declared template",
    "GET /register/{ref:str}": "the public register",
    "GET /register/{ref:str}/recompute.yaml": "the public register",
    "POST /dev/payments/{number:str}/payment": "the demonstration's bank, which production does not have",
    "GET /v1/register/{ref:str}": "the public register",
    "GET /v1/register/{ref:str}/recompute.yaml": "the public register",
    "GET /v1/enumerations/{name:str}": "declared words",
    "GET /v1/enumerations/filters/{name:str}": "declared words",
    "GET /v1/record/entries/{entry:str}": "an entry's hash is public; what it says is not",
    "GET /v1/record/entries/{entry:str}/proof": "a proof is public",
    "PUT /v1/notices/wishes/{kind:str}": "a wish of one's own for a declared kind",
}
"""Routes with parameters that belong to no organisation, each with why a stranger may use it."""

NOT_THERE = {
    "GET /dev/mail/{key:str}": "no mail was written",
    "GET /static/{name:path}": "names carry a digest",
    "POST /operations/deliveries/{delivery:str}/retry": "nothing is parked",
    "GET /sign-in/with/{house:str}": "no other house is declared",
    "GET /sign-in/with/{house:str}/return": "no other house is declared",
    "GET /account/confirm/with/{house:str}": "no other house is declared",
    "GET /account/single-sign-on/{house:str}/link": "no other house is declared",
    "POST /account/single-sign-on/{key:uuid}/end": "no account is linked",
    "POST /account/second-factor/passkeys/{key:uuid}/end": "nobody has a passkey",
    "POST /listings/{ref:str}/documents": "no file was sent",
    "POST /listings/{ref:str}/documents/{attachment:uuid}/replacement": "no file was sent",
    "GET /v1/record/entries/{entry:str}": "the record is not sealed here",
    "GET /v1/record/entries/{entry:str}/proof": "the record is not sealed here",
    "POST /invitations/{secret:str}": "the world's invitation is for somebody who has no account yet",
    "POST /organisations/{ref:str}/join/withdrawal": "the world's people are members, and ask no more",
    "DELETE /v1/organisations/{ref:str}/joining": "the world's people are members, and ask no more",
    "POST /organisations/{ref:str}/deputies": "the empty form names no deputy",
    "POST /v1/organisations/{ref:str}/deputies": "the least body names a deputy who is not there",
    "POST /projects/{ref:str}/requirements/{requirement:uuid}/judgements": "the empty form names no product",
    "POST /v1/projects/{ref:str}/candidates/{product:str}/judgements": "the least body names no requirement",
    "POST /listings/{ref:str}/assurance/application": "the empty form names no assessor body",
    "POST /v1/listings/{ref:str}/assurance/application": "the least body names no assessor body",
    "POST /listings/{ref:str}/assurance/renewals": "the empty form names no certificate",
    "POST /v1/listings/{ref:str}/assurance/renewals": "the least body names no certificate",
    "POST /v1/listings/{ref:str}/documents/readers": "the least body names no organisation",
    "POST /v1/listings/{ref:str}/assurance/appeals": "the least body names no case",
    "POST /v1/listings/{ref:str}/assurance/form": "the least body names no framework",
    "GET /products/{ref:str}/local-assurance/answers": "the bare address names no framework",
    "POST /products/{ref:str}/local-assurance/answers": "the empty form names no framework",
    "PATCH /v1/products/{ref:str}/local-assurance": "the least body names no framework",
    "POST /cases/{ref:str}/findings": "the empty form names no criterion",
    "POST /v1/cases/{ref:str}/findings": "the least body names no criterion",
    "POST /cases/{ref:str}/clarifications": "the empty form names no criterion",
    "POST /v1/cases/{ref:str}/clarifications": "the least body names no criterion",
    "POST /bank-transfers/{line:uuid}/matching": "the empty form names no invoice",
    "POST /v1/bank-transfers/{line:str}/matching": "the least body names no invoice",
    **{
        f"POST {face}/procurements/{{ref:str}}/{move}": "the owner here buys; signatories and approvers answer"
        for face in ("", "/v1")
        for move in (
            "join", "confirmation", "refusal", "withdrawal", "approvals/{kind:str}/approval",
            "approvals/{kind:str}/refusal",
        )
    },
}
"""Routes that even the owner does not reach in this world, and why."""


@pytest.fixture(scope="module")
def pages(world: World) -> dict[str, Permission | str]:
    """Every route of the pages -> who may open it."""
    table = handlers(application_for(world.services))
    assert len(table) > 200, "the routing table was not read"
    return {url: handler.opt["who"] for url, handler in table if not _is_api(url)}


@pytest.fixture(scope="module")
def calls(world: World) -> dict[str, Permission | str]:
    """Every call of the API -> who may make it."""
    table = handlers(application_for(world.services))
    return {url: handler.opt["who"] for url, handler in table if _is_api(url)}


def browsing(world: World, actor: Actor | None) -> Send:
    """Requests of a browser signed in as the actor, where nothing that an owner writes stays."""
    browser = browser_over(_services_for(world, actor))
    if actor is not None:
        sign_in(browser, world.services, actor, at=world.at)

    def send(method: str, path: str, route: str = "") -> int:
        if method == "GET":
            return browser.get(path, follow_redirects=False).status_code
        return browser.send_form(path).status_code

    return send


def calling(world: World, actor: Actor | None) -> Send:
    """Calls of a program with a token of the actor."""
    services = _services_for(world, actor)
    wide = {name: type(limit)(limit.name, 1_000_000, limit.window) for name, limit in
            (("signed_in", SIGNED_IN), ("anybody", ANYBODY))}  # fmt: skip
    client, bodies = Client(api_alone(), services, Allowance(services.database, **wide)), bodies_of(api_alone())
    headers = {"Authorization": f"Bearer {_token(world, actor)}"} if actor else {}

    def send(method: str, path: str, route: str = "") -> int:
        sent = {} if method in ("GET", "DELETE") else bodies.get(f"{method} {route}", {"json": {}})
        return client.request(method, path, headers={**headers, "If-Match": "*"}, **sent).status_code

    return send


@cache
def bodies_of(app: Litestar) -> dict[str, dict[str, Any]]:
    """For every call that takes a body, the least that it reads: what is asked is then who sends it."""
    declared = {url: handler.opt["call"] for url, handler in handlers(app)}
    bodies = {url: {"json": least_of(call.body.model_json_schema())} for url, call in declared.items() if call.body}
    file = {"file": ("plan.txt", b"a plan", "text/plain")}
    bodies["POST /v1/projects/{ref:str}/requirements"] = {"json": {"wording": "Works with Epic", "weight": "must"}}
    typed = {"kind": "instructions", "access": "public", "mapping": "touchstone-csv", "terms": "0"}
    forms = {
        url: {"files": file, "data": {name: typed[name] for name in call.form.model_fields if name in typed}}
        for url, call in declared.items() if call.form
    }  # fmt: skip
    return {**bodies, **forms}


def least_of(schema: dict[str, Any], known: dict[str, Any] | None = None) -> Any:
    """The least value of a JSON schema."""
    known = schema.get("$defs", {}) if known is None else known
    if "$ref" in schema:
        return least_of(known[schema["$ref"].rsplit("/", 1)[-1]], known)
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return least_of(schema[several][0], known)
    if "enum" in schema or "const" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: least_of(parts[name], known) for name in schema.get("required", ())}
    if kind == "array":
        return [least_of(schema["items"], known)] * schema.get("minItems", 0)
    return {"string": _text(schema), "integer": schema.get("minimum", 1), "boolean": True, "number": 1}.get(kind)


def _text(schema: dict[str, Any]) -> str:
    shaped = {"date": "2026-12-01", "uuid": "01a20d1a-f440-77ba-8345-c83454d45519"}
    return shaped.get(schema.get("format", ""), "x")


def _services_for(world: World, actor: Actor | None) -> Services:
    """What strangers write would stay, so that it can be seen; what an owner writes is taken back."""
    owners = {place.owner for place in world.places.values()}
    return rehearsed(world.services) if actor in owners else world.services


def _token(world: World, actor: Actor) -> str:
    with world.services.database.writing() as db:
        return token_of(db, actor, at=world.at)


def _is_api(url: str) -> bool:
    path = url.split(" ")[1]
    return path == "/v1" or path.startswith("/v1/")


def answers(world: World, urls: list[str], doer: Callable[[World, Actor | None], Send], who: str) -> dict[str, int]:
    """What each URL answers to the owner or the stranger of its place; each actor in one session of their own."""
    found: dict[str, int] = {}
    by_actor: dict[Actor, list[str]] = {}
    for url in urls:
        place = world.place(url.split(" ")[1])
        assert place is not None, url
        by_actor.setdefault(getattr(place, who), []).append(url)
    for actor, mine in by_actor.items():
        send = doer(world, actor if actor.person_id else None)
        for url in mine:
            method, path = url.split(" ")
            found[url] = send(method, world.address(path, shown=who == "owner") or "", path)
    return found


def with_parameters(table: dict[str, Permission | str]) -> list[str]:
    return [url for url in table if "{" in url]


def test_every_route_with_parameters_has_a_row_in_the_world(world: World, pages, calls):
    without = [url for url in with_parameters({**pages, **calls}) if world.address(url.split(" ")[1]) is None]

    assert without == [], "say in tests/house/world.py what stands for the parameters of these routes"


def test_what_is_for_everybody_is_still_there(pages, calls):
    gone = [url for url in {**FOR_EVERYBODY, **NOT_THERE} if url not in {**pages, **calls}]

    assert gone == []


def test_another_organisation_finds_none_of_our_pages(world: World, pages):
    ours = [url for url in with_parameters(pages) if url not in FOR_EVERYBODY]
    before = counts(world.services.database)

    found = answers(world, ours, browsing, "stranger")

    assert {url: status for url, status in found.items() if status not in (403, 404)} == {}
    assert set(found.values()) == {403, 404}
    assert _written(before, world) == {}


def test_another_organisation_finds_none_of_our_things_by_the_api(world: World, calls):
    ours = [url for url in with_parameters(calls) if url not in FOR_EVERYBODY]
    before = counts(world.services.database)

    found = answers(world, ours, calling, "stranger")

    assert {url: status for url, status in found.items() if status not in (403, 404)} == {}
    assert _written(before, world) == {}


def test_the_owner_finds_each_of_them_so_that_the_addresses_are_real(world: World, pages, calls):
    mine = [url for url in with_parameters(pages) if url not in NOT_THERE]
    found = answers(world, mine, browsing, "owner")
    found |= answers(world, [url for url in with_parameters(calls) if url not in NOT_THERE], calling, "owner")

    assert {url: status for url, status in found.items() if status in (401, 403, 404) or status >= 500} == {}


def test_nobody_signed_out_gets_past_the_sign_in_page(world: World, pages):
    closed = {url for url, who in pages.items() if who != "public"}
    before = counts(world.services.database)
    wrong = {}

    browser = browser_over(world.services)
    for url in closed:
        method, path = url.split(" ")
        answer = browser.request(method, world.address(path), follow_redirects=False)
        if (answer.status_code, answer.headers.get("location", "").split("=")[0]) != (303, "/sign-in?next"):
            wrong[url] = answer.status_code

    assert len(closed) > 100
    assert wrong == {}
    assert counts(world.services.database) == before


def test_nobody_without_a_token_calls_what_is_not_public(world: World, calls):
    closed = [url for url, who in calls.items() if who != "public"]

    send = calling(world, None)
    found = {url: send(url.split(" ")[0], world.address(url.split(" ")[1]), url.split(" ")[1]) for url in closed}

    assert len(closed) > 60
    assert {url: status for url, status in found.items() if status != 401} == {}


def test_a_member_without_the_role_is_refused_by_every_route_that_asks_for_a_permission(world: World, pages, calls):
    guarded = [url for url, who in {**pages, **calls}.items() if isinstance(who, Permission)]
    wrong: dict[str, int] = {}

    for actor in (world.people.plain_buyer, world.people.plain_supplier):
        browse, call = browsing(world, actor), calling(world, actor)
        for url in guarded:
            method, path = url.split(" ")
            status = (call if _is_api(url) else browse)(method, world.address(path), path)
            if status != 403:
                wrong[url] = status

    assert len(guarded) > 50
    assert wrong == {}


def _written(before: dict[str, int], world: World) -> dict[str, int]:
    """Which tables grew, apart from the sessions and tokens by which the test came in, and the count of its calls."""
    now = counts(world.services.database)
    return {
        name: count - before[name] for name, count in now.items()
        if count != before[name] and name not in ("sign_in", "token", "attempts")
    }  # fmt: skip
