"""How invoices and statements read on a page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.contracts.rules.periods import in_words
from marketplace.kit.errors import Refusal
from marketplace.payments.models import Invoice
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.rules.holding import REASONS
from marketplace.payments.states import STATES

KINDS = {"held": "conditions", "issued": "submitted", "sent": "submitted", "part-paid": "conditions", "paid": "met",
         "credited": "met", "used": "met"}  # fmt: skip
PAID_BY = {"gateway": "Through Stripe", "bank": "Bank transfer", "credit": "Credit note", "refund": "Paid back"}


def shown(invoice: Invoice, *, today: date) -> dict[str, Any]:
    """A row of a list of invoices."""
    balance = balance_of(invoice)
    is_late = invoice.kind == "invoice" and balance.left > 0 and invoice.due_on is not None and invoice.due_on < today
    return {
        "url": f"/invoices/{invoice.number or invoice.ref}",
        "name": invoice.number or "Not numbered yet",
        "kind": "Invoice" if invoice.kind == "invoice" else "Credit note",
        "description": invoice.description,
        "period": in_words(invoice.period),
        "buyer": invoice.organisation.name,
        "supplier": invoice.supplier.name,
        "contract": {"ref": invoice.contract.ref, "name": invoice.contract.name},
        "word": "Late" if is_late else STATES[invoice.state],
        "tag": "not-met" if is_late else KINDS[invoice.state],
        "is_late": is_late,
        "is_held": invoice.state == "held",
        "hold": REASONS.get(invoice.hold_reason, ""),
        "net": invoice.net_pence,
        "vat": invoice.vat_pence,
        "gross": invoice.gross_pence,
        "left": balance.left,
        "paid": balance.paid,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on if invoice.kind == "invoice" else None,
        "purchase_order": invoice.purchase_order,
    }


def answers_for(invoice: Invoice) -> str:
    """Who answers for it now, where that is another than it was made out to; else empty."""
    made_out_to = invoice.parties.get("buyer", {}).get("ref", invoice.organisation.ref)
    return invoice.organisation.name if made_out_to != invoice.organisation.ref else ""


def totals_of(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What a list comes to."""
    return {name: sum(row[name] for row in rows) for name in ("net", "vat", "gross", "left", "paid")}


def told_of(refusal: Refusal | None) -> dict[str, Any]:
    """What a page says of a refusal: the fact, the hint, and what is wrong by field."""
    if refusal is None:
        return {"refusal": None, "errors": {}}
    return {"refusal": {"fact": refusal.fact, "hint": refusal.hint}, "errors": refusal.fields}


def typed(form: Any) -> dict[str, str]:
    """The first value of each field, as it was typed."""
    return {name: values[0] for name, values in form.items().items() if values}
