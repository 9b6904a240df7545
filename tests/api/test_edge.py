"""What holds for every call: who asks, what may be sent, how refusals are told, who may keep an answer."""

import json
import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from marketplace.api.calls import PUBLIC
from marketplace.api.routes import CALLS
from marketplace.catalogue.models import Product
from marketplace.identity.models import Grant, Membership, Person, Token
from tests.api.programs import Program
from tests.cast import a_product, recorded


def test_a_call_without_a_token_is_told_how_to_get_one(caller):
    answer = caller.get("/listings")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["detail"] == "Send Authorization: Bearer tst_... Tokens are made under Account."


STRANGE = ["Bearer tst_unknown", "Bearer", "Basic abc", "tst_x", "Bearer " + "x" * 5_000, "Bearer é"]


@pytest.mark.parametrize("sent", STRANGE)
def test_a_token_that_is_not_ours_opens_nothing_not_even_what_is_public(caller, sent: str):
    answer = caller.get("/products", headers={b"Authorization": sent.encode()})

    assert answer.status_code == 401


def test_a_token_may_do_no_more_than_its_scopes(caller_of, lumen):
    program = caller_of(lumen, "token:manage")

    answer = program.post("/products", {"name": "Lumen Scribe", "kind": "model"})

    assert answer.status_code == 403
    assert answer.json()["title"] == "this token does not allow catalogue:write"


def test_a_token_cut_down_to_other_scopes_does_not_read_projects_through_a_seat(caller_of, buyer):
    whole, narrow = caller_of(buyer), caller_of(buyer, "member:manage")
    ref = whole.post("/projects", {"name": "Winter", "need": "Letters."}).json()["ref"]

    assert narrow.get(f"/projects/{ref}").status_code == 403
    assert narrow.post(f"/projects/{ref}/closure", {"reason": "Cancelled."}).status_code == 403
    assert narrow.get("/notices").status_code == 403
    assert whole.get(f"/projects/{ref}").status_code == 200


def test_a_role_that_is_taken_counts_from_the_next_call(caller_of, db, lumen):
    program = caller_of(lumen)
    assert program.get("/listings").status_code == 200

    db.execute(update(Grant).where(Grant.role == "supplier-manager").values(role="bid-writer"))
    db.execute(update(Membership).values(state="ended", ended_at=Membership.since))
    db.commit()

    assert program.get("/listings").status_code == 403


@pytest.mark.parametrize("why", ["ended", "expired", "disabled"])
def test_a_token_that_is_over_opens_nothing(caller_of, db, lumen, now, why: str):
    program = caller_of(lumen)
    if why == "disabled":
        db.execute(update(Person).values(disabled_at=now))
    else:
        over = {"ended_at": now} if why == "ended" else {"expires_on": (now - timedelta(2)).date()}
        db.execute(update(Token).values(**over))
    db.commit()

    assert program.get("/me").status_code == 401


def test_cookies_are_no_way_in(caller, lumen):
    caller.client.cookies.set("session", "whatever")

    assert caller.get("/me").status_code == 401


def test_whoever_may_not_is_told_before_anything_is_read_of_what_they_sent(caller, caller_of, buyer):
    assert caller.post("/products", content=b"{not json").status_code == 401
    assert caller_of(buyer).post("/products", content=b"{not json").status_code == 403


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/products", 405)])
def test_what_nobody_answers_is_a_problem_too(caller, method: str, path: str, status: int):
    answer = caller.call(method, path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}


def test_a_body_that_is_too_large_is_refused_unread(caller_of, lumen):
    answer = caller_of(lumen).post("/products", content=b'{"name": "' + b"a" * 2_000_000 + b'"}')

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_fault_has_a_number_and_no_trace(caller, services, monkeypatch):
    monkeypatch.setattr("marketplace.api.search.find_products", lambda *_, **__: 1 / 0)

    answer = caller.get("/products")

    assert answer.status_code == 500
    assert answer.json()["number"] in answer.json()["detail"]
    assert "ZeroDivisionError" not in answer.text
    assert "Traceback" not in answer.text


def test_a_database_that_cannot_be_written_says_so_and_when_to_come_back(caller_of, services, lumen):
    program = caller_of(lumen)

    @event.listens_for(services.database.writer, "before_cursor_execute")
    def refuse(*_):
        raise sqlite3.OperationalError("database or disk is full")

    answer = program.post("/products", {"name": "Lumen Scribe", "kind": "model"})

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert program.get("/listings").status_code == 200


def test_nothing_of_a_call_that_is_refused_stays(caller_of, db, lumen):
    program = caller_of(lumen)
    ref = program.post("/products", {"name": "Lumen Scribe", "kind": "genai-application"}).json()["ref"]
    version = program.get(f"/products/{ref}/description").headers["etag"]
    sent = {"answers": {"summary": "Drafts letters.", "autonomy": "dreams"}}

    answer = program.patch(f"/products/{ref}/description", sent, headers={"If-Match": version})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["answers.autonomy"]
    assert program.get(f"/products/{ref}/description").json()["answers"] == {}
    assert recorded(db, about=db.scalars(select(Product.id)).one()) == ["ProductAdded"]


def test_a_change_says_which_version_it_was_made_from(caller_of, lumen):
    program = caller_of(lumen)
    ref = program.post("/products", {"name": "Lumen Scribe", "kind": "genai-application"}).json()["ref"]
    path = f"/products/{ref}/description"
    first = program.get(path).headers["etag"]

    without = program.patch(path, {"answers": {"summary": "One."}})
    mine = program.patch(path, {"answers": {"summary": "Two."}}, headers={"If-Match": first})
    stale = program.patch(path, {"answers": {"summary": "Three."}}, headers={"If-Match": first})
    anyway = program.patch(path, {"answers": {"summary": "Four."}}, headers={"If-Match": "*"})

    assert [answer.status_code for answer in (without, mine, stale, anyway)] == [428, 200, 412, 200]
    assert mine.headers["etag"] not in (first, anyway.headers["etag"])
    assert program.get(path).json()["answers"] == {"summary": "Four."}


def test_what_has_not_changed_is_not_sent_again(caller, db, lumen, now):
    ref = a_product(db, of=lumen, at=now).ref
    db.commit()
    first = caller.get(f"/products/{ref}")

    second = caller.get(f"/products/{ref}", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert second.content == b""


def test_what_anybody_sees_may_be_kept_for_all_and_nothing_else(caller, caller_of, db, lumen, now):
    ref = a_product(db, of=lumen, at=now).ref
    program = caller_of(lumen)

    assert caller.get(f"/products/{ref}").headers["cache-control"].startswith("public, max-age=30")
    assert program.get(f"/products/{ref}").headers["cache-control"] == "no-store"
    assert program.get("/me").headers["cache-control"] == "no-store"
    assert caller.get("/products/PRD-0000").headers["cache-control"] == "no-store"
    assert caller.get(f"/products/{ref}").headers["vary"] == "Authorization"


UNASKED = ["/products?colour=red", "/products?role=operator", "/roles?state=live", "/me?id=1&id=2"]


@pytest.mark.parametrize("path", UNASKED)
def test_a_parameter_that_nobody_asked_for_is_named(caller, caller_of, lumen, path: str):
    answer = caller_of(lumen).get(path)

    assert answer.status_code == 422
    assert answer.json()["errors"]


FIELDS = ["state", "organisation_id", "supplier_id", "ref", "live_version_id", "is_demonstration"]


@pytest.mark.parametrize("more", FIELDS)
def test_a_field_that_nobody_asked_for_is_named_and_changes_nothing(caller_of, db, lumen, more: str):
    answer = caller_of(lumen).post("/products", {"name": "Lumen Scribe", "kind": "model", more: "live"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [more]
    assert db.scalars(select(Product)).all() == []


def test_no_get_writes_anything_but_the_count_of_calls(caller, caller_of, services, db, lumen, moderator, buyer, now):
    a_product(db, of=lumen, at=now)
    programs: list[Program] = [caller, *map(caller_of, (lumen, moderator, buyer))]
    written: list[str] = []

    @event.listens_for(services.database.writer, "before_cursor_execute")
    def note(_, __, statement, *___):
        written.append(statement)

    for call in (call for call in CALLS if call.method == "GET" and "{" not in call.path):
        for program in programs:
            program.get(call.path)

    assert [each for each in written if each != "BEGIN IMMEDIATE" and "INTO attempts" not in each] == []


def test_every_answer_says_what_it_is_and_is_utf_8_json(caller, db, lumen, now):
    a_product(db, of=lumen, at=now, name="Lümen Scribe")
    db.commit()

    for call in (call for call in CALLS if call.who == PUBLIC and "{" not in call.path and call.gives):
        answer = caller.get(call.path)
        assert answer.headers["content-type"] in ("application/json", "application/problem+json"), call.path
        json.loads(answer.content.decode())
