"""Who has to hear of what happens to a product."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Price
from marketplace.procurement.models import Candidate, Decision, Project
from marketplace.procurement.rules.shortlist import EXCLUDED

WATCHING = ("open", "decided")
"""The states of a project in which its shortlist is watched."""


def watched(db: Session, product_ids: Iterable[UUID]) -> list[tuple[Candidate, Project]]:
    """Where these products are on a shortlist, or still to decide upon, with the project."""
    rows = (
        select(Candidate, Project)
        .join(Project, Project.id == Candidate.project_id)
        .join(Decision, and_(Decision.candidate_id == Candidate.id, Decision.turn == Candidate.turns))
        .options(joinedload(Candidate.product))
        .where(Candidate.product_id.in_(list(product_ids)), Project.state.in_(WATCHING), Decision.verdict != EXCLUDED)
        .order_by(Candidate.id)
    )
    return list(db.execute(rows))


def repriced_on(db: Session, day: date) -> list[UUID]:
    """The products on shortlists of which a price begins to hold on a day, or no longer holds."""
    turning = or_(Price.valid_from == day, Price.valid_until == day - timedelta(days=1))
    rows = select(Price.product_id).join(Candidate, Candidate.product_id == Price.product_id)
    return list(db.scalars(rows.where(turning, Price.replaced_at.is_(None)).distinct()))
