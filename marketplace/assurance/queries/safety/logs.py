"""Hazard logs and the reports that were given out of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Hazard, SafetyCase
from marketplace.assurance.queries.safety.holders import standpoint
from marketplace.assurance.rules.safety.declared import Matrix
from marketplace.assurance.rules.safety.hazards import Hindrance, off_sale, rated_all, release_blocked
from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor, owns
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.ids import check_reference
from marketplace.kit.text import quote


def log_of(db: Session, product_id: UUID, *, deployment_id: UUID | None = None) -> list[Hazard]:
    """The lines of the manufacturer's log, or of that of a deployment, by number."""
    return list(db.scalars(_log(product_id, deployment_id).order_by(Hazard.number)))


def what_keeps_off_the_catalogue(db: Session, product_id: UUID, matrix: Matrix) -> list[Hindrance]:
    """The hazards of the manufacturer's log because of which the product may not be put in front of buyers."""
    return release_blocked(rated_all(log_of(db, product_id), matrix))


def off_sale_now(db: Session, product_id: UUID, matrix: Matrix) -> list[Hindrance]:
    """The hazards of the manufacturer's log because of which a listing on show is suspended."""
    return off_sale(rated_all(log_of(db, product_id), matrix))


def on_show_with_too_much_risk(db: Session, matrix: Matrix) -> list[Product]:
    """The products on show whose own log leaves a risk at which a listing is suspended."""
    risky = select(Hazard.product_id).where(
        Hazard.deployment_id.is_(None),
        tuple_(Hazard.residual_likelihood, Hazard.residual_severity).in_(matrix.off_sale_risks),
    )  # fmt: skip
    return list(db.scalars(select(Product).where(Product.state == "live", Product.id.in_(risky)).order_by(Product.id)))


def hazard_in(db: Session, product_id: UUID, number: int, *, deployment_id: UUID | None = None) -> Hazard:
    """One line of a log. Raises NotFound."""
    found = db.scalars(_log(product_id, deployment_id).where(Hazard.number == number)).one_or_none()
    if found is None:
        raise NotFound(f"there is no hazard {number} in this log", "The log lists its hazards.")
    return found


def next_number(db: Session, product_id: UUID, *, deployment_id: UUID | None = None) -> int:
    """The number of the next line: one above the highest that ever was."""
    numbers = select(func.max(Hazard.number)).where(Hazard.product_id == product_id, _of(deployment_id))
    return (db.scalar(numbers) or 0) + 1


def handed_over(db: Session, product_id: UUID) -> list[Hazard]:
    """What the manufacturer hands over to each organisation that uses the product."""
    return [hazard for hazard in log_of(db, product_id) if hazard.state == "transferred"]


def reports_of(db: Session, product_id: UUID, *, deployment_id: UUID | None = None) -> list[SafetyCase]:
    """The safety case reports of a log, newest first."""
    mine = select(SafetyCase).options(joinedload(SafetyCase.version)).where(SafetyCase.product_id == product_id)
    of = SafetyCase.deployment_id == deployment_id if deployment_id else SafetyCase.deployment_id.is_(None)
    return list(db.scalars(mine.where(of).order_by(SafetyCase.number.desc())))


def find_report(db: Session, ref: str, *, by: Actor) -> SafetyCase:
    """A safety case report that the actor may read. Raises NotFound."""
    loaded = (
        joinedload(SafetyCase.product), joinedload(SafetyCase.version), joinedload(SafetyCase.organisation),
        joinedload(SafetyCase.deployment),
    )  # fmt: skip
    asked = select(SafetyCase).options(*loaded).where(SafetyCase.ref == spelled(ref, "SCR", "safety case report"))
    report = db.scalars(asked).one_or_none()
    if report is None or not _may_read(db, report, by):
        raise NotFound(f"there is no safety case report {quote(ref)}", "The safety page of the product lists them.")
    return report


def undecided_counts(db: Session, deployment_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many hazards that were handed over wait for a decision, by deployment."""
    waiting = (
        select(Hazard.deployment_id, func.count())
        .where(Hazard.deployment_id.in_(deployment_ids), Hazard.origin_id.is_not(None), Hazard.disposition == "")
        .group_by(Hazard.deployment_id)
    )
    return {deployment_id: count for deployment_id, count in db.execute(waiting) if deployment_id}


def spelled(ref: str, prefix: str, noun: str) -> str:
    """A reference as it is spelled. Raises NotFound for what is none."""
    try:
        return check_reference(ref, prefix)
    except Invalid as wrong:
        raise NotFound(f"there is no {noun} {quote(ref)}", "Take the reference from the page that names it.") from wrong


def _may_read(db: Session, report: SafetyCase, by: Actor) -> bool:
    """The manufacturer's: who sees the log. A deployment's: its organisation, and the operator."""
    stands = standpoint(db, by, report.product)
    if report.deployment is None:
        return stands.sees_log
    return owns(by, report.organisation_id) or stands.operates


def _log(product_id: UUID, deployment_id: UUID | None) -> Select[Hazard]:
    return select(Hazard).where(Hazard.product_id == product_id, _of(deployment_id))


def _of(deployment_id: UUID | None) -> ColumnElement[bool]:
    return Hazard.deployment_id == deployment_id if deployment_id else Hazard.deployment_id.is_(None)
