"""Passing seats in contracts on. What was signed and settled stands as it is; shares go on adding up to one."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from marketplace.contracts.actions.drafting import hold_contract
from marketplace.contracts.events import SeatPassed
from marketplace.contracts.models import (
    Contract,
    ContractParty,
    Dispute,
    Due,
    Harm,
    Measurement,
    Obligation,
    Settlement,
    Share,
)
from marketplace.contracts.queries.passing import RUNNING, Seat, foresee, seats_of, share_from
from marketplace.identity.actions.successions import refuse_blocked
from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing
from marketplace.kit.calendar import ONE_DAY
from marketplace.kit.record import record
from marketplace.procurement.actions.passing import join_seats

KEPT = (Measurement, Due, Dispute, Harm)
"""What is kept by organisation under a contract, besides shares. Signatures and texts stay with whoever they name."""
UNSEEN = {"synchronize_session": False}


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation have the old one's seats, from the day on which it counts.

    Raises Conflict for what came into the way before the contracts were held, such as a text to sign.
    """
    for seat in seats_of(db, passing):
        hold_contract(db, seat.contract)
    refuse_blocked(foresee(db, passing))
    for seat in seats_of(db, passing):
        since = share_from(db, seat)
        if seat.contract.organisation_id == passing.old.id:
            seat.contract.organisation_id = passing.new.id
        if seat.other is None:
            _pass_alone(db, passing, seat.contract, seat.party)
        else:
            _put_together(db, passing, seat, seat.other, since, at)
        db.flush()
        kept = seat.other or seat.party
        passed = SeatPassed(
            contract_id=seat.contract.id, organisation_id=passing.new.id, old_id=passing.old.id, weight=kept.weight,
            is_together=seat.other is not None, since=since or passing.since, reason=passing.words,
        )  # fmt: skip
        record(db, passed, by=by, at=at)


def _pass_alone(db: Session, passing: Passing, contract: Contract, party: ContractParty) -> None:
    """The seat with everything on it: months before are the new organisation's to correct, accept and pay."""
    party.organisation_id = passing.new.id
    settled = select(Settlement.id).where(Settlement.contract_id == contract.id)
    theirs = {"organisation_id": passing.new.id}
    shares = update(Share).where(Share.settlement_id.in_(settled), Share.organisation_id == passing.old.id)
    db.execute(shares.values(**theirs), execution_options=UNSEEN)
    for table in KEPT:
        mine = update(table).where(table.contract_id == contract.id, table.organisation_id == passing.old.id)
        db.execute(mine.values(**theirs), execution_options=UNSEEN)
    for duty in _duties(db, contract, passing):
        duty.organisation_id = passing.new.id


def _put_together(
    db: Session, passing: Passing, seat: Seat, other: ContractParty, since: date | None, at: datetime
) -> None:
    """Two seats become one with both shares, from the first day that is not settled; the months before stay two."""
    party = seat.party
    if seat.contract.state in RUNNING and since is not None:
        party.left_on = since - ONE_DAY
        if since > (other.joined_on or date.min):
            until = (since - ONE_DAY).isoformat()
            other.earlier = [*(other.earlier or ()), {"weight": other.weight, "until": until}]
    join_seats(other, party)
    _join_duties(db, passing, seat.contract, at)
    if seat.contract.state not in RUNNING:
        db.delete(party)
    harms = update(Harm).where(Harm.contract_id == seat.contract.id, Harm.organisation_id == passing.old.id)
    db.execute(harms.values(organisation_id=passing.new.id), execution_options=UNSEEN)


def _join_duties(db: Session, passing: Passing, contract: Contract, at: datetime) -> None:
    """What both had to do is done once, by the new organisation."""
    rows = select(Obligation.key, Obligation.due_on).where(
        Obligation.contract_id == contract.id, Obligation.organisation_id == passing.new.id
    )
    known = {(key, due_on) for key, due_on in db.execute(rows)}
    for duty in _duties(db, contract, passing):
        if (duty.key, duty.due_on) not in known:
            duty.organisation_id = passing.new.id
        elif duty.done_at is None:
            duty.done_at, duty.note = at, f"{passing.words} It does this once."


def _duties(db: Session, contract: Contract, passing: Passing) -> list[Obligation]:
    rows = select(Obligation).where(Obligation.contract_id == contract.id, Obligation.organisation_id == passing.old.id)
    return list(db.scalars(rows))
