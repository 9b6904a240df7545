"""What was done keeps the obligation to do it; nobody ticks what the record shows already."""

from sqlalchemy import select

from marketplace.contracts.actions.outcomes.verdicts import accept_outcome
from marketplace.contracts.models import Obligation
from marketplace.kit.jobs import drain
from marketplace.wiring import subscribers_over
from tests.contracts.outcomes import GOOD, JANUARY, a_month, after, measured, settled_in
from tests.contracts.outcomes import add_measurements as add


def kept(db, contract, key):
    """Whose obligation of that key is done."""
    rows = select(Obligation).where(Obligation.contract_id == contract.id, Obligation.key == key)
    return {one.organisation_id for one in db.scalars(rows) if one.done_at is not None}


def everybody_hears(db, services):
    db.commit()
    drain(services.database, subscribers_over(services), clock=services.clock)
    db.expire_all()


def test_a_locked_baseline_keeps_the_obligation_to_record_it(db, services, live, running):
    everybody_hears(db, services)

    assert kept(db, live, "baseline") == {running.lead.organisation_id, running.participant.organisation_id}


def test_only_who_gave_every_measure_of_a_month_has_sent_it(db, services, live, running):
    add(db, live, JANUARY, measured(GOOD), by=running.lead, at=after(JANUARY))
    add(db, live, JANUARY, measured(GOOD)[:1], by=running.participant, at=after(JANUARY))

    everybody_hears(db, services)

    assert kept(db, live, f"measurements.{JANUARY}") == {running.lead.organisation_id}


def test_accepting_keeps_the_obligation_of_that_month_and_organisation_alone(db, services, live, running):
    a_month(db, live, JANUARY, GOOD, running.lead, running.participant)
    accept_outcome(db, live, settled_in(db, live, JANUARY), by=running.participant, at=after(JANUARY, 9))

    everybody_hears(db, services)
    everybody_hears(db, services)

    assert kept(db, live, f"acceptance.{JANUARY}") == {running.participant.organisation_id}
    assert kept(db, live, "acceptance.2027-02") == set()
