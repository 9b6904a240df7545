"""Studies enough to add up, the claims that they speak for and against, and how invented people read them."""

from collections.abc import Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.catalogue.models import Product
from marketplace.demonstration.evidence_content import (
    CertaintyOf,
    ClaimOf,
    LookUpOf,
    MemberOf,
    ReadingOf,
    SeriesOf,
    read_evidence,
    result_of,
)
from marketplace.demonstration.stage import Scene, Stage, product_known
from marketplace.evidence.actions.appraising import (
    agree_consensus,
    give_appraisal,
    judge_certainty,
    note_look_up,
    propose_consensus,
    tool_for,
)
from marketplace.evidence.actions.claims import add_claim, publish_claim
from marketplace.evidence.actions.publishing import publish_study
from marketplace.evidence.actions.writing import add_study, set_results
from marketplace.evidence.models import Appraisal, Certainty, Claim, Study, StudyCheck
from marketplace.evidence.queries.appraisals import appraisal_rules
from marketplace.evidence.queries.claims import find_claim, weigh
from marketplace.evidence.queries.declared import strength_rules
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.schemas.appraisals import Reading, read_judged, read_looked_up, read_reading
from marketplace.evidence.schemas.claims import read_claim
from marketplace.evidence.schemas.studies import read_described, read_results
from marketplace.faces.claims import claim_words
from marketplace.faces.evidence import vocabulary
from marketplace.identity.policies import Actor

WRITTEN = 2
"""Days ahead of the day of publication."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each study and claim as it was published, and each reading, on its day."""
    found = read_evidence(stage.content.folder)
    for series, member, fields in found.members():
        yield Scene(stage.moment(member.published, 380), partial(_publish, stage, series, member, fields))
    for claim in found.claims:
        yield Scene(stage.moment(claim.published, 390), partial(_claim, stage, claim))
    for looked in found.lookups:
        yield Scene(stage.moment(looked.days_ago, 200), partial(_look_up, stage, looked))
    for reading in found.readings:
        yield Scene(stage.moment(reading.days_ago, 210), partial(_read, stage, reading))
    for judged in found.certainties:
        yield Scene(stage.moment(judged.days_ago, 220), partial(_judge, stage, judged))


def _publish(stage: Stage, series: SeriesOf, member: MemberOf, fields: dict[str, str], db: Session) -> None:
    """Written, filled and published; nothing where it is there."""
    product = product_known(db, series.product)
    if _study(db, member.title) is not None:
        return
    by, written = _writer(stage, db, product), member.published + WRITTEN
    days = {
        name: stage.moment(ago).date().isoformat()
        for name, ago in (("began_on", member.began), ("ended_on", member.ended))
    }
    known = vocabulary(stage.frameworks)
    described = read_described({**fields, **days}, known, on=stage.now.date())
    study = add_study(db, product.id, described, by=by, at=stage.moment(written, 60))
    results = read_results([result_of(series, member)], known)
    set_results(db, study, results, by=by, at=stage.moment(written, 120))
    at = stage.moment(member.published, 380)
    publish_study(db, study, strength_rules(stage.frameworks), is_on_show=True, by=by, at=at)


def _claim(stage: Stage, declared: ClaimOf, db: Session) -> None:
    product = product_known(db, declared.product)
    if _called(db, declared.words) is not None:
        return
    raw = declared.model_dump(exclude={"product", "published"})
    stated = read_claim(raw, claim_words(stage.frameworks))
    by, at = _writer(stage, db, product), stage.moment(declared.published, 390)
    claim = add_claim(db, product.id, stated, by=by, at=at)
    publish_claim(db, claim, is_on_show=True, by=by, at=at)


def _look_up(stage: Stage, declared: LookUpOf, db: Session) -> None:
    study = _study(db, declared.study)
    if study is None or db.scalar(select(StudyCheck.id).where(StudyCheck.study_id == study.id)) is not None:
        return
    at = stage.moment(declared.days_ago, 200)
    raw = {"what": declared.what, "outcome": declared.outcome, "note": declared.note}
    note_look_up(db, study, read_looked_up(raw, on=at.date()), by=_academic(stage, db, declared.by), at=at)


def _read(stage: Stage, declared: ReadingOf, db: Session) -> None:
    """Two readings apart, then their consensus where they differed; nothing where they are there."""
    study = _study(db, declared.study)
    if study is None or _was_read(db, study, declared.tool):
        return
    rules = appraisal_rules(stage.frameworks)
    tool, at = tool_for(study, declared.tool, rules), stage.moment(declared.days_ago, 210)
    first, second = (_academic(stage, db, name) for name in declared.readers)
    for by, changes in ((first, {}), (second, declared.second)):
        give_appraisal(
            db, study, tool, _reading(stage, declared, changes), rules, supplier_id=study.organisation_id,
            has_no_conflict=True, by=by, at=at,
        )  # fmt: skip
    if declared.second:
        propose_consensus(db, study, tool, _reading(stage, declared, declared.agreed), rules, by=first, at=at)
        agree_consensus(db, study, tool, by=second, at=at)


def _judge(stage: Stage, declared: CertaintyOf, db: Session) -> None:
    found = _called(db, declared.claim)
    if found is None or db.scalar(select(Certainty.id).where(Certainty.claim_id == found.id)) is not None:
        return
    claim = find_claim(db, found.ref, by=None)
    raw = {"start": declared.start}
    for name, steps in declared.steps.items():
        raw |= {f"steps-{name}": str(steps), f"reason-{name}": declared.reasons[name]}
    rules, at = appraisal_rules(stage.frameworks), stage.moment(declared.days_ago, 220)
    weighed = weigh(claim, published_studies(db, [claim.product_id]))
    by = _academic(stage, db, declared.by)
    judge_certainty(db, claim, weighed, read_judged(raw, rules), rules, by=by, at=at)


def _reading(stage: Stage, declared: ReadingOf, changes: dict[str, str]) -> Reading:
    rules = appraisal_rules(stage.frameworks)
    answers = {**declared.answers, **changes}
    raw = {f"answer-{row}": answer for row, answer in answers.items()}
    raw |= {f"reason-{row}": "As the invented report says." for row in answers}
    return read_reading({**raw, "reason": declared.reason}, rules.tool[declared.tool], rules)


def _was_read(db: Session, study: Study, tool: str) -> bool:
    read = select(Appraisal.id).where(Appraisal.study_id == study.id, Appraisal.tool == tool)
    return db.scalar(read.limit(1)) is not None


def _study(db: Session, title: str) -> Study | None:
    titled = select(Study).where(Study.title == title, Study.is_demonstration)
    return db.scalars(titled.options(selectinload(Study.results))).first()


def _called(db: Session, words: str) -> Claim | None:
    return db.scalars(select(Claim).where(Claim.words == words, Claim.is_demonstration)).first()


def _writer(stage: Stage, db: Session, product: Product) -> Actor:
    return stage.somebody(db, product.supplier_name, "supplier-manager")


def _academic(stage: Stage, db: Session, name: str) -> Actor:
    return stage.actor(db, name)
