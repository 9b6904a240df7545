"""Before, during and at the end: baselines locked, going live, the safety gate, and a pilot that cannot roll over."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, select

from marketplace.assurance.models import Certificate
from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.deciding import decide_pilot, end_those_that_ran_out
from marketplace.contracts.actions.outcomes.living import go_live
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.safety import close_harm, report_harm, watch_certificate
from marketplace.contracts.actions.outcomes.telling import remind
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.models import ContractText, Hold, Measure, Measurement, PilotDecision
from marketplace.contracts.queries.outcomes import readiness
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.queries.outcomes.finance import finance_of, totals_of
from marketplace.contracts.queries.outcomes.readiness import missing_for_live
from marketplace.contracts.queries.outcomes.waiting import waiting_for
from marketplace.evidence.models import Result, Study
from marketplace.identity.models import Notice
from marketplace.identity.policies import CLOCK
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.jobs import drain
from marketplace.kit.record import Entry
from marketplace.procurement.models import Procurement
from marketplace.wiring import subscribers_over
from tests import cast
from tests.contracts.outcomes import (
    BASELINE,
    FEBRUARY,
    GOOD,
    JANUARY,
    POOR,
    a_month,
    after,
    lines,
    measured,
    owed,
    settled_in,
)

START = datetime(2027, 1, 4, 9, tzinfo=UTC)
E1 = {"letter-minutes": ("12", 300), "sent-in-7-days": ("61", 300), "serious-errors": ("1.5", 100)}
LAST = datetime(2027, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def unblocked(monkeypatch):
    """The procurement has everything that it needs to run."""
    monkeypatch.setattr(readiness, "what_blocks", lambda *_, **__: [])


# --- the baseline, and going live


def test_a_pilot_is_refused_with_every_missing_thing_named(db, frameworks, signed, running, certified, unblocked, now):
    text = db.scalars(select(ContractText)).one()
    text.parameters = {
        name: value for name, value in text.parameters.items()
        if name not in ("question", "exit-criteria", "stop-rule", "price-afterwards")
    }  # fmt: skip
    certified.is_in_force = False
    db.flush()

    with pytest.raises(Conflict) as refused:
        go_live(db, frameworks, signed, by=running.lead, at=START)

    for part in (
        "the question of the pilot is missing", "its exit criteria is missing", "its stop rule is missing",
        "the price afterwards is missing", "no certificate of this version is in force", "the baseline is not locked",
    ):  # fmt: skip
        assert part in refused.value.fact
    assert signed.state == "signed"


def test_a_draft_does_not_go_live_and_says_that_nobody_signed(db, frameworks, draft, running, certified, unblocked):
    found = [one.fact for one in missing_for_live(db, frameworks, draft, on=date(2027, 1, 4))]

    assert "not every party has signed" in found
    with pytest.raises(Conflict, match="not every party has signed"):
        go_live(db, frameworks, draft, by=running.lead, at=START)


def test_what_is_missing_from_the_procurement_is_named_too(db, frameworks, signed, running, certified):
    found = [one.fact for one in missing_for_live(db, frameworks, signed, on=date(2027, 1, 4))]

    assert len(found) > 1, "approvals and readiness were never given in this procurement"


def test_a_pilot_whose_last_day_is_over_does_not_start(db, frameworks, signed, certified, unblocked):
    found = [one.fact for one in missing_for_live(db, frameworks, signed, on=date(2027, 10, 1))]

    assert any("its last day, 30 September 2027, is over" in fact for fact in found)


def test_with_everything_there_it_goes_live_once(db, frameworks, signed, running, certified, unblocked, settled):
    for manager in (running.lead, running.participant):
        record_baseline(db, signed, measured(E1), by=manager, at=START)
    lock_baseline(db, signed, by=running.lead, at=START)

    with pytest.raises(NotAllowed):
        go_live(db, frameworks, signed, by=running.participant, at=START)
    go_live(db, frameworks, signed, by=running.lead, at=START)

    assert (signed.state, signed.live_at) == ("live", START)
    assert db.get_one(Procurement, settled.id).state == "running"
    assert "ContractWentLive" in cast.recorded(db, about=signed.id)
    with pytest.raises(Conflict, match="cannot go live a live contract"):
        go_live(db, frameworks, signed, by=running.lead, at=START)


def test_a_baseline_is_pooled_locked_and_then_nobody_changes_it(db, signed, running):
    record_baseline(db, signed, measured(E1), by=running.lead, at=START)
    with pytest.raises(Conflict, match=r"baselines are missing: .* of Calder Valley NHS Trust"):
        lock_baseline(db, signed, by=running.lead, at=START)
    record_baseline(db, signed, measured({**E1, "letter-minutes": ("15", 100)}), by=running.participant, at=START)

    locked = lock_baseline(db, signed, by=running.lead, at=START)

    assert locked[0].baseline == Decimal("12.75")
    assert locked[0].baseline_n == 400
    assert len({each.baseline_digest for each in locked}) == 1
    for again in (
        lambda: lock_baseline(db, signed, by=running.lead, at=START),
        lambda: record_baseline(db, signed, measured(E1, "Mistyped."), by=running.lead, at=START),
    ):
        with pytest.raises(Conflict, match="the baseline was locked on 4 January 2027"):
            again()


def test_a_baseline_is_added_to_and_never_edited(db, signed, running):
    record_baseline(db, signed, measured(E1), by=running.lead, at=START)

    with pytest.raises(Invalid) as refused:
        record_baseline(db, signed, measured({"letter-minutes": ("13", 300)}), by=running.lead, at=START)
    assert "never edited" in refused.value.fields["value-letter-minutes"]
    record_baseline(db, signed, measured({"letter-minutes": ("13", 300)}, "A slip."), by=running.lead, at=START)

    assert [row.turn for row in db.scalars(select(Measurement).order_by(Measurement.id))] == [1, 1, 1, 2]


@pytest.mark.parametrize("values", [{"letter-minutes": ("300", 10)}, {"letter-minutes": ("9", 0)}, {"mood": ("1", 1)}])
def test_a_baseline_that_does_not_hold_is_refused(db, signed, running, values):
    with pytest.raises(Invalid):
        record_baseline(db, signed, measured(values), by=running.lead, at=START)

    assert db.scalars(select(Measurement)).all() == []


def test_a_live_contract_takes_no_baseline(db, live, running):
    with pytest.raises(Conflict, match="the contract is live"):
        record_baseline(db, live, measured(BASELINE), by=running.lead, at=START)


def test_a_draft_takes_none_either(db, draft, running):
    with pytest.raises(Conflict, match="the contract is draft"):
        record_baseline(db, draft, measured(BASELINE), by=running.lead, at=START)


# --- the safety gate


@pytest.mark.parametrize(
    ("severity", "words", "wrong"),
    [
        ("", "", {"severity": "Say how severe it was.", "words": "Say what happened, without naming a patient."}),
        ("dire", "A slip.", {"severity": "is not one of the choices"}),
        ("low", "x" * 2_001, {"words": "1 character too long. Use at most 2,000 characters."}),
        ("low", "Trial \u202egnp", {"words": "right-to-left override"}),
    ],
)
def test_a_report_of_a_harm_is_told_everything_that_is_wrong_beside_its_field(
    db, live, running, severity, words, wrong
):
    with pytest.raises(Invalid) as refused:
        report_harm(db, live, severity=severity, words=words, by=running.safety, at=after(JANUARY))

    assert refused.value.fields.keys() == wrong.keys()
    assert all(part in refused.value.fields[name] for name, part in wrong.items())


def test_a_reason_that_is_too_long_is_told_beside_its_field(db, live, running):
    harm = report_harm(db, live, severity="low", words="A slip.", by=running.safety, at=after(JANUARY))

    with pytest.raises(Invalid) as refused:
        close_harm(db, live, harm.id, reason="x" * 2_001, by=running.safety, at=after(JANUARY))

    assert "1 character too long" in refused.value.fields["reason"]


def test_while_a_harm_is_open_the_base_fee_goes_on_and_the_rest_waits(db, live, running, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    harm = report_harm(db, live, severity="severe", words="A wrong dose.", by=lumen, at=after(JANUARY))

    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))

    assert owed(db, live) == 576_000
    with pytest.raises(NotAllowed):
        close_harm(db, live, harm.id, reason="Done.", by=running.lead, at=after(JANUARY))
    close_harm(db, live, harm.id, reason="The template was mended.", by=running.safety, at=after(FEBRUARY))
    assert lines(db, live) == [("settlement", 576_000), ("release", 144_000)]
    hold = db.scalars(select(Hold)).one()
    assert "A harm is open since 3 February 2027: severe" in hold.words
    assert "The template was mended." in hold.ended_words
    with pytest.raises(Conflict, match="it was closed on"):
        close_harm(db, live, harm.id, reason="Again.", by=running.safety, at=after(FEBRUARY))


def test_a_suspended_certificate_holds_and_a_reinstated_one_releases_what_waited(
    db, frameworks, live, running, certified
):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    certified.is_in_force = False
    for _ in range(2):
        watch_certificate(db, frameworks, live, by=CLOCK, at=after(JANUARY))
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))
    assert owed(db, live) == 576_000
    assert len(db.scalars(select(Hold)).all()) == 1

    certified.is_in_force = True
    for _ in range(2):
        watch_certificate(db, frameworks, live, by=CLOCK, at=after(FEBRUARY))

    assert owed(db, live) == 720_000
    names = cast.recorded(db, about=live.id)
    assert (names.count("OutcomeHeld"), names.count("OutcomeReleased")) == (1, 1)


def test_nothing_is_released_while_another_reason_holds(db, frameworks, live, running, certified, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    harm = report_harm(db, live, severity="near-miss", words="Noticed in time.", by=running.safety, at=after(JANUARY))
    certified.is_in_force = False
    watch_certificate(db, frameworks, live, by=CLOCK, at=after(JANUARY))
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))

    close_harm(db, live, harm.id, reason="Trained.", by=running.safety, at=after(JANUARY))
    assert owed(db, live) == 576_000

    certified.is_in_force = True
    watch_certificate(db, frameworks, live, by=CLOCK, at=after(FEBRUARY))
    assert owed(db, live) == 720_000


def test_a_suspension_holds_at_the_very_acceptance_before_anybody_heard_of_it(db, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    for certificate in db.scalars(select(Certificate)):
        certificate.state = "suspended"
    db.flush()

    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))

    assert owed(db, live) == 576_000


def test_a_credit_goes_back_even_while_it_is_held(db, live, running, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))
    report_harm(db, live, severity="low", words="A near thing.", by=lumen, at=after(JANUARY))

    for manager in (running.lead, running.participant):
        add_measurements(db, live, JANUARY, measured(POOR, "A coding error."), by=manager, at=after(FEBRUARY))

    assert owed(db, live) == 576_000


# --- how it ends


def test_a_pilot_that_nobody_decided_stops_on_its_last_day_and_says_so(db, live, running, settled):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    assert end_those_that_ran_out(db, at=LAST) == 0, "the last day still counts"

    assert end_those_that_ran_out(db, at=LAST + timedelta(days=1)) == 1

    assert (live.state, live.decision) == ("ended", "stop")
    assert "passed without a decision" in live.decision_reason
    names = cast.recorded(db, about=live.id)
    assert names[-2:] == ["PilotRanOut", "ContractEnded"]
    assert db.get_one(Procurement, settled.id).state == "closed"
    assert end_those_that_ran_out(db, at=LAST + timedelta(days=2)) == 0


def test_one_that_ran_out_can_still_be_decided_and_its_late_data_still_count(db, frameworks, live, running):
    end_those_that_ran_out(db, at=LAST + timedelta(days=1))
    a_month(db, live, "2027-06", GOOD, running.lead, running.participant, at=LAST + timedelta(days=5))

    decide_pilot(
        db,
        frameworks,
        live,
        verdict="scale",
        reasons="It met its targets.",
        by=running.lead,
        at=LAST + timedelta(days=6),
    )

    assert live.decision == "scale"
    assert [one.verdict for one in db.scalars(select(PilotDecision).order_by(PilotDecision.number))] == [
        "stop",
        "scale",
    ]
    assert settled_in(db, live, "2027-06").total_pence == 1_200_000


def test_a_negative_result_becomes_evidence_of_the_product_with_the_contract_named(
    db, frameworks, live, running, scribe
):
    for period in (JANUARY, FEBRUARY):
        a_month(db, live, period, POOR, running.lead, running.participant)

    decide_pilot(
        db, frameworks, live, verdict="stop", reasons="Letters take as long as before.", at_once=True, by=running.lead,
        at=after(FEBRUARY, 9),
    )  # fmt: skip

    study = db.scalars(select(Study)).one()
    assert (study.product_id, study.contract_ref, study.kind, study.state) == (
        scribe.id,
        live.ref,
        "pilot",
        "published",
    )
    results = {row.measure: row for row in db.scalars(select(Result))}
    assert results["Minutes per letter"].estimate == Decimal("0")
    assert results["Letters complete within a day"].estimate == Decimal("0.03")
    assert "the threshold was not reached" in results["Minutes per letter"].interpretation
    assert all("interval" in row.interpretation for row in results.values()), "it says how sure one can be, or why not"
    assert all(row.low is None or row.low < row.estimate < (row.high or 0) for row in results.values())
    assert db.scalars(select(PilotDecision.study_id)).one() == study.id


def test_a_decision_before_the_last_day_lets_it_run_on_until_then(db, frameworks, live, running):
    at = datetime(2027, 6, 5, 9, tzinfo=UTC)
    decide_pilot(db, frameworks, live, verdict="scale", reasons="Every target was met.", by=running.lead, at=at)
    assert live.state == "live"

    end_those_that_ran_out(db, at=LAST + timedelta(days=1))

    assert (live.state, live.decision) == ("ended", "scale")
    assert "PilotRanOut" not in cast.recorded(db, about=live.id)


def test_a_pilot_that_is_stopped_at_once_is_paid_by_its_days(db, frameworks, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    decide_pilot(
        db, frameworks, live, verdict="stop", reasons="The stop rule was met.", at_once=True, by=running.lead,
        at=datetime(2027, 2, 7, 9, tzinfo=UTC),
    )  # fmt: skip
    a_month(db, live, FEBRUARY, GOOD, running.lead, running.participant)

    assert settled_in(db, live, FEBRUARY).total_pence == 300_000, "7 of 28 days"
    assert book_of(db, live).periods == [JANUARY, FEBRUARY]


def test_an_extension_needs_a_later_day_and_a_reason_and_all_signatures(db, frameworks, live, running):
    at = datetime(2027, 6, 5, 9, tzinfo=UTC)
    for until, reasons, field in (None, "More time.", "until"), (date(2027, 6, 30), "More.", "until"), (
        date(2027, 10, 1), "More.", "until"), (date(2027, 9, 30), " ", "reasons"):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            decide_pilot(db, frameworks, live, verdict="extend", reasons=reasons, until=until, by=running.lead, at=at)
        assert field in refused.value.fields

    with pytest.raises(Invalid) as refused:
        decide_pilot(db, frameworks, live, verdict="", reasons="", by=running.lead, at=at)
    assert refused.value.fields.keys() == {"verdict", "reasons"}
    with pytest.raises(Invalid) as refused:
        decide_pilot(db, frameworks, live, verdict="extend", reasons="More.", at_once=True, by=running.lead, at=at)
    assert "does not end today" in refused.value.fields["at_once"]

    decide_pilot(
        db,
        frameworks,
        live,
        verdict="extend",
        reasons="Too few cases.",
        until=date(2027, 9, 30),
        by=running.lead,
        at=at,
    )

    text = db.scalars(select(ContractText).where(ContractText.number == 2)).one()
    assert (text.state, text.parameters["ends-on"], text.reason) == ("draft", "2027-09-30", "Too few cases.")
    end_those_that_ran_out(db, at=LAST + timedelta(days=1))
    assert live.state == "ended", "nobody signed the extension in time"


def test_only_the_lead_decides(db, frameworks, live, running, buyer):
    at = after(JANUARY)
    for actor in (running.participant, buyer, running.safety):
        with pytest.raises(NotAllowed):
            decide_pilot(db, frameworks, live, verdict="stop", reasons="So.", by=actor, at=at)
    with pytest.raises(Invalid):
        decide_pilot(db, frameworks, live, verdict="maybe", reasons="So.", by=running.lead, at=at)


def test_what_never_went_live_is_not_decided(db, frameworks, signed, running):
    with pytest.raises(Conflict, match="the contract is signed"):
        decide_pilot(db, frameworks, signed, verdict="stop", reasons="So.", by=running.lead, at=START)


# --- who hears, and what waits


def test_everybody_concerned_hears_what_happened_once(database, db, services, live, running, lumen, people):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    report_harm(db, live, severity="low", words="A slip.", by=running.safety, at=after(JANUARY))
    db.commit()

    for _ in range(2):
        drain(database, subscribers_over(services), clock=lambda: after(JANUARY))

    with database.reading() as fresh:
        told = fresh.scalars(select(Notice).where(Notice.person_id == lumen.person_id)).all()
        titles = [one.title for one in told]
        assert sum("January 2027 was computed" in title for title in titles) == 1
        assert sum("nothing at risk is paid for now" in title for title in titles) == 1
        assert sum("reported a harm" in title for title in titles) == 1
        mine = fresh.scalars(select(Notice.title).where(Notice.person_id == running.lead.person_id)).all()
        assert any("Calder Valley NHS Trust gave data of January 2027" in title for title in mine)
        assert fresh.scalars(select(Entry).where(Entry.name == "contracts.OutcomeComputed")).all()


def test_people_are_reminded_before_data_are_due_and_once_when_they_are_late(db, live, running):
    def told(actor) -> list[str]:
        db.flush()
        return list(db.scalars(select(Notice.title).where(Notice.person_id == actor.person_id)))

    remind(db, at=datetime(2027, 2, 2, 9, tzinfo=UTC))
    assert told(running.lead) == []
    for day in (8, 9, 9):
        remind(db, at=datetime(2027, 2, day, 9, tzinfo=UTC))
    assert [title.partition(": ")[2] for title in told(running.lead)] == ["data of January 2027 are due"]
    a_month(db, live, JANUARY, GOOD, running.lead, at=datetime(2027, 2, 9, 9, tzinfo=UTC))
    for _ in range(2):
        remind(db, at=datetime(2027, 2, 20, 9, tzinfo=UTC))

    assert len(told(running.lead)) == 1
    assert [title.partition(": ")[2] for title in told(running.participant)] == [
        "data of January 2027 are due", "data of January 2027 are late"
    ]  # fmt: skip


def test_the_desk_names_what_waits_for_each(db, live, running, lumen):
    on = date(2027, 2, 4)
    assert [item[0] for item in waiting_for(db, running.lead, on)] == [f"Give the data of January 2027 for {live.name}"]
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    db.flush()

    item = waiting_for(db, running.lead, on)[0]
    assert item[0] == f"Accept or dispute January 2027 of {live.name}"
    assert item[1].endswith(f"/periods/{JANUARY}")
    assert item[2] == "Your share is £7,200.00 before VAT."
    assert item[3] == date(2027, 2, 13)
    report_harm(db, live, severity="low", words="A slip.", by=lumen, at=after(JANUARY))
    db.flush()
    assert [one[0] for one in waiting_for(db, running.safety, on)] == [f"A harm is open in {live.name}"]
    assert any(one[0].startswith("Decide what follows") for one in waiting_for(db, running.lead, date(2027, 6, 10)))
    assert waiting_for(db, lumen, on) == []


def test_what_waits_takes_the_same_number_of_queries_for_one_contract_and_for_many(db, live, running, monkeypatch):
    def counted() -> int:
        db.flush()
        seen: list[str] = []

        def note(conn, cursor, statement, *more):
            seen.append(statement)

        event.listen(db.get_bind(), "before_cursor_execute", note)
        waiting_for(db, running.lead, date(2027, 4, 4))
        event.remove(db.get_bind(), "before_cursor_execute", note)
        return len(seen)

    few = counted()
    for period in (JANUARY, FEBRUARY):
        a_month(db, live, period, GOOD, running.lead, running.participant)

    assert counted() == few <= 9


def test_finance_sees_what_is_due_what_to_accrue_and_what_to_come(db, live, running, lumen):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    a_month(db, live, FEBRUARY, GOOD, running.lead, running.participant)
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.lead, at=after(JANUARY))
    db.flush()

    rows = finance_of(book_of(db, live), by=running.lead, on=date(2027, 4, 2))

    assert [(row.period, row.kind, row.due_pence, row.accrual_pence, row.forecast_pence) for row in rows[:4]] == [
        (JANUARY, "computed", 720_000, 0, 0),
        (FEBRUARY, "computed", 0, 720_000, 0),
        ("2027-03", "to-measure", 0, 576_000, 144_000),
        ("2027-04", "expected", 0, 0, 720_000),
    ]
    assert all(row.at_risk_pence == 144_000 for row in rows)
    assert totals_of(rows)["due_pence"] == 720_000
    every = finance_of(book_of(db, live), by=lumen, on=date(2027, 4, 2))
    assert sum(row.due_pence + row.accrual_pence + row.forecast_pence for row in every) == 7_000_000, "the cap"


def test_a_measure_without_a_counterfactual_or_with_too_few_cases_is_marked(db, live):
    measures = db.scalars(select(Measure).order_by(Measure.position)).all()

    assert [measure.key for measure in measures] == ["notes", "minutes", "gap"]
    assert [measure.baseline for measure in measures] == [Decimal("0.7500"), Decimal("13.0000"), Decimal("4.0000")]
