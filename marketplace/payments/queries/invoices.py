"""Invoices and credit notes, as their two sides see them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.contracts.models import Contract
from marketplace.identity.policies import Actor, is_the_house
from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.ids import check_reference
from marketplace.kit.paging import COUNTED, Page, decode_cursor, encode_cursor
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.payments.models import Invoice, Payment
from marketplace.payments.policies import may_read_money
from marketplace.payments.rules.balances import left_of
from marketplace.payments.rules.numbers import NUMBER

SIZE = 50
WHOLE = (
    joinedload(Invoice.contract), joinedload(Invoice.supplier), joinedload(Invoice.organisation),
    joinedload(Invoice.credits), selectinload(Invoice.payments),
)  # fmt: skip
OPEN_STATES = ("issued", "sent", "part-paid")


class Balance(Value):
    """What became of the gross amount of an invoice, in pence; `left` is below zero for a credit not yet used."""

    gross: int
    paid: int
    credited: int
    refunded: int
    left: int


def visible_invoices(by: Actor) -> Select[Invoice]:
    """What the actor's organisation owes, or those that joined it did; and what is owed to it."""
    if is_the_house(by):
        return select(Invoice)
    if not may_read_money(by) or by.organisation_id is None:
        return select(Invoice).where(false())
    return select(Invoice).where(
        or_(Invoice.organisation_id.in_(by.stands_for), Invoice.supplier_id == by.organisation_id)
    )


def find_invoice(db: Session, key: str, *, by: Actor) -> Invoice:
    """The invoice of that number, or of that reference before it has one. Raises NotFound, for those of others too."""
    nothing = NotFound(f"there is no invoice {quote(key)}", "Your invoices are listed under Invoices.")
    try:
        is_number = NUMBER.fullmatch(key) is not None
        named = Invoice.number == key if is_number else Invoice.ref == check_reference(key, "INV")
    except Invalid as wrong:
        raise nothing from wrong
    invoice = db.scalars(visible_invoices(by).options(*WHOLE).where(named)).one_or_none()
    if invoice is None:
        raise nothing
    return invoice


def invoices_of(
    db: Session, *, by: Actor, state: str = "", contract_id: UUID | None = None, after: str | None = None,
    limit: int = SIZE,
) -> Page[Invoice]:  # fmt: skip
    """The actor's invoices and credit notes, newest first."""
    mine = visible_invoices(by)
    if state:
        mine = mine.where(Invoice.state == state)
    if contract_id is not None:
        mine = mine.where(Invoice.contract_id == contract_id)
    total = len(db.scalars(mine.with_only_columns(Invoice.id).limit(COUNTED + 1)).all())
    if after:
        mine = mine.where(Invoice.id < decode_cursor(after, (UUID,))[0])
    rows = list(db.scalars(mine.options(*WHOLE).order_by(Invoice.id.desc()).limit(limit + 1)))
    shown = rows[:limit]
    return Page(shown, total, encode_cursor(shown[-1].id) if len(rows) > limit else None)


def every_invoice(db: Session, *, by: Actor, contract_id: UUID | None = None) -> Sequence[Invoice]:
    """All of them, oldest first: of one contract, or of everything that the actor may see."""
    mine = visible_invoices(by).options(*WHOLE)
    if contract_id is not None:
        mine = mine.where(Invoice.contract_id == contract_id)
    return db.scalars(mine.order_by(Invoice.id)).all()


def balance_of(invoice: Invoice) -> Balance:
    """How much of it was paid, credited, paid back, and is left. The payments have to be loaded."""
    by_kind = dict.fromkeys(("gateway", "bank", "credit", "refund"), 0)
    for payment in invoice.payments:
        by_kind[payment.kind] += payment.pence
    left = left_of(invoice.gross_pence, (payment.pence for payment in invoice.payments))
    return Balance(
        invoice.gross_pence, by_kind["gateway"] + by_kind["bank"], by_kind["credit"], by_kind["refund"], left
    )


def credits_on(db: Session, invoice: Invoice) -> Sequence[Invoice]:
    """The credit notes that correct an invoice, oldest first."""
    return db.scalars(select(Invoice).where(Invoice.credits_id == invoice.id).order_by(Invoice.id)).all()


def held_invoices(db: Session, reason: str) -> Sequence[Invoice]:
    """What waits for one reason, oldest first."""
    rows = select(Invoice).where(Invoice.state == "held", Invoice.hold_reason == reason)
    return db.scalars(rows.order_by(Invoice.id)).all()


def held_for(db: Session, *, contract_id: UUID | None = None, organisation_id: UUID | None = None) -> Sequence[Invoice]:
    """What waits for a contract and a buyer, or for anything that concerns an organisation; in order of the ledger."""
    rows = select(Invoice).where(Invoice.state == "held")
    if contract_id is not None:
        rows = rows.where(Invoice.contract_id == contract_id, Invoice.organisation_id == organisation_id)
    else:
        rows = rows.where(or_(Invoice.supplier_id == organisation_id, Invoice.organisation_id == organisation_id))
    return db.scalars(rows.order_by(Invoice.id)).all()


def paid_by_contract(db: Session, contract_ids: Sequence[UUID]) -> Mapping[UUID, tuple[int, int]]:
    """(invoiced net of VAT less credits, paid with VAT) for each contract; for the public, so of no organisation."""
    invoiced = (
        select(Invoice.contract_id, func.sum(Invoice.net_pence))
        .where(Invoice.contract_id.in_(contract_ids), Invoice.state != "held")
        .group_by(Invoice.contract_id)
    )
    paid = (
        select(Invoice.contract_id, func.sum(Payment.pence))
        .join(Payment, Payment.invoice_id == Invoice.id)
        .where(Invoice.contract_id.in_(contract_ids), Payment.kind != "credit")
        .group_by(Invoice.contract_id)
    )
    net = {contract_id: int(pence) for contract_id, pence in db.execute(invoiced)}
    came = {contract_id: int(pence) for contract_id, pence in db.execute(paid)}
    return {one: (net.get(one, 0), came.get(one, 0)) for one in contract_ids}


def contract_of(db: Session, contract_id: UUID) -> Contract:
    """The contract with its supplier and lead."""
    rows = select(Contract).options(joinedload(Contract.supplier), joinedload(Contract.organisation))
    return db.scalars(rows.where(Contract.id == contract_id)).one()


def money_by_month(db: Session, contract_id: UUID) -> Mapping[str, tuple[int, int, int]]:
    """(invoiced net, with VAT, paid with VAT) of each month of a contract, credits taken off; for the public."""
    invoices = select(Invoice).options(selectinload(Invoice.payments)).where(
        Invoice.contract_id == contract_id, Invoice.state != "held"
    )  # fmt: skip
    found: dict[str, tuple[int, int, int]] = {}
    for invoice in db.scalars(invoices):
        net, gross, paid = found.get(invoice.period, (0, 0, 0))
        came = sum(payment.pence for payment in invoice.payments if payment.kind != "credit")
        found[invoice.period] = (net + invoice.net_pence, gross + invoice.gross_pence, paid + came)
    return found
