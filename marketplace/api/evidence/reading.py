"""What is known of a product, and one study whole."""

from collections.abc import Sequence
from uuid import UUID

from marketplace.api.calls import PUBLIC, Answer, Asked, get
from marketplace.api.evidence.shapes import (
    CorrectionOut,
    EvidenceOut,
    GapOut,
    GradeOut,
    ReasonOut,
    ResultOut,
    StepOut,
    StudyOut,
    WholePlanOut,
)
from marketplace.api.shapes import Listed, MoveOut, all_of, move, why_not
from marketplace.catalogue.queries.products import own_product, product_for, product_of_id
from marketplace.evidence.models import Result, Study
from marketplace.evidence.policies import may_change, may_retract, may_see_draft
from marketplace.evidence.queries.claims import claims_on, weigh
from marketplace.evidence.queries.content import DESCRIBED, MEASURED
from marketplace.evidence.queries.declared import gap_rules
from marketplace.evidence.queries.studies import find_study, studies_of
from marketplace.evidence.rules.effects import direction_of, independence_of
from marketplace.evidence.rules.gaps import missing_groups
from marketplace.evidence.rules.grading import Grade
from marketplace.evidence.rules.versions import Fit
from marketplace.evidence.states import STUDY
from marketplace.faces.claims import ClaimRead, plan_of_all
from marketplace.faces.evidence import ProductEvidence, evidence_of, fits_of
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotAllowed, NotFound, Refusal

OWNERS = NotAllowed("only the people of its owner can do this", "What a contract found is nobody's to change.")
PATHS = {"publish": "publication", "discard": "abandonment", "retract": "retraction"}


@get("/products/{ref:str}/evidence", who=PUBLIC, is_shared=True)
def show_evidence(ask: Asked, ref: str) -> EvidenceOut:
    """How strong the evidence of a product is and why, what is missing, and every study."""
    product = product_for(ask.db, ref, by=ask.actor)
    if product.live_version is None:
        raise NotFound(f"{product.name} has not been published", "Its studies are under /v1/listings.")
    found = evidence_of(ask.db, ask.services.frameworks, product, by=ask.actor)
    summary = found.summary
    return EvidenceOut(
        product=product.ref, strength=summary.strength, word=summary.word, level=summary.level,
        studies=summary.studies, independent=summary.independent, real_world=summary.real_world,
        participants=summary.participants, grades=[_grade(grade) for grade in summary.grades],
        gaps=[GapOut.model_validate(gap) for gap in found.gaps], groups_missing=[group.id for group in found.groups],
        plan=_plan(ask, product.id, found), items=[study_out(ask, each, found.fits[each.id]) for each in found.studies],
    )  # fmt: skip


@get("/studies/{ref:str}", who=PUBLIC)
def show_study(ask: Asked, ref: str) -> Answer[StudyOut]:
    """A study with every field, result and correction; one's own drafts too."""
    study = find_study(ask.db, ref, by=ask.actor)
    product_of_id(ask.db, study.product_id, by=ask.actor)
    version = study.row_version if may_see_draft(ask.actor, study) else None
    return Answer(study_out(ask, study, fits_of(ask.db, [study])[study.id]), version=version)


@get("/listings/{ref:str}/studies", who=Permission.CATALOGUE_WRITE)
def list_studies(ask: Asked, ref: str) -> Listed[StudyOut]:
    """The studies of a product of one's own: drafts, what is published, what contracts found."""
    product = own_product(ask.db, ref, by=ask.by)
    return all_of(studies_out(ask, studies_of(ask.db, product.id, by=ask.by)))


def _plan(ask: Asked, product_id: UUID, found: ProductEvidence) -> WholePlanOut:
    """What the published claims of a product need together."""
    claims = claims_on(ask.db, product_id)
    whole = plan_of_all([ClaimRead(weigh(each, found.studies), found.fits) for each in claims], ask.services.frameworks)
    return WholePlanOut(
        tier=whole.need.tier if whole.need else "", standard=whole.need.standard if whole.need else "",
        shown=whole.shown, claims=whole.claims,
        next=[
            StepOut(id=step.id, do=step.do, template=step.template, claims=[claims[place].ref for place in asking])
            for step, asking in whole.steps
        ],
    )  # fmt: skip


def studies_out(ask: Asked, studies: Sequence[Study]) -> list[StudyOut]:
    fits: dict[UUID, Fit] = fits_of(ask.db, studies)
    return [study_out(ask, study, fits[study.id]) for study in studies]


def study_out(ask: Asked, study: Study, fit: Fit) -> StudyOut:
    """A study whose owner, results and corrections are loaded."""
    gaps = gap_rules(ask.services.frameworks)
    return StudyOut(
        **{name: getattr(study, name) for name in DESCRIBED}, ref=study.ref, product_id=study.product_id,
        state=study.state, state_reason=study.state_reason, version_fit=fit.id, version_fit_words=fit.words,
        independence=independence_of(study), contract_ref=study.contract_ref, owner=study.organisation.name,
        is_demonstration=study.is_demonstration, published_at=study.published_at, retracted_at=study.retracted_at,
        results=[_result(result) for result in study.results],
        groups_missing=[group.id for group in missing_groups((each.subgroup for each in study.results), gaps)],
        corrections=[CorrectionOut.model_validate(each) for each in study.corrections],
        moves=moves_of(ask, study) if ask.actor is not None else [],
    )  # fmt: skip


def moves_of(ask: Asked, study: Study) -> list[MoveOut]:
    """Every move of a study, with what stands in its way for this caller."""
    refused: dict[str, Refusal | None] = {
        "publish": None if may_change(ask.by, study) else OWNERS,
        "discard": None if may_change(ask.by, study) else OWNERS,
        "retract": None if may_retract(ask.by, study) else OWNERS,
    }
    return [
        move(
            PATHS[step.name], step.label, f"/v1/studies/{study.ref}/{PATHS[step.name]}",
            why_not(STUDY, step, study.state, may=refused[step.name]),
        )
        for step in STUDY.moves
    ]  # fmt: skip


def _result(result: Result) -> ResultOut:
    direction = direction_of(result.effect, result.better, result.estimate, result.low, result.high)
    measured = {name: getattr(result, name) for name in MEASURED}
    return ResultOut(**measured, position=result.position, direction=direction)


def _grade(grade: Grade) -> GradeOut:
    reasons = [ReasonOut.model_validate(reason) for reason in grade.reasons]
    return GradeOut(measure=grade.measure, level=grade.level, start=grade.start, reasons=reasons)


CALLS = [show_evidence, show_study, list_studies]
