"""Comments by program: the same words for the same readers."""

import pytest

from tests.procurement.conftest import scribe

__all__ = ["scribe"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


def test_a_program_reads_what_its_owner_may_and_asks_somebody(caller_of, buyer, lumen, other_buyer, scribe):
    mine, url = caller_of(buyer), f"/comments/listing/{scribe.ref}"
    ways = {one["label"]: one["reach"] for one in mine.get(url).json()["ways"]}

    private = mine.post(url, {"words": "Look again.", "assigned_to": str(buyer.person_id), "due_on": "2026-12-01"})
    assert private.status_code == 201
    shared = mine.post(url, {"words": "Can it do Welsh?", "reach": ways["Shared with Lumen Health Ltd alone"]})
    assert (shared.json()["reach"], shared.json()["shared_with"]) == ("shared", "Lumen Health Ltd")
    assert mine.post(url, {"words": "Look.", "reach": "everybody"}).status_code == 422

    assert [one["words"] for one in caller_of(lumen).get(url).json()["items"]] == ["Can it do Welsh?"]
    assert caller_of(other_buyer).get(url).json()["items"] == []
    assert [one["id"] for one in mine.get("/comments").json()["items"]] == [private.json()["id"]]
    done = f"{url}/{private.json()['id']}/completion"
    assert caller_of(lumen).post(done).status_code == 404
    assert mine.post(done).json()["done_at"] is not None
    assert mine.post(done).status_code == 409
    assert mine.get("/comments").json()["items"] == []
