"""What a pilot came to follows the data that come in after it has ended, and keeps what it said before."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from marketplace.contracts import events
from marketplace.contracts.actions.outcomes.deciding import decide_pilot, end_those_that_ran_out
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.subscribers.outcomes import brings_evidence_on
from marketplace.evidence.models import Study
from marketplace.evidence.queries.studies import study_of_contract
from marketplace.kit.events import event_from
from marketplace.kit.jobs import Heard
from marketplace.kit.record import Entry
from tests.contracts.outcomes import GOOD, JANUARY, POOR, a_month, measured

JUNE = "2027-06"
ENDED = datetime(2027, 7, 1, 12, tzinfo=UTC)
LATER = ENDED + timedelta(days=5)


def hear(db) -> None:
    """The last data that were added, as a subscriber hears of them, twice."""
    db.flush()
    added = select(Entry).where(Entry.name == events.MeasurementsAdded.recorded_as)
    entry = db.scalars(added.order_by(Entry.id.desc())).first()
    heard = Heard(event_from(entry.name, entry.payload), LATER, None, None, str(entry.id))
    for _ in range(2):
        brings_evidence_on(db, heard)


def study_of(db, contract) -> Study:
    db.expire_all()
    study = study_of_contract(db, contract.ref)
    assert study is not None
    return study


def test_data_of_the_last_month_count_once_all_have_given_them(db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    end_those_that_ran_out(db, at=ENDED)
    before = study_of(db, live).participants

    add_measurements(db, live, JUNE, measured(GOOD), by=running.lead, at=LATER)
    hear(db)
    assert (study_of(db, live).participants, study_of(db, live).corrections) == (before, [])
    add_measurements(db, live, JUNE, measured(GOOD), by=running.participant, at=LATER)
    hear(db)

    study = study_of(db, live)
    assert study.participants == 2 * before
    assert [one.reason for one in study.corrections] == ["Data of June 2027 came in after the pilot had ended."]
    assert study.corrections[0].before["participants"] == before


def test_a_pilot_whose_only_month_ended_with_it_has_its_result(db, live, running):
    end_those_that_ran_out(db, at=ENDED)
    assert study_of(db, live).results == []

    a_month(db, live, JUNE, GOOD, running.lead, running.participant, at=LATER)
    hear(db)

    found = {result.estimate for result in study_of(db, live).results}
    assert Decimal(-5) in found, "13 minutes before, 8 now"


def test_corrected_data_say_why(db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    end_those_that_ran_out(db, at=ENDED)

    add_measurements(db, live, JANUARY, measured(GOOD, "The clock started too late."), by=running.lead, at=LATER)
    hear(db)

    assert (
        study_of(db, live).corrections[0].reason == "Data of January 2027 were corrected: The clock started too late."
    )


def test_a_late_decision_stands_in_the_study_too(db, frameworks, live, running):
    end_those_that_ran_out(db, at=ENDED)

    decide_pilot(db, frameworks, live, verdict="scale", reasons="It met its targets.", by=running.lead, at=LATER)

    assert study_of(db, live).summary == "Decided: scale. It met its targets."


def test_what_was_retracted_stays_as_it_is(db, live, running):
    end_those_that_ran_out(db, at=ENDED)
    study = study_of(db, live)
    study.state, study.state_reason = "retracted", "The wrong product."

    a_month(db, live, JUNE, GOOD, running.lead, running.participant, at=LATER)
    hear(db)

    assert study_of(db, live).results == []


def test_while_a_pilot_runs_nothing_is_evidence_yet(db, live, running):
    a_month(db, live, JANUARY, POOR, running.lead, running.participant)
    hear(db)

    assert study_of_contract(db, live.ref) is None
