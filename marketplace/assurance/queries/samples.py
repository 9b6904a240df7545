"""Samples of decided cases, and how far those who judged twice agree."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Carried, Case, Finding, Opinion, Sample
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.assurance.queries.cases import framework_of
from marketplace.assurance.queries.given import Papers, answers_of, papers_of
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.service import Agreement, agreement, judged_alike
from marketplace.assurance.rules.verdicts import Verdict
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.holding import hold_row

LOADED = (joinedload(Sample.case).options(*WHOLE_CASE),)


def sample_of(db: Session, case_id: UUID) -> Sample | None:
    return db.scalars(select(Sample).options(*LOADED).where(Sample.case_id == case_id)).one_or_none()


def samples_of_body(db: Session, body_id: UUID) -> list[Sample]:
    """The samples of a body, those first that nobody has judged."""
    rows = select(Sample).options(*LOADED).where(Sample.body_id == body_id)
    return list(db.scalars(rows.order_by(Sample.given_at.is_not(None), Sample.id)))


def find_sample(db: Session, sample_id: UUID, *, by: Actor) -> Sample:
    """A sample of the actor's body. Raises NotFound."""
    found = db.scalars(select(Sample).options(*LOADED).where(Sample.id == sample_id)).one_or_none()
    mine = found is not None and by.may(Permission.ASSURANCE_ASSESS) and found.body_id == by.organisation_id
    if found is None or not mine:
        raise NotFound("there is no such sample", "The page of the samples lists those of your body.")
    return found


def hold_sample(db: Session, sample: Sample) -> Sample:
    return hold_row(db, Sample, sample.id, LOADED)


def blind_papers(db: Session, frameworks: Frameworks, sample: Sample) -> Papers:
    """The answers as they were assessed, without anything that was found."""
    case = sample.case
    return papers_of(
        framework_of(frameworks, case), case.product, case.version, answers_of(db, case.product, at=case.answers_at)
    )


def blind_verdict(db: Session, frameworks: Frameworks, sample: Sample) -> Verdict:
    """What the rule alone says of those answers, on the day of the decision."""
    case = sample.case
    on = day_in_london(case.ended_at or sample.drawn_at)
    return judge(framework_of(frameworks, case), blind_papers(db, frameworks, sample).given, on=on)


def found_first(db: Session, case_id: UUID) -> dict[str, str]:
    """What was found of each criterion in the case itself when it was decided; what was carried forward is left out."""
    carried = select(Carried.finding_id)
    rows = select(Finding).join(Case, Case.id == Finding.case_id).where(Finding.case_id == case_id)
    rows = rows.where(Finding.id.not_in(carried), (Case.ended_at.is_(None)) | (Finding.at <= Case.ended_at))
    return {each.code: each.judgement for each in db.scalars(rows.order_by(Finding.id))}


def agreement_of_samples(db: Session, body_id: UUID | None = None) -> Agreement:
    """How far samples agree with what was found first, criterion by criterion; of one body, or of all."""
    rows = select(Sample).where(Sample.given_at.is_not(None))
    samples = list(db.scalars(rows if body_id is None else rows.where(Sample.body_id == body_id)))
    return agreement(pair for each in samples for pair in judged_alike(found_first(db, each.case_id), each.judgements))


def agreement_of_opinions(db: Session, case_ids: Iterable[UUID]) -> Agreement:
    """How far the second assessor says what the first proposed, case by case."""
    rows = select(Opinion.case_id, Opinion.stage, Opinion.outcome).where(Opinion.case_id.in_(list(case_ids)))
    said: dict[UUID, dict[str, str]] = {}
    for case_id, stage, outcome in db.execute(rows):
        said.setdefault(case_id, {})[stage] = outcome
    return agreement((each["first"], each["second"]) for each in said.values() if {"first", "second"} <= each.keys())
