"""Who belongs to an organisation: asked, approved, admitted, removed; and who decides."""

from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from marketplace.identity.actions.invitations import (
    invite,
)
from marketplace.identity.actions.members import admit, approve_join, ask_to_join, end_membership, refuse_join
from marketplace.identity.actions.roles import give_role, take_role
from marketplace.identity.actions.secrets import hash_of
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import Invitation, Membership, Person, SignIn
from marketplace.identity.policies import CLOCK, Actor, Permission
from marketplace.identity.queries import actor_for, caller_by_session, caller_by_token
from marketplace.identity.queries.members import (
    domains_of,
    find_membership,
    has_manager,
    managers_of,
    waiting_without_manager,
)
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.cast import a_person, an_actor, an_organisation, recorded
from tests.identity.people import acting, ashdown, membership, roles_of


def test_somebody_asks_to_join_and_a_manager_lets_them_in(db, buyer, now):
    noor = Actor(a_person(db, "Noor Aziz", at=now).id, None, frozenset())

    asked = ask_to_join(db, ashdown(db, buyer), message="I run outpatients", by=noor, at=now)
    assert acting(db, noor, on=now.date()).permissions == frozenset()
    approve_join(db, asked, ["buyer"], by=buyer, at=now)

    assert (asked.state, asked.message) == ("active", "I run outpatients")
    joined = actor_for(db, db.get_one(Person, noor.person_id), ashdown(db, buyer), on=now.date())
    assert joined.may(Permission.PROJECT_WRITE)
    assert recorded(db, about=buyer.organisation_id) == ["JoinAsked", "MemberJoined"]


def test_asking_allows_nothing_before_it_is_approved(db, buyer, now):
    noor = Actor(a_person(db, "Noor Aziz", at=now).id, None, frozenset())
    ask_to_join(db, ashdown(db, buyer), message="", by=noor, at=now)

    waiting = actor_for(db, db.get_one(Person, noor.person_id), ashdown(db, buyer), on=now.date())

    assert waiting.permissions == frozenset()


def test_nobody_asks_twice_and_no_member_asks(db, buyer, colleague, now):
    noor = Actor(a_person(db, "Noor Aziz", at=now).id, None, frozenset())
    ask_to_join(db, ashdown(db, buyer), message="", by=noor, at=now)

    with pytest.raises(Conflict, match="you asked to join"):
        ask_to_join(db, ashdown(db, buyer), message="", by=noor, at=now)
    with pytest.raises(Conflict, match="you are a member of"):
        ask_to_join(db, ashdown(db, buyer), message="", by=colleague, at=now)


def test_who_was_turned_down_reads_why_and_may_ask_again(db, buyer, now):
    noor = Actor(a_person(db, "Noor Aziz", at=now).id, None, frozenset())
    asked = ask_to_join(db, ashdown(db, buyer), message="", by=noor, at=now)
    with pytest.raises(Invalid, match="needs a reason"):
        refuse_join(db, asked, reason=" ", by=buyer, at=now)

    refuse_join(db, asked, reason="Use your work address", by=buyer, at=now)
    again = ask_to_join(db, ashdown(db, buyer), message="with my work address", by=noor, at=now)

    assert (again.id, again.state, again.ended_at) == (asked.id, "asked", None)


def test_a_colleague_who_is_no_manager_changes_nobody(db, buyer, colleague, now):
    noor = Actor(a_person(db, "Noor Aziz", at=now).id, None, frozenset())
    asked = ask_to_join(db, ashdown(db, buyer), message="", by=noor, at=now)

    with pytest.raises(NotAllowed):
        approve_join(db, asked, ["buyer"], by=colleague, at=now)
    with pytest.raises(NotAllowed):
        give_role(db, membership(db, colleague), "manager", limit=None, until=None, by=colleague, at=now)
    with pytest.raises(NotAllowed):
        take_role(db, membership(db, buyer), "buyer", by=colleague, at=now)
    with pytest.raises(NotAllowed):
        end_membership(db, membership(db, buyer), reason="", by=colleague, at=now)
    with pytest.raises(NotAllowed):
        invite(db, ashdown(db, buyer), "x@example.org", ["buyer"], by=colleague, at=now)


def test_a_manager_of_another_trust_changes_nobody_and_sees_nobody(db, buyer, other_buyer, colleague, now):
    with pytest.raises(NotAllowed):
        give_role(db, membership(db, colleague), "approver", limit=None, until=None, by=other_buyer, at=now)
    with pytest.raises(NotAllowed):
        end_membership(db, membership(db, colleague), reason="", by=other_buyer, at=now)
    with pytest.raises(NotFound):
        find_membership(db, membership(db, colleague).id, by=other_buyer)
    with pytest.raises(NotFound):
        find_membership(db, "not an id", by=buyer)


def test_two_managers_who_remove_each_other_at_once_leave_one(either_database, now):
    database = either_database
    with database.writing() as db:
        pair = [an_actor(db, name, "Ashdown", "trust", "manager", at=now) for name in ("Grace Okafor", "Ruth Lister")]
        ids = [membership(db, actor).id for actor in pair]
    start, refused = Barrier(2), []

    def remove(by: int, whom: int) -> None:
        start.wait()
        try:
            with database.writing() as db:
                end_membership(db, db.get_one(Membership, ids[whom]), reason="", by=pair[by], at=now)
        except Conflict:
            refused.append(by)

    threads = [Thread(target=remove, args=pairing) for pairing in ((0, 1), (1, 0))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with database.reading() as db:
        assert len(managers_of(db, pair[0].organisation_id, on=now.date())) == 1
    assert len(refused) == 1


def test_a_leaver_is_out_in_one_step(db, buyer, second_manager, now):
    give_role(db, membership(db, second_manager), "approver", limit=None, until=None, by=buyer, at=now)
    ruth = acting(db, second_manager, on=now.date())
    _, secret = make_token(db, name="reports", scopes=["audit:read"], expires_on=now.date(), by=ruth, at=now)
    invite(db, ashdown(db, buyer), "friend@example.org", ["buyer"], by=ruth, at=now)
    session = a_session(db, ruth, now)

    end_membership(db, membership(db, second_manager), reason="Left the trust", by=buyer, at=now)
    db.flush()

    assert caller_by_session(db, hash_of(session), at=now) is None
    assert caller_by_token(db, hash_of(secret), at=now) is None
    assert roles_of(db, second_manager) == []
    assert [each.withdrawn_at for each in db.scalars(select(Invitation))] == [now]
    assert recorded(db, about=buyer.organisation_id)[-3:] == ["RoleTaken", "RoleTaken", "MembershipEnded"]


def a_session(db, actor, now) -> str:
    db.add(
        SignIn(
            id=actor.person_id, token_hash=hash_of("the secret of a session"), person_id=actor.person_id,
            organisation_id=actor.organisation_id, csrf_secret="", authenticated_at=now, seen_at=now,
        )
    )
    db.flush()
    return "the secret of a session"


def test_an_operator_lets_the_first_manager_in_and_no_second_one(db, moderator, now):
    trust = an_organisation(db, "Calder Valley NHS Trust", "trust", at=now)
    first, second = (Actor(a_person(db, name, at=now).id, None, frozenset()) for name in ("Ann Lee", "Bo Ray"))
    asked = [ask_to_join(db, trust, message="", by=each, at=now) for each in (first, second)]
    assert [each.person.name for each in waiting_without_manager(db, on=now.date())] == ["Ann Lee", "Bo Ray"]

    approve_join(db, asked[0], ["manager"], by=moderator, at=now)

    assert has_manager(db, trust.id, on=now.date())
    assert waiting_without_manager(db, on=now.date()) == []
    with pytest.raises(NotAllowed):
        approve_join(db, asked[1], ["manager"], by=moderator, at=now)


def test_nobody_lets_themselves_in(db, moderator, now):
    trust = an_organisation(db, "Calder Valley NHS Trust", "trust", at=now)
    asked = ask_to_join(db, trust, message="", by=moderator, at=now)

    with pytest.raises(NotAllowed, match="nobody admits themselves"):
        approve_join(db, asked, ["manager"], by=moderator, at=now)


def test_the_house_prepares_members_for_the_demonstration(db, now):
    trust = an_organisation(db, "Calder Valley NHS Trust", "trust", at=now)

    ann = Actor(a_person(db, "Ann Lee", at=now).id, trust.id, frozenset())

    made = admit(db, trust, ann.person_id, ["manager", "buyer"], by=CLOCK, at=now)

    assert (made.state, roles_of(db, ann)) == ("active", ["buyer", "manager"])
    nobody = Actor(a_person(db, "Bo Ray", at=now).id, None, frozenset())
    with pytest.raises(NotAllowed):
        admit(db, trust, nobody.person_id, ["manager"], by=nobody, at=now)


def test_the_domains_of_its_people_tell_a_manager_who_asks(db, buyer, now):
    body = ashdown(db, buyer)
    body.email_domains = ["ashdown.nhs.uk"]

    assert domains_of(db, body) == {"ashdown.nhs.uk", "example.org"}
