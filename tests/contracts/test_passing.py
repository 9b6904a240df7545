"""A seat in a contract passes to another organisation: shares add up to one, and what was settled stands."""

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from pytest import raises
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.actions.passing import move
from marketplace.contracts.actions.texts import begin_variation
from marketplace.contracts.models import Contract, ContractParty, Due, Measurement, Share
from marketplace.contracts.queries.contracts import binding_text, find_contract, parties_of
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.queries.sheets import sheet_of
from marketplace.contracts.rules.given import given_from, laid_out
from marketplace.contracts.rules.splitting import parts_of
from marketplace.faces.successions import MOVERS
from marketplace.identity.actions.successions import carry_out_succession
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import Actor
from marketplace.identity.queries import actor_for
from marketplace.identity.queries.successions import history_of, passing_of
from marketplace.kit.errors import Conflict
from tests import cast
from tests.contracts.outcomes import FEBRUARY, GOOD, JANUARY, MIDDLING, POOR, a_month, after, measured, owed, settled_in
from tests.successions import agreed, carried_out, in_the_way, proposed

FOURTH = after(JANUARY, 20)


@pytest.fixture
def outsider(db, now) -> Actor:
    """Ida Moor, who manages Penwith Trust, no party of anything yet."""
    return cast.an_actor(db, "Ida Moor", "Penwith NHS Trust", "trust", "buyer", "manager", "contract-manager", at=now)


def now_at(db, actor: Actor, at: Any, organisation: Actor | None = None) -> Actor:
    """The same person as a request made now would see them, perhaps for another organisation."""
    body = db.get_one(Organisation, (organisation or actor).organisation_id)
    return actor_for(db, db.get_one(Person, actor.person_id), body, on=at.date())


def parts(db, contract: Contract, first: date, last: date) -> dict[str, Fraction]:
    """Who shares these days, by name."""
    book = book_of(db, contract)
    names = {party.organisation.ref: party.organisation.name.split()[0] for party in book.buyers}
    return {names[ref]: part for ref, part in parts_of(book.given.members, first, last).items()}


def accepted(db, contract: Contract, period: str, *managers: Actor) -> None:
    for manager in managers:
        accept_outcome(db, contract, settled_in(db, contract, period), by=manager, at=after(period, 6))


def test_the_successor_has_the_seat_with_its_share_and_its_months(db, live, running, buyer, outsider, moderator):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    before = owed(db, live)

    carried_out(db, buyer, outsider, moderator, at=FOURTH)

    contract = db.get_one(Contract, live.id)
    assert contract.organisation_id == outsider.organisation_id
    assert parts(db, contract, date(2027, 2, 1), date(2027, 2, 28)) == {
        "Penwith": Fraction(3, 5),
        "Calder": Fraction(2, 5),
    }
    for table in (Share, Due, Measurement):
        assert db.scalars(select(table.id).where(table.organisation_id == buyer.organisation_id)).first() is None
    assert owed(db, contract) == before


def test_the_successors_people_correct_and_run_on(db, live, running, buyer, outsider, moderator):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    carried_out(db, buyer, outsider, moderator, at=FOURTH)
    contract = db.get_one(Contract, live.id)
    marta = now_at(db, running.lead, FOURTH, outsider)

    add_measurements(db, contract, JANUARY, measured(POOR, "The list was wrong."), by=marta, at=after(JANUARY, 22))
    a_month(db, contract, FEBRUARY, GOOD, marta, running.participant)

    book = book_of(db, contract)
    assert book.settled[JANUARY].number > 1
    assert {share.organisation.name for share in shares_of(db, book.settled[FEBRUARY].id)} == {
        "Penwith NHS Trust", "Calder Valley NHS Trust"
    }  # fmt: skip


def shares_of(db, settlement_id):
    return list(
        db.scalars(select(Share).where(Share.settlement_id == settlement_id).options(joinedload(Share.organisation)))
    )


def test_who_signed_stays_who_signed_and_the_page_says_whose_it_is_now(
    db, frameworks, live, running, buyer, outsider, moderator
):
    carried_out(db, buyer, outsider, moderator, at=FOURTH)

    contract = find_contract(db, live.ref, by=now_at(db, outsider, FOURTH))
    text = binding_text(db, contract)
    sheet = sheet_of(db, frameworks, contract, text, on=FOURTH.date())
    assert {name for name, *_ in sheet.signatures} == {
        "Ashdown Hospitals NHS Trust", "Calder Valley NHS Trust", "Lumen Health Ltd"
    }  # fmt: skip
    (told,) = history_of(db, contract.id)
    assert "Ashdown Hospitals NHS Trust joined Penwith NHS Trust on 20 February 2027." in told
    assert "3/5 of the fee" in told


def test_two_parties_that_become_one_have_both_shares_from_the_first_month_that_is_not_settled(
    db, live, running, buyer, other_buyer, moderator
):
    a_month(db, live, JANUARY, MIDDLING, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    posted = owed(db, live)

    carried_out(db, other_buyer, buyer, moderator, at=FOURTH)

    contract = db.get_one(Contract, live.id)
    assert parts(db, contract, date(2027, 1, 1), date(2027, 1, 31)) == {
        "Ashdown": Fraction(3, 5),
        "Calder": Fraction(2, 5),
    }
    assert parts(db, contract, date(2027, 2, 1), date(2027, 2, 28)) == {"Ashdown": Fraction(1)}
    assert owed(db, contract) == posted


def test_what_was_settled_for_two_is_worked_out_the_same_after_they_are_one(
    db, live, running, buyer, other_buyer, moderator
):
    a_month(db, live, JANUARY, MIDDLING, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    before = book_of(db, live).rated([JANUARY])[JANUARY]

    carried_out(db, other_buyer, buyer, moderator, at=FOURTH)

    contract = db.get_one(Contract, live.id)
    book = book_of(db, contract)
    assert book.rated([JANUARY])[JANUARY].lines == before.lines
    a_month(db, contract, FEBRUARY, GOOD, now_at(db, running.lead, FOURTH))
    book = book_of(db, contract)
    assert [line.share for line in book.rated([JANUARY, FEBRUARY])[FEBRUARY].lines] == [Fraction(1)]
    read = given_from(laid_out(book.given))
    assert read.members == book.given.members


def test_the_lead_that_joins_a_participant_makes_it_the_lead(db, live, running, buyer, other_buyer, moderator):
    carried_out(db, buyer, other_buyer, moderator, at=FOURTH)

    contract = db.get_one(Contract, live.id)
    there = {
        party.organisation.name: (party.role, party.weight, party.left_on) for party in parties_of(db, contract.id)
    }
    assert contract.organisation_id == other_buyer.organisation_id
    assert there["Calder Valley NHS Trust"] == ("lead", 5, None)
    assert there["Ashdown Hospitals NHS Trust"] == ("participant", 3, date(2026, 12, 31))


def test_a_variation_after_two_became_one_names_one(db, frameworks, live, running, buyer, other_buyer, moderator):
    carried_out(db, other_buyer, buyer, moderator, at=FOURTH)
    contract = find_contract(db, live.ref, by=now_at(db, buyer, FOURTH))

    text = begin_variation(
        db, frameworks, contract, {"fee-pence": "11,000.00"}, reason="One trust less to look after.",
        effective_on=date(2027, 3, 1), by=now_at(db, buyer, FOURTH), at=FOURTH,
    )  # fmt: skip

    assert [(one["name"], one["weight"]) for one in text.body["parties"] if one["role"] != "supplier"] == [
        ("Ashdown Hospitals NHS Trust", 5)
    ]


def test_nothing_passes_while_a_signature_is_outstanding(db, frameworks, live, running, buyer, outsider, moderator):
    succession = agreed(db, buyer, outsider, moderator, at=FOURTH)
    begin_variation(
        db, frameworks, live, {"fee-pence": "11,000.00"}, reason="Fewer sites.", effective_on=date(2027, 3, 1),
        by=buyer, at=FOURTH,
    )  # fmt: skip

    assert in_the_way(db, succession) == [f"text 2 of {live.ref} is written and names Ashdown Hospitals NHS Trust"]
    with raises(Conflict, match="is written and names"):
        carry_out_succession(db, succession, movers=MOVERS, by=moderator, at=FOURTH)
    assert (
        db.scalars(select(ContractParty).where(ContractParty.organisation_id == outsider.organisation_id)).all() == []
    )


def test_a_text_that_is_written_while_everything_passes_is_seen_once_the_contract_is_held(
    db, frameworks, live, running, buyer, outsider, moderator
):
    passing = passing_of(agreed(db, buyer, outsider, moderator, at=FOURTH))
    begin_variation(
        db, frameworks, live, {"fee-pence": "11,000.00"}, reason="Fewer sites.", effective_on=date(2027, 3, 1),
        by=buyer, at=FOURTH,
    )  # fmt: skip

    with raises(Conflict, match="is written and names"):
        move(db, passing, moderator, FOURTH)

    assert db.get_one(Contract, live.id).organisation_id == buyer.organisation_id


def test_two_seats_become_one_only_once_the_old_one_has_said_what_it_makes_of_its_months(
    db, live, running, buyer, other_buyer, moderator
):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead)
    a_month(db, live, FEBRUARY, GOOD, running.participant)
    succession = proposed(db, other_buyer, buyer, moderator, at=FOURTH)

    found = in_the_way(db, succession)

    assert [fact.partition(" under ")[0] for fact in found] == [
        "Calder Valley NHS Trust has not said yet what it makes of January 2027",
        "Calder Valley NHS Trust gave values for February 2027",
    ]


def test_a_contract_of_others_is_not_touched(db, live, running, buyer, other_buyer, outsider, moderator):
    elsewhere = cast.an_actor(db, "Kit Vale", "Tamar NHS Trust", "trust", "manager", at=FOURTH)

    carried_out(db, elsewhere, outsider, moderator, at=FOURTH)

    names = [party.organisation.name for party in parties_of(db, live.id)]
    assert names == ["Ashdown Hospitals NHS Trust", "Calder Valley NHS Trust", "Lumen Health Ltd"]
