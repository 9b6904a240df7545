"""Statements that are put together once take and give what any other does, on both databases."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.kit.db import Database
from marketplace.kit.ids import new_id
from marketplace.kit.jobs import Delivery
from marketplace.kit.prepared import Prepared, insert_new
from marketplace.kit.record import Entry

AT = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
WRITE, DELIVER = Prepared(insert(Entry.__table__)), Prepared(insert(Delivery.__table__))
DELIVER_ONCE = Prepared(insert_new(Delivery.__table__))
OF_NAME = Prepared(
    select(Entry.id, Entry.name, Entry.by_person_id, Entry.at, func.coalesce(Entry.payload, "nothing"))
    .where(Entry.name == bindparam("name"), Entry.about_id != bindparam("other", type_=Entry.about_id.type))
    .where(Entry.name != bindparam("other_name"), Entry.payload != "gone")
    .order_by(Entry.id)
)
TAKE = Prepared(
    update(Delivery.__table__)
    .values(leased_until=bindparam("until"), attempts=Delivery.__table__.c.attempts + 1)
    .returning(Delivery.__table__.c.entry_id, Delivery.__table__.c.leased_until, Delivery.__table__.c.attempts)
)
FINISH = Prepared(update(Delivery.__table__).where(Delivery.__table__.c.id == bindparam("key")).values(done_at=bindparam("now")))


def an_entry(**given: object) -> dict[str, object]:
    facts = {"id": new_id(AT), "name": "kit.Written", "about_id": uuid4(), "by_person_id": None, "at": AT,
             "by_organisation_id": uuid4(), "payload": '{"who": "Zoë"}', "leaf": "00"}  # fmt: skip
    return {**facts, **given}


def a_delivery(entry: dict[str, object]) -> dict[str, object]:
    return {"id": uuid4(), "entry_id": entry["id"], "subscriber": "one", "due_at": AT, "leased_until": None,
            "attempts": 0, "done_at": None, "parked_at": None, "error": ""}  # fmt: skip


def named(db: Session, name: str = "kit.Written") -> list[list[object]]:
    return OF_NAME.rows(db, {"name": name, "other": uuid4(), "other_name": "kit.Other"})


def test_values_come_back_as_they_went_in(either_database: Database):
    first, second = an_entry(), an_entry(by_person_id=uuid4(), payload="Ω")

    with either_database.writing() as db:
        assert WRITE.run(db, first, second) in {2, -1}
        rows = named(db)

    assert rows == [[one["id"], "kit.Written", one["by_person_id"], AT, one["payload"]] for one in (first, second)]
    assert isinstance(rows[0][0], UUID)


def test_what_was_prepared_is_run_again_with_other_values(either_database: Database):
    with either_database.writing() as db:
        WRITE.run(db, an_entry(name="kit.One"))
        WRITE.run(db, an_entry(name="kit.Two"), an_entry(name="kit.Two"))

        assert [len(named(db, name)) for name in ("kit.One", "kit.Two", "kit.Three")] == [1, 2, 0]


def test_a_change_tells_how_many_rows_it_met(either_database: Database):
    entry = an_entry()
    delivery = a_delivery(entry)
    with either_database.writing() as db:
        WRITE.run(db, entry)
        DELIVER.run(db, delivery)

        met = [FINISH.run(db, {"key": key, "now": AT}) for key in (delivery["id"], uuid4())]

        assert met == [1, 0]
        assert db.get_one(Delivery, delivery["id"]).done_at == AT


def test_a_change_gives_what_it_returns(either_database: Database):
    entry = an_entry()
    with either_database.writing() as db:
        WRITE.run(db, entry)
        DELIVER.run(db, a_delivery(entry))

        assert TAKE.rows(db, {"until": AT}) == [[entry["id"], AT, 1]]


def test_what_is_there_already_is_passed_over(either_database: Database):
    entry = an_entry()
    first, again = a_delivery(entry), a_delivery(entry)
    with either_database.writing() as db:
        WRITE.run(db, entry)

        assert [DELIVER_ONCE.run(db, one) for one in (first, again)] == [1, 0]
        assert db.scalars(select(Delivery.id)).all() == [first["id"]]


def test_it_fails_as_any_other_statement_does(either_database: Database):
    entry = an_entry()
    with pytest.raises(IntegrityError), either_database.writing() as db:
        WRITE.run(db, entry, entry)

    with either_database.reading() as db:
        assert named(db) == []


def test_a_value_that_is_not_given_is_refused(either_database: Database):
    with pytest.raises(KeyError, match="leaf"), either_database.writing() as db:
        WRITE.run(db, {name: value for name, value in an_entry().items() if name != "leaf"})
