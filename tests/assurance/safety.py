"""What tests of clinical safety begin with: a log with a hazard that is handed over, a trust that uses the product."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.assurance.actions.safety.deployments import plan_deployment
from marketplace.assurance.actions.safety.hazards import decide_hazard, write_hazard
from marketplace.assurance.actions.safety.notices import issue_notice, write_notice
from marketplace.assurance.actions.safety.reporting import issue_safety_case
from marketplace.assurance.models import Deployment, Hazard, SafetyCase, SafetyNotice
from marketplace.assurance.queries.safety.deployments import find_deployment
from marketplace.assurance.queries.safety.logs import log_of
from marketplace.assurance.queries.safety.notices import find_notice
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from tests.cast import an_actor

NEGATION = {
    "name": "A negation is lost", "description": "“No chest pain” becomes “chest pain”.",
    "effect": "A patient is treated for something that they do not have.", "causes": "Quiet speech; a noisy room.",
    "controls": "The clinician checks each draft.", "severity": "major", "likelihood": "medium",
    "design": "Negations are marked in the draft.", "residual-severity": "major", "residual-likelihood": "very-low",
    "owner": "Head of product", "state": "closed",
}  # fmt: skip
OUTAGE = {
    "name": "The service is away", "effect": "Notes are written late.", "causes": "The network fails.",
    "severity": "significant", "likelihood": "high", "residual-severity": "significant", "residual-likelihood": "low",
    "state": "transferred", "handed-over": "Keep a paper template in each room.",
}  # fmt: skip
REPORT = {
    "phase": "release", "officer": "Dr Wen Li", "registration": "General Medical Council 1234567",
    "management": "Our process, reviewed each year.", "analysis": "Found by a group of eight, two of them nurses.",
    "control": "Each control was tested on 400 recordings.", "outstanding": "None.",
    "statement": "It is acceptably safe for drafting letters.",
}  # fmt: skip
NOTICE = {
    "kind": "safety", "urgency": "urgent", "title": "Doses above 1,000 lose a zero",
    "what": "Version 1.0 writes 100 where 1,000 was said.", "risk": "Too small a dose is given.",
    "action": "Check every dose above 999 until version 1.1 is in use.", "affects": "1.0",
}  # fmt: skip
CHANGE = {
    "kind": "change", "change": "new-model", "title": "Another base model from January", "new-version": "2.0",
    "what": "Llama 3.1 gives way to another family.", "action": "Accept the change, or keep version 1.0.",
    "takes-effect-on": "2027-01-10",
}  # fmt: skip


def a_safety_officer(db: Session, *, at: datetime, organisation: str = "", name: str = "Dr Ada Quist") -> Actor:
    """The clinical safety officer of Ashdown, or of another trust."""
    where = organisation or "Ashdown Hospitals NHS Trust"
    return an_actor(db, name, where, "trust", "clinical-safety-officer", at=at)


def a_log(db: Session, frameworks: Frameworks, product: Product, *, by: Actor, at: datetime) -> list[Hazard]:
    """Two hazards: one closed, one handed over."""
    return [write_hazard(db, product, given, frameworks=frameworks, by=by, at=at) for given in (NEGATION, OUTAGE)]


def a_report(
    db: Session, frameworks: Frameworks, product: Product, *, by: Actor, at: datetime,
    deployment: Deployment | None = None, **more: str,
) -> SafetyCase:  # fmt: skip
    """The report of a log as it stands."""
    version = db.get_one(Version, deployment.version_id if deployment else product.live_version_id)
    given = {**REPORT, **({"phase": "deployment"} if deployment else {}), **more}
    return issue_safety_case(
        db, product, version, given, deployment=deployment, frameworks=frameworks, by=by, at=at
    )  # fmt: skip


def a_deployment(db: Session, product: Product, *, by: Actor, at: datetime) -> Deployment:
    """Planned by hand, as a page has it."""
    ref = plan_deployment(db, product, place="Outpatients", by=by, at=at).ref
    return find_deployment(db, ref, by=by)


def decide_all(db: Session, frameworks: Frameworks, deployment: Deployment, *, by: Actor, at: datetime) -> None:
    """Every hazard that was handed over is controlled here."""
    for hazard in log_of(db, deployment.product_id, deployment_id=deployment.id):
        if hazard.origin_id is not None and not hazard.disposition:
            given = {"disposition": "controlled", "disposition-reason": "A template hangs in each room."}
            decide_hazard(db, deployment, hazard, given, frameworks=frameworks, by=by, at=at)


def a_notice(
    db: Session, frameworks: Frameworks, product: Product, *, by: Actor, at: datetime, also: Any = None, **more: str
) -> SafetyNotice:
    """A safety notice that was sent, or a change notice with `kind="change"`."""
    given = {**(CHANGE if more.get("kind") == "change" else NOTICE), **more}
    notice = write_notice(db, product, given, frameworks=frameworks, by=by, at=at)
    issue_notice(db, notice, also=also, frameworks=frameworks, by=by, at=at)
    return find_notice(db, notice.ref, by=by)
