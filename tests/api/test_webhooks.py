"""Webhooks: who hears of what, signed, sent again until somebody answers, given up after three days."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.catalogue.actions.listing import confirm_listing, suspend_listing
from marketplace.catalogue.queries.products import own_product
from marketplace.faces.webhooks import HOOKS, NAMES, queue_webhooks
from marketplace.identity.actions.webhooks import LEASE, MOST, MOST_ATTEMPTS, send_due
from marketplace.identity.models import WebhookDelivery
from marketplace.identity.rules.webhooks import TOLERANCE, is_signed, secret_of, signature
from marketplace.kit.ids import new_id
from marketplace.kit.jobs import drain
from marketplace.ports.outward.recording import RecordingOutward
from tests.cast import a_product, recorded

ADDRESS = "http://127.0.0.1:9000/hear"
KEY, ID, MOMENT = b"the key of a house", new_id(), datetime(2026, 11, 24, 10, 30, tzinfo=UTC)


def hearing(program, *events: str, url: str = ADDRESS) -> dict:
    answer = program.post("/webhooks", {"url": url, "events": list(events)})
    assert answer.status_code == 201, answer.text
    return answer.json()


def worker(services, outward: RecordingOutward, *, at=None) -> int:
    """What the worker does: hear what was recorded, then send what is due."""
    heard = {event.recorded_as: [("webhooks", queue_webhooks)] for event in HOOKS}
    drain(services.database, heard, clock=services.clock)
    return send_due(services.database, outward, services.secret, at=at or services.clock())


def deliveries(program, webhook: dict) -> list[dict]:
    return program.get(f"/webhooks/{webhook['id']}/deliveries").json()["items"]


def test_what_happens_to_a_listing_is_told_to_everybody_who_hears_signed_and_thin(
    caller_of, services, db, lumen, moderator, buyer, now
):
    product = a_product(db, of=lumen, at=now)
    program = caller_of(buyer)
    webhook = hearing(program, "listing.suspended", "listing.withdrawn")
    suspend_listing(db, product, reason="A fault was found.", by=moderator, at=now)
    db.commit()
    outward = RecordingOutward()

    sent = worker(services, outward)

    posted = outward.posted[0]
    told = json.loads(posted.body)
    assert sent == len(outward.posted) == 1
    assert posted.url == ADDRESS
    assert (told["type"], told["about"]["ref"]) == ("listing.suspended", product.ref)
    assert "fault" not in posted.body.decode()
    assert is_signed(webhook["secret"], posted.body, posted.headers["touchstone-signature"], now=now)
    done = deliveries(program, webhook)
    assert [(one["state"], one["status"], one["attempts"]) for one in done] == [("done", 200, 1)]


def test_what_is_not_on_show_is_told_to_its_supplier_alone(caller_of, services, db, lumen, rival, now):
    mine, theirs = caller_of(lumen), caller_of(rival)
    for program in (mine, theirs):
        hearing(program, "prices.changed", url=f"{ADDRESS}/{program.get('/me').json()['organisation_ref']}")
    ref = mine.post("/products", {"name": "Lumen Next", "kind": "model"}).json()["ref"]
    prices = {"prices": [{"model": "free", "label": "Free"}], "valid_from": f"{now:%Y-%m-%d}"}
    mine.put(f"/products/{ref}/prices", prices, headers={"If-Match": "*"})
    outward = RecordingOutward()

    worker(services, outward)

    assert [posted.url for posted in outward.posted] == [f"{ADDRESS}/{lumen.organisation_ref}"]


def test_a_project_is_told_to_its_own_organisation(caller_of, services, buyer, other_buyer):
    mine, theirs = caller_of(buyer), caller_of(other_buyer)
    hearing(mine, "project.started", "candidate.added")
    hearing(theirs, "project.started")
    ref = mine.post("/projects", {"name": "Winter", "need": "Letters."}).json()["ref"]
    outward = RecordingOutward()

    worker(services, outward)

    assert [json.loads(posted.body)["about"]["ref"] for posted in outward.posted] == [ref]


def test_it_is_sent_again_with_growing_waits_until_somebody_answers(caller_of, services, buyer, now):
    program = caller_of(buyer)
    webhook = hearing(program, "listing.published")
    program.post(f"/webhooks/{webhook['id']}/test")
    outward, at = RecordingOutward([500, "no answer", 302, 204]), now

    while deliveries(program, webhook)[0]["state"] == "waiting":
        worker(services, outward, at=at)
        assert worker(services, outward, at=at) == 0
        at += timedelta(minutes=1)

    done = deliveries(program, webhook)[0]
    assert (done["status"], done["attempts"], done["error"]) == (204, 4, "")
    assert len({json.loads(posted.body)["id"] for posted in outward.posted}) == 1


def test_after_three_days_it_is_given_up_and_seen_and_can_be_sent_again(caller_of, services, db, buyer, now):
    program = caller_of(buyer)
    webhook = hearing(program, "listing.published")
    program.post(f"/webhooks/{webhook['id']}/test")
    outward, at = RecordingOutward(["nobody is there"] * MOST_ATTEMPTS), now

    for _ in range(MOST_ATTEMPTS):
        worker(services, outward, at=at)
        at = max(at, db.scalars(select(WebhookDelivery.due_at).execution_options(populate_existing=True)).one())
        db.rollback()
    given_up = deliveries(program, webhook)[0]
    again = program.post(f"/webhooks/{webhook['id']}/deliveries/{given_up['id']}/replay")
    worker(services, outward, at=at)

    assert timedelta(days=2) < at - now < timedelta(days=5)
    assert (given_up["state"], given_up["status"], given_up["error"]) == ("parked", None, "nobody is there")
    assert again.status_code == 202
    assert deliveries(program, webhook)[0]["state"] == "done"


def test_what_is_on_its_way_is_not_sent_twice(caller_of, services, buyer, now):
    program = caller_of(buyer)
    webhook = hearing(program, "listing.published")
    delivery = program.post(f"/webhooks/{webhook['id']}/test").json()

    answer = program.post(f"/webhooks/{webhook['id']}/deliveries/{delivery['id']}/replay")

    assert answer.status_code == 409


def test_two_workers_send_it_once_and_a_lost_one_does_not_lose_it(caller_of, services, buyer, now):
    program = caller_of(buyer)
    webhook = hearing(program, "listing.published")
    program.post(f"/webhooks/{webhook['id']}/test")

    class Dying(RecordingOutward):
        def post(self, *_):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        send_due(services.database, Dying(), services.secret, at=now)
    other = RecordingOutward()

    assert send_due(services.database, other, services.secret, at=now) == 0
    assert send_due(services.database, other, services.secret, at=now + LEASE) == 1
    assert deliveries(program, webhook)[0]["state"] == "done"


def test_an_event_that_is_heard_twice_is_sent_once(caller_of, services, db, lumen, buyer, now):
    product = a_product(db, of=lumen, at=now)
    hearing(caller_of(buyer), "listing.confirmed")
    confirm_listing(db, own_product(db, product.ref, by=lumen), by=lumen, at=now)
    db.commit()
    outward, heard = RecordingOutward(), []
    names = {event.recorded_as: [("keep", lambda _, one: heard.append(one))] for event in HOOKS}
    drain(services.database, names, clock=services.clock)

    for one in heard * 2:
        with services.database.writing() as writing:
            queue_webhooks(writing, one)
    send_due(services.database, outward, services.secret, at=now)

    assert [json.loads(posted.body)["type"] for posted in outward.posted] == ["listing.confirmed"]


def test_whoever_ended_a_webhook_hears_nothing_more(caller_of, services, db, buyer, now):
    program = caller_of(buyer)
    webhook = hearing(program, "listing.published")
    program.post(f"/webhooks/{webhook['id']}/test")

    answer = program.delete(f"/webhooks/{webhook['id']}")

    assert answer.status_code == 204
    assert send_due(services.database, RecordingOutward(), services.secret, at=now) == 0
    assert program.get("/webhooks").json()["items"] == []
    assert recorded(db, about=buyer.organisation_id) == ["WebhookMade", "WebhookEnded"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"events": ["listing.published", "listing.stolen"]}, "events"),
        ({"events": []}, "events"),
        ({"url": "gopher://example.org/"}, "url"),
        ({"url": "https://user@example.org/"}, "url"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_by_field(caller_of, buyer, sent: dict, field: str):
    answer = caller_of(buyer).post("/webhooks", {"url": ADDRESS, "events": ["listing.published"], **sent})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_an_organisation_has_a_few_webhooks_and_no_more(caller_of, buyer):
    program = caller_of(buyer)
    sent = {"url": ADDRESS, "events": ["listing.published"]}
    statuses = [program.post("/webhooks", sent).status_code for _ in range(MOST + 1)]

    assert statuses == [201] * MOST + [409]


def test_every_event_that_is_offered_can_be_heard_and_each_has_one_name():
    assert len(NAMES) == len(HOOKS)


@given(st.binary(max_size=200), st.binary(max_size=20), st.integers(-400, 400))
def test_a_signature_holds_for_its_body_its_secret_and_its_time_alone(body, other, seconds):
    at, secret = MOMENT, secret_of(ID, KEY)
    header = signature(secret, body, at)
    holds = partial(is_signed, header=header)

    assert holds(secret, body, now=at + timedelta(seconds=seconds)) is (abs(seconds) <= TOLERANCE.total_seconds())
    assert not holds(secret, body + b"x", now=at)
    assert not holds(secret_of(new_id(), KEY), body, now=at)
    assert holds(secret, other, now=at) is (other == body)


@given(st.text(max_size=40))
def test_what_is_no_signature_is_none(header: str):
    assert not is_signed(secret_of(ID, KEY), b"", header, now=MOMENT)
