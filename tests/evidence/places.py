"""Where studies stand in the world of the house tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.evidence.actions.claims import add_claim
from marketplace.faces.services import Services
from tests.catalogue.shelf import a_live
from tests.evidence.scenes import LESS_WRITING, a_claim, a_published, a_study
from tests.house.places import People, Place


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """A draft that only its owner sees, and a published study that everybody reads."""
    lumen, rival, frameworks = people.lumen, people.rival, services.frameworks
    live = a_live(db, frameworks, by=lumen, moderator=people.moderator, at=at, name="Studied Scribe")
    draft = a_study(db, frameworks, live.id, by=lumen, at=at, title="A secret draft")
    shown = a_published(db, frameworks, live.id, by=lumen, at=at)
    hidden = {"ref": draft.ref}
    unsaid = add_claim(db, live.id, LESS_WRITING, by=lumen, at=at)
    said = a_claim(db, live.id, by=lumen, at=at)
    looked_after = Place(lumen, rival, {"ref": live.ref, "study_ref": draft.ref, "number": "1"})
    claimed = Place(lumen, rival, {"ref": live.ref, "claim_ref": unsaid.ref})
    unmeasured, measured = ({"ref": live.ref, "key": key} for key in ("nothing", "minutes-per-note"))
    return {
        "/listings/{ref:str}/claims": claimed,
        "/products/{ref:str}/evidence/measures/": Place(lumen, rival, unmeasured, measured),
        "/claims/": Place(lumen, rival, {"ref": unsaid.ref}),
        "/claims/{ref:str}/withdrawal": Place(lumen, rival, {"ref": unsaid.ref}, {"ref": said.ref}),
        "/listings/{ref:str}/studies": looked_after,
        "/products/{ref:str}/studies": looked_after,
        "/studies/": Place(lumen, rival, hidden, {"ref": shown.ref}),
        "/studies/{ref:str}/publication": Place(lumen, rival, hidden),
        "/studies/{ref:str}/abandonment": Place(lumen, rival, hidden),
        "/studies/{ref:str}/retraction": Place(lumen, rival, {"ref": shown.ref}),
    }
