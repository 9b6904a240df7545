"""Invitations: offered by a manager, accepted once, by whoever reads that address."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from marketplace.identity.actions.invitations import (
    accept_as_newcomer,
    accept_invitation,
    give_invitation_secret,
    invite,
    open_invitation,
    withdraw_invitation,
)
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.models import Grant, Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import caller_by_session
from marketplace.kit.errors import Conflict, NotAllowed, NotFound
from tests.cast import a_person, an_actor
from tests.identity.people import COMMON, HERE, PASSWORD, ashdown, roles_of

pytestmark = pytest.mark.usefixtures("quick_passwords")


def test_an_invitation_works_once_for_whoever_reads_that_address(db, buyer, now):
    noor = a_person(db, "Noor Aziz", at=now)
    by = Actor(noor.id, None, frozenset())
    invitation = invite(db, ashdown(db, buyer), noor.email, ["buyer", "approver"], by=buyer, at=now)
    secret = give_invitation_secret(invitation)
    db.flush()

    joined = accept_invitation(db, open_invitation(db, secret, at=now), by=by, at=now)

    assert roles_of(db, by) == ["approver", "buyer"]
    given_by = db.scalars(select(Grant.given_by_id).where(Grant.membership_id == joined.id))
    assert set(given_by) == {buyer.person_id}
    db.expire_all()
    with pytest.raises(NotFound, match="used, withdrawn or is too old"):
        open_invitation(db, secret, at=now)


def test_an_invitation_is_not_for_whoever_finds_the_link(db, buyer, now):
    thief = Actor(a_person(db, "Rex Thorn", at=now).id, None, frozenset())
    invitation = invite(db, ashdown(db, buyer), "noor.aziz@example.org", ["manager"], by=buyer, at=now)

    with pytest.raises(NotAllowed, match="this invitation was sent to noor"):
        accept_invitation(db, invitation, by=thief, at=now)


def test_one_invitation_followed_twice_at_once_makes_one_account(either_database, now):
    database = either_database
    with database.writing() as db:
        manager = an_actor(db, "Grace Okafor", "Ashdown", "trust", "manager", at=now)
        body = db.get_one(Organisation, manager.organisation_id)
        secret = give_invitation_secret(invite(db, body, "noor@example.org", ["buyer"], by=manager, at=now))
    start, won, lost = Barrier(3), [], []

    def follow() -> None:
        start.wait()
        try:
            won.append(
                accept_as_newcomer(
                    database, secret, name="Noor", password=PASSWORD, common=COMMON, device=HERE, at=now
                )
            )
        except (NotFound, Conflict) as refusal:
            lost.append(refusal)

    threads = [Thread(target=follow) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (1, 2)
    with database.reading() as db:
        assert caller_by_session(db, hash_of(won[0]), at=now).actor.organisation_name == "Ashdown"
        assert len(db.scalars(select(Person).where(Person.email == "noor@example.org")).all()) == 1


def test_an_invitation_ends_after_a_fortnight_or_when_it_is_withdrawn(db, buyer, other_buyer, now):
    first = invite(db, ashdown(db, buyer), "one@example.org", ["buyer"], by=buyer, at=now)
    second = invite(db, ashdown(db, buyer), "two@example.org", ["buyer"], by=buyer, at=now)
    secrets = [give_invitation_secret(each) for each in (first, second)]
    db.flush()
    with pytest.raises(NotFound):
        withdraw_invitation(db, second, by=other_buyer, at=now)

    withdraw_invitation(db, second, by=buyer, at=now)

    assert open_invitation(db, secrets[0], at=now + timedelta(days=13)) is first
    for secret, at in ((secrets[0], now + timedelta(days=14)), (secrets[1], now)):
        with pytest.raises(NotFound):
            open_invitation(db, secret, at=at)
    with pytest.raises(Conflict):
        withdraw_invitation(db, second, by=buyer, at=now)


def test_nobody_is_invited_twice_nor_as_a_member(db, buyer, colleague, now):
    invite(db, ashdown(db, buyer), "one@example.org", ["buyer"], by=buyer, at=now)

    with pytest.raises(Conflict, match="is invited already"):
        invite(db, ashdown(db, buyer), "ONE@example.org", ["buyer"], by=buyer, at=now)
    with pytest.raises(Conflict, match="is a member already"):
        invite(db, ashdown(db, buyer), "sam.adeyemi@example.org", ["buyer"], by=buyer, at=now)
