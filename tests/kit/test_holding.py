"""Whoever holds a row is alone with it, and has it as it is now."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update
from sqlalchemy.exc import InvalidRequestError, NoResultFound
from sqlalchemy.orm import joinedload

from marketplace.identity.models import Membership, Organisation, Person
from marketplace.kit.holding import hold_row, hold_rows
from marketplace.kit.ids import new_id
from tests import cast

NAMES = ("Ashdown Hospitals NHS Trust", "Calder Valley NHS Trust")
WITH_PERSON = (joinedload(Membership.person),)


@pytest.fixture
def ids(either_database, now):
    with either_database.writing() as db:
        return [cast.an_organisation(db, name, "trust", at=now).id for name in NAMES]


def test_no_change_of_a_held_row_is_lost(either_database, ids):
    def lengthen(_: int) -> None:
        with either_database.writing() as db:
            stale = db.get_one(Organisation, ids[0])
            assert hold_row(db, Organisation, ids[0]) is stale
            stale.name += "."

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lengthen, range(40)))

    with either_database.reading() as db:
        assert db.get_one(Organisation, ids[0]).name == NAMES[0] + 40 * "."


def test_who_hold_the_same_rows_in_any_order_never_wait_for_one_another(either_database, ids):
    def lengthen(turn: int) -> None:
        with either_database.writing() as db:
            for organisation in hold_rows(db, Organisation, ids if turn % 2 else ids[::-1]):
                organisation.name += "."

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lengthen, range(40)))

    with either_database.reading() as db:
        assert [db.get_one(Organisation, one).name for one in ids] == [name + 40 * "." for name in NAMES]


def test_what_was_changed_and_not_written_yet_is_written_before_the_row_is_read(db, buyer):
    ours = db.get_one(Organisation, buyer.organisation_id)
    ours.name = "Ashdown and Weald"

    assert hold_row(db, Organisation, ours.id).name == "Ashdown and Weald"


def test_only_the_relationships_that_are_named_are_there_and_they_are_read_anew(db, buyer, now):
    calder = cast.an_organisation(db, NAMES[1], "trust", at=now)
    row = Membership(
        id=new_id(now), person_id=buyer.person_id, organisation_id=calder.id, state="active", since=now
    )  # fmt: skip
    db.add(row)
    held = hold_row(db, Membership, row.id, WITH_PERSON)
    db.execute(update(Person).values(name="Grace Adeyemi").execution_options(synchronize_session=False))

    assert held.person.name == "Grace Okafor"
    assert hold_row(db, Membership, row.id, WITH_PERSON).person.name == "Grace Adeyemi"
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        assert hold_row(db, Membership, row.id).person


def test_a_row_that_is_not_there_is_not_held(db, now):
    with pytest.raises(NoResultFound):
        hold_row(db, Organisation, new_id(now))
