"""How often a program may call, told in every answer and shared by all processes."""

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from marketplace.api.limits import ANYBODY, SLICE, Allowance
from marketplace.identity.actions.attempts import TooMany
from marketplace.identity.models import Attempts
from marketplace.identity.rules.attempts import Limit

MINUTE = timedelta(minutes=1)
FEW = Limit("few", 3 * SLICE, MINUTE)


def taken(allowance: Allowance, key: str, at, *, limit: Limit = FEW, most: int = 1_000) -> int:
    """How many calls are given before the first refusal."""
    for number in range(most):
        try:
            allowance.take(key, limit, at=at)
        except TooMany:
            return number
    return most


@pytest.fixture
def allowance(database):
    return Allowance(database, anybody=FEW, signed_in=Limit("signed-in", 60, MINUTE))


def test_calls_are_given_up_to_the_limit_and_again_in_the_next_minute(allowance, now):
    assert taken(allowance, "a", now) == FEW.most
    assert taken(allowance, "a", now) == 0
    assert taken(allowance, "b", now) > 0
    assert taken(allowance, "a", now + MINUTE) > 0


def test_processes_share_one_count(database, now):
    processes = [Allowance(database) for _ in range(3)]

    given = sum(taken(process, "a", now) for process in processes)

    assert FEW.most - SLICE <= given <= FEW.most + SLICE * len(processes)


def test_who_calls_now_and_then_causes_no_writing(allowance, services, now):
    written = []
    event.listen(services.database.writer, "before_cursor_execute", lambda *_: written.append(1))

    for _ in range(SLICE):
        allowance.take("a", FEW, at=now)

    assert written == []


def test_who_was_refused_causes_no_writing_either(allowance, services, db, now):
    taken(allowance, "a", now)
    counted = db.scalars(select(Attempts.count)).one()

    for _ in range(20):
        taken(allowance, "a", now)

    assert db.scalars(select(Attempts.count).execution_options(populate_existing=True)).one() <= counted + 1


def test_a_database_that_cannot_count_stops_nobody(database, now):
    @event.listens_for(database.writer, "before_cursor_execute")
    def refuse(*_):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    assert taken(Allowance(database), "a", now, most=FEW.most) == FEW.most


def test_what_is_left_never_grows_within_a_window_and_ends_at_nothing(allowance, now):
    left = [int(allowance.take("a", FEW, at=now)["ratelimit-remaining"]) for _ in range(FEW.most)]

    assert left == list(reversed(range(FEW.most)))
    assert taken(allowance, "a", now) == 0


def test_a_caller_who_called_too_often_is_told_when_to_come_back(client, clock):
    clock.at += timedelta(seconds=15)

    answers = [client.get("/v1/roles") for _ in range(FEW.most + SLICE)]

    first, last = answers[0], answers[-1]
    assert first.headers["ratelimit-limit"] == "150"
    assert first.headers["ratelimit-remaining"] == "149"
    assert first.headers["ratelimit-reset"] == "45"
    assert (last.status_code, last.headers["ratelimit-remaining"], last.headers["retry-after"]) == (429, "0", "46")
    assert last.headers["content-type"] == "application/problem+json"
    assert last.json()["title"] == "this was tried too often"


def test_addresses_of_one_network_are_one_caller_and_forged_headers_are_none(client):
    statuses = [
        client.get("/v1/roles", headers={"X-Forwarded-For": f"203.0.113.{number}"}).status_code
        for number in range(FEW.most + SLICE)
    ]

    assert statuses[-1] == 429
    assert ANYBODY.most > FEW.most
