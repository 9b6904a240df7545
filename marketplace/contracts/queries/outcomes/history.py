"""What was given and what was settled, with everything that was replaced since."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.contracts.models import Dispute, Due, Harm, Hold, Measurement, PilotDecision, Settlement, Share


def measurements_of(db: Session, contract_id: UUID, *, period: str | None = None) -> list[Measurement]:
    """Every measurement, newest first; of one month where it is named, and of the baseline for an empty one."""
    rows = select(Measurement).options(joinedload(Measurement.added_by)).where(Measurement.contract_id == contract_id)
    rows = rows if period is None else rows.where(Measurement.period == period)
    return list(db.scalars(rows.order_by(Measurement.id.desc())))


def numbers_of(db: Session, contract_id: UUID, period: str) -> list[Settlement]:
    """Every number of the settlement of a month, newest first, with its shares and who spoke on them."""
    shares = selectinload(Settlement.shares).joinedload(Share.by)
    rows = select(Settlement).options(shares).where(
        Settlement.contract_id == contract_id, Settlement.period == period
    )  # fmt: skip
    return list(db.scalars(rows.order_by(Settlement.number.desc())))


def lines_of(db: Session, contract_id: UUID, *, period: str | None = None) -> list[Due]:
    """The lines of the ledger in the order in which they were added, with whose they are."""
    rows = select(Due).options(joinedload(Due.organisation)).where(Due.contract_id == contract_id)
    rows = rows if period is None else rows.where(Due.period == period)
    return list(db.scalars(rows.order_by(Due.id)))


def disputes_of(db: Session, contract_id: UUID, period: str) -> list[Dispute]:
    """Every dispute of a month, open or resolved, oldest first."""
    rows = select(Dispute).options(joinedload(Dispute.organisation))
    mine = rows.where(Dispute.contract_id == contract_id, Dispute.period == period)
    return list(db.scalars(mine.order_by(Dispute.opened_at, Dispute.id)))


def harms_of(db: Session, contract_id: UUID) -> list[Harm]:
    """Every harm, open ones first, then newest first."""
    rows = select(Harm).options(joinedload(Harm.organisation)).where(Harm.contract_id == contract_id)
    return list(db.scalars(rows.order_by(Harm.closed_at.is_not(None), Harm.id.desc())))


def every_hold(db: Session, contract_id: UUID) -> list[Hold]:
    """Everything that held the part at risk, newest first."""
    return list(db.scalars(select(Hold).where(Hold.contract_id == contract_id).order_by(Hold.id.desc())))


def decisions_of(db: Session, contract_id: UUID) -> list[PilotDecision]:
    """What was decided about the pilot, newest first; by the clock where nobody's name stands."""
    rows = select(PilotDecision).options(joinedload(PilotDecision.by)).where(PilotDecision.contract_id == contract_id)
    return list(db.scalars(rows.order_by(PilotDecision.number.desc())))
