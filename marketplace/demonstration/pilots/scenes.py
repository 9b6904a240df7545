"""Every scene of every pilot that is not there yet."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.demonstration.pilots import agreeing, paying, preparing, running
from marketplace.demonstration.pilots.content import PilotOf, calendar_of, read_pilots
from marketplace.demonstration.stage import Scene, Stage, organisation_called
from marketplace.procurement.models import Procurement


def scenes(stage: Stage, db: Session) -> Iterator[Scene]:
    """The scenes of each pilot that nobody began, in no order."""
    for pilot in read_pilots(stage.content.folder):
        if not _is_there(db, pilot):
            calendar = calendar_of(stage, pilot)
            for part in (preparing, paying, agreeing, running):
                yield from part.scenes(stage, pilot, calendar)


def _is_there(db: Session, pilot: PilotOf) -> bool:
    lead = organisation_called(db, pilot.lead)
    named = select(Procurement.id).where(Procurement.name == pilot.name)
    return db.scalar(named.where(Procurement.organisation_id == (lead.id if lead else None)).limit(1)) is not None
