"""One organisation joins another, or hands a part over: who decides, who goes, and what stays readable."""

from datetime import date, timedelta

import pytest
from pytest import raises
from sqlalchemy import select

from marketplace.faces.successions import MOVERS
from marketplace.identity.actions.members import ask_to_join
from marketplace.identity.actions.sessions import Device, start_session
from marketplace.identity.actions.successions import (
    agree_to_succession,
    carry_out_succession,
    decline_succession,
    propose_succession,
    withdraw_succession,
)
from marketplace.identity.actions.tokens import make_token
from marketplace.identity.models import Grant, Membership, Organisation, Person, SignIn
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.identity.queries.audit import trail_of
from marketplace.identity.queries.members import members_of
from marketplace.identity.queries.successions import find_succession, passed_in, successions_of
from marketplace.identity.rules.successions import SPLIT, counted
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import cast
from tests.successions import REASON, agreed, carried_out, look, proposed


@pytest.fixture
def colleague(db, buyer, now) -> Actor:
    """Sam Adeyemi of Ashdown, who buys."""
    return cast.an_actor(db, "Sam Adeyemi", buyer.organisation_name, "trust", "buyer", "approver", at=now)


def of(db, actor: Actor) -> Organisation:
    return db.get_one(Organisation, actor.organisation_id)


def roles_at(db, actor: Actor, organisation: Actor) -> set[str]:
    rows = select(Grant.role).join(Membership).where(
        Membership.person_id == actor.person_id, Membership.organisation_id == organisation.organisation_id,
        Membership.state == "active",
    )  # fmt: skip
    return set(db.scalars(rows))


def test_people_go_on_at_the_other_organisation_with_their_roles(db, buyer, other_buyer, colleague, moderator, now):
    carried_out(db, buyer, other_buyer, moderator, at=now)

    assert {one.person.name for one in members_of(db, other_buyer.organisation_id)} >= {"Sam Adeyemi", "Grace Okafor"}
    assert roles_at(db, colleague, other_buyer) == {"buyer", "approver"}
    assert members_of(db, buyer.organisation_id) == []


def test_limits_and_last_days_of_roles_come_along(db, buyer, other_buyer, colleague, moderator, now):
    mine = select(Grant).join(Membership).where(Membership.person_id == colleague.person_id, Grant.role == "approver")
    grant = db.scalars(mine).one()
    grant.limit_pence, grant.until = 500_000, date(2027, 3, 31)

    carried_out(db, buyer, other_buyer, moderator, at=now)

    kept = db.scalars(mine.where(Membership.organisation_id == other_buyer.organisation_id)).one()
    assert (kept.limit_pence, kept.until) == (500_000, date(2027, 3, 31))


def test_who_belongs_to_both_keeps_what_they_hold_there(db, buyer, other_buyer, moderator, now):
    both = cast.an_actor(db, "Ola Berg", buyer.organisation_name, "trust", "approver", "buyer", at=now)
    cast.an_actor(db, "Ola Berg", other_buyer.organisation_name, "trust", "approver", at=now)
    there = select(Grant).join(Membership).where(
        Membership.person_id == both.person_id, Membership.organisation_id == other_buyer.organisation_id
    )  # fmt: skip
    db.scalars(there).one().limit_pence = 100

    carried_out(db, buyer, other_buyer, moderator, at=now)

    assert {grant.role: grant.limit_pence for grant in db.scalars(there)} == {"approver": 100, "buyer": None}


def test_the_old_organisation_stays_as_joined_to_the_new_one(db, buyer, other_buyer, moderator, now):
    of(db, buyer).email_domains = ["ashdown.nhs.uk"]

    carried_out(db, buyer, other_buyer, moderator, at=now)

    old, new = of(db, buyer), of(db, other_buyer)
    assert (old.joined_to_id, old.joined_on, old.name) == (new.id, now.date(), "Ashdown Hospitals NHS Trust")
    assert "ashdown.nhs.uk" in new.email_domains
    with raises(Conflict, match="joined Calder Valley NHS Trust on 24 November 2026"):
        ask_to_join(db, old, message="", by=moderator, at=now)


def test_sessions_go_along_and_programs_end(db, buyer, other_buyer, moderator, now):
    person = db.get_one(Person, buyer.person_id)
    start_session(db, person, how="password", device=Device("Firefox", "203.0.113.7"), at=now)
    sign_in = db.scalars(select(SignIn).where(SignIn.person_id == person.id)).one()
    before = sign_in.csrf_secret
    token, _ = make_token(db, name="Reports", scopes=["project:read"], expires_on=date(2027, 1, 31), by=buyer, at=now)

    found = look(db, agreed(db, buyer, other_buyer, moderator, at=now))
    carried = successions_of(db, by=moderator)[0]
    carry_out_succession(db, carried, movers=MOVERS, by=moderator, at=now)

    assert counted(found.things)["program"] == 1
    assert sign_in.organisation_id == other_buyer.organisation_id
    assert sign_in.csrf_secret != before
    assert token.ended_at == now


def test_what_passed_can_be_read_for_ever_and_so_can_the_old_trail(db, buyer, other_buyer, colleague, moderator, now):
    succession = carried_out(db, buyer, other_buyer, moderator, at=now)

    labels = {(row.kind, row.label, row.note) for row in passed_in(db, succession)}
    assert ("person", "Sam Adeyemi", "As approver, buyer.") in labels
    tom = actor_for(db, db.get_one(Person, other_buyer.person_id), of(db, other_buyer), on=now.date())
    assert tom.predecessors == (buyer.organisation_id,)
    lines = [one.line for one in trail_of(db, by=tom).happenings]
    assert any(REASON in line for line in lines)
    assert any("made Sam Adeyemi a member by succession, as approver, buyer" in line for line in lines)


def test_nothing_passes_before_both_have_agreed(db, buyer, other_buyer, moderator, now):
    succession = proposed(db, buyer, other_buyer, moderator, at=now)
    agree_to_succession(db, succession, movers=MOVERS, by=buyer, at=now)

    with raises(Conflict, match="cannot carry out a proposed succession"):
        carry_out_succession(db, succession, movers=MOVERS, by=moderator, at=now)


def test_nothing_passes_before_its_day(db, buyer, other_buyer, moderator, now):
    succession = agreed(db, buyer, other_buyer, moderator, at=now, on=now.date() + timedelta(days=1))

    with raises(Conflict, match="it counts from 25 November 2026"):
        carry_out_succession(db, succession, movers=MOVERS, by=moderator, at=now)


def test_only_an_operator_proposes_and_only_managers_of_the_two_agree(
    db, buyer, other_buyer, colleague, moderator, now
):
    with raises(NotAllowed):
        propose_succession(db, of(db, buyer), of(db, other_buyer), "merger", effective_on=now.date(), reason=REASON,
                           by=buyer, at=now)  # fmt: skip
    succession = proposed(db, buyer, other_buyer, moderator, at=now)
    for nobody in (colleague, moderator):
        with raises(NotAllowed):
            agree_to_succession(db, succession, movers=MOVERS, by=nobody, at=now)


def test_one_person_does_not_speak_for_both_sides(db, buyer, other_buyer, moderator, now):
    both = cast.an_actor(db, "Grace Okafor", other_buyer.organisation_name, "trust", "manager", at=now)
    succession = proposed(db, buyer, other_buyer, moderator, at=now)
    agree_to_succession(db, succession, movers=MOVERS, by=buyer, at=now)

    with raises(NotAllowed, match="one person does not speak for two"):
        agree_to_succession(db, succession, movers=MOVERS, by=both, at=now)


def test_a_manager_declines_until_it_is_carried_out(db, buyer, other_buyer, moderator, now):
    succession = agreed(db, buyer, other_buyer, moderator, at=now)

    with raises(Invalid, match="this needs a reason"):
        decline_succession(db, succession, reason=" ", by=other_buyer, at=now)
    decline_succession(db, succession, reason="The order was quashed.", by=other_buyer, at=now)

    assert (succession.state, succession.state_reason) == ("declined", "The order was quashed.")
    with raises(Conflict):
        withdraw_succession(db, succession, reason="Late.", by=moderator, at=now)


@pytest.mark.parametrize(
    ("kind", "reason", "day", "field"),
    [("swap", REASON, True, "kind"), ("merger", "  ", True, "reason"), ("merger", REASON, False, "effective_on")],
)
def test_what_is_missing_is_named_by_field(db, buyer, other_buyer, moderator, now, kind, reason, day, field):
    with raises(Invalid) as refused:
        propose_succession(
            db, of(db, buyer), of(db, other_buyer), kind, effective_on=now.date() if day else None, reason=reason,
            by=moderator, at=now,
        )  # fmt: skip

    assert field in refused.value.fields


def test_a_trust_joins_neither_itself_nor_a_supplier_nor_two_at_once(db, buyer, other_buyer, lumen, moderator, now):
    for other in (buyer, lumen):
        with raises(Invalid) as refused:
            propose_succession(db, of(db, buyer), of(db, other), "merger", effective_on=now.date(), reason=REASON,
                               by=moderator, at=now)  # fmt: skip
        assert "new" in refused.value.fields
    first = proposed(db, buyer, other_buyer, moderator, at=now)
    with raises(Conflict, match=first.ref):
        proposed(db, other_buyer, buyer, moderator, at=now)


def test_those_whom_it_does_not_concern_do_not_find_it(db, buyer, other_buyer, lumen, colleague, moderator, now):
    succession = proposed(db, buyer, other_buyer, moderator, at=now)

    assert successions_of(db, by=lumen) == successions_of(db, by=colleague) == []
    assert [one.ref for one in successions_of(db, by=other_buyer)] == [succession.ref]


def test_in_a_split_the_old_one_chooses_and_agrees_first(db, buyer, other_buyer, colleague, moderator, now):
    succession = proposed(db, buyer, other_buyer, moderator, at=now, kind=SPLIT)
    with raises(Conflict, match="has not said yet what passes"):
        agree_to_succession(db, succession, movers=MOVERS, by=other_buyer, at=now)
    for chosen in ((), ("person:" + str(other_buyer.person_id),)):
        with raises(Invalid):
            agree_to_succession(db, succession, chosen=chosen, movers=MOVERS, by=buyer, at=now)


def test_a_split_takes_who_was_chosen_and_leaves_the_rest(db, buyer, other_buyer, colleague, moderator, now):
    sam = next(one for one in members_of(db, buyer.organisation_id) if one.person_id == colleague.person_id)

    carried_out(db, buyer, other_buyer, moderator, at=now, kind=SPLIT, chosen=[f"person:{sam.id}"])

    assert [one.person.name for one in members_of(db, buyer.organisation_id)] == ["Grace Okafor"]
    assert roles_at(db, colleague, other_buyer) == {"buyer", "approver"}
    assert of(db, buyer).joined_to_id is None


def test_a_split_leaves_a_manager_behind(db, buyer, other_buyer, moderator, now):
    grace = members_of(db, buyer.organisation_id)[0]
    succession = agreed(db, buyer, other_buyer, moderator, at=now, kind=SPLIT, chosen=[f"person:{grace.id}"])

    with raises(Conflict, match="would have no manager left"):
        carry_out_succession(db, succession, movers=MOVERS, by=moderator, at=now)


def test_an_organisation_that_joined_another_is_not_part_of_a_second_one(db, buyer, other_buyer, moderator, now):
    carried_out(db, buyer, other_buyer, moderator, at=now)

    with raises(Conflict, match="joined another organisation"):
        proposed(db, buyer, other_buyer, moderator, at=now)


def test_a_stranger_finds_no_succession_by_its_reference(db, buyer, other_buyer, lumen, moderator, now):
    from_afar = proposed(db, buyer, other_buyer, moderator, at=now)

    with raises(NotFound):
        find_succession(db, from_afar.ref, by=lumen)
