"""Where studies stand in the world of the house tests."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.evidence.actions.appraising import judge_certainty
from marketplace.evidence.actions.claims import add_claim
from marketplace.evidence.actions.protocols import stamp_protocol
from marketplace.evidence.queries.appraisals import appraisal_rules
from marketplace.evidence.queries.claims import weigh
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.schemas.appraisals import Judged
from marketplace.faces.services import Services
from tests import cast
from tests.catalogue.shelf import a_live
from tests.evidence.scenes import LESS_WRITING, a_claim, a_plan, a_published, a_study
from tests.house.places import People, Place


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """A draft that only its owner sees, and a published study that everybody reads."""
    lumen, rival, frameworks = people.lumen, people.rival, services.frameworks
    live = a_live(db, frameworks, by=lumen, moderator=people.moderator, at=at, name="Studied Scribe")
    draft = a_study(db, frameworks, live.id, by=lumen, at=at, title="A secret draft")
    shown = a_published(db, frameworks, live.id, by=lumen, at=at)
    hidden = {"ref": draft.ref, "tool": "rob-2"}
    academic = cast.an_actor(db, "Ffion Pugh", "University of Estermouth", "university", "academic", at=at)
    read = Place(academic, rival, hidden, {"ref": shown.ref, "tool": "rob-2"})
    unsaid = add_claim(db, live.id, LESS_WRITING, by=lumen, at=at)
    said = a_claim(db, live.id, by=lumen, at=at)
    graded = a_claim(db, live.id, by=lumen, at=at)
    judge_certainty(
        db, graded, weigh(graded, [shown]), Judged("randomised", {}), appraisal_rules(frameworks),
        by=academic, at=at,
    )  # fmt: skip
    looked_after = Place(lumen, rival, {"ref": live.ref, "study_ref": draft.ref, "number": "1"})
    claimed = Place(lumen, rival, {"ref": live.ref, "claim_ref": unsaid.ref})
    unmeasured, measured = ({"ref": live.ref, "key": key} for key in ("nothing", "minutes-per-note"))
    secret, plain = (a_plan(db, frameworks, live.id, by=people.buyer, at=at) for _ in range(2))
    stamp_protocol(db, plain, protocol_rules(frameworks), by=people.buyer, at=at)
    planned = Place(
        people.buyer, people.other_buyer, {"ref": secret.ref, "number": "1"}, {"ref": plain.ref, "number": "1"}
    )
    return {
        "/evidence/kit/": Place(lumen, rival, {"template": "stepped-wedge"}),
        "/protocols/": planned,
        "/listings/{ref:str}/claims": claimed,
        "/products/{ref:str}/evidence/measures/": Place(lumen, rival, unmeasured, measured),
        "/claims/": Place(lumen, rival, {"ref": unsaid.ref}),
        "/claims/{ref:str}/certainty": Place(academic, rival, {"ref": unsaid.ref}, {"ref": graded.ref}),
        "/claims/{ref:str}/withdrawal": Place(lumen, rival, {"ref": unsaid.ref}, {"ref": said.ref}),
        "/listings/{ref:str}/studies": looked_after,
        "/products/{ref:str}/studies": looked_after,
        "/studies/": Place(lumen, rival, hidden, {"ref": shown.ref}),
        "/studies/{ref:str}/appraisal": read,
        "/studies/{ref:str}/checks": read,
        "/studies/{ref:str}/publication": Place(lumen, rival, hidden),
        "/studies/{ref:str}/abandonment": Place(lumen, rival, hidden),
        "/studies/{ref:str}/retraction": Place(lumen, rival, {"ref": shown.ref}),
    }
