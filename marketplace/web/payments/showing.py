"""How invoices and statements read on a page."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from marketplace.contracts.rules.periods import in_words
from marketplace.faces.ask import Ask
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.money import Money
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
        "due_on": invoice.due_on,
        "purchase_order": invoice.purchase_order,
    }


def totals_of(rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """What a list comes to."""
    return {name: sum(row[name] for row in rows) for name in ("net", "vat", "gross", "left", "paid")}


def working_of(ask: Ask, invoice: Invoice) -> list[dict[str, str]]:
    """How the fee of the month came about, line by line, worked out again now from what the invoice carries."""
    basis = invoice.basis.get("settlement", {}).get("basis", {})
    try:
        worked = CALCULATORS["settle"].work(basis, ask.services.frameworks)
    except (Invalid, KeyError, TypeError, ValueError):
        return []
    month, names = f"{in_words(invoice.period)}: ", _names(invoice)
    rows = [(what.removeprefix(month), value, why) for what, value, why in worked.rows if what.startswith(month)]
    return [{"what": names.get(what, what), "value": value, "why": why} for what, value, why in rows]


def line_of(invoice: Invoice) -> dict[str, Any]:
    """The line of the ledger that the invoice is for, in its two parts."""
    due = invoice.basis.get("due", {})
    return {"base": due.get("base-pence", invoice.net_pence), "at_risk": due.get("at-risk-pence", 0),
            "kind": due.get("kind", ""), "number": due.get("number", 1)}  # fmt: skip


def told_of(refusal: Refusal | None) -> dict[str, Any]:
    """What a page says of a refusal: the fact, the hint, and what is wrong by field."""
    if refusal is None:
        return {"refusal": None, "errors": {}}
    return {"refusal": {"fact": refusal.fact, "hint": refusal.hint}, "errors": refusal.fields}


def typed(form: Any) -> dict[str, str]:
    """The first value of each field, as it was typed."""
    return {name: values[0] for name, values in form.items().items() if values}


def pounds(pence: int) -> str:
    """£1,234.56, or -£1.00."""
    return str(Money(pence))


def _names(invoice: Invoice) -> dict[str, str]:
    return {side["ref"]: side["name"] for side in invoice.parties.values() if "ref" in side}
