"""Appeals: those of a supplier, those that a body hears, and those whose outcome everybody may read."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Appeal, Case
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.assurance.queries.cases import holidays_of
from marketplace.assurance.queries.certificates import certificate_of_case
from marketplace.assurance.queries.declared import service
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london, working_days_after
from marketplace.kit.errors import NotFound
from marketplace.kit.holding import hold_row
from marketplace.kit.ids import reference_or
from marketplace.kit.text import quote

LOADED = (
    joinedload(Appeal.case).options(*WHOLE_CASE), joinedload(Appeal.supplier), joinedload(Appeal.body),
    joinedload(Appeal.assessor),
)  # fmt: skip
ENDED = ("upheld", "dismissed", "withdrawn")


def visible_appeals(by: Actor) -> Select[Appeal]:
    """The appeals that the actor's body hears, and those of the actor's products."""
    return select(Appeal).where(or_(_heard_by(by), _filed_by(by)))


def find_appeal(db: Session, ref: str, *, by: Actor) -> Appeal:
    """An appeal with everybody on it. Raises NotFound, for those of others too."""
    nothing = NotFound(f"there is no appeal {quote(ref)}", "The page of the appeals lists those that have ended.")
    spelled = reference_or(ref, "APL", nothing)
    found = db.scalars(visible_appeals(by).options(*LOADED).where(Appeal.ref == spelled)).one_or_none()
    if found is None:
        raise nothing
    return found


def hold_appeal(db: Session, appeal: Appeal) -> Appeal:
    """Let one writer at a time into an appeal, and see it as the one before left it."""
    return hold_row(db, Appeal, appeal.id, LOADED)


def appeals_of(db: Session, product_id: UUID) -> list[Appeal]:
    """Every appeal about a product, newest first."""
    rows = select(Appeal).options(*LOADED).join(Case, Case.id == Appeal.case_id).where(Case.product_id == product_id)
    return list(db.scalars(rows.order_by(Appeal.id.desc())))


def appeals_heard(db: Session, body_id: UUID) -> list[Appeal]:
    """The appeals that a body has to hear, what is due first ahead."""
    rows = select(Appeal).options(*LOADED).where(Appeal.body_id == body_id, Appeal.ended_at.is_(None))
    return list(db.scalars(rows.order_by(Appeal.due_on, Appeal.id)))


def published_appeals(db: Session) -> list[Appeal]:
    """The appeals that were upheld or dismissed, newest first: everybody may read them."""
    rows = select(Appeal).options(*LOADED).where(Appeal.state.in_(("upheld", "dismissed")))
    return list(db.scalars(rows.order_by(Appeal.ended_at.desc())))


def open_appeal(db: Session, case_id: UUID) -> Appeal | None:
    """The appeal about a case that is under way; there is at most one."""
    return db.scalars(select(Appeal).where(Appeal.case_id == case_id, Appeal.ended_at.is_(None))).one_or_none()


def appealable(db: Session, frameworks: Frameworks, case: Case, *, on: date) -> dict[str, date]:
    """What of a case can be appealed against on a day, each until when: decision, suspension, withdrawal."""
    found: dict[str, datetime] = {}
    if case.state == "decided" and case.ended_at is not None and case.outcome != "met":
        found["decision"] = case.ended_at
    certificate = certificate_of_case(db, case.id)
    if certificate is not None and certificate.state in ("suspended", "withdrawn"):
        found["suspension" if certificate.state == "suspended" else "withdrawal"] = certificate.state_at
    days, holidays = service(frameworks).appeal_days, holidays_of(frameworks)
    until = {name: working_days_after(day_in_london(at), days, holidays) for name, at in found.items()}
    return {name: day for name, day in until.items() if on <= day}


def _heard_by(by: Actor) -> ColumnElement[bool]:
    if not by.may(Permission.ASSURANCE_ASSESS) or by.organisation_id is None:
        return false()
    return Appeal.body_id == by.organisation_id


def _filed_by(by: Actor) -> ColumnElement[bool]:
    if not by.may(Permission.CATALOGUE_WRITE) or by.organisation_id is None:
        return false()
    return Appeal.supplier_id == by.organisation_id
