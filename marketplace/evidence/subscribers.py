"""What evidence does when something happened in it: claims that lean on a study are opened again."""

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.evidence.actions.reopening import reopen_claims
from marketplace.evidence.events import StudyCorrected, StudyRetracted
from marketplace.evidence.models import Study
from marketplace.kit.jobs import Heard


def reopens_claims(db: Session, heard: Heard) -> None:
    """A study was retracted or corrected: what leans on it has to be looked at again."""
    event = heard.event
    if not isinstance(event, StudyRetracted | StudyCorrected):
        return
    loaded = select(Study).options(selectinload(Study.results), selectinload(Study.corrections))
    study = db.scalars(loaded.where(Study.id == event.study_id)).one()
    what = "was retracted" if isinstance(event, StudyRetracted) else "was corrected"
    reopen_claims(db, study, because=f"{study.title} {what}: {event.reason}", at=heard.at)
