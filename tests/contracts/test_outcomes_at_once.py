"""Fifty people accept the same outcome at the same moment, on both databases: one settlement, and clear refusals."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.models import Due, Settlement, Share
from marketplace.contracts.queries import facts
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.kit.errors import Conflict
from marketplace.kit.record import Entry
from tests import cast
from tests.contracts.agreements import a_settled_procurement, signers
from tests.contracts.outcomes import (
    GOOD,
    JANUARY,
    POOR,
    a_certificate,
    a_live_contract,
    a_month,
    after,
    measured,
    those_who_run,
)

MANY = 50
LEAD = "Ashdown Hospitals NHS Trust"


@pytest.fixture
def scene(either_database, frameworks, monkeypatch, now):
    """A live contract whose January is computed, and fifty contract managers of its lead."""
    monkeypatch.setattr(facts, "certificate_in_force", lambda *_, **__: _Certificate)
    with either_database.writing() as db:
        buyer = cast.an_actor(db, "Grace Okafor", LEAD, "trust", "buyer", at=now)
        other = cast.an_actor(db, "Tom Bevan", "Calder Valley NHS Trust", "trust", "buyer", at=now)
        lumen = cast.an_actor(db, "Priya Raman", "Lumen Health Ltd", "supplier", "supplier-manager", at=now)
        scribe = cast.a_product(db, of=lumen, at=now)
        settled = a_settled_procurement(db, scribe, lead=buyer, others=(other,), at=now)
        running = those_who_run(db, at=now)
        a_certificate(db, scribe, at=now)
        contract = a_live_contract(
            db, frameworks, settled, signers(db, supplier=lumen, at=now), running, by=buyer, at=now
        )
        a_month(db, contract, JANUARY, GOOD, running.lead, running.participant)
        crowd = [cast.an_actor(db, f"Manager {n}", LEAD, "trust", "contract-manager", at=now) for n in range(MANY)]
        return contract.ref, crowd, running


class _Certificate:
    ref, framework_id, framework_version = "CER-7K3M-QX9F-C", "dtac", 1
    issued_on = after("2026-10").date()


def at_the_same_time(works):
    """Run each in its own thread, all released at once; what each returned or raised."""
    gate = Barrier(len(works))

    def run(work):
        gate.wait(timeout=30)
        while True:
            try:
                return work()
            except OperationalError:
                continue  # the database was busy, as it told: a person tries again
            except Conflict as refusal:
                return refusal

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_of_fifty_acceptances_at_once_one_counts_and_the_others_are_told_who_accepted(either_database, scene):
    ref, crowd, _ = scene

    def accept(by) -> int:
        with either_database.writing() as db:
            contract = find_contract(db, ref, by=by)
            settlement = book_of(db, contract).settled[JANUARY]
            due = accept_outcome(db, contract, settlement, by=by, at=after(JANUARY))
            return due.net_pence if due else 0

    said = at_the_same_time([lambda by=by: accept(by) for by in crowd])

    refusals = [one for one in said if isinstance(one, Conflict)]
    assert [one for one in said if not isinstance(one, Conflict)] == [720_000]
    assert len(refusals) == MANY - 1
    assert all("accepted this outcome for your organisation" in one.fact and one.hint for one in refusals)
    with either_database.reading() as db:
        assert [due.net_pence for due in db.scalars(select(Due))] == [720_000]
        assert db.scalars(select(Share.verdict).where(Share.verdict != "")).all() == ["accepted"]
        events = [
            name
            for name in db.scalars(select(Entry.name))
            if name in ("contracts.OutcomeAccepted", "contracts.AmountDue")
        ]
        assert sorted(events) == ["contracts.AmountDue", "contracts.OutcomeAccepted"]


def test_acceptances_and_corrections_at_once_end_where_rating_the_final_data_would(either_database, scene):
    ref, _, running = scene

    def accept(by):
        with either_database.writing() as db:
            contract = find_contract(db, ref, by=by)
            accept_outcome(db, contract, book_of(db, contract).settled[JANUARY], by=by, at=after(JANUARY, 6))

    def correct(by, values):
        with either_database.writing() as db:
            contract = find_contract(db, ref, by=by)
            add_measurements(db, contract, JANUARY, measured(values, "A slip."), by=by, at=after(JANUARY, 5))

    works = [lambda: accept(running.lead), lambda: accept(running.participant)]
    works += [lambda by=by, values=values: correct(by, values) for values in (POOR, GOOD, POOR)
              for by in (running.lead, running.participant)]  # fmt: skip
    at_the_same_time(works)

    with either_database.writing() as db:
        contract = find_contract(db, ref, by=running.lead)
        settlement = book_of(db, contract).settled[JANUARY]
        for share in settlement.shares:
            if not share.verdict:
                by = running.lead if share.organisation_id == running.lead.organisation_id else running.participant
                accept_outcome(db, contract, settlement, by=by, at=after(JANUARY, 9))
        db.flush()
        book = book_of(db, contract)
        rated = book.rated([JANUARY])[JANUARY]
        assert sum(due.net_pence for due in db.scalars(select(Due))) == rated.total_pence
        for party in book.buyers:
            assert (
                book.posted[JANUARY, party.organisation_id].net_pence == rated.line_of(party.organisation.ref).net_pence
            )
        numbers = db.scalars(select(Settlement.number).order_by(Settlement.number)).all()
        assert numbers == list(range(1, len(numbers) + 1))
