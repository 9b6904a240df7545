"""A call that is sent again under its key gets the first answer, and nothing happens twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from pytest import raises
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.models import Webhook
from marketplace.kit.errors import Invalid
from marketplace.kit.idempotency import KEPT, KeptAnswer, forget_answers, keep_answer, take_key
from marketplace.kit.ids import new_id
from tests.api.programs import Program, token_of
from tests.applications import api_alone
from tests.cast import an_actor
from tests.clients import Client
from tests.services import services_over

SCRIBE = {"name": "Lumen Scribe", "kind": "genai-application"}


def under(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def count_of(db: Session, table: type) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0


def test_sent_again_it_gets_the_first_answer_and_makes_nothing(caller_of, db, lumen):
    program = caller_of(lumen)

    first = program.post("/products", SCRIBE, headers=under("a"))
    program.patch(f"/products/{first.json()['ref']}/description", {"number": "2"}, headers={"If-Match": "*"})
    second = program.post("/products", SCRIBE, headers=under("a"))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.content == first.content
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert count_of(db, Product) == 1


def test_a_state_that_was_changed_under_a_key_is_not_told_as_a_conflict(caller_of, lumen):
    program = caller_of(lumen)
    ref = program.post("/products", SCRIBE).json()["ref"]

    first = program.post(f"/listings/{ref}/withdrawal", {"reason": "Not sold any more."}, headers=under("w"))
    second = program.post(f"/listings/{ref}/withdrawal", {"reason": "Not sold any more."}, headers=under("w"))
    third = program.post(f"/listings/{ref}/withdrawal", {"reason": "Not sold any more."}, headers=under("other"))

    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 409]


@pytest.mark.parametrize("change", ["body", "path", "file"])
def test_a_key_that_was_used_for_something_else_is_refused(caller_of, db, lumen, change: str):
    program = caller_of(lumen)
    ref = program.post("/products", SCRIBE, headers=under("a")).json()["ref"]

    if change == "file":
        send_file(program, ref, b"%PDF-1.4 one", "f")
        answer = send_file(program, ref, b"%PDF-1.4 two", "f")
    elif change == "body":
        answer = program.post("/products", {**SCRIBE, "name": "Lumen Scribe 2"}, headers=under("a"))
    else:
        answer = program.post(f"/listings/{ref}/edition", headers=under("a"))

    assert answer.status_code == 422
    assert answer.json()["title"].endswith("was used for something else")
    assert count_of(db, Product) == 1


def send_file(program: Program, ref: str, content: bytes, key: str):
    kind = {"kind": "instructions"}
    files = {"file": ("guide.txt", content.replace(b"%PDF-1.4", b"Guide"), "text/plain")}
    return program.post(f"/products/{ref}/documents", headers=under(key), data=kind, files=files)


def test_a_file_that_is_sent_again_is_the_same_call_whatever_its_boundary(caller_of, lumen):
    program = caller_of(lumen)
    ref = program.post("/products", SCRIBE).json()["ref"]

    first, second = (send_file(program, ref, b"%PDF-1.4 one", "f") for _ in range(2))

    assert first.status_code == 201, first.text
    assert second.headers["idempotency-replayed"] == "true"
    assert second.content == first.content


def test_keys_of_others_are_theirs(caller_of, db, lumen, rival, now):
    colleague = an_actor(db, "Ada Nwosu", "Lumen Health Ltd", "supplier", "bid-writer", at=now)
    mine, theirs, ours = caller_of(lumen), caller_of(rival), caller_of(colleague)

    first = mine.post("/products", SCRIBE, headers=under("a"))
    other = theirs.post("/products", SCRIBE, headers=under("a"))
    third = ours.post("/products", {**SCRIBE, "name": "Lumen Notes"}, headers=under("a"))

    assert [answer.status_code for answer in (first, other, third)] == [201, 201, 201]
    assert len({answer.json()["ref"] for answer in (first, other, third)}) == 3


def test_what_was_refused_is_not_kept_and_may_succeed_under_the_same_key(caller_of, db, lumen):
    program = caller_of(lumen)
    ref = program.post("/products", SCRIBE).json()["ref"]

    refused = program.post(f"/listings/{ref}/edition", headers=under("e"))
    kept = count_of(db, KeptAnswer)

    assert refused.status_code == 409
    assert kept == 0


def test_after_three_days_a_key_is_a_new_one(caller_of, db, clock, lumen):
    program = caller_of(lumen)
    first = program.post("/products", SCRIBE, headers=under("a"))

    clock.at += KEPT + timedelta(seconds=1)
    second = program.post("/products", {**SCRIBE, "name": "Lumen Notes"}, headers=under("a"))

    assert second.status_code == 201
    assert second.json()["ref"] != first.json()["ref"]


def test_answers_are_forgotten_when_they_were_kept_for_long_enough(db, now):
    keep_answer(a_key(db, "old", at=now - KEPT - timedelta(seconds=1)), status=201, headers={}, body="")
    keep_answer(a_key(db, "new", at=now - KEPT), status=201, headers={}, body="")

    forget_answers(db, at=now)

    assert db.scalars(select(KeptAnswer.key)).all() == ["new"]


ONE, OTHER = new_id(), new_id()


def a_key(db: Session, key: str, *, at):
    return take_key(db, key, organisation_id=ONE, person_id=OTHER, asked="a digest", at=at)


@pytest.mark.parametrize("key", ["", "x" * 256, "clé", "two\nlines", "\x00"])
def test_what_cannot_be_a_key_is_refused(db, now, key: str):
    with raises(Invalid, match="is not a key"):
        a_key(db, key, at=now)


def test_a_secret_is_shown_once_and_never_kept(caller_of, db, buyer):
    program = caller_of(buyer)
    sent = {"url": "http://127.0.0.1:9000/hear", "events": ["listing.published"]}

    first = program.post("/webhooks", sent, headers=under("w"))
    second = program.post("/webhooks", sent, headers=under("w"))

    assert first.json()["secret"].startswith("whsec_")
    assert second.json() == {**first.json(), "secret": None}
    assert first.json()["secret"] not in db.scalars(select(KeptAnswer.body)).one()
    assert count_of(db, Webhook) == 1


def test_of_many_at_once_under_one_key_one_makes_it_and_all_are_told_of_it(either_database, tmp_path, frameworks, now):
    services = services_over(either_database, tmp_path, frameworks, lambda: now)
    with Session(either_database.writer) as db:
        lumen = an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        token = token_of(db, lumen, at=now)
        db.commit()

    with ThreadPoolExecutor(8) as threads:
        send = partial(Program(Client(api_alone(), services), token).post, "/products", SCRIBE, headers=under("a"))
        answers = [sent.result() for sent in [threads.submit(send) for _ in range(16)]]

    with Session(either_database.reader) as db:
        assert count_of(db, Product) == 1
    assert {answer.status_code for answer in answers} == {201}, [answer.text for answer in answers]
    assert len({answer.content for answer in answers}) == 1
