"""A merger by program: what each of the three sees and may do; and mails that came back."""

import pytest

from marketplace.identity.actions.mailing import take_report
from marketplace.identity.models import Person, SentMail
from marketplace.kit.ids import new_id
from marketplace.ports.mail.reports import Fate, Report
from tests import cast


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


def test_a_merger_by_program(db, caller_of, buyer, other_buyer, moderator, now):
    cast.an_actor(db, "Sam Adeyemi", buyer.organisation_name, "trust", "buyer", at=now)
    body = {
        "kind": "merger", "old": buyer.organisation_ref, "new": other_buyer.organisation_name,
        "effective_on": now.date().isoformat(), "reason": "The order of 12 March.",
    }  # fmt: skip

    made = caller_of(moderator).post("/successions", body)
    url = f"/successions/{made.json()['ref']}"
    seen = caller_of(other_buyer).get(url).json()

    assert made.status_code == 201
    assert [(group["kind"], group["count"], group["things"]) for group in seen["passes"]] == [("person", 2, [])]
    assert [one["name"] for one in seen["moves"]] == ["agree", "decline"]
    for actor in (buyer, other_buyer):
        assert caller_of(actor).post(f"{url}/agreement", {}).status_code == 200
    done = caller_of(moderator).post(f"{url}/completion")
    assert (done.status_code, done.json()["state"]) == (200, "done")
    passed = caller_of(other_buyer).get(url).json()["passes"]
    people = [thing["label"] for group in passed if group["kind"] == "person" for thing in group["things"]]
    assert sorted(people) == ["Grace Okafor", "Sam Adeyemi"]


def test_what_a_program_may_not_do_is_refused(caller_of, buyer, other_buyer, moderator, now):
    body = {
        "kind": "swap", "old": buyer.organisation_ref, "new": buyer.organisation_ref,
        "effective_on": now.date().isoformat(), "reason": " ",
    }  # fmt: skip

    assert caller_of(buyer).post("/successions", body).status_code == 403
    refused = caller_of(moderator).post("/successions", body)
    assert refused.status_code == 422
    assert caller_of(other_buyer).get("/successions/SUC-2222-2222-2").status_code == 404
    assert caller_of(other_buyer).get("/successions").json()["items"] == []


def test_the_mails_of_an_organisation_and_what_became_of_them(db, caller_of, buyer, other_buyer, now):
    person = db.get_one(Person, buyer.person_id)
    mail = SentMail(
        id=new_id(now), fingerprint="cd" * 20, letter="digest", kind="task", title="An approval is due",
        address=person.email, person_id=person.id, organisation_id=buyer.organisation_id, at=now, state="sent",
        reason="", state_at=now,
    )  # fmt: skip
    db.add(mail)
    db.flush()
    take_report(db, Report("cd" * 20, (Fate(person.email, "failed", "5.1.1", "no such user"),)), at=now)
    mine, url = caller_of(buyer), f"/organisations/{buyer.organisation_ref}/mails"

    (listed,) = mine.get(url, params={"kind": "task"}).json()["items"]

    assert (listed["title"], listed["state"], listed["reason"]) == (
        "An approval is due",
        "failed",
        "5.1.1 no such user",
    )
    assert mine.get(url, params={"state": "delayed"}).json()["items"] == []
    assert mine.get(url, params={"state": "lost"}).status_code == 422
    assert caller_of(other_buyer).get(url).status_code == 404
    assert mine.post("/me/address-check").status_code == 204
    assert caller_of(other_buyer).post("/me/address-check").status_code == 409
