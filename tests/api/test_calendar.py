"""Everything that is due, by program; and the deadlines of a project."""

import pytest

from tests.procurement.conftest import project

__all__ = ["project"]


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db):
    db.expire_on_commit = False


def test_a_program_sets_a_deadline_and_finds_it_in_the_calendar(caller_of, buyer, other_buyer, project):
    mine, url = caller_of(buyer), f"/projects/{project.ref}/deadlines"

    made = mine.post(url, {"label": "Visit", "due_on": "2026-12-01", "hour": "17:00"})
    assert made.status_code == 201
    assert (made.json()["due_at"], made.json()["state"]) == ("2026-12-01T17:00:00Z", "open")
    (one,) = mine.get("/calendar?kinds=project,joint").json()["items"]
    assert (one["title"], one["on"]) == ("Visit: Ambient scribing, winter 2026", "2026-12-01")
    assert "SUMMARY:Visit: Ambient" in mine.get("/calendar.ics").text
    moved = mine.post(f"{url}/{made.json()['id']}/move", {"due_on": "2026-12-02", "reason": "They asked."})
    assert (moved.json()["due_on"], moved.json()["due_at"]) == ("2026-12-02", None)
    assert mine.post(f"{url}/{made.json()['id']}/completion").json()["state"] == "done"
    assert mine.post(f"{url}/{made.json()['id']}/removal", {"reason": "x"}).status_code == 409
    assert [each["state"] for each in mine.get(url).json()["items"]] == ["done"]
    assert caller_of(other_buyer).get(url).status_code == 404
    theirs = caller_of(other_buyer).get("/calendar").json()["items"]
    assert [each["kind"] for each in theirs if each["kind"] != "account"] == []


def test_what_no_calendar_holds_is_refused(caller_of, buyer):
    mine = caller_of(buyer)

    assert mine.get("/calendar?kinds=birthdays").status_code == 422
    assert mine.get("/calendar?first=2026-12-01&last=2026-11-01").status_code == 422
    assert mine.get("/calendar?first=2026-12-01&last=2036-11-01").status_code == 422


def test_a_token_that_may_only_a_part_reads_no_calendar(caller_of, buyer):
    assert caller_of(buyer, "project:read").get("/calendar").status_code == 403
