"""Invoices and credit notes: what they say, what was paid, and everything needed to work them out again."""

from datetime import date, datetime
from typing import Any

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, Document, get, post
from marketplace.api.shapes import AmountOut, In, Line, Listed, Out, Paged, Pence, page_of
from marketplace.faces.documents import pdf
from marketplace.faces.invoices import basis_of, document_of
from marketplace.identity.policies import Permission
from marketplace.payments.actions.paying import pay_back
from marketplace.payments.models import Invoice
from marketplace.payments.queries.invoices import balance_of, find_invoice, invoices_of
from marketplace.payments.rules.holding import REASONS

READ, MANAGE = Permission.CONTRACT_READ, Permission.PAYMENT_MANAGE


class InvoicesAsked(Paged):
    """Which invoices: of one state, or all."""

    state: Line = ""


class PaymentOut(Out):
    """Money set against an invoice: by the gateway, a bank transfer, a credit note, or paid back."""

    kind: str
    pence: int
    received_on: date


class InvoiceOut(Out):
    """An invoice, or a credit note with negative amounts. `hold` says why it is not issued yet."""

    ref: str
    number: str | None
    kind: str
    state: str
    hold: str
    contract: str
    supplier: str
    buyer: str
    period: str
    description: str
    amount: AmountOut
    vat_percent: str
    paid_pence: int
    credited_pence: int
    left_pence: int
    purchase_order: str
    cost_code: str
    corrects: str
    issued_on: date | None
    tax_point: date | None
    due_on: date | None
    sent_at: datetime | None


class WholeInvoiceOut(InvoiceOut):
    """The invoice with its parties as they were named, its payments, and its basis: see recompute.yaml."""

    parties: dict[str, Any]
    basis: dict[str, Any]
    payments: list[PaymentOut]


class RepaymentIn(In):
    """What of a credit note went back to the buyer, and when."""

    pence: Pence
    paid_on: date


@get("/invoices", who=ANYBODY_SIGNED_IN, scope=READ)
def list_invoices(ask: Asked, query: InvoicesAsked) -> Listed[InvoiceOut]:
    """What one's organisation owes, and what is owed to it, newest first."""
    found = invoices_of(ask.db, by=ask.by, state=query.state, after=query.after or None, limit=query.limit)
    return page_of(found, (InvoiceOut(**facts(one)) for one in found.items))


@get("/invoices/{number:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_invoice(ask: Asked, number: str) -> WholeInvoiceOut:
    """One invoice, by its number, or by its reference before it has one."""
    return whole(find_invoice(ask.db, number, by=ask.by))


@get("/invoices/{number:str}/invoice.pdf", who=ANYBODY_SIGNED_IN, scope=READ, media_type="application/pdf")
def download_invoice(ask: Asked, number: str) -> Document:
    """The document, tagged and archivable."""
    invoice = find_invoice(ask.db, number, by=ask.by)
    headers = {"content-disposition": f'attachment; filename="{invoice.number or invoice.ref}.pdf"'}
    made = pdf("invoice", document_of(invoice, ask.services.frameworks), at=invoice.issued_at or ask.at)
    return Document(made, "application/pdf", headers)


@get("/invoices/{number:str}/recompute.yaml", who=ANYBODY_SIGNED_IN, scope=READ, media_type="application/yaml")
def download_basis(ask: Asked, number: str) -> Document:
    """What `marketplace desk settle` takes to work the fee out again."""
    return Document(basis_of(find_invoice(ask.db, number, by=ask.by)).encode(), "application/yaml")


@post("/invoices/{number:str}/repayment", who=ANYBODY_SIGNED_IN, scope=MANAGE)
def repay(ask: Asked, number: str, body: RepaymentIn) -> WholeInvoiceOut:
    """Record that what a credit note still holds went back to the buyer."""
    note = find_invoice(ask.db, number, by=ask.by)
    pay_back(ask.db, note, body.pence, paid_on=body.paid_on, by=ask.by, at=ask.at)
    ask.db.flush()
    return whole(find_invoice(ask.db, number, by=ask.by))


def whole(invoice: Invoice) -> WholeInvoiceOut:
    payments = [PaymentOut.model_validate(one) for one in invoice.payments]
    return WholeInvoiceOut(**facts(invoice), parties=invoice.parties, basis=invoice.basis, payments=payments)


def facts(invoice: Invoice) -> dict[str, Any]:
    """What every shape of an invoice says."""
    balance = balance_of(invoice)
    same = ("ref", "number", "kind", "state", "period", "description", "purchase_order", "cost_code", "issued_on",
            "tax_point", "due_on", "sent_at")  # fmt: skip
    worth = AmountOut(net_pence=invoice.net_pence, vat_pence=invoice.vat_pence, gross_pence=invoice.gross_pence)
    return {name: getattr(invoice, name) for name in same} | {
        "hold": REASONS.get(invoice.hold_reason, "") if invoice.state == "held" else "",
        "contract": invoice.contract.ref, "supplier": invoice.supplier.name, "buyer": invoice.organisation.name,
        "amount": worth, "vat_percent": invoice.vat_rate, "paid_pence": balance.paid,
        "credited_pence": balance.credited, "left_pence": balance.left,
        "corrects": (invoice.credits.number or invoice.credits.ref) if invoice.credits else "",
    }  # fmt: skip


CALLS = [list_invoices, show_invoice, download_invoice, download_basis, repay]
