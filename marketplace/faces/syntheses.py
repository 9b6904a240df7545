"""What the studies of a product come to, beside the version on sale; kept each time a study changes it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.evidence.actions.synthesising import keep_syntheses
from marketplace.evidence.events import PilotResultRecorded, StudyCorrected, StudyPublished, StudyRetracted
from marketplace.evidence.models import Study
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.queries.syntheses import last_moment, studies_at, syntheses_from
from marketplace.evidence.rules.synthesis import Synthesis
from marketplace.faces.evidence import fits_of
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.jobs import Heard, Subscriber

WHAT = {
    StudyPublished: "was published",
    StudyCorrected: "was corrected",
    StudyRetracted: "was retracted",
    PilotResultRecorded: "came in from a pilot under contract",
}


def syntheses_of(db: Session, frameworks: Frameworks, product_id: UUID) -> dict[str, Synthesis]:
    """What the published studies of a product come to now, measure by measure."""
    studies = published_studies(db, [product_id])
    return syntheses_from(studies, frameworks, fits_of(db, studies))


def keeps_syntheses(services: Services) -> Subscriber:
    """A subscriber that keeps what the studies of a product came to when one of them came, changed or went.

    It counts those that counted then, however late it hears of it.
    """
    frameworks = services.frameworks

    def keep(db: Session, heard: Heard) -> None:
        event = heard.event
        if not isinstance(event, StudyPublished | StudyCorrected | StudyRetracted | PilotResultRecorded):
            return
        title = db.scalars(select(Study.title).where(Study.id == event.study_id)).one()
        at = max(heard.at, last_moment(db, event.product_id) or heard.at)
        studies = studies_at(db, event.product_id, at)
        found = syntheses_from(studies, frameworks, fits_of(db, studies))
        because = f"{title} {WHAT[type(event)]}"
        keep_syntheses(db, event.product_id, found, because=because, study_id=event.study_id, at=at)

    return keep
