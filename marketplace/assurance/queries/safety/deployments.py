"""Where products are used, as far as the actor may know of it."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Deployment, Hazard, SafetyCase
from marketplace.assurance.queries.safety.logs import log_of, reports_of, spelled
from marketplace.assurance.rules.safety.declared import Matrix
from marketplace.assurance.rules.safety.hazards import Hindrance, digest_of_log, hindrances, rated_all, undecided
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.errors import NotFound
from marketplace.kit.text import quote

LOADED = (
    joinedload(Deployment.organisation), joinedload(Deployment.supplier), joinedload(Deployment.product),
    joinedload(Deployment.version),
)  # fmt: skip


def find_deployment(db: Session, ref: str, *, by: Actor) -> Deployment:
    """A deployment of one's own organisation; the supplier and an operator know of it too. Raises NotFound."""
    asked = select(Deployment).options(*LOADED).where(Deployment.ref == spelled(ref, "DEP", "deployment"))
    if not by.may(Permission.OPERATE):
        asked = asked.where(or_(Deployment.organisation_id == by.organisation_id,
                                Deployment.supplier_id == by.organisation_id))  # fmt: skip
    found = db.scalars(asked).one_or_none()
    if found is None:
        raise NotFound(f"there is no deployment {quote(ref)}", "Your deployments are listed under Safety.")
    return found


def own_deployment(db: Session, ref: str, *, by: Actor) -> Deployment:
    """A deployment of one's own organisation alone: its log is for nobody else. Raises NotFound."""
    found = find_deployment(db, ref, by=by)
    if found.organisation_id != by.organisation_id:
        raise NotFound(f"there is no deployment {quote(ref)} of yours", "Your deployments are listed under Safety.")
    return found


def deployments_of(db: Session, organisation_id: UUID) -> list[Deployment]:
    """Where an organisation uses what: those in use first, ended ones last."""
    mine = select(Deployment).options(*LOADED).where(Deployment.organisation_id == organisation_id)
    return list(db.scalars(mine.order_by(Deployment.ended_at.is_not(None), Deployment.id.desc())))


def users_of(db: Session, product_id: UUID) -> list[Deployment]:
    """Who uses a product, or is going to."""
    open_ones = select(Deployment).options(*LOADED)
    open_ones = open_ones.where(Deployment.product_id == product_id, Deployment.ended_at.is_(None))
    return list(db.scalars(open_ones.order_by(Deployment.id)))


def open_deployment(db: Session, organisation_id: UUID, product_id: UUID) -> Deployment | None:
    """An organisation's use of a product that is not ended; there is at most one."""
    mine = select(Deployment).options(*LOADED).where(
        Deployment.organisation_id == organisation_id, Deployment.product_id == product_id,
        Deployment.ended_at.is_(None),
    )  # fmt: skip
    return db.scalars(mine).one_or_none()


def what_blocks_going_live(db: Session, deployment: Deployment, matrix: Matrix) -> list[Hindrance]:
    """Why patients cannot meet the product here yet; empty where nothing stands in the way.

    Every hazard that was handed over is decided on, no risk that blocks is left, and the clinical safety officer gave
    out a report of the log as it stands. Source: DCB0160, 7.1.
    """
    hazards = log_of(db, deployment.product_id, deployment_id=deployment.id)
    log = rated_all(hazards, matrix)
    found = undecided(log) + [each for each in hindrances(log) if each.number or hazards]
    reports = reports_of(db, deployment.product_id, deployment_id=deployment.id)
    if not _covers(reports, deployment, hazards):
        found.append(Hindrance(0, "No safety case report of this version was given out of the log as it stands."))
    return found


def _covers(reports: list[SafetyCase], deployment: Deployment, hazards: list[Hazard]) -> bool:
    if not reports or reports[0].version_id != deployment.version_id:
        return False
    return reports[0].log_digest == digest_of_log(hazards)
