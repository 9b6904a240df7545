"""Which rows of money, and of what the register leaves out, belong to an organisation that takes everything along."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from marketplace.payments import models as payments
from marketplace.transparency.models import Redaction

LEFT_OUT_OF_MONEY = {
    "gateway_customer": "names of buyers at the gateway", "gateway_event": "what the gateway told the house",
    "gateway_errand": "work of the house", "reconciliation": "work of the house",
}  # fmt: skip


def of_money(organisation_id: UUID) -> Mapping[str, ColumnElement[bool]]:
    """Invoices are of both sides; purchase orders, billing details and bank lines of whoever keeps them."""
    p = payments
    invoices = or_(p.Invoice.organisation_id == organisation_id, p.Invoice.supplier_id == organisation_id)
    return {
        "billing_details": p.BillingDetails.organisation_id == organisation_id,
        "purchase_order": p.PurchaseOrder.organisation_id == organisation_id,
        "invoice_series": p.Series.supplier_id == organisation_id,
        "invoice": invoices,
        "payment": p.Payment.invoice_id.in_(select(p.Invoice.id).where(invoices)),
        "bank_line": p.BankLine.organisation_id == organisation_id,
        "redaction": Redaction.organisation_id == organisation_id,
    }
