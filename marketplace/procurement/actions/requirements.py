"""What is required of products, and what people judge of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict
from marketplace.kit.fields import Fields, reason_of
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.procurement.actions.seats import begin_writing
from marketplace.procurement.events import FitJudged, RequirementAdded, RequirementRemoved
from marketplace.procurement.models import Judgement, Project, Requirement
from marketplace.procurement.queries.shortlist import find_candidate, find_requirement, requirements_of
from marketplace.procurement.rules.fit import FITS
from marketplace.procurement.schemas import LONGEST, Wanted

MOST = 60


def add_requirement(
    db: Session, project: Project, wanted: Wanted, *, in_words: str, by: Actor, at: datetime
) -> Requirement:
    """Write down one thing that is required; `in_words` says the test for the record. Raises NotAllowed, Conflict."""
    begin_writing(db, project, by=by, at=at)
    if len(requirements_of(db, project)) >= MOST:
        raise Conflict(f"there are {MOST} requirements already", "Remove one that matters least.")
    requirement = Requirement(
        id=new_id(at), project_id=project.id, wording=wanted.wording, weight=wanted.weight,
        question_id=wanted.question or None, test=wanted.test, wanted=list(wanted.wanted), added_at=at,
        added_by_id=by.person_id, removed_reason="",
    )  # fmt: skip
    db.add(requirement)
    added = RequirementAdded(
        project_id=project.id,
        requirement_id=requirement.id,
        wording=wanted.wording,
        weight=wanted.weight,
        wanted=in_words,
    )
    record(db, added, by=by, at=at)
    return requirement


def remove_requirement(
    db: Session, project: Project, requirement_id: UUID, *, reason: str, by: Actor, at: datetime
) -> None:
    """Require it no longer, and say why: it stays in the trail. Raises NotAllowed, Conflict, NotFound, Invalid."""
    begin_writing(db, project, by=by, at=at)
    requirement = find_requirement(db, project, requirement_id)
    why = reason_of(reason, "Say why it is no longer required.", longest=LONGEST["reason"])
    requirement.removed_at, requirement.removed_reason = at, why
    gone = RequirementRemoved(
        project_id=project.id, requirement_id=requirement.id, wording=requirement.wording, reason=why
    )
    record(db, gone, by=by, at=at)


def judge_fit(
    db: Session,
    project: Project,
    product: Product,
    requirement_id: UUID,
    *,
    fit: str,
    note: str,
    by: Actor,
    at: datetime,
) -> Judgement:
    """Say how far a product on the list meets a requirement, in the edition that is on show now.

    Raises NotAllowed, Conflict, NotFound, Invalid by field.
    """
    begin_writing(db, project, by=by, at=at)
    requirement = find_requirement(db, project, requirement_id)
    candidate = find_candidate(db, project, product.id)
    if candidate is None or product.live_version is None:
        raise Conflict(f"{product.name} is not on the list of this project", "Add it first.")
    kept = _checked(fit, note)
    judgement = Judgement(
        id=new_id(at), requirement_id=requirement.id, candidate_id=candidate.id, fit=fit, note=kept,
        edition=product.live_version.edition, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(judgement)
    judged = FitJudged(
        project_id=project.id, requirement_id=requirement.id, wording=requirement.wording, product_id=product.id,
        product_ref=product.ref, product_name=product.live_version.name, edition=judgement.edition, fit=fit, note=kept,
    )  # fmt: skip
    record(db, judged, by=by, at=at)
    return judgement


def _checked(fit: str, note: str) -> str:
    fields, needed = Fields({"note": note}), "Say on what the judgement rests: others read it in the audit trail."
    kept = fields.text("note", LONGEST["note"], needed=needed)
    if fit not in FITS:
        fields.wrong["fit"] = "Choose met, part met, not met or unknown."
    fields.check("the judgement is not complete")
    return kept
