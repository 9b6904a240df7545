"""What waits in clinical safety, for the desk: each in a fixed number of queries."""

from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Deployment, Hazard, Incident, Receipt, SafetyNotice
from marketplace.assurance.queries.safety.deployments import LOADED as WHOLE_DEPLOYMENT
from marketplace.assurance.queries.safety.incidents import LOADED as WHOLE_INCIDENT
from marketplace.assurance.queries.safety.notices import LOADED as WHOLE_NOTICE
from marketplace.assurance.queries.safety.notices import finals_of, seen_by
from marketplace.assurance.rules.safety.declared import Clocks
from marketplace.identity.policies import Actor

MOST = 100


def notices_waiting(db: Session, organisation_id: UUID, clocks: Clocks) -> list[Receipt]:
    """The open notices that an organisation has not answered to the end, the first due first."""
    loaded = joinedload(Receipt.notice).options(joinedload(SafetyNotice.product))
    mine = select(Receipt).join(SafetyNotice).options(loaded)
    mine = mine.where(Receipt.organisation_id == organisation_id, SafetyNotice.state == "issued")
    rows = db.scalars(mine.order_by(SafetyNotice.acknowledge_by, Receipt.id).limit(MOST))
    return [each for each in rows if each.answer not in finals_of(clocks, each.notice.kind)]


def undecided_here(db: Session, organisation_id: UUID) -> list[tuple[Deployment, int]]:
    """The deployments of an organisation with hazards that were handed over and wait, and how many."""
    waiting = (
        select(Hazard.deployment_id, func.count())
        .join(Deployment, Deployment.id == Hazard.deployment_id)
        .where(Deployment.organisation_id == organisation_id, Deployment.ended_at.is_(None))
        .where(Hazard.origin_id.is_not(None), Hazard.disposition == "")
        .group_by(Hazard.deployment_id)
    )
    counts: dict[UUID | None, int] = {row[0]: row[1] for row in db.execute(waiting)}
    found = select(Deployment).options(*WHOLE_DEPLOYMENT).where(Deployment.id.in_(counts)).order_by(Deployment.id)
    return [(each, counts[each.id]) for each in db.scalars(found)]


def incidents_waiting(db: Session, supplier_id: UUID, clocks: Clocks) -> list[tuple[Incident, datetime]]:
    """The incidents that a supplier has not judged, each with the moment by which it should."""
    mine = select(Incident).options(*WHOLE_INCIDENT)
    mine = mine.where(Incident.supplier_id == supplier_id, Incident.state == "reported")
    triage = next(limit for limit in clocks.limits if limit.id == "triage")
    rows = db.scalars(mine.order_by(Incident.id).limit(MOST))
    return [(each, each.reported_at + timedelta(hours=triage.hours.get(each.severity, 0))) for each in rows]


def late_receipts(db: Session, *, by: Actor, on: date) -> list[tuple[SafetyNotice, int]]:
    """The open notices that the actor watches over and that organisations let pass unanswered, and how many did."""
    past = select(Receipt.notice_id).join(SafetyNotice).where(
        SafetyNotice.state == "issued", SafetyNotice.acknowledge_by < on, Receipt.acknowledged_at.is_(None),
        seen_by(by), Receipt.organisation_id != by.organisation_id,
    )  # fmt: skip
    counts = Counter(db.scalars(past.limit(MOST)))
    found = select(SafetyNotice).options(*WHOLE_NOTICE).where(SafetyNotice.id.in_(counts)).order_by(SafetyNotice.id)
    return [(each, counts[each.id]) for each in db.scalars(found)]
