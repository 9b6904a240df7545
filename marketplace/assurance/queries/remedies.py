"""What is still to be put right: of a case, of a supplier, waiting for a body."""

from datetime import date
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from marketplace.assurance.models import Case, Remedy, RemedyStep
from marketplace.assurance.queries.cases import LOADED as WHOLE_CASE
from marketplace.kit.errors import NotFound
from marketplace.kit.holding import hold_row

WHOLE = (joinedload(Remedy.case).options(*WHOLE_CASE),)
LOADED = (*WHOLE, joinedload(Remedy.owner))


def remedies_of(db: Session, case_id: UUID) -> list[Remedy]:
    """The items of a case, by code."""
    rows = select(Remedy).options(*LOADED).where(Remedy.case_id == case_id)
    return list(db.scalars(rows.order_by(Remedy.due_on.is_(None), Remedy.due_on, Remedy.code)))


def remedies_of_product(db: Session, product_id: UUID) -> list[Remedy]:
    """Every item of a product, what is due first ahead."""
    rows = select(Remedy).options(*LOADED).join(Case, Case.id == Remedy.case_id).where(Case.product_id == product_id)
    return list(db.scalars(rows.order_by(Remedy.due_on.is_(None), Remedy.due_on, Remedy.code)))


def open_remedies(db: Session, supplier_id: UUID) -> list[Remedy]:
    """What a supplier has still to put right, what is due first ahead."""
    rows = select(Remedy).options(*LOADED).where(Remedy.supplier_id == supplier_id, Remedy.state == "open")
    return list(db.scalars(rows.order_by(Remedy.due_on.is_(None), Remedy.due_on, Remedy.id)))


def offered_remedies(db: Session, body_id: UUID) -> list[Remedy]:
    """What suppliers say is put right, and a body has still to look at, the longest waiting first."""
    rows = select(Remedy).options(*LOADED).join(Case, Case.id == Remedy.case_id).where(Case.body_id == body_id)
    return list(db.scalars(rows.where(Remedy.state == "offered").order_by(Remedy.id)))


def overdue_remedies(db: Session, *, on: date) -> list[Remedy]:
    """The items whose day is past, that are not closed, and of which nobody was told so."""
    told = exists().where(RemedyStep.remedy_id == Remedy.id, RemedyStep.move == "overdue")
    rows = select(Remedy).options(*LOADED).where(Remedy.due_on < on, Remedy.state != "closed", ~told)
    return list(db.scalars(rows.order_by(Remedy.id)))


def steps_of(db: Session, remedy_ids: list[UUID]) -> dict[UUID, list[RemedyStep]]:
    """What was said and shown about items, oldest first."""
    found: dict[UUID, list[RemedyStep]] = {remedy_id: [] for remedy_id in remedy_ids}
    rows = select(RemedyStep).options(joinedload(RemedyStep.by)).where(RemedyStep.remedy_id.in_(remedy_ids))
    for step in db.scalars(rows.order_by(RemedyStep.id)):
        found[step.remedy_id].append(step)
    return found


def remedy_in(db: Session, product_id: UUID, remedy_id: UUID) -> Remedy:
    """One of the items of a product. Raises NotFound."""
    found = next((each for each in remedies_of_product(db, product_id) if each.id == remedy_id), None)
    if found is None:
        raise NotFound("there is no such item", "The plan of the product lists them.")
    return found


def hold_remedy(db: Session, remedy: Remedy) -> Remedy:
    """Let one writer at a time into an item, and see it as the one before left it."""
    return hold_row(db, Remedy, remedy.id, WHOLE)
