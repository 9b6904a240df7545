"""The ledger: a line is added for whatever is missing between what was posted and what is due now, and for no more."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from marketplace.contracts.events.outcomes import AmountDue
from marketplace.contracts.models import Due, Settlement
from marketplace.contracts.rules.rating import Earned, Owed, owed_of, still_to_post
from marketplace.identity.policies import Actor
from marketplace.kit.events import Event
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared
from marketplace.kit.record import record
from marketplace.kit.values import Value

SETTLEMENT, RELEASE, CORRECTION = "settlement", "release", "correction"
NOTHING = Owed()
_LINE = Prepared(insert(Due.__table__))  # type: ignore[arg-type]


class Said(Earned, Protocol):
    """A share with what its organisation said of it."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def part(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def disputed(self) -> Sequence[str]: ...


class Posted(Value):
    """A line that was added: its id in the ledger, and its pence before VAT."""

    id: UUID
    net_pence: int


class Posting(Value):
    """What a line is posted under: the supplier it is owed to, which keys are guards, and whether something holds."""

    supplier_id: UUID
    guards: Collection[str]
    held: bool
    by: Actor
    at: datetime


def post(
    db: Session, settlement: Settlement, share: Said, under: Posting, *, posted: Owed, lines: int, kind: str,
    because: Event | None = None,
) -> Posted | None:  # fmt: skip
    """Add what is missing of a share to the ledger; None where nothing is. `lines` stand there for it already.

    The settlement has to be in the database. A line that stands there already is refused by its number. `because` is
    recorded before the line, or alone where no line is missing.
    """
    owed = owed_of(share, share.verdict, share.disputed, under.guards)
    missing = still_to_post(owed, posted, held=under.held)
    if not missing:
        if because is not None:
            record(db, because, by=under.by, at=under.at)
        return None
    due_id, kind = new_id(under.at), kind if lines else SETTLEMENT
    line = {
        "id": due_id, "contract_id": settlement.contract_id, "organisation_id": share.organisation_id,
        "settlement_id": settlement.id, "period": settlement.period, "number": lines + 1, "kind": kind,
        "base_pence": missing.base_pence, "at_risk_pence": missing.at_risk_pence, "net_pence": missing.net_pence,
        "at": under.at, "working": _working(settlement, share, posted, under),
    }  # fmt: skip
    _LINE.run(db, line)
    told = AmountDue(
        contract_id=settlement.contract_id, due_id=due_id, settlement_id=settlement.id,
        organisation_id=share.organisation_id, supplier_id=under.supplier_id, period=settlement.period,
        net_pence=missing.net_pence, kind=kind,
    )  # fmt: skip
    record(db, *([because] if because else []), told, by=under.by, at=under.at)
    return Posted(due_id, missing.net_pence)


def _working(settlement: Settlement, share: Said, posted: Owed, under: Posting) -> dict[str, object]:
    """How the line came about, for whoever works it out again."""
    return {
        "settlement": settlement.number, "total_pence": settlement.total_pence, "part": share.part,
        "base_pence": share.base_pence, "at_risk_pence": share.at_risk_pence, "parts": dict(share.parts),
        "disputed": list(share.disputed), "posted_before_pence": posted.net_pence, "held": under.held,
    }  # fmt: skip
