"""Giving out a safety case report: assembled from the record and the log, and never changed afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.hazards import allow_writing, id_of
from marketplace.assurance.events.safety import SafetyCaseIssued
from marketplace.assurance.models import Deployment, Hazard, SafetyCase
from marketplace.assurance.queries.safety.declared import log_shape, matrix_of, report_shape
from marketplace.assurance.queries.safety.logs import log_of, reports_of
from marketplace.assurance.rules.safety.hazards import (
    Hindrance,
    digest_of,
    digest_of_log,
    hindrances,
    rated_all,
    undecided,
)
from marketplace.assurance.rules.safety.report import Fact, assembled
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict
from marketplace.kit.fields import Fields
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record

LONG, LINE = 8_000, 120
MANUFACTURER, DEPLOYER = "manufacturer", "deploying-organisation"


def what_blocks_report(
    db: Session, product: Product, deployment: Deployment | None, frameworks: Frameworks
) -> list[Hindrance]:
    """Why no report can be given out of a log as it stands; empty where one can."""
    log = rated_all(log_of(db, product.id, deployment_id=id_of(deployment)), matrix_of(frameworks))
    return [*undecided(log), *(hindrances(log) if log or deployment is None else [])]


def issue_safety_case(
    db: Session, product: Product, version: Version, given: Mapping[str, str], *, facts: tuple[Fact, ...] = (),
    deployment: Deployment | None = None, frameworks: Frameworks, by: Actor, at: datetime,
) -> SafetyCase:  # fmt: skip
    """Give out the next report of a log: the manufacturer's of a version, or that of a deployment.

    `facts` describe the system, in the words of its listing. Raises NotAllowed, Conflict while something blocks it,
    Invalid.
    """
    allow_writing(by, product, deployment)
    if blocked := what_blocks_report(db, product, deployment, frameworks):
        first = blocked[0]
        where = f"hazard {first.number}: " if first.number else ""
        raise Conflict(f"the log does not allow a report yet: {where}{first.words}", "Look at what the log says.")
    typed = _read(given, deployment, frameworks)
    log = log_of(db, product.id, deployment_id=id_of(deployment))
    number = len(reports_of(db, product.id, deployment_id=id_of(deployment))) + 1
    report = SafetyCase(
        id=new_id(at), ref=new_reference("SCR"), product_id=product.id,
        deployment_id=id_of(deployment), version_id=version.id, organisation_id=by.organisation_id,
        number=number, phase=typed["phase"], officer=typed["officer"], registration=typed["registration"],
        log_digest=digest_of_log(log), issued_by_id=by.person_id, issued_at=at, issued_on=day_in_london(at),
    )  # fmt: skip
    report.document = _document(report, product, version, log, typed, facts, frameworks, by)
    report.digest = digest_of(report.document)
    db.add(report)
    db.flush()
    issued = SafetyCaseIssued(
        safety_case_id=report.id, product_id=product.id, version_id=version.id,
        organisation_id=report.organisation_id, deployment_id=report.deployment_id, number=number,
        digest=report.digest,
    )  # fmt: skip
    record(db, issued, by=by, at=at)
    return report


def _read(given: Mapping[str, str], deployment: Deployment | None, frameworks: Frameworks) -> dict[str, str]:
    """What the clinical safety officer writes. Raises Invalid, naming every part that is missing."""
    shape, fields = report_shape(frameworks), Fields(given)
    phases = [phase.id for phase in shape.phases_of(DEPLOYER if deployment else MANUFACTURER)]
    read = {
        "phase": fields.one_of("phase", phases, needed="Choose the phase."),
        "officer": fields.line("officer", LINE, needed="Name the clinical safety officer."),
        "registration": fields.line("registration", LINE, needed="Give their professional registration."),
    }
    for part in shape.typed:
        says = f"{part.says[:1].lower()}{part.says[1:]}"
        read[part.id] = fields.text(part.id, LONG, needed=f"Write what it says: {says}.")
    fields.check("the report is not whole")
    return read


def _document(
    report: SafetyCase, product: Product, version: Version, log: list[Hazard], typed: Mapping[str, str],
    facts: tuple[Fact, ...], frameworks: Frameworks, by: Actor,
) -> dict[str, Any]:  # fmt: skip
    shape, matrix = report_shape(frameworks), matrix_of(frameworks)
    phase = next(each.label for each in shape.phases if each.id == report.phase)
    head = {
        "reference": report.ref, "number": report.number, "phase": phase, "product": version.name,
        "product-ref": product.ref, "version": version.number, "organisation": by.organisation_name,
        "standard": "DCB0160" if report.deployment_id else "DCB0129", "officer": report.officer,
        "registration": report.registration, "issued-on": report.issued_on.isoformat(),
        "issued-by": by.person_name, "log-digest": report.log_digest,
        "is-demonstration": bool(product.is_demonstration),
    }  # fmt: skip
    return assembled(head, shape, matrix, log_shape(frameworks), rated_all(log, matrix), typed, facts)
