"""The ledger: a line is added for whatever is missing between what was posted and what is due now, and for no more."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.contracts.events.outcomes import AmountDue
from marketplace.contracts.models import Due, Settlement, Share
from marketplace.contracts.rules.rating import Line, Owed, owed_of, still_to_post
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from marketplace.kit.record import record

SETTLEMENT, RELEASE, CORRECTION = "settlement", "release", "correction"
NOTHING = Owed()


@dataclass(frozen=True, slots=True)
class Posting:
    """What a line is posted under: the supplier it is owed to, which keys are guards, and whether something holds."""

    supplier_id: UUID
    guards: Collection[str]
    held: bool
    by: Actor
    at: datetime


def line_of(share: Share) -> Line:
    """The share as rating wrote it."""
    return Line("", Fraction(share.part or 0), share.base_pence, share.at_risk_pence, share.parts)


def post(
    db: Session, settlement: Settlement, share: Share, under: Posting, *, posted: Owed, lines: int, kind: str
) -> Due | None:
    """Add what is missing of a share to the ledger; None where nothing is. `lines` stand there for it already."""
    owed = owed_of(line_of(share), share.verdict, share.disputed, under.guards)
    missing = still_to_post(owed, posted, held=under.held)
    if not missing:
        return None
    due = Due(
        id=new_id(under.at), contract_id=settlement.contract_id, organisation_id=share.organisation_id,
        settlement_id=settlement.id, period=settlement.period, number=lines + 1,
        kind=kind if lines else SETTLEMENT, base_pence=missing.base_pence, at_risk_pence=missing.at_risk_pence,
        net_pence=missing.net_pence, at=under.at, working=_working(settlement, share, posted, under),
    )  # fmt: skip
    db.add(due)
    told = AmountDue(
        contract_id=due.contract_id, due_id=due.id, settlement_id=due.settlement_id,
        organisation_id=due.organisation_id, supplier_id=under.supplier_id, period=due.period,
        net_pence=due.net_pence, kind=due.kind,
    )  # fmt: skip
    record(db, told, by=under.by, at=under.at)
    return due


def _working(settlement: Settlement, share: Share, posted: Owed, under: Posting) -> dict[str, object]:
    """How the line came about, for whoever works it out again."""
    return {
        "settlement": settlement.number, "total_pence": settlement.total_pence, "part": share.part,
        "base_pence": share.base_pence, "at_risk_pence": share.at_risk_pence, "parts": share.parts,
        "disputed": share.disputed, "posted_before_pence": posted.net_pence, "held": under.held,
    }  # fmt: skip
