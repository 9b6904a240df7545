"""A variation that adds a measure to a pilot under way: its baseline is given, locked, and then the parties sign."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.texts import begin_variation, issue_variation, recall
from marketplace.contracts.queries.outcomes.baselines import wanted_baselines
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.identity.models import Notice
from marketplace.kit.errors import Conflict, Invalid
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.contracts.agreements import organisation_of, signed_by
from tests.contracts.outcomes import measured
from tests.contracts.terms import MEASURES, WORDS

JANUARY_15, FEBRUARY_1, MARCH_1 = datetime(2027, 1, 15, 9, tzinfo=UTC), date(2027, 2, 1), date(2027, 3, 1)
CALLS = {
    "key": "calls", "label": "Calls back", "unit": "share", "better": "lower", "threshold": "0.20", "target": "0.10",
    "weight": 30, "minimum": 0, "maximum": 1, "fewest": 50, "design": "before-after", **WORDS,
}  # fmt: skip
LESS = [{**one, "weight": 40} if one["key"] == "notes" else one for one in MEASURES]
WHY = {"reason": "Patients ring back more often.", "effective_on": FEBRUARY_1}


@pytest.fixture
def added(db, frameworks, live, buyer):
    """The live contract, with a variation put before its parties that adds the measure “calls”."""
    begin_variation(db, frameworks, live, {"measures": [*LESS, CALLS]}, **WHY, by=buyer, at=JANUARY_15)
    issue_variation(db, frameworks, live, by=buyer, at=JANUARY_15)
    return live


def give(db, contract, *managers, share="0.25", at=JANUARY_15, reason=""):
    for manager in managers:
        record_baseline(db, contract, measured({"calls": (share, 200)}, reason), by=manager, at=at)


def wanted(db, contract, on=None):
    return wanted_baselines(db, book_of(db, contract), on=on or JANUARY_15.date())


def test_a_variation_that_adds_a_measure_waits_for_its_baseline_before_anybody_signs(
    db, frameworks, added, running, people
):
    with pytest.raises(Conflict, match="no baseline is locked of Calls back, which variation 2 adds"):
        signed_by(db, frameworks, added, people.participant, at=JANUARY_15)
    give(db, added, running.lead)
    with pytest.raises(Conflict, match="baselines are missing: Calls back of Calder Valley NHS Trust"):
        lock_baseline(db, added, by=running.lead, at=JANUARY_15)
    give(db, added, running.participant, share="0.35")

    lock_baseline(db, added, by=running.lead, at=JANUARY_15)
    signed_by(db, frameworks, added, *people.in_order, at=JANUARY_15)

    book = book_of(db, added)
    assert book.measures["calls"].baseline == Decimal("0.3000")
    assert book.measures["notes"].baseline == Decimal("0.7500")
    assert (book.has_late_baseline("calls"), book.has_late_baseline("notes")) == (True, False)
    assert "calls" in book.given.terms_on("2027-02").keys
    assert "calls" not in book.given.terms_on("2027-01").keys
    assert wanted(db, added).measures == ()


def test_only_what_is_added_is_given_and_it_is_locked_once(db, added, running):
    with pytest.raises(Invalid) as refused:
        record_baseline(db, added, measured({"notes": ("0.70", 90)}, "Counted anew."), by=running.lead, at=JANUARY_15)
    assert refused.value.fields["value-notes"].startswith('No baseline of "notes" is wanted')
    give(db, added, running.lead, running.participant)
    give(db, added, running.lead, share="0.24", reason="A slip.")
    lock_baseline(db, added, by=running.lead, at=JANUARY_15)

    for late in (
        lambda: give(db, added, running.lead, reason="Again."),
        lambda: lock_baseline(db, added, by=running.lead, at=JANUARY_15),
    ):
        with pytest.raises(Conflict, match="the contract is live, and no baseline is wanted"):
            late()


def test_what_was_recalled_wants_nothing_and_a_change_without_a_new_measure_neither(
    db, frameworks, added, running, people, buyer
):
    give(db, added, running.lead)
    recall(db, added, reason="Not now.", by=buyer, at=JANUARY_15)
    assert wanted(db, added).measures == ()

    begin_variation(db, frameworks, added, {"fee-pence": 1_100_000}, **WHY, by=buyer, at=JANUARY_15)
    issue_variation(db, frameworks, added, by=buyer, at=JANUARY_15)
    signed_by(db, frameworks, added, *people.in_order, at=JANUARY_15)

    assert added.parameters["fee-pence"] == 1_100_000


def test_an_organisation_that_leaves_by_the_same_variation_gives_none(db, frameworks, live, running, people, buyer):
    gone = organisation_of(people.participant)
    begin_variation(db, frameworks, live, {"measures": [*LESS, CALLS]}, **WHY, leaving=[gone], by=buyer, at=JANUARY_15)
    issue_variation(db, frameworks, live, by=buyer, at=JANUARY_15)

    assert [party.organisation.name for party in wanted(db, live).parties] == ["Ashdown Hospitals NHS Trust"]


def test_before_go_live_it_is_given_with_the_rest_or_afterwards(db, frameworks, signed, running, people, buyer, now):
    first, *others = signed.parameters["measures"]
    measures = [{**first, "weight": first["weight"] - 30}, *others, CALLS]
    begin_variation(
        db, frameworks, signed, {"measures": measures}, reason="One more.", effective_on=MARCH_1, by=buyer, at=now
    )
    issue_variation(db, frameworks, signed, by=buyer, at=now)

    assert wanted(db, signed, now.date()).keys == ("letter-minutes", "sent-in-7-days", "serious-errors", "calls")
    signed_by(db, frameworks, signed, *people.in_order, at=now)
    assert wanted(db, signed, now.date()).keys[-1] == "calls"


def test_who_runs_the_contract_is_asked_for_it(db, services, added, running):
    db.expire_on_commit = False
    db.commit()
    drain(services.database, subscribers_over(services), clock=lambda: JANUARY_15)

    titles = db.scalars(select(Notice.title).where(Notice.person_id == running.participant.person_id)).all()
    assert "Scribing together: a baseline is wanted of Calls back" in titles
