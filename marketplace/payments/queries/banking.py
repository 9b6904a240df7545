"""Bank lines of a supplier, and the invoices that they may belong to."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.payments.models import BankLine, Invoice
from marketplace.payments.queries.invoices import OPEN_STATES, balance_of
from marketplace.payments.rules.balances import Open


def bank_lines_of(db: Session, organisation_id: UUID, *, state: str = "") -> Sequence[BankLine]:
    """The bank lines of an organisation, newest first."""
    rows = select(BankLine).options(joinedload(BankLine.invoice)).where(BankLine.organisation_id == organisation_id)
    if state:
        rows = rows.where(BankLine.state == state)
    return db.scalars(rows.order_by(BankLine.received_on.desc(), BankLine.id.desc()).limit(500)).all()


def find_bank_line(db: Session, line_id: UUID, *, by: Actor) -> BankLine:
    """A bank line of the actor's organisation. Raises NotFound."""
    rows = select(BankLine).options(joinedload(BankLine.invoice)).where(BankLine.id == line_id)
    line = db.scalars(rows.where(BankLine.organisation_id == by.organisation_id)).one_or_none()
    if line is None:
        raise NotFound("there is no such bank line", "Yours are listed under Bank transfers.")
    return line


def open_invoices(db: Session, supplier_id: UUID) -> Sequence[Invoice]:
    """What a supplier waits to be paid for, oldest first, with the payments so far."""
    rows = select(Invoice).options(selectinload(Invoice.payments), joinedload(Invoice.organisation))
    mine = rows.where(Invoice.supplier_id == supplier_id, Invoice.kind == "invoice", Invoice.state.in_(OPEN_STATES))
    return db.scalars(mine.order_by(Invoice.id)).all()


def candidates(db: Session, supplier_id: UUID) -> list[Open]:
    """The same, as far as matching needs to know them; what is paid can be named again and is then overpaid."""
    rows = select(Invoice).options(selectinload(Invoice.payments)).where(
        Invoice.supplier_id == supplier_id, Invoice.kind == "invoice", Invoice.number.is_not(None)
    )  # fmt: skip
    return [
        Open(one.number or "", max(0, balance_of(one).left), one.purchase_order, one.due_on)
        for one in db.scalars(rows.order_by(Invoice.id))
    ]
