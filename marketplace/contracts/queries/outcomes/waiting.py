"""What waits for a person in contracts that run, in a fixed number of queries however many there are."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, ContractParty, Dispute, Harm, Measure, Measurement, Settlement, Share
from marketplace.contracts.rules.periods import (
    data_due_on,
    first_day,
    in_words,
    is_over,
    last_day,
    periods_between,
)
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.values import Value

Item = tuple[str, str, str, date | None]
"""Title, address, text, and the day by which; None where there is none."""

DECIDE_DAYS, DATA_DAYS, SETTLE_DAYS = 28, 10, 10


def waiting_for(db: Session, by: Actor, on: date) -> list[Item]:
    """What waits for the actor: data to give, outcomes to accept, disputes, harms, baselines, decisions. By date."""
    if by.organisation_id is None:
        return []
    items: list[Item] = []
    if by.may(Permission.CONTRACT_MANAGE):
        mine = _mine(db, by.organisation_id)
        items += _to_accept(db, by.organisation_id)
        items += _to_measure(db, by.organisation_id, mine, on)
        items += _to_resolve(db, by.organisation_id)
        items += _to_lead(db, by.organisation_id, mine, on)
    if by.may(Permission.SAFETY_APPROVE):
        items += _to_close(db, by.organisation_id)
    return sorted(items, key=lambda item: (item[3] or date.max, item[0]))


def settle_by(settlement: Settlement) -> date:
    """Until when a party accepts or disputes what was computed."""
    days = int(settlement.basis.get("terms", {}).get("settle-days", SETTLE_DAYS))
    return day_in_london(settlement.computed_at) + timedelta(days=days)


def _mine(db: Session, organisation_id: UUID) -> list[Row[Any]]:
    """The contracts that run at the organisation, with its own days in them."""
    rows = (
        select(
            Contract.id, Contract.ref, Contract.name, Contract.state, Contract.organisation_id, Contract.starts_on,
            Contract.ends_on, Contract.live_at, Contract.ended_at, Contract.decision, ContractParty.joined_on,
            ContractParty.left_on,
        )
        .join(ContractParty, ContractParty.contract_id == Contract.id)
        .where(ContractParty.organisation_id == organisation_id, ContractParty.role != "supplier")
        .where(Contract.state.in_(("issued", "signed", "live", "ended")))
        .order_by(Contract.id)
    )  # fmt: skip
    return list(db.execute(rows))


class Window(Value):
    """A computed outcome that an organisation has still to accept or dispute, and the last day for it."""

    settlement_id: UUID
    contract_ref: str
    period: str
    title: str
    path: str
    words: str
    until: date


def acceptance_windows(db: Session, organisation_id: UUID) -> Iterator[Window]:
    """Every computed outcome that waits for the word of an organisation."""
    rows = (
        select(Settlement, Contract.ref, Contract.name, Share.base_pence + Share.at_risk_pence)
        .join(Share, Share.settlement_id == Settlement.id)
        .join(Contract, Contract.id == Settlement.contract_id)
        .where(Share.organisation_id == organisation_id, Share.verdict == "", Settlement.state == "computed")
        .order_by(Settlement.id)
    )
    for settlement, ref, name, pence in db.execute(rows):
        yield Window(
            settlement.id, ref, settlement.period, f"Accept or dispute {in_words(settlement.period)} of {name}",
            f"/contracts/{ref}/periods/{settlement.period}",
            f"Your share is £{pence // 100:,}.{pence % 100:02} before VAT.", settle_by(settlement),
        )  # fmt: skip


def _to_accept(db: Session, organisation_id: UUID) -> Iterator[Item]:
    for window in acceptance_windows(db, organisation_id):
        yield window.title, window.path, window.words, window.until


def _to_measure(db: Session, organisation_id: UUID, mine: list[Row[Any]], on: date) -> Iterator[Item]:
    """Months that are over, not settled, and of which a value of the organisation is missing."""
    running = [row for row in mine if row.live_at is not None]
    wanted = _counted(db, organisation_id)
    given = _given(db, organisation_id)
    settled = {
        (contract_id, period)
        for contract_id, period in db.execute(
            select(Settlement.contract_id, Settlement.period)
            .join(ContractParty, ContractParty.contract_id == Settlement.contract_id)
            .where(Settlement.state != "replaced", ContractParty.organisation_id == organisation_id)
        )
    }
    for row in running:
        for period in _periods(row, on):
            if (row.id, period) in settled or given.get((row.id, period), 0) >= wanted.get(row.id, 0):
                continue
            url, title = f"/contracts/{row.ref}/measurements?period={period}", f"Give the data of {in_words(period)}"
            yield f"{title} for {row.name}", url, "", data_due_on(period, DATA_DAYS)


def _counted(db: Session, organisation_id: UUID, *only: ColumnElement[bool]) -> Mapping[UUID, int]:
    """How many measures each contract of the organisation has."""
    rows = (
        select(Measure.contract_id, func.count())
        .join(ContractParty, ContractParty.contract_id == Measure.contract_id)
        .where(ContractParty.organisation_id == organisation_id, *only)
        .group_by(Measure.contract_id)
    )
    return {key: int(number) for key, number in db.execute(rows)}


def _given(db: Session, organisation_id: UUID) -> Mapping[tuple[UUID, str], int]:
    """How many measures the organisation gave, by contract and month."""
    rows = (
        select(Measurement.contract_id, Measurement.period, func.count(Measurement.measure_id.distinct()))
        .where(Measurement.organisation_id == organisation_id, Measurement.kind == "period")
        .group_by(Measurement.contract_id, Measurement.period)
    )
    return {(contract_id, period): int(number) for contract_id, period, number in db.execute(rows)}


def _periods(row: Row[Any], on: date) -> Iterator[str]:
    """The months that are over and in which the organisation takes part."""
    first = max(row.starts_on, day_in_london(row.live_at))
    last = min(row.ends_on, day_in_london(row.ended_at)) if row.ended_at else row.ends_on
    for period in periods_between(first, min(last, on)):
        joined = row.joined_on is None or row.joined_on <= last_day(period)
        stays = row.left_on is None or first_day(period) <= row.left_on
        if joined and stays and is_over(period, on):
            yield period


def _to_resolve(db: Session, organisation_id: UUID) -> Iterator[Item]:
    rows = (
        select(Dispute.period, Dispute.reason, Dispute.opened_at, Contract.ref, Contract.name)
        .join(Contract, Contract.id == Dispute.contract_id)
        .where(Dispute.organisation_id == organisation_id, Dispute.resolved_at.is_(None))
        .order_by(Dispute.id)
    )
    for period, reason, opened_at, ref, name in db.execute(rows):
        title = f"Resolve your dispute of {in_words(period)} with {name}"
        yield title, f"/contracts/{ref}/periods/{period}", reason[:200], day_in_london(opened_at)


def _to_lead(db: Session, organisation_id: UUID, mine: list[Row[Any]], on: date) -> Iterator[Item]:
    """Baselines to lock, going live, and decisions that are near."""
    led = [row for row in mine if row.organisation_id == organisation_id]
    locked = _counted(db, organisation_id, Measure.baseline_locked_at.is_not(None))
    for row in led:
        if row.state == "signed":
            word = "Go live with" if locked.get(row.id) else "Lock the baseline of"
            tab = "outcomes" if locked.get(row.id) else "measurements"
            yield f"{word} {row.name}", f"/contracts/{row.ref}/{tab}", "", row.starts_on
        near = row.state == "live" and not row.decision and row.ends_on is not None
        if near and row.ends_on - timedelta(days=DECIDE_DAYS) <= on:
            text = "On its last day it stops, unless you extend it or take it on."
            yield f"Decide what follows {row.name}", f"/contracts/{row.ref}/decision", text, row.ends_on


def _to_close(db: Session, organisation_id: UUID) -> Iterator[Item]:
    """Harms that a clinical safety officer of a party can close."""
    of_party = select(ContractParty.contract_id).where(
        ContractParty.organisation_id == organisation_id, ContractParty.role != "supplier"
    )
    rows = (
        select(Harm.severity, Harm.opened_at, Contract.ref, Contract.name)
        .join(Contract, Contract.id == Harm.contract_id)
        .where(Harm.closed_at.is_(None), or_(Harm.organisation_id == organisation_id, Harm.contract_id.in_(of_party)))
        .order_by(Harm.id)
    )
    for severity, opened_at, ref, name in db.execute(rows):
        title = f"A harm is open in {name}"
        yield title, f"/contracts/{ref}/harms", f"Severity: {severity}.", day_in_london(opened_at)
