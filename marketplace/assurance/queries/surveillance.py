"""Visits: those of a certificate, those that wait for a body or a supplier, and those whose day is near or past."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from marketplace.assurance.models import Certificate, Visit, VisitFinding
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.assurance.queries.certificates import LOADED as WHOLE_CERTIFICATE
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.kit.errors import Conflict, NotFound
from marketplace.kit.holding import hold_row

LOADED = (
    joinedload(Visit.certificate).options(*WHOLE_CERTIFICATE), joinedload(Visit.case).options(*WHOLE_CASE),
    joinedload(Visit.assessor),
)  # fmt: skip


def visits_of(db: Session, certificate_id: UUID) -> list[Visit]:
    """Every visit of a certificate but those that were dropped, the newest first."""
    rows = select(Visit).options(*LOADED).where(Visit.certificate_id == certificate_id, Visit.state != "dropped")
    return list(db.scalars(rows.order_by(Visit.id.desc())))


def open_visit(db: Session, certificate_id: UUID) -> Visit | None:
    """The visit that is still to end; a certificate has at most one."""
    rows = select(Visit).options(*LOADED).where(Visit.certificate_id == certificate_id, Visit.ended_at.is_(None))
    return db.scalars(rows).one_or_none()


def certified_by(db: Session, case_id: UUID) -> Certificate:
    """The certificate of a case, which is what is looked at again. Raises NotFound."""
    found = certificate_of_case(db, case_id)
    if found is None:
        raise NotFound("this case has no certificate that could be looked at again", "Its page says how it stands.")
    return found


def visit_to_hold(db: Session, case_id: UUID) -> Visit:
    """The visit of a case that is still to end. Raises NotFound, Conflict where none is due."""
    found = open_visit(db, certified_by(db, case_id).id)
    if found is None:
        raise Conflict("no visit is due", "The next one is set when the last has ended.")
    return found


def hold_visit(db: Session, visit: Visit) -> Visit:
    """Let one writer at a time into a visit, and see it as the one before left it."""
    return hold_row(db, Visit, visit.id, LOADED)


def found_at(db: Session, visit_ids: Iterable[UUID]) -> dict[UUID, dict[str, VisitFinding]]:
    """The latest finding of each criterion, by visit and code."""
    found: dict[UUID, dict[str, VisitFinding]] = {visit_id: {} for visit_id in visit_ids}
    rows = select(VisitFinding).where(VisitFinding.visit_id.in_(list(found))).order_by(VisitFinding.id)
    for finding in db.scalars(rows):
        found[finding.visit_id][finding.code] = finding
    return found


def visits_waiting(db: Session, body_id: UUID, *, on: date, ahead: int) -> list[Visit]:
    """What a body has to look at again within so many days, or late; what is appointed or begun among it."""
    rows = _still(select(Visit).where(Visit.body_id == body_id))
    near = (Visit.due_on <= on + timedelta(days=ahead)) | (Visit.state != "due")
    return list(db.scalars(rows.where(near)))


def visits_expected(db: Session, supplier_id: UUID) -> list[Visit]:
    """The visits that are appointed at a supplier."""
    rows = _still(select(Visit).where(Visit.supplier_id == supplier_id))
    return list(db.scalars(rows.where(Visit.state != "due")))


def visits_to_tell(db: Session, *, on: date, ahead: int) -> list[Visit]:
    """Those of which nobody was told yet that they are due soon, or late."""
    soon = Visit.told_at.is_(None) & (Visit.due_on <= on + timedelta(days=ahead))
    late = Visit.late_told_at.is_(None) & (Visit.due_on < on)
    return list(db.scalars(_still(select(Visit)).where(soon | late)))


def never_visited(db: Session) -> list[Certificate]:
    """The certificates that are not withdrawn or superseded and have no visit ahead, as those of older releases."""
    newer = aliased(Certificate)
    ahead = exists().where(Visit.certificate_id == Certificate.id, Visit.ended_at.is_(None))
    followed = exists().where(
        newer.product_id == Certificate.product_id, newer.framework_id == Certificate.framework_id,
        newer.id > Certificate.id,
    )  # fmt: skip
    rows = select(Certificate).options(*WHOLE_CERTIFICATE).where(Certificate.state != "withdrawn", ~ahead, ~followed)
    return list(db.scalars(rows.order_by(Certificate.id)))


def superseded(db: Session, certificate: Certificate) -> list[Visit]:
    """The visits ahead of older certificates of the same product under the same framework."""
    rows = _still(select(Visit)).where(
        Certificate.product_id == certificate.product_id, Certificate.framework_id == certificate.framework_id,
        Certificate.id < certificate.id,
    )  # fmt: skip
    return list(db.scalars(rows))


def _still(rows: Select[Visit]) -> Select[Visit]:
    """Those still to end, what is due first ahead."""
    joined = rows.options(*LOADED).join(Certificate, Certificate.id == Visit.certificate_id)
    return joined.where(Visit.ended_at.is_(None)).order_by(Visit.due_on, Visit.id)
