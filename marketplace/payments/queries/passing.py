"""What an organisation has of invoices and orders to pass on. What is closed keeps the name that it was made out to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.identity.rules.successions import Foreseen, Passing, Thing
from marketplace.kit.money import Money
from marketplace.payments.models import Invoice, PurchaseOrder
from marketplace.payments.queries.orders import billing_of

CLOSED = ("paid", "credited", "used")


def foresee(db: Session, passing: Passing) -> Foreseen:
    """Open invoices and credit notes, and the orders of contracts that pass."""
    invoices = open_invoices_of(db, passing)
    things = [Thing("order", one.id, f"{one.number} for {ref}") for one, ref in orders_to_pass(db, passing)]
    things += [Thing("invoice", one.id, _called(one), _said(passing, one)) for one in invoices]
    notes: tuple[str, ...] = ()
    if any(one.state == "held" for one in invoices) and billing_of(db, passing.new.id) is None:
        notes = (f"Invoices that are not issued yet wait until {passing.new.name} has said how it is billed.",)
    return Foreseen(tuple(things), (), notes)


def open_invoices_of(db: Session, passing: Passing) -> list[Invoice]:
    """What the old organisation has still to pay or to have back, oldest first."""
    rows = (
        select(Invoice, Contract.procurement_id)
        .join(Contract, Contract.id == Invoice.contract_id)
        .where(Invoice.organisation_id == passing.old.id, Invoice.state.notin_(CLOSED))
        .order_by(Invoice.id)
    )
    return [one for one, procurement_id in db.execute(rows) if passing.takes("procurement", procurement_id)]


def orders_to_pass(db: Session, passing: Passing) -> list[tuple[PurchaseOrder, str]]:
    """Orders given for contracts that pass, with the references of the contracts; none where both gave their own."""
    rows = (
        select(PurchaseOrder, Contract)
        .join(Contract, Contract.id == PurchaseOrder.contract_id)
        .where(PurchaseOrder.organisation_id.in_((passing.old.id, passing.new.id)))
        .order_by(PurchaseOrder.id)
    )
    found = db.execute(rows).all()
    own = {order.contract_id for order, _ in found if order.organisation_id == passing.new.id}
    return [
        (order, contract.ref)
        for order, contract in found
        if order.organisation_id == passing.old.id
        and order.contract_id not in own
        and passing.takes("procurement", contract.procurement_id)
    ]


def _called(invoice: Invoice) -> str:
    return f"{invoice.number or invoice.ref}: {Money(invoice.gross_pence)}"


def _said(passing: Passing, invoice: Invoice) -> str:
    """Who stands on it, and who pays it."""
    if invoice.number is None:
        return f"Not issued yet: it is made out to {passing.new.name}."
    return f"Made out to {invoice.parties['buyer']['name']}, as it was issued. {passing.new.name} answers for it."
