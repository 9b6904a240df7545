"""The record is append-only, sealed in order, and tells when it was tampered with."""

import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from marketplace.catalogue.events import ListingConfirmed
from marketplace.identity.policies import CLOCK
from marketplace.kit.db import Database
from marketplace.kit.record import Entry, Head, Outbox, Sealed, faults, leaf_data, record, seal, sweep


def signed(data: bytes) -> str:
    return f"signed {len(data)}"


def some_entries(db: Session, count: int, at: datetime) -> list[Entry]:
    entries = [record(db, ListingConfirmed(product_id=uuid4()), by=CLOCK, at=at) for _ in range(count)]
    db.flush()
    return entries


def test_an_entry_says_what_happened_to_what_and_when(db: Session, now: datetime):
    product = uuid4()

    entry = record(db, ListingConfirmed(product_id=product), by=CLOCK, at=now)

    assert (entry.name, entry.about_id, entry.at) == ("catalogue.ListingConfirmed", product, now)


@pytest.mark.parametrize("statement", ["UPDATE entry SET payload = '{}'", "DELETE FROM entry"])
def test_the_database_refuses_to_change_an_entry(either_database: Database, now: datetime, statement: str):
    with either_database.writing() as db:
        some_entries(db, 1, now)

    with pytest.raises(DatabaseError, match="append-only"), either_database.writing() as db:
        db.execute(text(statement))


def test_the_database_puts_what_is_recorded_into_the_outbox(either_database: Database, now: datetime):
    with either_database.writing() as db:
        ids = [entry.id for entry in some_entries(db, 2, now)]

        assert db.execute(select(Outbox.entry_id, Outbox.heard, Outbox.sealed).order_by(Outbox.entry_id)).all() == [
            (entry_id, False, False) for entry_id in ids
        ]


def test_sealing_continues_where_the_last_head_ended(either_database: Database, now: datetime):
    with either_database.writing() as db:
        some_entries(db, 3, now)
        first = seal(db, at=now, sign=signed)
    with either_database.writing() as db:
        some_entries(db, 2, now)
        second = seal(db, at=now + timedelta(minutes=1), sign=signed)

    with either_database.writing() as db:
        assert (first.count, second.count) == (3, 2)
        assert [head.size for head in db.scalars(select(Head).order_by(Head.size))] == [3, 5]
        assert list(faults(db)) == []


def test_nothing_new_makes_no_head(db: Session, now: datetime):
    assert seal(db, at=now, sign=signed).head is None


def test_sealed_and_heard_rows_leave_the_outbox(db: Session, now: datetime):
    some_entries(db, 2, now)
    seal(db, at=now, sign=signed)
    for row in db.scalars(select(Outbox)):
        row.heard = True
    db.flush()

    assert sweep(db) == 2
    assert db.scalars(select(Outbox)).all() == []


def test_a_leaf_covers_compact_json_with_sorted_keys(db: Session, now: datetime):
    entry = record(db, ListingConfirmed(product_id=uuid4()), by=CLOCK, at=now)
    odd = entry._replace(payload='{"who": "Zoë\\n\u2028"}')
    facts = {"id": str(odd.id), "name": odd.name, "about": str(odd.about_id), "person": "None", "organisation": "None",
             "at": "2026-11-24T10:30:00.000000+00:00", "payload": odd.payload}  # fmt: skip

    assert leaf_data(odd) == json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def tampered(db: Session, statement: str, entry_id: UUID) -> list[str]:
    db.flush()
    for verb in ("update", "delete"):
        db.execute(text(f"DROP TRIGGER IF EXISTS entry_no_{verb}"))
    db.execute(text(statement), {"id": entry_id.hex})
    db.expire_all()
    return list(faults(db))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE entry SET payload = '{}' WHERE id = :id", "entry 1 .* was altered"),
        ("UPDATE entry SET by_person_id = id WHERE id = :id", "entry 1 .* was altered"),
        ("UPDATE sealed SET leaf = '00' || substr(leaf, 3) WHERE entry_id = :id", "entry 1 .* was altered"),
        ("DELETE FROM sealed WHERE entry_id = :id", "entry 1 of the record is missing"),
    ],
)
def test_an_altered_record_names_its_first_bad_entry(db: Session, now: datetime, statement: str, told: str):
    entries = some_entries(db, 4, now)
    seal(db, at=now, sign=signed)
    second = sorted(entries, key=lambda entry: entry.id)[1]

    found = tampered(db, statement, second.id)

    assert found
    assert __import__("re").match(told, found[0])


def test_a_truncated_record_is_caught_by_its_head(db: Session, now: datetime):
    some_entries(db, 4, now)
    seal(db, at=now, sign=signed)

    db.execute(delete(Sealed).where(Sealed.position == 3))

    assert list(faults(db)) == ["the head of size 4 covers entries that are gone"]
