"""Using a product: planned, with a log that begins with what is handed over; in use; ended."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events.safety import (
    DeploymentEnded,
    DeploymentMoved,
    DeploymentPlanned,
    DeploymentWentLive,
    HazardsTakenOver,
)
from marketplace.assurance.models import Deployment, Hazard
from marketplace.assurance.policies import may_keep_deployment, may_plan_deployment
from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.deployments import open_deployment, what_blocks_going_live
from marketplace.assurance.queries.safety.logs import handed_over, log_of, next_number
from marketplace.assurance.states import DEPLOYMENT
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor, is_the_house
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.fields import told
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_line, clean_text

PLACE, REASON = 200, 2_000


def plan_deployment(db: Session, product: Product, *, place: str = "", by: Actor, at: datetime) -> Deployment:
    """Say that one's organisation is going to use the version on show. Raises NotAllowed, Conflict."""
    if not may_plan_deployment(by) or by.organisation_id is None:
        raise NotAllowed(
            "only an organisation that buys plans to use a product", "Act for one, or ask a manager there for a role."
        )
    if product.live_version_id is None or product.organisation_id is None:
        raise Conflict(f"{product.name} is not on show", "Only what its supplier has published is used.")
    if open_deployment(db, by.organisation_id, product.id) is not None:
        raise Conflict(f"{by.organisation_name} uses {product.name} already", "Its page is under Safety.")
    return open_use(
        db, organisation_id=by.organisation_id, product_id=product.id, version_id=product.live_version_id,
        supplier_id=product.organisation_id, place=_line("place", place), by=by, at=at,
    )  # fmt: skip


def open_use(
    db: Session, *, organisation_id: UUID, product_id: UUID, version_id: UUID, supplier_id: UUID, place: str = "",
    procurement_id: UUID | None = None, by: Actor = CLOCK, at: datetime,
) -> Deployment:  # fmt: skip
    """The organisation's use of a product, begun now unless it is there, with every hazard that is handed over.

    Repeatable: what is there already stays as it is.
    """
    known = open_deployment(db, organisation_id, product_id)
    if known is not None:
        known.procurement_id = known.procurement_id or procurement_id
        return known
    deployment = Deployment(
        id=new_id(at), ref=new_reference("DEP"), organisation_id=organisation_id, product_id=product_id,
        version_id=version_id, supplier_id=supplier_id, place=place, state=DEPLOYMENT.start,
        procurement_id=procurement_id, record={}, planned_by_id=by.person_id, planned_at=at, end_reason="",
    )  # fmt: skip
    db.add(deployment)
    db.flush()
    planned = DeploymentPlanned(
        deployment_id=deployment.id, organisation_id=organisation_id, product_id=product_id, version_id=version_id,
        supplier_id=supplier_id,
    )  # fmt: skip
    record(db, planned, by=by, at=at)
    take_over(db, deployment, by=by, at=at)
    return deployment


def take_over(db: Session, deployment: Deployment, *, by: Actor = CLOCK, at: datetime) -> list[Hazard]:
    """Put what the manufacturer hands over into the log of a deployment; a changed one is to be decided on anew.

    Returns those that are new or to be decided again. Repeatable.
    """
    log = {hazard.origin_id: hazard for hazard in log_of(db, deployment.product_id, deployment_id=deployment.id)}
    number = next_number(db, deployment.product_id, deployment_id=deployment.id)
    taken: list[Hazard] = []
    for theirs in handed_over(db, deployment.product_id):
        mine = log.get(theirs.id)
        if mine is None:
            mine = _copied(theirs, deployment, number + len(taken), at)
            db.add(mine)
            taken.append(mine)
        elif mine.handed_over != theirs.handed_over or mine.effect != theirs.effect:
            _renew(mine, theirs, at)
            taken.append(mine)
    db.flush()
    if taken:
        told_of = HazardsTakenOver(
            product_id=deployment.product_id, deployment_id=deployment.id, organisation_id=deployment.organisation_id,
            hazard_ids=[hazard.id for hazard in taken],
        )  # fmt: skip
        record(db, told_of, by=by, at=at)
    return taken


def go_live(db: Session, deployment: Deployment, *, frameworks: Frameworks, by: Actor, at: datetime) -> None:
    """Say that patients meet the product here from now on. Raises NotAllowed; Conflict that says what is in the way."""
    _allow(by, deployment)
    state = DEPLOYMENT.after("go live", deployment.state)
    if blocked := what_blocks_going_live(db, deployment, matrix_of(frameworks)):
        first = blocked[0]
        where = f"hazard {first.number}: " if first.number else ""
        raise Conflict(f"it cannot go live yet: {where}{first.words}", "Its page lists all that stands in the way.")
    deployment.state, deployment.live_at = state, at
    went = DeploymentWentLive(**_about(deployment), version_id=deployment.version_id)
    record(db, went, by=by, at=at)
    db.flush()


def move_deployment(
    db: Session, deployment: Deployment, version: Version, *, frameworks: Frameworks, by: Actor, at: datetime
) -> None:
    """Use another version from now on; what that one hands over joins the log. Raises NotAllowed, Conflict.

    What was decided stays decided, and a report of the new version is asked for: DCB0160, 7.3.
    """
    _allow(by, deployment)
    if deployment.ended_at is not None:
        raise Conflict("this deployment has ended", "Plan a new one.")
    if version.product_id != deployment.product_id or version.id == deployment.version_id:
        raise Conflict("it uses this version already", "Choose another one.")
    deployment.version_id = version.id
    record(db, DeploymentMoved(**_about(deployment), version_id=version.id), by=by, at=at)
    take_over(db, deployment, by=by, at=at)


def end_deployment(db: Session, deployment: Deployment, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that the product is not used here any more. Raises NotAllowed, Conflict, Invalid."""
    if not is_the_house(by):
        _allow(by, deployment)
    state = DEPLOYMENT.after("end", deployment.state)
    kept = clean_text(reason, REASON)
    if not kept:
        needed = "Say why, and what took its place."
        raise Invalid("the reason is missing", needed, fields={"reason": needed})
    deployment.state, deployment.ended_at, deployment.end_reason = state, at, kept
    record(db, DeploymentEnded(**_about(deployment), reason=kept), by=by, at=at)
    db.flush()


def _allow(by: Actor, deployment: Deployment) -> None:
    if not may_keep_deployment(by, deployment):
        raise NotAllowed(
            "only a clinical safety officer of the organisation decides this",
            "Ask a manager of your organisation for the role.",
        )


def _about(deployment: Deployment) -> dict[str, UUID]:
    return {"deployment_id": deployment.id, "organisation_id": deployment.organisation_id,
            "product_id": deployment.product_id}  # fmt: skip


def _copied(theirs: Hazard, deployment: Deployment, number: int, at: datetime) -> Hazard:
    """A line of one's own that begins where the manufacturer stopped: its residual risk is what is met here first."""
    return Hazard(
        id=new_id(at), product_id=theirs.product_id, deployment_id=deployment.id, number=number, name=theirs.name,
        description=theirs.description, effect=theirs.effect, causes=theirs.causes,
        controls="\n".join(filter(None, [theirs.controls, *theirs.added.values()])),
        severity=theirs.residual_severity, likelihood=theirs.residual_likelihood, added={},
        residual_severity=theirs.residual_severity, residual_likelihood=theirs.residual_likelihood,
        reason="", action="", owner="", state="open", handed_over=theirs.handed_over, origin_id=theirs.id,
        disposition="", disposition_reason="", created_at=at, changed_at=at,
    )  # fmt: skip


def _renew(mine: Hazard, theirs: Hazard, at: datetime) -> None:
    """What is handed over has changed: the decision of before does not count for it."""
    mine.handed_over, mine.effect, mine.changed_at = theirs.handed_over, theirs.effect, at
    mine.disposition, mine.disposition_reason, mine.state = "", "", "open"


def _line(name: str, typed: str) -> str:
    try:
        return clean_line(typed, PLACE)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={name: told(wrong)}) from wrong
