"""A pilot month by month: baseline, go-live, measurements, what was accepted, disputed, corrected, and how it ended."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.deciding import decide_pilot
from marketplace.contracts.actions.outcomes.living import go_live
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.safety import report_harm
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome, dispute_outcome, resolve_dispute
from marketplace.contracts.models import Settlement
from marketplace.contracts.queries.outcomes.books import open_disputes
from marketplace.demonstration.pilots.agreeing import contract_of
from marketplace.demonstration.pilots.content import Calendar, HappenedOf, PilotOf, measured
from marketplace.demonstration.pilots.preparing import procurement_of
from marketplace.demonstration.stage import Scene, Stage
from marketplace.identity.policies import Actor
from marketplace.procurement.actions.joint.holding import own_part
from marketplace.procurement.actions.joint.preparing import tick_readiness
from marketplace.procurement.models import Readiness

FOUND, READY, LOCKED, LIVE = 20, 12, 9, -2
"""Days before the first day of the pilot; live two days after it: the Friday before a weekend would be too early."""
REPORTED, ANSWERED, MENDED, AGREED = 6, 12, 18, 24
"""Days of the month that follows the one that is told of."""
RUNS = "contract-manager"


def scenes(stage: Stage, pilot: PilotOf, calendar: Calendar) -> Iterator[Scene]:
    """Everything from the baseline on."""
    for place, party in enumerate(pilot.parties):
        name = party.organisation
        found, ready = calendar.before(FOUND, 30 * place), calendar.before(READY, 30 * place)
        yield Scene(found, partial(_find_baseline, stage, pilot, name, found))
        yield Scene(ready, partial(_make_ready, stage, pilot, name, ready))
    locked, live = calendar.before(LOCKED), calendar.before(LIVE)
    yield Scene(locked, partial(_lock, stage, pilot, locked))
    yield Scene(live, partial(_go_live, stage, pilot, live))
    for month in range(1, months_of(pilot) + 1):
        yield from _month(stage, pilot, calendar, month)
    if pilot.ends is not None:
        at = calendar.moment(calendar.ends + timedelta(days=pilot.ends.days_after))
        yield Scene(at, partial(_end, stage, pilot, at))


def months_of(pilot: PilotOf) -> int:
    """How many months were measured."""
    return len(next(iter(next(iter(pilot.measured.values())).values())))


def _month(stage: Stage, pilot: PilotOf, calendar: Calendar, month: int) -> Iterator[Scene]:
    period = calendar.period(month)
    happened = [one for one in pilot.happened if one.month == month]
    disputing = {one.organisation for one in happened if one.dispute}
    is_open = month > months_of(pilot) - pilot.waiting
    for place, party in enumerate(pilot.parties):
        name = party.organisation
        at = calendar.after(month, REPORTED, 20 * place)
        yield Scene(at, partial(_measure, stage, pilot, name, month, period, at))
        waits = is_open and place == 0
        if name not in disputing and not waits:
            at = calendar.after(month, ANSWERED, 20 * place)
            yield Scene(at, partial(_accept, stage, pilot, name, period, at))
    for one in happened:
        at = calendar.after(month, AGREED if one.resolve else MENDED if one.correct else ANSWERED, 90)
        yield Scene(at, partial(_happen, stage, pilot, one, period, at))


def _find_baseline(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, name, RUNS)
    rows = [measured(key, written) for key, written in pilot.baseline[name].items()]
    record_baseline(db, contract_of(db, pilot, by), rows, by=by, at=at)


def _make_ready(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, name, "buyer")
    procurement = procurement_of(db, pilot, by)
    party = own_part(procurement, by)
    for item in db.scalars(select(Readiness).where(Readiness.party_id == party.id)).all():
        if item.done_at is None:
            tick_readiness(db, procurement, party, item, is_done=True, by=by, at=at)


def _lock(stage: Stage, pilot: PilotOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, pilot.lead, RUNS)
    lock_baseline(db, contract_of(db, pilot, by), by=by, at=at)


def _go_live(stage: Stage, pilot: PilotOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, pilot.lead, RUNS)
    go_live(db, stage.frameworks, contract_of(db, pilot, by), by=by, at=at)


def _measure(stage: Stage, pilot: PilotOf, name: str, month: int, period: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, name, RUNS)
    rows = [measured(key, written[month - 1]) for key, written in pilot.measured[name].items()]
    add_measurements(db, contract_of(db, pilot, by), period, rows, by=by, at=at)


def settlement_of(db: Session, pilot: PilotOf, period: str, by: Actor) -> Settlement:
    """The settlement of a month that counts now."""
    contract = contract_of(db, pilot, by)
    rows = select(Settlement).options(selectinload(Settlement.shares)).where(Settlement.contract_id == contract.id)
    return db.scalars(rows.where(Settlement.period == period).order_by(Settlement.number.desc()).limit(1)).one()


def _accept(stage: Stage, pilot: PilotOf, name: str, period: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, name, RUNS)
    settlement = settlement_of(db, pilot, period, by)
    accept_outcome(db, contract_of(db, pilot, by), settlement, by=by, at=at)


def _happen(stage: Stage, pilot: PilotOf, one: HappenedOf, period: str, at: datetime, db: Session) -> None:
    by = stage.somebody(db, one.organisation, RUNS)
    contract = contract_of(db, pilot, by)
    if one.correct:
        add_measurements(db, contract, period, [measured(one.correct, one.value, one.reason)], by=by, at=at)
    elif one.dispute:
        settlement = settlement_of(db, pilot, period, by)
        dispute_outcome(db, contract, settlement, measures=[one.dispute], reason=one.reason, by=by, at=at)
    elif one.resolve:
        dispute = open_disputes(db, contract.id)[0]
        resolve_dispute(db, contract, dispute.id, outcome="withdrawn", reason=one.reason, by=by, at=at)
    else:
        report_harm(db, contract, severity=one.harm, words=one.reason, by=by, at=at)


def _end(stage: Stage, pilot: PilotOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, pilot.lead, RUNS)
    if pilot.ends is not None:
        decide_pilot(
            db, stage.frameworks, contract_of(db, pilot, by), verdict=pilot.ends.verdict, reasons=pilot.ends.reasons,
            by=by, at=at,
        )  # fmt: skip
