"""Invented clinical safety: logs and their reports, who uses what, incidents, and notices with who answered them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.chasing import chase_notices
from marketplace.assurance.actions.safety.deployments import go_live, open_use
from marketplace.assurance.actions.safety.hazards import decide_hazard, write_hazard
from marketplace.assurance.actions.safety.incidents import close_incident, make_safe, report_incident, triage_incident
from marketplace.assurance.actions.safety.notices import answer_notice, close_notice, issue_notice, write_notice
from marketplace.assurance.actions.safety.reporting import issue_safety_case
from marketplace.assurance.models import Deployment, Incident, Receipt, SafetyNotice
from marketplace.assurance.queries.safety.deployments import open_deployment
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.assurance.queries.safety.notices import find_notice
from marketplace.catalogue.models import Product, Version
from marketplace.demonstration.safety_content import (
    AnsweredOf,
    IncidentOf,
    LogOf,
    NoticeOf,
    SafetyOf,
    UseOf,
    read_safety,
)
from marketplace.demonstration.stage import Scene, Stage, product_called
from marketplace.faces.safety import holders_above, system_facts
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote

OFFICER, WRITER = "clinical-safety-officer", "supplier-manager"
CHASED = range(24, 0, -2)
"""Days ago on which the clock reminds."""


def scenes(stage: Stage) -> Iterator[Scene]:
    """Each step on its day. Playing one again does nothing."""
    found = read_safety(stage.content.folder)
    for log in found.logs:
        yield Scene(stage.moment(log.days_ago, 420), partial(_log, stage, found, log))
    for use in found.deployments:
        yield Scene(stage.moment(use.days_ago, 425), partial(_use, stage, found, use))
    for incident in found.incidents:
        yield Scene(stage.moment(incident.days_ago, 430), partial(_incident, stage, incident))
    for notice in found.notices:
        yield Scene(stage.moment(notice.days_ago, 440), partial(_notice, stage, found, notice))
        for answered in notice.answers:
            yield Scene(stage.moment(answered.days_ago, 450), partial(_answer, stage, notice, answered))
        if notice.closed:
            last = min(each.days_ago for each in notice.answers)
            yield Scene(stage.moment(last, 460), partial(_close, stage, notice))
    for days in CHASED:
        at = stage.moment(days, 470)
        yield Scene(at, partial(_chase, stage, at))


def _log(stage: Stage, found: SafetyOf, log: LogOf, db: Session) -> None:
    at = stage.moment(log.days_ago, 420)
    product, by = _product(db, log.product, log.supplier), stage.somebody(db, log.supplier, WRITER)
    if log_of(db, product.id):
        return
    for given in log.hazards:
        write_hazard(db, product, given, frameworks=stage.frameworks, by=by, at=at)
    _report(stage, found, product, None, by, at, db)


def _use(stage: Stage, found: SafetyOf, use: UseOf, db: Session) -> None:
    """Planned, decided on, reported and live, all by its clinical safety officer."""
    at = stage.moment(use.days_ago, 425)
    product, by = _product(db, use.product, use.supplier), stage.somebody(db, use.organisation, OFFICER)
    assert by.organisation_id is not None
    assert product.live_version_id is not None
    assert product.organisation_id is not None
    known = open_deployment(db, by.organisation_id, product.id)
    if known is not None and known.place:
        return
    made = open_use(
        db, organisation_id=by.organisation_id, product_id=product.id, version_id=product.live_version_id,
        supplier_id=product.organisation_id, by=by, at=at,
    )  # fmt: skip
    made.place = use.place
    db.flush()
    if not use.live:
        return
    deployment = open_deployment(db, by.organisation_id, product.id)
    assert deployment is not None
    _decide(stage, deployment, by, at, db)
    _report(stage, found, product, deployment, by, at, db)
    go_live(db, deployment, frameworks=stage.frameworks, by=by, at=at)


def _decide(stage: Stage, deployment: Deployment, by: Actor, at: datetime, db: Session) -> None:
    for hazard in log_of(db, deployment.product_id, deployment_id=deployment.id):
        if hazard.origin_id is not None and not hazard.disposition:
            given = {"disposition": "controlled", "disposition-reason": f"Done here: {hazard.handed_over}"}
            if hazard.residual_severity == "major":
                hazard.reason = "Accepted with what is done here, and looked at each quarter. Invented."
            decide_hazard(db, deployment, hazard, given, frameworks=stage.frameworks, by=by, at=at)


def _report(
    stage: Stage, found: SafetyOf, product: Product, deployment: Deployment | None, by: Actor, at: datetime, db: Session
) -> None:
    version = db.get_one(Version, deployment.version_id if deployment else product.live_version_id)
    given = {**found.report, "phase": "deployment" if deployment else "release"}
    if deployment is not None:
        given |= {"officer": by.person_name, "registration": "Nursing and Midwifery Council 00A0000E (invented)"}
    facts = system_facts(stage.frameworks, product, version)
    issue_safety_case(
        db, product, version, given, facts=facts, deployment=deployment, frameworks=stage.frameworks, by=by, at=at
    )


def _incident(stage: Stage, told: IncidentOf, db: Session) -> None:
    at, frameworks = stage.moment(told.days_ago, 430), stage.frameworks
    product = _product(db, told.product, told.supplier)
    if _told(db, product, told) is not None:
        return
    by, supplier = stage.somebody(db, told.organisation, OFFICER), stage.somebody(db, told.supplier, WRITER)
    given = {"severity": told.severity, "words": told.words, "lfpse": told.lfpse}
    incident = report_incident(db, product, given, frameworks=frameworks, by=by, at=at)
    if told.judged:
        judged = {"judged": told.judged, "assessment": told.assessment, "is-device": "yes", "hazard": told.hazard}
        triage_incident(db, incident, judged, frameworks=frameworks, by=supplier, at=at + timedelta(hours=5))
    if told.made_safe:
        make_safe(db, incident, {"made-safe": told.made_safe}, by=supplier, at=at + timedelta(days=1))
    if told.cause:
        close_incident(db, incident, {"cause": told.cause}, by=supplier, at=at + timedelta(days=9))


def _notice(stage: Stage, found: SafetyOf, notice: NoticeOf, db: Session) -> None:
    at, frameworks = stage.moment(notice.days_ago, 440), stage.frameworks
    product, by = _product(db, notice.product, notice.supplier), stage.somebody(db, notice.supplier, WRITER)
    if _sent(db, product, notice) is not None:
        return
    day = day_in_london(at) + timedelta(days=notice.in_days)
    given = {
        "kind": notice.kind, "title": notice.title, "what": notice.what, "action": notice.action,
        "urgency": notice.urgency, "risk": notice.risk, "change": notice.change, "new-version": notice.new_version,
        "takes-effect-on": day.isoformat() if notice.change else "",
    }  # fmt: skip
    behind = _told(db, product, found.incident(notice.incident)) if notice.incident else None
    made = write_notice(db, product, given, incident=behind, frameworks=frameworks, by=by, at=at)
    issue_notice(db, made, also=holders_above(db, product.id), frameworks=frameworks, by=by, at=at)


def _answer(stage: Stage, notice: NoticeOf, answered: AnsweredOf, db: Session) -> None:
    at, product = stage.moment(answered.days_ago, 450), _product(db, notice.product, notice.supplier)
    by, sent = stage.somebody(db, answered.organisation, OFFICER), _sent(db, product, notice)
    if sent is None or sent.state != "issued" or _has_answered(db, sent, by):
        return
    given = {"answer": answered.answer, "words": answered.words}
    answer_notice(db, find_notice(db, sent.ref, by=by), given, frameworks=stage.frameworks, by=by, at=at)


def _close(stage: Stage, notice: NoticeOf, db: Session) -> None:
    by = stage.somebody(db, notice.supplier, WRITER)
    sent = _sent(db, _product(db, notice.product, notice.supplier), notice)
    if sent is not None and sent.state == "issued":
        last = stage.moment(min(each.days_ago for each in notice.answers), 460)
        close_notice(db, sent, words=notice.closed, frameworks=stage.frameworks, by=by, at=last)


def _chase(stage: Stage, at: datetime, db: Session) -> None:
    chase_notices(db, stage.frameworks, at=at)


def _product(db: Session, name: str, supplier: str) -> Product:
    found = product_called(db, name, supplier)
    if found is None:
        raise NotFound(f"there is no product {quote(name)} of {quote(supplier)}", "Mend its name in safety.yaml.")
    return found


def _has_answered(db: Session, notice: SafetyNotice, by: Actor) -> bool:
    mine = (Receipt.notice_id == notice.id, Receipt.organisation_id == by.organisation_id, Receipt.answer != "")
    return db.scalar(select(Receipt.id).where(*mine)) is not None


def _told(db: Session, product: Product, told: IncidentOf) -> Incident | None:
    mine = select(Incident).where(Incident.product_id == product.id, Incident.words == told.words)
    return db.scalars(mine.limit(1)).one_or_none()


def _sent(db: Session, product: Product, notice: NoticeOf) -> SafetyNotice | None:
    mine = select(SafetyNotice).where(SafetyNotice.product_id == product.id, SafetyNotice.title == notice.title)
    return db.scalars(mine.limit(1)).one_or_none()
