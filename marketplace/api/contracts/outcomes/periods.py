"""One month: what it came to, its ledger; computing, accepting, disputing and resolving."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get, post
from marketplace.api.contracts.outcomes.common import (
    DisputeOut,
    DueOut,
    SettlementOut,
    contract_of,
    dispute_out,
    due_out,
    period_in,
    scene_of,
    settlement_in,
    settlement_out,
)
from marketplace.api.contracts.outcomes.measuring import ValueIn, read_values
from marketplace.api.shapes import In, Line, Out, Text
from marketplace.contracts.actions.outcomes.settling import compute_period
from marketplace.contracts.actions.outcomes.verdicts import accept_outcome, dispute_outcome, resolve_dispute
from marketplace.contracts.models import Settlement
from marketplace.contracts.queries.outcomes.history import disputes_of, lines_of
from marketplace.contracts.rules.periods import data_due_on
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict

READ, WRITE = Permission.CONTRACT_READ, Permission.CONTRACT_MANAGE


class MissingDataOut(Out):
    """A value that is still not there: of whom, and of which measure."""

    organisation: str
    measure: str


class PeriodOut(Out):
    """A month: its settlement where it has one, what is missing where not, its disputes and its lines."""

    period: str
    data_due_on: date
    missing: list[MissingDataOut]
    settlement: SettlementOut | None
    disputes: list[DisputeOut]
    lines: list[DueOut]


class AcceptIn(In):
    """Accept the number of the settlement that was read; another one refuses."""

    number: Annotated[int, Field(ge=1)]


class DisputeIn(In):
    """Dispute measures, by key: only what they earned is withheld."""

    number: Annotated[int, Field(ge=1)]
    measures: Annotated[list[Line], Field(max_length=60)]
    reason: Text


class ResolutionIn(In):
    """`outcome` is withdrawn, or agreed with the values that were agreed."""

    outcome: Line
    reason: Text
    values: Annotated[list[ValueIn], Field(max_length=60)] = []


@get("/contracts/{ref:str}/periods/{period:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_period(ask: Asked, ref: str, period: str) -> PeriodOut:
    """A month, with everything needed to work it out again."""
    return _period(ask, ref, period)


@post("/contracts/{ref:str}/periods/{period:str}/computation", who=ANYBODY_SIGNED_IN, scope=WRITE)
def compute(ask: Asked, ref: str, period: str) -> PeriodOut:
    """Compute a month whose data are all in."""
    contract, book = scene_of(ask, ref)
    compute_period(ask.db, contract, period_in(book, period), by=ask.by, at=ask.at)
    return _period(ask, ref, period)


@post("/contracts/{ref:str}/periods/{period:str}/acceptance", who=ANYBODY_SIGNED_IN, scope=WRITE)
def accept(ask: Asked, ref: str, period: str, body: AcceptIn) -> PeriodOut:
    """Accept the organisation's share, which is then due."""
    contract, book = scene_of(ask, ref)
    settlement = _of_number(settlement_in(book, period_in(book, period)), body.number)
    accept_outcome(ask.db, contract, settlement, by=ask.by, at=ask.at)
    return _period(ask, ref, period)


@post("/contracts/{ref:str}/periods/{period:str}/disputes", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def open_dispute(ask: Asked, ref: str, period: str, body: DisputeIn) -> PeriodOut:
    """Dispute measures of the organisation's share; the rest is due."""
    contract, book = scene_of(ask, ref)
    settlement = _of_number(settlement_in(book, period_in(book, period)), body.number)
    dispute_outcome(ask.db, contract, settlement, measures=body.measures, reason=body.reason, by=ask.by, at=ask.at)
    return _period(ask, ref, period)


@post("/contracts/{ref:str}/periods/{period:str}/disputes/{dispute:str}/resolution", who=ANYBODY_SIGNED_IN, scope=WRITE)
def resolve(ask: Asked, ref: str, period: str, dispute: UUID, body: ResolutionIn) -> PeriodOut:
    """End a dispute that the organisation opened."""
    resolve_dispute(
        ask.db, contract_of(ask, ref), dispute, outcome=body.outcome, reason=body.reason,
        agreed=read_values(body.values), by=ask.by, at=ask.at,
    )  # fmt: skip
    return _period(ask, ref, period)


def _of_number(settlement: Settlement, number: int) -> Settlement:
    if settlement.number != number:
        fact = f"this month was computed again: number {settlement.number} counts, not {number}"
        raise Conflict(fact, "Read it again, and decide on the newer one.")
    return settlement


def _period(ask: Asked, ref: str, text: str) -> PeriodOut:
    ask.db.expire_all()
    contract, book = scene_of(ask, ref)
    period = period_in(book, text)
    settlement = book.settled.get(period)
    return PeriodOut(
        period=period, data_due_on=data_due_on(period, book.given.terms_on(period).data_days),
        missing=[
            MissingDataOut(organisation=party.organisation.name, measure=key) for party, key in book.missing(period)
        ],
        settlement=settlement_out(book, settlement) if settlement is not None else None,
        disputes=[dispute_out(one) for one in disputes_of(ask.db, contract.id, period)],
        lines=[due_out(one) for one in lines_of(ask.db, contract.id, period=period)],
    )  # fmt: skip


CALLS = [show_period, compute, accept, open_dispute, resolve]
