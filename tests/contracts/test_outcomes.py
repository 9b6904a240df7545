"""Outcomes: measured, computed, accepted, disputed, corrected; and the ledger that follows to the penny."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from marketplace.contracts.actions.outcomes.importing import import_measurements, preview_measurements
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.settling import Cause, compute_period, settle_again
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome, dispute_outcome, resolve_dispute
from marketplace.contracts.models import ContractParty, Due, Measurement, Settlement
from marketplace.contracts.queries.outcomes.books import book_of, open_disputes
from marketplace.contracts.rules.given import given_from
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.values import replace
from tests import cast
from tests.contracts.outcomes import (
    FEBRUARY,
    GOOD,
    JANUARY,
    MARCH,
    MIDDLING,
    POOR,
    a_month,
    after,
    lines,
    measured,
    owed,
    settled_in,
)

# A fee of £12,000 a month, 20 % at risk, shared 3 to 2.
WHOLE, BASE = 1_200_000, 960_000
MIDDLE = BASE + 240_000 * (70 * 2 // 5 + 30 // 2) // 100


def accepted(db, contract, period, *managers, at=None):
    for manager in managers:
        settlement = settled_in(db, contract, period)
        accept_outcome(db, contract, settlement, by=manager, at=at or after(period, 5))


def test_a_month_is_computed_when_the_last_data_are_in_and_shared_to_the_penny(db, live, running):
    assert a_month(db, live, JANUARY, MIDDLING, running.lead) is None

    settlement = a_month(db, live, JANUARY, MIDDLING, running.participant)

    assert settlement.total_pence == MIDDLE == 1_063_200
    assert [share.base_pence + share.at_risk_pence for share in settlement.shares] == [637_920, 425_280]
    assert [share.part for share in settlement.shares] == ["3/5", "2/5"]
    assert cast.recorded(db, about=live.id)[-2:] == ["MeasurementsAdded", "OutcomeComputed"]
    assert lines(db, live) == []


def test_acceptance_makes_each_share_due_once_and_closes_the_month(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)

    accepted(db, live, JANUARY, running.lead)
    assert lines(db, live) == [("settlement", 720_000)]
    assert settled_in(db, live, JANUARY).state == "computed"
    accepted(db, live, JANUARY, running.participant)

    assert lines(db, live) == [("settlement", 720_000), ("settlement", 480_000)]
    assert settled_in(db, live, JANUARY).state == "closed"
    assert cast.recorded(db, about=live.id).count("AmountDue") == 2


def test_who_accepts_again_is_told_who_did_and_when(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead)

    with pytest.raises(Conflict, match="Marta Lind accepted this outcome for your organisation on 5 February 2027"):
        accepted(db, live, JANUARY, running.lead)
    with pytest.raises(Conflict, match="accepted"):
        dispute_outcome(
            db,
            live,
            settled_in(db, live, JANUARY),
            measures=["notes"],
            reason="No.",
            by=running.lead,
            at=after(JANUARY),
        )

    assert len(lines(db, live)) == 1


def test_nobody_but_the_contract_managers_of_those_who_pay_measures_or_accepts(
    db, live, running, buyer, lumen, people, now
):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    stranger = cast.an_actor(db, "Rhys Moss", "Trent Dale NHS Trust", "trust", "contract-manager", at=now)

    for actor in (buyer, lumen, people.lead, stranger, running.safety):
        with pytest.raises(NotAllowed):
            accept_outcome(db, live, settlement, by=actor, at=after(JANUARY))
        with pytest.raises(NotAllowed):
            add_measurements(db, live, JANUARY, measured(GOOD), by=actor, at=after(JANUARY))


# --- what is given


@pytest.mark.parametrize(
    ("period", "values", "field", "part"),
    [
        ("2027-04", GOOD, "period", "not over yet"),
        ("2026-12", GOOD, "period", "outside the contract"),
        ("2027-07", GOOD, "period", "outside the contract"),
        (JANUARY, {"notes": ("1.2", 400)}, "value-notes", "outside what"),
        (JANUARY, {"minutes": ("-1", 400)}, "value-minutes", "outside what"),
        (JANUARY, {"notes": ("0.9", 0)}, "value-notes", "from no case"),
        (JANUARY, {"mood": ("1", 10)}, "value-mood", "not a measure"),
        (JANUARY, {"notes": (None, 0)}, "value-notes", "no reason"),
    ],
)
def test_data_that_do_not_hold_are_refused_with_what_to_do(db, live, running, period, values, field, part):
    with pytest.raises(Invalid) as refused:
        add_measurements(db, live, period, measured(values), by=running.lead, at=after(MARCH))

    said = refused.value.fact + " " + " ".join(refused.value.fields.values())
    assert part in said
    assert field in refused.value.fields
    assert db.scalars(select(Measurement).where(Measurement.kind == "period")).all() == []


def test_a_month_ends_at_midnight_in_london_and_not_before(db, live, running):
    before = datetime(2027, 3, 31, 22, 59, tzinfo=UTC)  # 23:59 in London: summer time has begun

    with pytest.raises(Invalid, match="March 2027 is not over yet"):
        add_measurements(db, live, MARCH, measured(GOOD), by=running.lead, at=before)

    add_measurements(db, live, MARCH, measured(GOOD), by=running.lead, at=before + timedelta(minutes=1))


def test_a_month_given_twice_is_refused_and_with_a_reason_it_is_added(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead)

    with pytest.raises(Invalid) as refused:
        a_month(db, live, JANUARY, {"notes": ("0.9", 300)}, running.lead)
    assert "was given on 3 February 2027: 0.95" in refused.value.fields["value-notes"]

    add_measurements(
        db,
        live,
        JANUARY,
        measured({"notes": ("0.9", 300)}, "Two wards were left out."),
        by=running.lead,
        at=after(JANUARY),
    )
    rows = db.scalars(select(Measurement).where(Measurement.period == JANUARY, Measurement.turn == 2)).all()
    assert [(row.reason, row.replaces_id is not None) for row in rows] == [("Two wards were left out.", True)]


def test_what_is_stated_as_missing_is_pooled_from_the_others(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead)

    add_measurements(
        db, live, JANUARY, measured({"notes": (None, 0), "gap": (None, 0), "minutes": ("8", 90)}, "The extract failed."),
        by=running.participant, at=after(JANUARY),
    )  # fmt: skip

    assert settled_in(db, live, JANUARY).total_pence == WHOLE


def test_a_month_is_not_computed_while_data_are_missing_and_says_whose(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead)
    add_measurements(db, live, JANUARY, measured({"notes": ("0.9", 100)}), by=running.participant, at=after(JANUARY))

    with pytest.raises(Conflict) as refused:
        compute_period(db, live, JANUARY, by=running.lead, at=after(JANUARY))

    assert "Minutes per letter of Calder Valley NHS Trust" in refused.value.fact


def test_too_few_cases_are_not_paid_on_until_late_data_bring_enough(db, live, running):
    few = {key: (value, 20) for key, (value, _) in GOOD.items()}
    a_month(db, live, JANUARY, few, running.lead, running.participant)
    assert settled_in(db, live, JANUARY).total_pence == BASE
    accepted(db, live, JANUARY, running.lead, running.participant)

    add_measurements(db, live, JANUARY, measured(GOOD, "The rest came late."), by=running.lead, at=after(FEBRUARY))

    assert owed(db, live) == WHOLE
    assert [kind for kind, _ in lines(db, live)] == ["settlement", "settlement", "correction", "correction"]


def test_a_guard_measure_takes_the_part_at_risk_away(db, live, running):
    a_month(db, live, JANUARY, {**GOOD, "gap": ("6", 400)}, running.lead, running.participant)

    assert settled_in(db, live, JANUARY).total_pence == BASE


# --- corrections


def test_an_open_month_is_computed_again_and_nothing_is_due_yet(db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)

    add_measurements(db, live, JANUARY, measured(GOOD, "Wrong ward."), by=running.lead, at=after(JANUARY, 4))

    settlement = settled_in(db, live, JANUARY)
    assert (settlement.number, settlement.state, settlement.reason) == (
        2,
        "computed",
        "Ashdown Hospitals NHS Trust: Wrong ward.",
    )
    assert settlement.total_pence > BASE
    assert lines(db, live) == []


def test_whoever_accepts_what_was_computed_again_meanwhile_is_shown_the_newer_one(db, live, running):
    old = a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    add_measurements(db, live, JANUARY, measured(GOOD, "Wrong ward."), by=running.lead, at=after(JANUARY, 4))

    with pytest.raises(Conflict, match="computed again while your page was open"):
        accept_outcome(db, live, old, by=running.participant, at=after(JANUARY, 5))


def test_a_closed_month_gets_a_line_for_the_difference_to_each_trust(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)

    for manager in (running.lead, running.participant):
        add_measurements(db, live, JANUARY, measured(MIDDLING, "A coding error."), by=manager, at=after(MARCH))

    settlement = settled_in(db, live, JANUARY)
    assert settlement.state == "closed"
    assert owed(db, live, JANUARY) == settlement.total_pence == MIDDLE
    assert all(pence < 0 for kind, pence in lines(db, live, JANUARY) if kind == "correction")
    assert [share.is_carried for share in settlement.shares] == [True, True]


def test_the_lines_add_up_to_rating_the_final_data_at_once_whatever_came_in_between(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    a_month(db, live, FEBRUARY, POOR, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    accepted(db, live, FEBRUARY, running.participant)
    add_measurements(db, live, JANUARY, measured(POOR, "Late."), by=running.lead, at=after(MARCH))
    add_measurements(db, live, FEBRUARY, measured(MIDDLING, "Late."), by=running.participant, at=after(MARCH))
    accepted(db, live, FEBRUARY, running.lead, at=after(MARCH))
    add_measurements(db, live, JANUARY, measured(MIDDLING, "Later."), by=running.lead, at=after(MARCH, 9))

    basis = settled_in(db, live, JANUARY).basis
    at_once = given_from(basis).rated()
    assert owed(db, live) == sum(rated.total_pence for rated in at_once)
    by_trust = {
        share.organisation_id: sum(
            due.net_pence for due in db.scalars(select(Due)) if due.organisation_id == share.organisation_id
        )
        for share in settled_in(db, live, JANUARY).shares
    }
    book = book_of(db, live)
    for party in book.buyers:
        assert by_trust[party.organisation_id] == sum(r.line_of(party.organisation.ref).net_pence for r in at_once)


def test_anybody_can_recompute_a_settlement_from_what_it_keeps(db, live, running, frameworks):
    a_month(db, live, JANUARY, MIDDLING, running.lead, running.participant)
    settlement = settled_in(db, live, JANUARY)

    given = {name: value for name, value in settlement.basis.items() if name != "period"}
    found = CALCULATORS["settle"].work(given, frameworks).document

    assert found["total_pence"] == settlement.total_pence
    assert sorted(found["owed_pence"].values()) == sorted(s.base_pence + s.at_risk_pence for s in settlement.shares)


def test_the_cap_of_the_term_is_shared_after_it_is_applied_and_a_correction_frees_it_again(db, live_with, running):
    live = live_with(cap_pence=1_500_000)
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    a_month(db, live, FEBRUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    accepted(db, live, FEBRUARY, running.lead, running.participant)
    assert owed(db, live) == 1_500_000
    assert owed(db, live, FEBRUARY) == 300_000

    for manager in (running.lead, running.participant):
        add_measurements(db, live, JANUARY, measured(POOR, "A coding error."), by=manager, at=after(MARCH))

    assert owed(db, live, JANUARY) == BASE
    assert owed(db, live, FEBRUARY) == 1_500_000 - BASE
    assert owed(db, live) == 1_500_000


def test_computing_again_without_a_change_changes_nothing(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead)
    before = db.scalars(select(Settlement)).all()

    assert settle_again(db, live, Cause(running.lead, after(MARCH), "Nothing.")) == []

    assert db.scalars(select(Settlement)).all() == before
    with pytest.raises(Conflict, match="computed already"):
        compute_period(db, live, JANUARY, by=running.lead, at=after(JANUARY))


# --- parties that change


def test_a_trust_that_leaves_shares_the_days_until_then_and_the_others_carry_the_rest(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    row = db.scalars(
        select(ContractParty).where(ContractParty.organisation_id == running.participant.organisation_id)
    ).one()
    row.left_on = date(2027, 1, 10)
    db.flush()

    settle_again(db, live, Cause(running.lead, after(MARCH), "Calder Valley left."))

    assert owed(db, live, JANUARY) == WHOLE
    given = given_from(settled_in(db, live, JANUARY).basis)
    parts = {line.organisation: line.share for line in given.rated()[0].lines}
    assert sorted(parts.values()) == sorted([1 - parts[min(parts, key=parts.get)], min(parts.values())])
    a_month(db, live, FEBRUARY, GOOD, running.lead)
    assert [share.part for share in settled_in(db, live, FEBRUARY).shares] == ["1"]
    with pytest.raises(Invalid, match="takes no part in the contract in February 2027"):
        a_month(db, live, FEBRUARY, GOOD, running.participant)


# --- disputes


def test_only_what_the_disputed_measure_earned_is_withheld_and_it_is_listed_until_resolved(db, live, running):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)

    dispute = dispute_outcome(
        db, live, settlement, measures=["minutes"], reason="The clock starts too late.", by=running.participant,
        at=after(JANUARY),
    )  # fmt: skip

    withheld = 480_000 - owed(db, live)
    assert withheld == 240_000 * 30 // 100 * 2 // 5 == 28_800
    assert [one.id for one in open_disputes(db, live.id)] == [dispute.id]
    assert settled_in(db, live, JANUARY).state == "computed"

    resolve_dispute(
        db, live, dispute.id, outcome="withdrawn", reason="We agreed on the definition.", by=running.participant,
        at=after(FEBRUARY),
    )  # fmt: skip
    assert open_disputes(db, live.id) == []
    assert lines(db, live)[-1] == ("release", 28_800)
    accepted(db, live, JANUARY, running.lead)
    assert settled_in(db, live, JANUARY).state == "closed"
    assert owed(db, live) == WHOLE


def test_a_dispute_ends_with_an_agreed_value_and_everybody_gets_the_difference(db, live, running):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead)
    dispute = dispute_outcome(
        db,
        live,
        settlement,
        measures=["minutes"],
        reason="Half were double counted.",
        by=running.participant,
        at=after(JANUARY),
    )

    agreed = [Measured("minutes", Decimal(12), 400)]
    resolve_dispute(
        db, live, dispute.id, outcome="agreed", reason="Agreed with Lumen on 3 March.", agreed=agreed,
        by=running.participant, at=after(FEBRUARY),
    )  # fmt: skip

    settlement = settled_in(db, live, JANUARY)
    assert settlement.number == 2
    accepted_total = BASE + 240_000 * (70 + 15) // 100
    assert owed(db, live) == settlement.total_pence == accepted_total


def test_a_dispute_needs_a_measure_and_a_reason_and_is_resolved_by_whoever_opened_it(db, live, running):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    for measures, reason, field in ([], "Why.", "measures"), (["mood"], "Why.", "measures"), (["notes"], " ", "reason"):
        with pytest.raises(Invalid) as refused:
            dispute_outcome(db, live, settlement, measures=measures, reason=reason, by=running.lead, at=after(JANUARY))
        assert field in refused.value.fields

    dispute = dispute_outcome(
        db, live, settlement, measures=["notes"], reason="Why.", by=running.lead, at=after(JANUARY)
    )
    with pytest.raises(Conflict, match="another organisation disputes this"):
        resolve_dispute(
            db, live, dispute.id, outcome="withdrawn", reason="No.", by=running.participant, at=after(FEBRUARY)
        )
    for outcome, agreed in ("agreed", []), ("withdrawn", measured({"notes": ("0.8", 9)})), ("maybe", []):
        with pytest.raises(Invalid):
            resolve_dispute(
                db, live, dispute.id, outcome=outcome, reason="So.", agreed=agreed, by=running.lead, at=after(FEBRUARY)
            )


def test_whoever_disputes_a_guard_withholds_the_whole_part_at_risk(db, live, running):
    settlement = a_month(db, live, JANUARY, GOOD, running.lead, running.participant)

    dispute_outcome(
        db, live, settlement, measures=["gap"], reason="Wrong groups.", by=running.participant, at=after(JANUARY)
    )

    assert owed(db, live) == BASE * 2 // 5


def test_what_was_carried_over_from_before_a_correction_can_still_be_disputed(db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    accepted(db, live, JANUARY, running.lead, running.participant)
    add_measurements(db, live, JANUARY, measured(GOOD, "A coding error."), by=running.lead, at=after(FEBRUARY))
    assert owed(db, live) > BASE

    dispute_outcome(
        db, live, settled_in(db, live, JANUARY), measures=["notes", "minutes"], reason="Not agreed.",
        by=running.participant, at=after(FEBRUARY),
    )  # fmt: skip

    assert lines(db, live)[-1][1] < 0
    share = next(
        s for s in settled_in(db, live, JANUARY).shares if s.organisation_id == running.participant.organisation_id
    )
    assert (
        sum(due.net_pence for due in db.scalars(select(Due)) if due.organisation_id == share.organisation_id)
        == share.base_pence
    )


# --- from a file


HEADER = "month,measure,value,cases,reason\r\n"


def test_a_file_is_looked_at_first_and_then_brought_in_whole(db, live, running):
    content = (HEADER + "".join(
        f"{month},{key},{value},{count},\r\n" for month in (JANUARY, FEBRUARY) for key, (value, count) in GOOD.items()
    )).encode()  # fmt: skip

    preview = preview_measurements(db, live, content, by=running.lead, at=after(FEBRUARY))
    assert len(preview.rows) == 6
    assert preview.faults == []
    assert db.scalars(select(Measurement).where(Measurement.kind == "period")).all() == []

    for manager in (running.lead, running.participant):
        import_measurements(db, live, content, name="winter.csv", by=manager, at=after(FEBRUARY))

    rows = db.scalars(select(Measurement).where(Measurement.kind == "period")).all()
    assert {row.source_digest for row in rows} == {preview.digest}
    assert settled_in(db, live, FEBRUARY).total_pence == WHOLE


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("2027-13,notes,0.9,10,", "is not a month"),
        ("2027-05,notes,0.9,10,", "not over yet"),
        ("2026-11,notes,0.9,10,", "outside the contract"),
        ("2027-01,mood,0.9,10,", "is not a measure"),
        ("2027-01,notes,NaN,10,", "is not a number"),
        ("2027-01,notes,1.01,10,", "outside what"),
        ("2027-01,notes,0.9,-4,", "number of cases"),
        ("2027-01,notes,0.9,1234567890123,", "The largest number taken is 1,000,000,000."),
        ("2027-01,notes,,,", "no reason"),
        ("2027-01,minutes,9,10,\r\n2027-01,minutes,9,10,", "stands twice"),
        ("2027-01,notes,0.9", "of the 5 cells"),
    ],
)
def test_a_file_with_a_bad_row_brings_in_nothing_and_names_the_row(db, live, running, row, part):
    content = (HEADER + "2027-01,gap,2,400,\r\n" + row + "\r\n").encode()

    with pytest.raises(Invalid) as refused:
        import_measurements(db, live, content, name="winter.csv", by=running.lead, at=after(FEBRUARY))

    assert part in " ".join(refused.value.fields.values())
    assert next(iter(refused.value.fields)).startswith("row ")
    assert db.scalars(select(Measurement).where(Measurement.kind == "period")).all() == []


@pytest.mark.parametrize(
    ("content", "part"),
    [(b"", "no header"), (b"month,measure\r\n2027-01,notes\r\n", "no column"), (HEADER.encode(), "no rows"),
     (HEADER.encode() + b"2027-01,n\xffotes,1,1,\r\n", "not UTF-8")],
)  # fmt: skip
def test_what_is_no_table_of_measurements_is_refused(db, live, running, content, part):
    with pytest.raises(Invalid, match=part):
        preview_measurements(db, live, content, by=running.lead, at=after(FEBRUARY))


def test_the_data_of_another_trust_cannot_be_given_by_pretending_to_act_for_it(db, live, running):
    liar = replace(running.lead, organisation_id=running.safety.person_id)

    with pytest.raises(NotAllowed):
        add_measurements(db, live, JANUARY, measured(GOOD), by=liar, at=after(JANUARY))
