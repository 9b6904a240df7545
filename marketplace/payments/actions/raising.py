"""From an amount due to a numbered invoice: raised once, held while something is missing, issued, marked as sent."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Due, Settlement
from marketplace.contracts.queries.contracts import parties_of, text_on
from marketplace.identity.models import Organisation
from marketplace.identity.policies import CLOCK
from marketplace.identity.queries.successions import successor_of
from marketplace.kit.calendar import add_months, day_in_london, in_words
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.states import Life
from marketplace.payments.events import InvoiceHeld, InvoiceIssued, InvoiceRaised, InvoiceSent
from marketplace.payments.models import Invoice, Series
from marketplace.payments.queries.invoices import contract_of
from marketplace.payments.queries.orders import Order, called, order_for
from marketplace.payments.rules.amounts import amounts, pay_by, vat_rate_on
from marketplace.payments.rules.declared import Rates
from marketplace.payments.rules.holding import Readiness, hold_reason
from marketplace.payments.rules.numbers import numbered, prefix_for
from marketplace.payments.states import CREDIT_NOTE, INVOICE
from marketplace.ports.gateway.port import Seen

WHAT = {
    "settlement": "outcome-based fee for {period}",
    "release": "part of the fee for {period} that was held or disputed",
    "correction": "correction of the fee for {period}",
}
STANDARD = "20"
Parties = Mapping[str, Mapping[str, str]]
"""Supplier and buyer as they are called on the document."""


def raise_invoice(db: Session, due_id: UUID, rates: Rates, *, at: datetime) -> Invoice | None:
    """The invoice, or credit note, for a line of the ledger; None where the line is of nothing. Repeatable."""
    found = db.scalars(select(Invoice).where(Invoice.due_id == due_id)).one_or_none()
    due = db.get_one(Due, due_id)
    if found is not None or due.net_pence == 0:
        return found
    contract, kind = contract_of(db, due.contract_id), "invoice" if due.net_pence > 0 else "credit-note"
    original = _original(db, due) if kind == "credit-note" else None
    rate = original.vat_rate if original else terms_of(db, due.contract_id, due.period).get("vat-percent", STANDARD)
    buyer_id = successor_of(db, due.organisation_id)
    invoice = Invoice(
        id=new_id(at), ref=new_reference("INV"), kind=kind, due_id=due.id, contract_id=contract.id,
        supplier_id=contract.supplier_id, organisation_id=buyer_id, period=due.period, state=INVOICE.start,
        credits_id=original.id if original else None, description=_described(contract.name, due), raised_at=at,
        parties={}, basis={}, vat_rate=str(rate), purchase_order="", cost_code="", gateway_ref="", hold_reason="",
        number=None, issued_on=None,
    )  # fmt: skip
    _price(invoice, due.net_pence, rates, day_in_london(at))
    db.add(invoice)
    raised = InvoiceRaised(**facts_of(invoice), due_id=due.id, net_pence=due.net_pence)
    record(db, raised, by=CLOCK, at=at)
    db.flush()
    return invoice


def issue_invoice(db: Session, invoice: Invoice, rates: Rates, *, at: datetime) -> bool:
    """Number it and freeze what it says, or hold it with the reason; whether it is issued now. Repeatable.

    The number is taken and used in one transaction: whatever fails gives it back, so that none is missing.
    """
    if invoice.state != INVOICE.start:
        return False
    seller, buyer = (db.get_one(Organisation, one) for one in (invoice.supplier_id, invoice.organisation_id))
    parties = {"supplier": dict(called(db, seller)), "buyer": dict(called(db, buyer))}
    order = order_for(db, invoice.contract_id, invoice.organisation_id)
    today = day_in_london(at)
    _price(invoice, invoice.net_pence, rates, today)
    original = db.get(Invoice, invoice.credits_id) if invoice.credits_id else None
    reason = hold_reason(_ready(invoice, order, parties, original))
    if reason:
        _hold(db, invoice, reason, at)
        return False
    basis, days, number = _basis(db, invoice, original), _days_of(db, invoice, rates), _take_number(db, seller)
    invoice.state = life_of(invoice).after("issue", invoice.state)
    invoice.number, invoice.parties, invoice.basis = number, parties, basis
    invoice.purchase_order, invoice.cost_code, invoice.hold_reason = order.number, order.cost_code, ""
    invoice.issued_at, invoice.issued_on, invoice.tax_point = at, today, today
    invoice.due_on = pay_by(today, days, most=rates.payment.days)
    issued = InvoiceIssued(
        **facts_of(invoice), number=number, net_pence=invoice.net_pence, vat_pence=invoice.vat_pence,
        gross_pence=invoice.gross_pence, issued_on=today,
    )  # fmt: skip
    record(db, issued, by=CLOCK, at=at)
    db.flush()
    return True


def issue_all(db: Session, held: Sequence[Invoice], rates: Rates, *, at: datetime) -> int:
    """Issue what waited and is ready now, in the order of the ledger; returns how many were."""
    return sum(issue_invoice(db, invoice, rates, at=at) for invoice in held)


def mark_sent(db: Session, invoice: Invoice, seen: Seen | None, rates: Rates, *, at: datetime) -> None:
    """Note that it went out; the days to pay count from now. `seen` is None for a credit note. Repeatable."""
    if invoice.sent_at is not None or invoice.number is None:
        return
    invoice.sent_at, invoice.gateway_ref = at, seen.ref if seen else ""
    invoice.due_on = pay_by(day_in_london(at), _days_of(db, invoice, rates), most=rates.payment.days)
    if life_of(invoice).allows("send", invoice.state):
        invoice.state = life_of(invoice).after("send", invoice.state)
    sent = InvoiceSent(**facts_of(invoice), number=invoice.number, due_on=invoice.due_on)
    record(db, sent, by=CLOCK, at=at)


def life_of(invoice: Invoice) -> Life:
    """The table of moves of an invoice, or of a credit note."""
    return INVOICE if invoice.kind == "invoice" else CREDIT_NOTE


def facts_of(invoice: Invoice) -> dict[str, Any]:
    """What every event of an invoice says."""
    return {
        "invoice_id": invoice.id, "contract_id": invoice.contract_id, "organisation_id": invoice.organisation_id,
        "supplier_id": invoice.supplier_id, "kind": invoice.kind, "period": invoice.period,
    }  # fmt: skip


def terms_of(db: Session, contract_id: UUID, period: str) -> dict[str, Any]:
    """The parameters that bound the parties in the last days of a month; those of the contract before any text did."""
    text = text_on(db, contract_id, add_months(date.fromisoformat(f"{period}-28"), 0))
    return text.parameters if text else contract_of(db, contract_id).parameters


def _price(invoice: Invoice, net_pence: int, rates: Rates, tax_point: date) -> None:
    worth = amounts(net_pence, vat_rate_on(invoice.vat_rate, tax_point, rates.vat.rates))
    invoice.net_pence, invoice.vat_pence = worth.net.pence, worth.vat.pence
    invoice.gross_pence = worth.gross.pence


def _ready(invoice: Invoice, order: Order, parties: Parties, original: Invoice | None) -> Readiness:
    """What is known of an invoice that might be issued now."""
    supplier, buyer = parties["supplier"], parties["buyer"]
    return Readiness(
        purchase_order=order.number, buyer_address=buyer["address"], supplier_address=supplier["address"],
        vat_number=supplier["vat-number"], vat_pence=invoice.vat_pence,
        waits_for_original=original is not None and original.number is None,
    )  # fmt: skip


def _hold(db: Session, invoice: Invoice, reason: str, at: datetime) -> None:
    if invoice.hold_reason != reason:
        invoice.hold_reason = reason
        record(db, InvoiceHeld(**facts_of(invoice), reason=reason), by=CLOCK, at=at)


def _take_number(db: Session, supplier: Organisation) -> str:
    series = db.scalars(select(Series).where(Series.supplier_id == supplier.id).with_for_update()).one_or_none()
    if series is None:
        taken = set(db.scalars(select(Series.prefix)))
        series = Series(supplier_id=supplier.id, prefix=prefix_for(supplier.name, taken), next=1)
        db.add(series)
    number = numbered(series.prefix, series.next)
    series.next += 1
    return number


def _original(db: Session, due: Due) -> Invoice | None:
    """The invoice that a credit corrects: the first of the same contract, buyer and period."""
    rows = select(Invoice).join(Due, Due.id == Invoice.due_id).where(
        Due.contract_id == due.contract_id, Due.organisation_id == due.organisation_id, Due.period == due.period,
        Invoice.kind == "invoice",
    )  # fmt: skip
    return db.scalars(rows.order_by(Invoice.id).limit(1)).one_or_none()


def _days_of(db: Session, invoice: Invoice, rates: Rates) -> int:
    return int(terms_of(db, invoice.contract_id, invoice.period).get("payment-days") or rates.payment.days)


def _basis(db: Session, invoice: Invoice, original: Invoice | None) -> dict[str, Any]:
    """All that is needed to work the amount out again, as it is now."""
    due = db.get_one(Due, invoice.due_id)
    settlement = db.get_one(Settlement, due.settlement_id)
    return {
        "contract": contract_of(db, invoice.contract_id).ref,
        "due": {"kind": due.kind, "number": due.number, "base-pence": due.base_pence,
                "at-risk-pence": due.at_risk_pence, "net-pence": due.net_pence, "working": due.working},
        "settlement": {"period": settlement.period, "number": settlement.number, "basis": settlement.basis},
        "names": {one.organisation.ref: one.organisation.name for one in parties_of(db, invoice.contract_id)},
        "vat-percent": invoice.vat_rate, "corrects": original.number if original else "",
    }  # fmt: skip


def _described(name: str, due: Due) -> str:
    month = in_words(date.fromisoformat(f"{due.period}-01")).partition(" ")[2]
    return f"{name}: {WHAT[due.kind].format(period=month)}"
