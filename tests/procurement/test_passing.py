"""Projects and seats in purchases pass to another organisation: shares add up to one, and who has to says yes again."""

from fractions import Fraction

import pytest

from marketplace.identity.policies import Actor
from marketplace.identity.queries.successions import passed_in
from marketplace.identity.rules.successions import SPLIT
from marketplace.procurement.models import Party, Procurement, Project
from marketplace.procurement.queries.joint.standing import changes_of, terms_of
from marketplace.procurement.rules.joint.passing import admitted, renamed
from marketplace.procurement.rules.joint.terms import Terms
from tests import cast
from tests.procurement.joint import a_buyer, a_joined_pilot, a_settled_pilot, a_trust, again, approve_all, part
from tests.procurement.scenes import a_project
from tests.successions import carried_out, look, proposed


@pytest.fixture
def ashdown(db, buyer, now):
    return a_trust(db, buyer, at=now)


@pytest.fixture
def calder(db, other_buyer, now):
    return a_trust(db, other_buyer, at=now)


@pytest.fixture
def penwith(db, now):
    return a_trust(db, a_buyer(db, "Ida Moor", "Penwith NHS Trust", at=now), at=now)


@pytest.fixture
def outsider(db, now) -> Actor:
    """Kit Vale, who manages Tamar Trust, no party of anything yet."""
    return a_buyer(db, "Kit Vale", "Tamar NHS Trust", at=now)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def seats(db, pilot: Procurement, by: Actor) -> dict[str, tuple[str, str, int]]:
    """(role, state, weight) of each party, by the first word of its name."""
    there = again(db, pilot, by)
    return {
        party.organisation.name.split()[0]: (party.role, party.state, party.weight) for party in there.parties
    }  # fmt: skip


def share_of(db, pilot: Procurement, by: Actor, ref: str) -> Fraction:
    return terms_of(again(db, pilot, by)).share_of(ref)


def yes_again(db, pilot: Procurement, by: Actor) -> list[str]:
    """Who has to say yes again, by the first word of the name."""
    there = again(db, pilot, by)
    terms = terms_of(there)
    return [
        party.organisation.name.split()[0] for party in there.parties if party.takes_part and changes_of(party, terms)
    ]


def test_the_successor_takes_the_seat_and_nobody_says_yes_again(
    db, frameworks, scribe, ashdown, calder, outsider, moderator, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    carried_out(db, ashdown.buyer, outsider, moderator, at=now)

    assert seats(db, pilot, outsider) == {"Tamar": ("lead", "joined", 1), "Calder": ("participant", "joined", 1)}
    assert yes_again(db, pilot, outsider) == []
    assert again(db, pilot, outsider).organisation.name == "Tamar NHS Trust"


def test_approvals_of_the_old_organisation_hold_for_the_new_one(
    db, frameworks, scribe, ashdown, calder, outsider, moderator, now
):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, at=now)

    carried_out(db, ashdown.buyer, outsider, moderator, at=now)

    there = again(db, pilot, outsider)
    assert there.state == "settled"
    assert {ref for ref, _ in there.parties[0].confirmed["weights"]} == {outsider.organisation_ref, calder.ref}


def test_two_seats_become_one_with_both_shares_and_only_it_says_yes_again(
    db, frameworks, scribe, ashdown, calder, penwith, moderator, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, penwith, at=now)

    carried_out(db, penwith.buyer, calder.buyer, moderator, at=now)

    assert seats(db, pilot, ashdown.buyer) == {
        "Ashdown": ("lead", "joined", 1), "Calder": ("participant", "joined", 2),
        "Penwith": ("participant", "withdrawn", 1),
    }  # fmt: skip
    assert share_of(db, pilot, ashdown.buyer, calder.ref) == Fraction(2, 3)
    assert sum(map(terms_of(again(db, pilot, ashdown.buyer)).share_of, (ashdown.ref, calder.ref))) == 1
    assert yes_again(db, pilot, ashdown.buyer) == ["Calder"]


def test_what_was_settled_opens_again_where_two_seats_became_one(
    db, frameworks, scribe, ashdown, calder, penwith, moderator, now
):
    pilot = a_settled_pilot(db, frameworks, scribe, ashdown, calder, penwith, at=now)

    carried_out(db, penwith.buyer, calder.buyer, moderator, at=now)

    there = again(db, pilot, ashdown.buyer)
    assert there.state == "inviting"
    assert "joined Calder Valley NHS Trust" in there.state_reason


def test_the_lead_that_joins_a_participant_makes_it_the_lead(
    db, frameworks, scribe, ashdown, calder, penwith, moderator, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, penwith, at=now)

    carried_out(db, ashdown.buyer, calder.buyer, moderator, at=now)

    assert again(db, pilot, calder.buyer).organisation_id == calder.buyer.organisation_id
    assert seats(db, pilot, calder.buyer)["Calder"] == ("lead", "joined", 2)


def test_who_has_to_say_yes_again_is_told_beforehand(db, frameworks, scribe, ashdown, calder, penwith, moderator, now):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, penwith, at=now)

    found = look(db, proposed(db, penwith.buyer, calder.buyer, moderator, at=now))

    assert f"Calder Valley NHS Trust says yes to {pilot.ref} again, with the two shares as one." in found.notes
    (purchase,) = [one for one in found.things if one.kind == "procurement"]
    assert purchase.note == "Calder Valley NHS Trust has 66.67% of it then, both shares together."


def test_projects_go_along_and_are_read_there(db, ashdown, calder, moderator, now):
    project = a_project(db, by=ashdown.buyer, at=now, name="Ambient scribing")

    succession = carried_out(db, ashdown.buyer, calder.buyer, moderator, at=now)

    assert db.get_one(Project, project.id).organisation_id == calder.buyer.organisation_id
    assert f"Ambient scribing ({project.ref})" in [row.label for row in passed_in(db, succession)]


def test_a_split_takes_the_purchase_that_was_chosen_and_no_other(
    db, frameworks, scribe, lumen, ashdown, calder, outsider, moderator, now
):
    other = cast.a_product(db, of=lumen, at=now, name="Lumen Summary")
    chosen = a_joined_pilot(db, frameworks, scribe, ashdown, calder, at=now)
    kept = a_joined_pilot(db, frameworks, other, ashdown, calder, at=now)

    carried_out(db, ashdown.buyer, outsider, moderator, at=now, kind=SPLIT, chosen=[f"procurement:{chosen.id}"])

    assert "Tamar" in seats(db, chosen, outsider)
    assert "Ashdown" in seats(db, kept, ashdown.buyer)


def test_terms_told_by_another_reference_keep_their_order_and_their_sum():
    plain = Terms("v", {}, {"A": 2, "B": 3, "C": 5}).plain()

    assert renamed(plain, "A", "D")["weights"] == [["D", 2], ["B", 3], ["C", 5]]
    assert renamed(plain, "C", "A")["weights"] == [["A", 7], ["B", 3]]
    assert renamed({}, "A", "B") == {}
    assert admitted(["A", "B", "C"], "A", "B") == ["B", "C"]


def test_whoever_left_before_gets_its_seat_back_with_the_share_of_the_one_that_joins_it(
    db, frameworks, scribe, ashdown, calder, penwith, moderator, now
):
    pilot = a_joined_pilot(db, frameworks, scribe, ashdown, calder, penwith, at=now)
    gone = part(pilot, calder)
    gone.state, gone.left_at = "withdrawn", now
    pilot = again(db, pilot, ashdown.buyer)
    approve_all(db, frameworks, pilot, penwith, at=now)

    carried_out(db, penwith.buyer, calder.buyer, moderator, at=now)

    assert seats(db, pilot, ashdown.buyer)["Calder"] == ("participant", "joined", 1)
    assert db.get_one(Party, gone.id).confirmed
