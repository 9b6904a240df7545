"""The days by which invoices are paid, seen by whoever pays and by whoever waits for the money."""

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor, Permission
from marketplace.kit.icalendar import Entry
from marketplace.kit.money import Money
from marketplace.payments.models import Invoice

PAYMENT, MOST = "payment", 400
SETTLED = ("paid", "credited")


def dates_of(db: Session, *, by: Actor, first: date, last: date) -> list[Entry]:
    """The invoices that the actor's organisation gave or was given and that fall due from `first` to `last`."""
    if by.organisation_id is None or not by.may(Permission.PAYMENT_MANAGE):
        return []
    mine = select(Invoice).where(
        or_(Invoice.organisation_id == by.organisation_id, Invoice.supplier_id == by.organisation_id),
        Invoice.kind == "invoice", Invoice.number.is_not(None), Invoice.due_on.between(first, last),
    )  # fmt: skip
    rows = db.scalars(mine.order_by(Invoice.due_on, Invoice.id).limit(MOST))
    return [_due(one, is_ours=one.organisation_id == by.organisation_id) for one in rows]


def _due(invoice: Invoice, *, is_ours: bool) -> Entry:
    assert invoice.due_on is not None
    word = "Pay" if is_ours else "Payment due:"
    return Entry(
        f"invoice-{invoice.id}@touchstone", invoice.due_on, f"{word} invoice {invoice.number}",
        f"{Money(invoice.gross_pence)} with VAT. {invoice.description}", invoice.state in SETTLED, PAYMENT,
        f"/invoices/{invoice.number}",
    )  # fmt: skip
