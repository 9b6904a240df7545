"""How people read a study: what each said, what they agreed, what was looked up; and how certain a claim is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.evidence.models import Appraisal, Certainty, Consensus, Study, StudyCheck
from marketplace.evidence.queries.claims import Weighed
from marketplace.evidence.queries.content import content_of
from marketplace.evidence.rules.appraising import AppraisalRules
from marketplace.evidence.rules.content import content_digest
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.values import Value

APPRAISAL = "evidence/appraisal.yaml"
SEATS = 2


class Read(Value):
    """A study read by one tool. `readings` are those that the actor may see: all once two are given, else their own."""

    tool: str
    readings: tuple[Appraisal, ...]
    given: int
    consensus: Consensus | None

    @property
    def is_agreed(self) -> bool:
        return self.consensus is not None and self.consensus.agreed_at is not None


def appraisal_rules(frameworks: Frameworks) -> AppraisalRules:
    """How studies are read by people, in the newest version."""
    return AppraisalRules.model_validate(frameworks.plain[APPRAISAL][-1])


def readings_of(db: Session, study: Study, *, by: Actor | None) -> list[Read]:
    """How a study was read, tool by tool, in a fixed order."""
    people = (joinedload(Appraisal.by), joinedload(Appraisal.organisation))
    given = select(Appraisal).options(*people).where(Appraisal.study_id == study.id).order_by(Appraisal.id)
    rows = list(db.scalars(given))
    agreed = {each.tool: each for each in db.scalars(select(Consensus).where(Consensus.study_id == study.id))}
    found = []
    for tool in sorted({row.tool for row in rows}):
        of_tool = [row for row in rows if row.tool == tool]
        shown = [row for row in of_tool if len(of_tool) == SEATS or (by and row.by_id == by.person_id)]
        found.append(Read(tool, tuple(shown), len(of_tool), agreed.get(tool)))
    return found


def readings_by(db: Session, study: Study, tool: str) -> list[Appraisal]:
    """Both readings by one tool, the first given first."""
    given = select(Appraisal).where(Appraisal.study_id == study.id, Appraisal.tool == tool)
    return list(db.scalars(given.order_by(Appraisal.id)))


def consensus_by(db: Session, study: Study, tool: str) -> Consensus | None:
    rows = select(Consensus).where(Consensus.study_id == study.id, Consensus.tool == tool)
    return db.scalars(rows).one_or_none()


def agreed_risks(db: Session, study_ids: Sequence[UUID]) -> dict[UUID, Consensus]:
    """The agreed risk of bias of several studies, one query; nothing for those without."""
    rows = select(Consensus).where(Consensus.study_id.in_(study_ids), Consensus.agreed_at.is_not(None))
    return {each.study_id: each for each in db.scalars(rows.order_by(Consensus.id)) if each.overall}


def checks_of(db: Session, study: Study) -> dict[str, StudyCheck]:
    """What was looked up last of a study, by "doi" and "registration", while the study still says the same number."""
    rows = select(StudyCheck).options(joinedload(StudyCheck.by)).where(StudyCheck.study_id == study.id)
    now = {"doi": study.doi, "registration": study.registration}
    return {each.what: each for each in db.scalars(rows.order_by(StudyCheck.id)) if each.value == now[each.what]}


def certainty_of(db: Session, claim_id: UUID) -> Certainty | None:
    """The last judgement of how certain the results behind a claim are."""
    people = (joinedload(Certainty.by), joinedload(Certainty.organisation))
    rows = select(Certainty).options(*people).where(Certainty.claim_id == claim_id).order_by(Certainty.id.desc())
    return db.scalars(rows.limit(1)).first()


def certainties_of(db: Session, claim_ids: Sequence[UUID]) -> dict[UUID, Certainty]:
    """The last judgement for each of several claims; one query."""
    rows = select(Certainty).where(Certainty.claim_id.in_(claim_ids)).order_by(Certainty.id)
    return {each.claim_id: each for each in db.scalars(rows)}


def basis_of(weighed: Weighed) -> list[dict[str, str]]:
    """The studies that count for a claim as they are now, each by its digest."""
    studies = {spoken.study.ref: spoken.study for spoken in weighed.spoken}
    return [{"ref": ref, "digest": content_digest(content_of(study))} for ref, study in sorted(studies.items())]


def is_current(certainty: Certainty, weighed: Weighed) -> bool:
    """Whether a judgement was of the studies as they are now; else it has to be made again."""
    return certainty.basis == basis_of(weighed)
