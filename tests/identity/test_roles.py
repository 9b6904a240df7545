"""Roles with their limits, last days and deputies: what a manager may give, and to whom."""

from datetime import date

import pytest
from sqlalchemy import select

from marketplace.identity.actions.invitations import (
    invite,
)
from marketplace.identity.actions.members import admit, end_membership
from marketplace.identity.actions.roles import give_role, name_deputy, take_role
from marketplace.identity.models import Grant, Membership, Person
from marketplace.identity.policies import ROLES, Actor, Permission, permissions_of, roles_for
from marketplace.identity.queries.members import (
    managers_of,
    members_of,
    reach_of,
)
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from tests.cast import an_actor, recorded
from tests.identity.people import acting, ashdown, membership, roles_of


@pytest.mark.parametrize("role", ["operator", "assessor", "supplier-manager", "no-such-role", ""])
def test_no_manager_of_a_trust_gives_a_role_that_no_trust_has(db, buyer, colleague, role, now):
    with pytest.raises(Invalid, match="no role of this organisation"):
        give_role(db, membership(db, colleague), role, limit=None, until=None, by=buyer, at=now)
    with pytest.raises(Invalid, match="no role of this organisation"):
        invite(db, ashdown(db, buyer), "x@example.org", ["buyer", role], by=buyer, at=now)


def test_a_role_of_another_kind_allows_nothing_even_where_it_slipped_in(db, colleague, now):
    db.add(Grant(id=colleague.person_id, membership_id=membership(db, colleague).id, role="operator", given_at=now))
    db.flush()

    assert not acting(db, colleague, on=now.date()).may(Permission.OPERATE)


@pytest.mark.parametrize("role", ["approver", "budget-holder", "clinical-safety-officer"])
def test_no_manager_makes_themselves_sign_or_approve(db, buyer, second_manager, role, now):
    with pytest.raises(NotAllowed, match="nobody gives themselves"):
        give_role(db, membership(db, buyer), role, limit=None, until=None, by=buyer, at=now)

    give_role(db, membership(db, buyer), role, limit=None, until=None, by=second_manager, at=now)

    assert role in roles_of(db, buyer)


def test_a_role_taken_is_gone_at_the_next_request(db, buyer, colleague, now):
    assert acting(db, colleague, on=now.date()).may(Permission.PROJECT_WRITE)

    take_role(db, membership(db, colleague), "buyer", by=buyer, at=now)

    assert not acting(db, colleague, on=now.date()).may(Permission.PROJECT_WRITE)
    with pytest.raises(Conflict, match="is not held"):
        take_role(db, membership(db, colleague), "buyer", by=buyer, at=now)


def test_an_approver_has_a_limit_and_a_last_day(db, buyer, colleague, now):
    give_role(
        db, membership(db, colleague), "approver", limit=5_000_00, until=date(2026, 12, 31), by=buyer, at=now
    )

    in_december = acting(db, colleague, on=date(2026, 12, 31))
    assert in_december.may(Permission.CONTRACT_SIGN)
    reach = reach_of(db, in_december, Permission.CONTRACT_SIGN, on=now.date())
    assert [each.limit_pence for each in reach] == [5_000_00]
    assert not acting(db, colleague, on=date(2027, 1, 1)).may(Permission.CONTRACT_SIGN)


@pytest.mark.parametrize(
    ("role", "limit", "until", "told"),
    [
        ("approver", 0, None, "cannot be a limit"),
        ("approver", -1, None, "cannot be a limit"),
        ("approver", 10**20, None, "cannot be a limit"),
        ("approver", None, date(2026, 11, 23), "is over"),
        ("buyer", 100, None, "has no limit"),
    ],
)
def test_a_limit_or_a_day_that_makes_no_sense_is_refused(db, buyer, colleague, role, limit, until, told, now):
    with pytest.raises(Invalid, match=told):
        give_role(db, membership(db, colleague), role, limit=limit, until=until, by=buyer, at=now)


def test_the_last_manager_stays(db, buyer, colleague, now):
    own = membership(db, buyer)

    for leave in (
        lambda: take_role(db, own, "manager", by=buyer, at=now),
        lambda: end_membership(db, own, reason="", by=buyer, at=now),
        lambda: give_role(db, own, "manager", limit=None, until=date(2027, 1, 1), by=buyer, at=now),
    ):
        with pytest.raises(Conflict, match="last manager"):
            leave()

    assert managers_of(db, buyer.organisation_id, on=now.date()) == [buyer.person_id]


def test_a_manager_until_a_day_does_not_let_the_last_one_go(db, buyer, colleague, now):
    give_role(db, membership(db, colleague), "manager", limit=None, until=date(2027, 1, 1), by=buyer, at=now)

    with pytest.raises(Conflict, match="last manager"):
        end_membership(db, membership(db, buyer), reason="", by=buyer, at=now)


def test_a_disabled_manager_counts_for_nothing(db, buyer, second_manager, now):
    db.get_one(Person, second_manager.person_id).disabled_at = now
    db.flush()

    with pytest.raises(Conflict, match="last manager"):
        take_role(db, membership(db, buyer), "manager", by=buyer, at=now)


def test_a_member_may_leave_and_be_admitted_again_without_the_old_roles(db, buyer, colleague, now):
    end_membership(db, membership(db, colleague), reason="", by=colleague, at=now)
    assert [each.person.name for each in members_of(db, buyer.organisation_id)] == ["Grace Okafor"]

    back = admit(db, ashdown(db, buyer), colleague.person_id, ["contract-manager"], by=buyer, at=now)

    assert (back.state, roles_of(db, colleague)) == ("active", ["contract-manager"])


def an_approver(db, buyer, colleague, now, *, limit=10_000_00, until=date(2027, 6, 30)) -> Membership:
    own = membership(db, colleague)
    give_role(db, own, "approver", limit=limit, until=until, by=buyer, at=now)
    return own


def test_an_approver_names_a_deputy_for_the_holidays(db, buyer, colleague, second_manager, now):
    own, deputy = an_approver(db, buyer, colleague, now), membership(db, second_manager)

    name_deputy(db, own, deputy, "approver", limit=2_000_00, until=date(2026, 12, 31), by=colleague, at=now)

    ruth = acting(db, second_manager, on=date(2026, 12, 31))
    reach = reach_of(db, ruth, Permission.CONTRACT_SIGN, on=now.date())
    assert [(each.limit_pence, each.deputy_for_id) for each in reach] == [(2_000_00, colleague.person_id)]
    assert not acting(db, second_manager, on=date(2027, 1, 1)).may(Permission.CONTRACT_SIGN)
    assert recorded(db, about=buyer.organisation_id)[-1] == "DeputyNamed"


@pytest.mark.parametrize(
    ("limit", "until", "told"),
    [
        (10_000_01, date(2026, 12, 31), "above your own limit"),
        (None, None, "needs a last day"),
        (None, date(2027, 7, 1), "when your own role ends"),
        (None, date(2026, 11, 1), "is over"),
    ],
)
def test_no_deputy_has_more_or_longer(db, buyer, colleague, second_manager, limit, until, told, now):
    own, deputy = an_approver(db, buyer, colleague, now), membership(db, second_manager)

    with pytest.raises(Invalid, match=told):
        name_deputy(db, own, deputy, "approver", limit=limit, until=until, by=colleague, at=now)


def test_a_deputy_without_a_limit_named_has_that_of_the_holder(db, buyer, colleague, second_manager, now):
    own, deputy = an_approver(db, buyer, colleague, now), membership(db, second_manager)

    given = name_deputy(db, own, deputy, "approver", limit=None, until=date(2026, 12, 31), by=colleague, at=now)

    assert given.limit_pence == 10_000_00


def test_deputies_follow_their_holder_down_and_out(db, buyer, colleague, second_manager, now):
    own, deputy = an_approver(db, buyer, colleague, now), membership(db, second_manager)
    name_deputy(db, own, deputy, "approver", limit=None, until=date(2027, 5, 1), by=colleague, at=now)

    give_role(db, own, "approver", limit=100_00, until=date(2026, 12, 1), by=buyer, at=now)
    followed = db.scalars(select(Grant).where(Grant.deputy_for_id == colleague.person_id)).one()
    assert (followed.limit_pence, followed.until) == (100_00, date(2026, 12, 1))

    end_membership(db, own, reason="", by=buyer, at=now)
    assert roles_of(db, second_manager) == ["manager"]


def test_nobody_passes_on_what_is_not_theirs(db, buyer, colleague, second_manager, now):
    own, ruth = an_approver(db, buyer, colleague, now), membership(db, second_manager)
    third = membership(db, an_actor(db, "Kit Wren", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now))
    name_deputy(db, own, ruth, "approver", limit=None, until=date(2026, 12, 31), by=colleague, at=now)
    terms = {"limit": None, "until": date(2026, 12, 1), "at": now}

    with pytest.raises(NotAllowed, match="a deputy names no deputy"):
        name_deputy(db, ruth, third, "approver", by=second_manager, **terms)
    with pytest.raises(NotAllowed, match="only the holder or a manager"):
        name_deputy(db, own, third, "approver", by=Actor(third.person_id, third.organisation_id, frozenset()), **terms)
    with pytest.raises(NotAllowed, match="makes themselves a deputy"):
        name_deputy(db, own, membership(db, buyer), "approver", by=buyer, **terms)
    with pytest.raises(Conflict, match="is not held"):
        name_deputy(db, own, third, "budget-holder", by=colleague, **terms)
    with pytest.raises(Invalid, match="needs no deputy"):
        name_deputy(db, own, ruth, "buyer", by=colleague, **terms)


def test_a_foreign_colleague_is_no_deputy(db, buyer, colleague, other_buyer, now):
    own = an_approver(db, buyer, colleague, now)

    with pytest.raises(Conflict, match="same organisation"):
        name_deputy(
            db, own, membership(db, other_buyer), "approver", limit=None, until=date(2026, 12, 1), by=colleague, at=now
        )


def test_every_role_fits_some_kind_and_says_what_it_is_for():
    for kind in {kind for role in ROLES.values() for kind in role.kinds}:
        assert "manager" in [role.key for role in roles_for(kind)]
    assert all(role.description.endswith(".") for role in ROLES.values())
    assert permissions_of(("operator",), "trust") == frozenset()
