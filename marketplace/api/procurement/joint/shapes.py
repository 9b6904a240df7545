"""Shapes of buying together. What is inside a party goes out in `inside` alone, which is null for every other party."""

from datetime import date, datetime
from uuid import UUID

from marketplace.api.shapes import MoveOut, Out
from marketplace.kit.money import Money
from marketplace.procurement.models import Approval, Readiness
from marketplace.procurement.queries.joint.parties import Inside, PartySeen
from marketplace.procurement.queries.joint.place import Place
from marketplace.procurement.rules.joint.thresholds import Side


class BlockerOut(Out):
    """One reason why the next move cannot be made, and what to do."""

    fact: str
    hint: str
    organisation_ref: str


class SideOut(Out):
    """On which side of a threshold a value lies: above, below or unknown. An aid to planning."""

    side: str
    threshold_pence: int | None
    source: str
    note: str


class ApprovalOut(Out):
    """A turn of one of one's own approvals."""

    id: UUID
    kind: str
    state: str
    by: str
    at: datetime
    role: str
    deputy_for: str
    amount_pence: int | None
    document: str
    valid_until: date | None
    note: str


class ReadinessOut(Out):
    """One thing that has to be ready at one's own site."""

    id: UUID
    item: str
    label: str
    owner: str
    due_on: date | None
    done_at: datetime | None


class NoteOut(Out):
    id: UUID
    words: str
    by: str
    at: datetime


class InsideOut(Out):
    """What one's own people read of their party: never part of another party's answer."""

    approvals: list[ApprovalOut]
    causes: dict[str, str]
    readiness: list[ReadinessOut]
    quantities: dict[str, int]
    starts_on: date | None
    cost_code: str
    purchase_order: str


class PartyOut(Out):
    """A party: its share, on which side of its threshold, and its approvals as states."""

    ref: str
    name: str
    role: str
    state: str
    reason: str
    weight: int
    share: str
    net_pence: int | None
    gross_pence: int | None
    confirms: bool | None
    changes: list[str]
    threshold: SideOut
    own_threshold: SideOut
    approvals: dict[str, str]
    ready: int
    to_make_ready: int
    reuses: bool | None
    is_own: bool
    inside: InsideOut | None


class ProtocolOut(Out):
    question: str
    exit_criteria: str
    stop_rule: str
    starts_on: date | None
    ends_on: date | None
    price_afterwards: str
    fee_ceiling_pence: int | None
    vat_percent: int
    fewest: int
    route: dict[str, str]


class ProcurementRowOut(Out):
    ref: str
    name: str
    state: str
    lead: str
    product: str
    own_state: str
    share: str
    url: str


class ProcurementOut(Out):
    """A purchase of several. The supplier of the product is given `ref`, `state` and the product; the rest is null.

    `terms` is the digest of what is on the table, sent back with a yes. `blockers` stand in the way of the next move.
    """

    ref: str
    state: str
    product_ref: str
    product: str
    name: str | None = None
    lead: str | None = None
    procedure: str | None = None
    procedure_version: int | None = None
    state_reason: str | None = None
    composition: int | None = None
    terms: str | None = None
    protocol: ProtocolOut | None = None
    certificate_ref: str | None = None
    named: list[str] | None = None
    parties: list[PartyOut] | None = None
    blockers: list[BlockerOut] | None = None
    moves: list[MoveOut] | None = None


class DoorOut(Out):
    """Whether one's organisation may join, and if not, why and what it can do."""

    ref: str
    may_join: bool
    why: str
    ways_on: dict[str, str]
    source: str


class LineOut(Out):
    """One line of the history, as far as one's organisation may read it."""

    at: datetime
    words: str
    detail: str
    by: str
    entry: str


def party_out(seen: PartySeen) -> PartyOut:
    return PartyOut(
        ref=seen.ref, name=seen.name, role=seen.role, state=seen.state, reason=seen.state_reason, weight=seen.weight,
        share=seen.share, net_pence=_pence(seen.net), gross_pence=_pence(seen.gross), confirms=seen.confirms,
        changes=list(seen.changes), threshold=_side(seen.act), own_threshold=_side(seen.own_act),
        approvals=dict(seen.approvals), ready=seen.ready, to_make_ready=seen.to_make_ready, reuses=seen.reuses,
        is_own=seen.is_own, inside=_inside(seen.inside, seen) if seen.inside else None,
    )  # fmt: skip


def protocol_out(place: Place) -> ProtocolOut:
    return ProtocolOut.model_validate(place.procurement)


def readiness_out(row: Readiness) -> ReadinessOut:
    owner = row.owner.name if row.owner else ""
    return ReadinessOut(id=row.id, item=row.item, label=row.label, owner=owner, due_on=row.due_on, done_at=row.done_at)


def approval_out(row: Approval) -> ApprovalOut:
    return ApprovalOut(
        id=row.id, kind=row.kind, state=row.state, by=row.by.name if row.by else "", at=row.at, role=row.role,
        deputy_for=row.deputy_for.name if row.deputy_for else "", amount_pence=row.amount_pence,
        document=row.document_name, valid_until=row.valid_until, note=row.note,
    )  # fmt: skip


def _inside(inside: Inside, seen: PartySeen) -> InsideOut:
    return InsideOut(
        approvals=[approval_out(row) for row in inside.history], causes=dict(seen.causes),
        readiness=[readiness_out(row) for row in inside.ready], quantities=dict(inside.quantities),
        starts_on=inside.starts_on, cost_code=inside.cost_code, purchase_order=inside.purchase_order,
    )  # fmt: skip


def _side(side: Side) -> SideOut:
    row = side.row
    source = f"{row.source.document}, {row.source.section}" if row else ""
    return SideOut(side=side.side, threshold_pence=row.pence if row else None, source=source, note=side.note)


def _pence(money: Money | None) -> int | None:
    return money.pence if money is not None else None
