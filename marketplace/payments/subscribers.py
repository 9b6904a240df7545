"""What money does when something happened: an amount became due, an order was given, an invoice was issued.

Each has its own transaction and can be repeated. What goes outside is queued as an errand, never done here.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.contracts.events import AmountDue, SeatPassed
from marketplace.kit.jobs import Heard, Subscriber
from marketplace.kit.money import Money
from marketplace.payments import events
from marketplace.payments.actions.errands import queue_errand
from marketplace.payments.actions.paying import set_credits
from marketplace.payments.actions.raising import issue_all, issue_invoice, mark_sent, raise_invoice
from marketplace.payments.actions.watching import tell_held, tell_side
from marketplace.payments.models import Invoice
from marketplace.payments.queries.invoices import held_for
from marketplace.payments.rules.declared import Rates


def raises(rates: Rates) -> Subscriber:
    """Something is due: an invoice or a credit note for it."""

    def raise_it(db: Session, heard: Heard) -> None:
        if isinstance(heard.event, AmountDue):
            raise_invoice(db, heard.event.due_id, rates, at=heard.at)

    return raise_it


def issues(rates: Rates) -> Subscriber:
    """An invoice was raised, or what it waited for came: number it if it is ready."""

    def issue(db: Session, heard: Heard) -> None:
        event = heard.event
        if isinstance(event, events.InvoiceRaised):
            issue_invoice(db, db.get_one(Invoice, event.invoice_id), rates, at=heard.at)
        elif isinstance(event, events.PurchaseOrderSet | SeatPassed):
            held = held_for(db, contract_id=event.contract_id, organisation_id=event.organisation_id)
            issue_all(db, held, rates, at=heard.at)
        elif isinstance(event, events.BillingDescribed):
            issue_all(db, held_for(db, organisation_id=event.organisation_id), rates, at=heard.at)
        elif isinstance(event, events.InvoiceIssued) and event.kind == "invoice":
            waiting = held_for(db, contract_id=event.contract_id, organisation_id=event.organisation_id)
            issue_all(db, [one for one in waiting if one.credits_id == event.invoice_id], rates, at=heard.at)

    return issue


def sends(rates: Rates) -> Subscriber:
    """An invoice has its number: have the gateway send it. A credit note is sent by telling of it."""

    def send(db: Session, heard: Heard) -> None:
        event = heard.event
        if not isinstance(event, events.InvoiceIssued):
            return
        if event.kind == "invoice":
            queue_errand(db, "send", event.invoice_id, at=heard.at)
        else:
            mark_sent(db, db.get_one(Invoice, event.invoice_id), None, rates, at=heard.at)

    return send


def sets_credits(db: Session, heard: Heard) -> None:
    """An invoice or a credit note went out: what credit notes hold is set against what is open."""
    event = heard.event
    if isinstance(event, events.InvoiceSent):
        set_credits(db, event.contract_id, event.organisation_id, at=heard.at)


def tells_of_hold(db: Session, heard: Heard) -> None:
    """An invoice waits: whoever can end that is told what is missing."""
    event = heard.event
    if isinstance(event, events.InvoiceHeld):
        tell_held(db, db.get_one(Invoice, event.invoice_id), event.reason, key=heard.key, at=heard.at)


def tells_of_sending(db: Session, heard: Heard) -> None:
    """An invoice or a credit note went out: the buyer's finance people are told."""
    event = heard.event
    if isinstance(event, events.InvoiceSent):
        invoice = db.get_one(Invoice, event.invoice_id)
        what = "Invoice" if event.kind == "invoice" else "Credit note"
        _tell(
            db, heard, invoice, [invoice.organisation_id], f"{what} {event.number}: {Money(invoice.gross_pence)}",
            invoice.description,
        )  # fmt: skip


def tells_of_payment(db: Session, heard: Heard) -> None:
    """Money came in: the supplier's finance people are told."""
    event = heard.event
    if isinstance(event, events.PaymentReceived):
        invoice = db.get_one(Invoice, event.invoice_id)
        rest = "It is paid." if event.is_paid else "That is a part of it."
        title = f"{Money(event.pence)} received for {event.number}"
        _tell(db, heard, invoice, [invoice.supplier_id], title, f"{invoice.description}. {rest}")


def tells_of_refusal(db: Session, heard: Heard) -> None:
    """The gateway would not take something: the supplier is told, and the operator sees it."""
    event = heard.event
    if isinstance(event, events.GatewayRefused):
        invoice = db.get_one(Invoice, event.invoice_id)
        title = f"The gateway did not take {invoice.number or invoice.ref}"
        _tell(db, heard, invoice, [invoice.supplier_id], title, event.reason)


def _tell(db: Session, heard: Heard, invoice: Invoice, sides: list[UUID], title: str, body: str) -> None:
    path = f"/invoices/{invoice.number or invoice.ref}"
    for side in sides:
        key = f"{heard.key} {side}"
        tell_side(db, invoice.contract_id, side, title=title, body=body, path=path, key=key, at=heard.at)
