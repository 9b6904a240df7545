"""Keys for programs: shown once, cut down to their scopes, ended with whoever made them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from marketplace.identity.actions.people import disable_person
from marketplace.identity.actions.roles import take_role
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.actions.tokens import end_token, make_token
from marketplace.identity.models import Person, Token
from marketplace.identity.policies import CLOCK, Actor, Permission
from marketplace.identity.queries import caller_by_token
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.record import Entry
from tests.identity.people import membership

LAST_DAY = date(2026, 12, 31)


def a_token(db, by: Actor, now, *scopes: str) -> tuple[Token, str]:
    return make_token(db, name="reports", scopes=scopes or ["project:read"], expires_on=LAST_DAY, by=by, at=now)


def test_a_token_acts_for_its_maker_within_its_scopes(db, buyer, now):
    _, secret = a_token(db, buyer, now, "project:read")
    db.flush()

    actor = caller_by_token(db, hash_of(secret), at=now)

    assert secret.startswith("tst_")
    assert (actor.person_id, actor.organisation_id) == (buyer.person_id, buyer.organisation_id)
    assert actor.permissions == {Permission.PROJECT_READ}


def test_the_secret_is_nowhere_but_with_its_maker(db, buyer, now):
    token, secret = a_token(db, buyer, now)
    db.flush()

    assert token.token_hash == hash_of(secret)
    assert secret not in " ".join(db.scalars(select(Entry.payload)))


def test_nobody_gives_a_token_more_than_they_may(db, buyer, now):
    with pytest.raises(NotAllowed, match="operate:all"):
        a_token(db, buyer, now, "project:read", "operate:all")
    with pytest.raises(Invalid, match="without a scope"):
        make_token(db, name="x", scopes=[], expires_on=LAST_DAY, by=buyer, at=now)


def test_a_token_loses_what_its_maker_loses(db, buyer, now):
    _, secret = a_token(db, buyer, now, "project:write")

    take_role(db, membership(db, buyer), "buyer", by=buyer, at=now)

    assert caller_by_token(db, hash_of(secret), at=now).permissions == frozenset()


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2027, 11, 26)])
def test_a_token_lives_for_a_year_at_most(db, buyer, day, now):
    with pytest.raises(Invalid, match="within a year"):
        make_token(db, name="x", scopes=["project:read"], expires_on=day, by=buyer, at=now)


def test_a_token_ends_on_its_last_day_when_it_is_ended_and_with_its_maker(db, buyer, now):
    (ended, first), (_, second) = a_token(db, buyer, now), a_token(db, buyer, now)
    assert caller_by_token(db, hash_of(first), at=now + timedelta(days=37)) is not None
    assert caller_by_token(db, hash_of(first), at=now + timedelta(days=38)) is None

    end_token(db, ended.id, by=buyer, at=now)
    assert caller_by_token(db, hash_of(first), at=now) is None
    with pytest.raises(Conflict):
        end_token(db, ended.id, by=buyer, at=now)

    disable_person(db, db.get_one(Person, buyer.person_id), reason="left", by=CLOCK, at=now)
    assert caller_by_token(db, hash_of(second), at=now) is None


def test_a_manager_ends_the_tokens_of_the_organisation_and_strangers_find_none(db, buyer, colleague, rival, now):
    token, _ = a_token(db, colleague, now)

    for stranger in (rival, Actor(rival.person_id, buyer.organisation_id, frozenset())):
        with pytest.raises(NotFound):
            end_token(db, token.id, by=stranger, at=now)
    with pytest.raises(NotFound):
        end_token(db, "no id", by=buyer, at=now)

    assert end_token(db, str(token.id), by=buyer, at=now).ended_at == now


def test_whoever_acts_for_nobody_makes_no_token(db, buyer, now):
    with pytest.raises(NotAllowed, match="acts for an organisation"):
        a_token(db, Actor(buyer.person_id, None, frozenset()), now)
