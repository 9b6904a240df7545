"""What calls about outcomes share: finding the contract and its book, and how measurements and months go out."""

from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from marketplace.api.calls import Asked
from marketplace.api.shapes import Out
from marketplace.contracts.models import Contract, Dispute, Due, Hold, Settlement, Share
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.outcomes.books import Book, book_of
from marketplace.contracts.queries.outcomes.waiting import settle_by
from marketplace.contracts.rules.periods import in_words, parse_period
from marketplace.contracts.rules.terms import plain
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote


class HoldOut(Out):
    """Why nothing at risk is paid for now, and since when."""

    kind: str
    words: str
    since: datetime


class ShareOut(Out):
    """One organisation's part of a month, before VAT. `parts` are pence at risk that each measure earned."""

    organisation: str
    organisation_ref: str
    part: str
    base_pence: int
    at_risk_pence: int
    parts: dict[str, int]
    verdict: str
    disputed: list[str]
    is_carried: bool
    due_pence: int


class SettlementOut(Out):
    """What a month came to. `basis` is everything needed to work it out again, as `desk settle` reads it."""

    period: str
    number: int
    state: str
    base_pence: int
    at_risk_pence: int
    total_pence: int
    reason: str
    computed_at: datetime
    settle_by: date
    shares: list[ShareOut]
    basis: dict[str, Any]


class DueOut(Out):
    """A line of the ledger, before VAT; below zero goes back."""

    id: UUID
    organisation: str
    period: str
    number: int
    kind: str
    base_pence: int
    at_risk_pence: int
    net_pence: int
    at: datetime


class DisputeOut(Out):
    id: UUID
    period: str
    organisation: str
    measures: list[str]
    reason: str
    opened_at: datetime
    outcome: str
    outcome_reason: str
    resolved_at: datetime | None


def contract_of(ask: Asked, ref: str) -> Contract:
    """The contract, where this caller may know of it. Raises NotFound."""
    return find_contract(ask.db, ref, by=ask.by)


def scene_of(ask: Asked, ref: str) -> tuple[Contract, Book]:
    """The contract and its book, with everything that was written so far."""
    ask.db.flush()
    contract = contract_of(ask, ref)
    return contract, book_of(ask.db, contract)


def period_in(book: Book, text: str) -> str:
    """A month of the contract. Raises NotFound for any other."""
    try:
        period = parse_period(text)
    except Invalid as wrong:
        raise NotFound(f"{quote(text)} is not a month", "Write one such as 2026-05.") from wrong
    if period not in book.periods:
        raise NotFound(f"{in_words(period)} lies outside the contract", "Take a month from /outcomes.")
    return period


def settlement_in(book: Book, period: str) -> Settlement:
    """The settlement that counts of a month. Raises NotFound."""
    found = book.settled.get(period)
    if found is None:
        raise NotFound(f"{in_words(period)} was not computed yet", "It is computed when the data of all are in.")
    return found


def hold_out(hold: Hold) -> HoldOut:
    return HoldOut(kind=hold.kind, words=hold.words, since=hold.since)


def settlement_out(book: Book, settlement: Settlement) -> SettlementOut:
    return SettlementOut(
        period=settlement.period, number=settlement.number, state=settlement.state, base_pence=settlement.base_pence,
        at_risk_pence=settlement.at_risk_pence, total_pence=settlement.total_pence, reason=settlement.reason,
        computed_at=settlement.computed_at, settle_by=settle_by(settlement),
        shares=[_share_out(book, settlement.period, share) for share in settlement.shares],
        basis={name: value for name, value in settlement.basis.items() if name != "period"},
    )  # fmt: skip


def _share_out(book: Book, period: str, share: Share) -> ShareOut:
    party = book.party_of(share.organisation_id)
    posted = book.posted.get((period, share.organisation_id))
    return ShareOut(
        organisation=party.organisation.name if party else "", organisation_ref=party.organisation.ref if party else "",
        part=share.part, base_pence=share.base_pence, at_risk_pence=share.at_risk_pence, parts=dict(share.parts),
        verdict=share.verdict, disputed=list(share.disputed), is_carried=share.is_carried,
        due_pence=posted.net_pence if posted else 0,
    )  # fmt: skip


def due_out(line: Due) -> DueOut:
    return DueOut(
        id=line.id, organisation=line.organisation.name, period=line.period, number=line.number, kind=line.kind,
        base_pence=line.base_pence, at_risk_pence=line.at_risk_pence, net_pence=line.net_pence, at=line.at,
    )  # fmt: skip


def dispute_out(dispute: Dispute) -> DisputeOut:
    return DisputeOut(
        id=dispute.id, period=dispute.period, organisation=dispute.organisation.name, measures=list(dispute.measures),
        reason=dispute.reason, opened_at=dispute.opened_at, outcome=dispute.outcome,
        outcome_reason=dispute.outcome_reason, resolved_at=dispute.resolved_at,
    )  # fmt: skip


def text_of(value: Fraction | None) -> str | None:
    """An exact number as text; None where there is none."""
    return plain(value) if value is not None else None
