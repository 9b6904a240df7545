"""A merger through the pages: proposed, looked at, agreed to by both, carried out; and the old address leads on."""

import pytest

from marketplace.identity.policies import Actor
from tests.cast import an_actor
from tests.web.identities import heading

DAY = {"effective_on-day": "24", "effective_on-month": "11", "effective_on-year": "2026"}


@pytest.fixture
def browse(client_of):
    """Opens a browser signed in as somebody, for as long as the test lasts."""
    return client_of


@pytest.fixture
def sam(db, buyer, now) -> Actor:
    """Sam Adeyemi, buyer at Ashdown, no manager."""
    return an_actor(db, "Sam Adeyemi", buyer.organisation_name, "trust", "buyer", at=now)


def proposal(buyer: Actor, other_buyer: Actor, **changed: str) -> dict[str, str]:
    return {
        "kind": "merger", "old": buyer.organisation_name, "new": other_buyer.organisation_ref,
        "reason": "The transaction order of 12 March.", **DAY, **changed,
    }  # fmt: skip


def test_a_merger_is_proposed_agreed_to_and_carried_out(buyer, other_buyer, sam, moderator, browse):
    operator, grace, tom = browse(moderator), browse(buyer), browse(other_buyer)

    done = operator.send_form("/successions/new", proposal(buyer, other_buyer))
    address = done.headers["location"]
    assert "Waits for both to agree" in tom.get(address).text
    assert "Sam Adeyemi" in grace.get(address).text
    assert "Sam Adeyemi" not in tom.get(address).text
    assert "2 people" in tom.get(address).text
    assert "agree or decline" in tom.get("/my-desk").text
    for browser in (grace, tom):
        browser.send_form(f"{address}/agreement")
    operator.send_form(f"{address}/completion")

    shown = browse(other_buyer).get(address).text
    assert "Ashdown Hospitals NHS Trust joined Calder Valley NHS Trust on 24 November 2026." in shown
    assert "Sam Adeyemi" in shown


def test_who_acted_for_the_old_one_acts_for_the_new_one_without_signing_in_again(buyer, other_buyer, moderator, browse):
    operator, grace, tom = browse(moderator), browse(buyer), browse(other_buyer)
    address = operator.send_form("/successions/new", proposal(buyer, other_buyer)).headers["location"]
    for browser in (grace, tom):
        browser.send_form(f"{address}/agreement")
    operator.send_form(f"{address}/completion")

    assert "Calder Valley NHS Trust" in heading(grace.get(f"/organisations/{other_buyer.organisation_ref}").text)
    old = grace.get(f"/organisations/{buyer.organisation_ref}").text
    assert "Joined to Calder Valley NHS Trust on 24 November 2026." in old
    assert f"/organisations/{other_buyer.organisation_ref}" in old
    newcomer = browse(moderator).get(f"/organisations/{buyer.organisation_ref}/join").text
    assert "Ask to join Calder Valley NHS Trust" in newcomer


def test_what_is_missing_of_a_proposal_is_told_and_what_was_typed_is_still_there(buyer, other_buyer, moderator, browse):
    operator = browse(moderator)

    answer = operator.send_form("/successions/new", proposal(buyer, other_buyer, old="Nobody", reason="Because."))

    assert answer.status_code == 422
    assert "None here is called so." in answer.text
    assert "Because." in answer.text


def test_a_split_lists_what_can_be_chosen_to_the_old_side_alone(buyer, other_buyer, sam, moderator, browse):
    operator, grace, tom = browse(moderator), browse(buyer), browse(other_buyer)
    address = operator.send_form("/successions/new", proposal(buyer, other_buyer, kind="split")).headers["location"]

    assert 'name="chosen"' in grace.get(address).text
    assert 'name="chosen"' not in tom.get(address).text
    refused = grace.send_form(f"{address}/agreement")

    assert refused.status_code == 422
    assert "Choose at least one thing" in refused.text


def test_a_manager_declines_with_a_reason_that_the_others_read(buyer, other_buyer, moderator, browse):
    operator, grace, tom = browse(moderator), browse(buyer), browse(other_buyer)
    address = operator.send_form("/successions/new", proposal(buyer, other_buyer)).headers["location"]

    tom.send_form(f"{address}/refusal", {"reason": "The order was quashed."})

    assert "The order was quashed." in grace.get(address).text
    assert operator.send_form(f"{address}/completion").status_code == 409
