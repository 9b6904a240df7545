"""What goes on from cases in the demonstration: an appeal, conditions put right, samples, registers, policies."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.appealing import assign_appeal, file_appeal, open_hearing, settle_appeal
from marketplace.assurance.actions.bodies import set_trust_policy
from marketplace.assurance.actions.notes import check_register
from marketplace.assurance.actions.remedies import offer_remedy, plan_remedy, settle_remedy
from marketplace.assurance.actions.sampling import give_sample, take_sample, take_up
from marketplace.assurance.actions.surveillance import (
    appoint_visit,
    begin_visit,
    end_visit,
    find_at_visit,
    set_visit,
)
from marketplace.assurance.models import Case, RegisterCheck
from marketplace.assurance.queries.appeals import appeals_of
from marketplace.assurance.queries.bodies import policy_row
from marketplace.assurance.queries.cases import hold_case
from marketplace.assurance.queries.remedies import remedies_of
from marketplace.assurance.queries.samples import blind_verdict, sample_of
from marketplace.assurance.queries.surveillance import certified_by, open_visit, visits_of
from marketplace.catalogue.queries.products import attachments_of
from marketplace.demonstration.assurance.bodies import (
    AppealOf,
    BodiesOf,
    CheckOf,
    PolicyOf,
    RemedyOf,
    SampleOf,
    VisitOf,
)
from marketplace.demonstration.assurance.track import first_case
from marketplace.demonstration.stage import Scene, Stage, organisation_called, product_called
from marketplace.identity.models import Organisation


def scenes(stage: Stage, sheet: BodiesOf) -> Iterator[Scene]:
    """Each step after a decision, in no order."""
    for policy in sheet.policies:
        yield _scene(stage, policy.days_ago, 400, partial(_trust, stage, policy))
    for appeal in sheet.appeals:
        yield _scene(stage, appeal.filed, 410, partial(_appeal, stage, appeal))
        yield _scene(stage, appeal.heard, 420, partial(_hear, stage, appeal))
    for remedy in sheet.remedies:
        yield _scene(stage, remedy.planned, 430, partial(_plan, stage, remedy))
        yield _scene(stage, remedy.offered, 440, partial(_offer, stage, remedy))
        if remedy.closed is not None:
            yield _scene(stage, remedy.closed, 450, partial(_close, stage, remedy))
    for sample in sheet.samples:
        yield _scene(stage, sample.days_ago, 460, partial(_sample, stage, sample))
    for place, check in enumerate(sheet.checks):
        yield _scene(stage, check.days_ago, 470 + place, partial(_check, stage, check))
    for visit in sheet.visits:
        yield _scene(stage, visit.appointed, 490, partial(_appoint, stage, visit))
        if visit.held is not None:
            yield _scene(stage, visit.held, 500, partial(_visit, stage, visit))


def _scene(stage: Stage, days_ago: int, minutes: int, play: partial[None]) -> Scene:
    at = stage.moment(days_ago, minutes)
    return Scene(at, partial(play, at))


def _case(db: Session, one: AppealOf | RemedyOf | SampleOf | CheckOf | VisitOf) -> Case:
    """The case that something went on from."""
    found = product_called(db, one.product, one.supplier)
    first = first_case(db, found, one.framework) if found else None
    assert first is not None, one.product
    return hold_case(db, first)


def _trust(stage: Stage, one: PolicyOf, at: datetime, db: Session) -> None:
    by = stage.somebody(db, one.organisation, "manager")
    assert by.organisation_id is not None
    if policy_row(db, by.organisation_id) is not None:
        return
    named = [found.ref for name in one.bodies if (found := organisation_called(db, name)) is not None]
    set_trust_policy(
        db, rule=one.rule, named=named, recognised=one.recognised, conditions=one.conditions, words=one.words, by=by,
        at=at,
    )  # fmt: skip


def _appeal(stage: Stage, one: AppealOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    if appeals_of(db, case.product_id):
        return
    file_appeal(
        db, case, against=one.against, grounds=one.grounds, codes=one.codes,
        body=db.get_one(Organisation, case.body_id), frameworks=stage.frameworks,
        by=stage.somebody(db, one.supplier, "supplier-manager"), at=at,
    )  # fmt: skip


def _hear(stage: Stage, one: AppealOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    appeal = appeals_of(db, case.product_id)[0]
    if appeal.ended_at is not None:
        return
    by = stage.actor(db, one.heard_by, case.body.name)
    assert by.person_id is not None
    assign_appeal(db, appeal, by.person_id, by=by, at=at - timedelta(hours=2))
    open_hearing(db, appeal, has_conflict=False, by=by, at=at - timedelta(hours=1))
    settle_appeal(db, appeal, upholds=one.upholds, reasons=one.reasons, frameworks=stage.frameworks, by=by, at=at)


def _plan(stage: Stage, one: RemedyOf, at: datetime, db: Session) -> None:
    item = next(each for each in remedies_of(db, _case(db, one).id) if each.code == one.code)
    by = stage.somebody(db, one.supplier, "supplier-manager")
    if item.state == "open" and item.owner_id is None:
        planned_on = stage.moment(one.offered).date()
        plan_remedy(db, item, owner_id=by.person_id, planned_on=planned_on, by=by, at=at)


def _offer(stage: Stage, one: RemedyOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    item = next(each for each in remedies_of(db, case.id) if each.code == one.code)
    if item.state == "open":
        paper = next(iter(attachments_of(db, case.product_id)), None)
        by = stage.somebody(db, one.supplier, "supplier-manager")
        offer_remedy(db, item, words=one.words, documents=[paper.id] if paper else [], by=by, at=at)


def _close(stage: Stage, one: RemedyOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    item = next(each for each in remedies_of(db, case.id) if each.code == one.code)
    if item.state == "offered":
        settle_remedy(
            db, item, closes=True, has_no_conflict=True, frameworks=stage.frameworks,
            by=stage.actor(db, one.by, case.body.name), at=at,
        )  # fmt: skip


def _sample(stage: Stage, one: SampleOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    known = sample_of(db, case.id)
    if known is not None and (known.given_at is not None or not one.by):
        return
    sample = take_up(db, case, at=at)
    if not one.by:
        return
    by = stage.actor(db, one.by, case.body.name)
    take_sample(db, sample, has_no_conflict=True, by=by, at=at)
    counted = [each.criterion.code for each in blind_verdict(db, stage.frameworks, sample).criteria if each.counts]
    judged = {code: one.otherwise.get(code, "met") for code in counted}
    give_sample(db, sample, judged, frameworks=stage.frameworks, by=by, at=at + timedelta(hours=3))


def _check(stage: Stage, one: CheckOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    mine = select(RegisterCheck.id).where(
        RegisterCheck.supplier_id == case.supplier_id, RegisterCheck.register_id == one.looked_in
    )
    if db.scalar(mine.limit(1)) is None:
        check_register(
            db, case, one.looked_in, number=one.number, result=one.result, words=one.words,
            frameworks=stage.frameworks, by=stage.actor(db, one.by, case.body.name), at=at,
        )  # fmt: skip


def _appoint(stage: Stage, one: VisitOf, at: datetime, db: Session) -> None:
    case = _case(db, one)
    certificate = certified_by(db, case.id)
    visit = set_visit(db, certificate, stage.frameworks, since=certificate.issued_on, at=at)
    by = stage.actor(db, one.by, case.body.name)
    if visit.state == "due" and by.person_id is not None and len(visits_of(db, certificate.id)) == 1:
        planned_on = stage.now.date() + timedelta(days=one.planned_in)
        appoint_visit(
            db, visit, planned_on=planned_on, way=one.way, person_id=by.person_id, frameworks=stage.frameworks, by=by,
            at=at,
        )  # fmt: skip


def _visit(stage: Stage, one: VisitOf, at: datetime, db: Session) -> None:
    """Held as it was appointed: each finding, and the end."""
    case = _case(db, one)
    visit = open_visit(db, certified_by(db, case.id).id)
    if visit is None or visit.state != "planned":
        return
    by, frameworks = stage.actor(db, one.by, case.body.name), stage.frameworks
    begin_visit(db, visit, has_no_conflict=True, by=by, at=at)
    for code, found in one.findings.items():
        due_on = stage.now.date() + timedelta(days=found.due_in) if found.due_in else None
        find_at_visit(
            db, visit, code, found.judgement, note=found.note, condition=found.condition, severity=found.severity,
            due_on=due_on, frameworks=frameworks, by=by, at=at + timedelta(minutes=20),
        )  # fmt: skip
    end_visit(db, visit, reasons=one.reasons, frameworks=frameworks, by=by, at=at + timedelta(hours=1))
