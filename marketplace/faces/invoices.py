"""An invoice as it is read, on a page, in a document and by programs: the facts of the law, the working, the basis."""

from datetime import date
from typing import Any

import yaml

from marketplace.contracts.rules.periods import in_words as month_in_words
from marketplace.faces.desk import settle
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import in_words
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.payments.models import Invoice
from marketplace.payments.queries.declared import rates_of
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.rules.amounts import Late, late_payment
from marketplace.payments.rules.holding import REASONS
from marketplace.payments.schemas import shown_sort_code
from marketplace.payments.states import STATES


def basis_of(invoice: Invoice) -> str:
    """Terms, shares and measurements as they were frozen, in the form that the calculator takes."""
    return as_yaml(settled_basis(invoice))


def as_yaml(basis: dict[str, Any]) -> str:
    """The input of the calculator, a line for each measurement."""
    told: str = yaml.safe_dump(basis, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    return told


def settled_basis(invoice: Invoice) -> dict[str, Any]:
    """The basis of the settlement, as far as the calculator asks for it; empty before the invoice is issued."""
    basis: dict[str, Any] = invoice.basis.get("settlement", {}).get("basis", {})
    return {name: basis[name] for name in settle.KNOWN if name in basis}


def facts_of(invoice: Invoice) -> list[dict[str, str]]:
    """The facts that an invoice has by law, in the order in which they are looked for."""
    rows = [
        ("Number", invoice.number or "Given when it is issued"),
        ("Date of issue", in_words(invoice.issued_on) if invoice.issued_on else "Not issued yet"),
        ("Tax point", in_words(invoice.tax_point) if invoice.tax_point else "The day of issue"),
        ("Pay by", in_words(invoice.due_on) if invoice.due_on else "30 days from receipt"),
        ("Purchase order", invoice.purchase_order or "None yet"),
        ("Cost code", invoice.cost_code),
        ("Contract", f"{invoice.contract.name}, {invoice.contract.ref}"),
        ("Period", month_in_words(invoice.period)),
        ("State", f"{STATES[invoice.state]}. {REASONS.get(invoice.hold_reason, '')}".strip()),
    ]  # fmt: skip
    if invoice.kind == "credit-note":
        rows = [row for row in rows if row[0] != "Pay by"]
    if invoice.credits is not None:
        rows.insert(1, ("Corrects", invoice.credits.number or invoice.credits.ref))
    return [{"label": label, "value": value} for label, value in rows if value]


def parties_of(invoice: Invoice) -> dict[str, Any]:
    """Supplier and buyer as they stand on the document; before it is issued, by their names alone."""
    plain = {"supplier": {"name": invoice.supplier.name}, "buyer": {"name": invoice.organisation.name}}
    return {side: _side({**plain[side], **invoice.parties.get(side, {})}) for side in plain}


def _side(known: dict[str, str]) -> dict[str, Any]:
    labels = {"vat-number": "VAT number", "company-number": "Company number", "ods-code": "ODS code",
              "email": "E-mail", "bank-name": "Account name", "account-number": "Account number"}  # fmt: skip
    facts = [{"label": label, "value": known[key]} for key, label in labels.items() if known.get(key)]
    if known.get("sort-code"):
        facts.insert(-1, {"label": "Sort code", "value": shown_sort_code(known["sort-code"])})
    return {"name": known["name"], "address": known.get("address", "").split("\n"), "facts": facts}


def late_of(invoice: Invoice, frameworks: Frameworks, *, today: date) -> Late | None:
    """What may be claimed for paying late, as a planning aid; None where nothing is late."""
    left = balance_of(invoice).left
    if invoice.kind != "invoice" or invoice.due_on is None or left <= 0:
        return None
    rule = rates_of(frameworks).late_payment
    return late_payment(Money(left), invoice.due_on, today, rule)


def document_of(invoice: Invoice, frameworks: Frameworks) -> dict[str, Any]:
    """The invoice as plain data for the document."""
    line = line_of(invoice)
    return {
        "title": "Invoice" if invoice.kind == "invoice" else "Credit note",
        "number": invoice.number or invoice.ref,
        "is_issued": invoice.number is not None,
        "parties": parties_of(invoice),
        "facts": [[one["label"], one["value"]] for one in facts_of(invoice) if one["label"] != "State"],
        "description": invoice.description,
        "quantity": "1",
        "vat_rate": f"{invoice.vat_rate}%",
        "net": pounds(invoice.net_pence),
        "vat": pounds(invoice.vat_pence),
        "gross": pounds(invoice.gross_pence),
        "base": pounds(line["base"]),
        "at_risk": pounds(line["at_risk"]),
        "working": [[one["what"], one["value"], one["why"]] for one in working_of(invoice, frameworks)],
        "payment_rule": rates_of(frameworks).payment.rule if invoice.kind == "invoice" else "",
        "before": pounds(line["before"]) if line["before"] else "",
        "after": pounds(line["after"]),
        "basis": basis_of(invoice),
    }  # fmt: skip


def working_of(invoice: Invoice, frameworks: Frameworks) -> list[dict[str, str]]:
    """How the fee of the month came about, line by line, worked out again now from what the invoice carries."""
    try:
        worked = settle.work(settled_basis(invoice), frameworks)
    except (Invalid, KeyError, TypeError, ValueError):
        return []
    month, names = f"{month_in_words(invoice.period)}: ", _names(invoice)
    rows = [(what.removeprefix(month), value, why) for what, value, why in worked.rows if what.startswith(month)]
    return [{"what": names.get(what, what), "value": value, "why": why} for what, value, why in rows]


def line_of(invoice: Invoice) -> dict[str, Any]:
    """The line of the ledger that the invoice is for: its two parts, and what earlier lines of the month came to."""
    due = invoice.basis.get("due", {})
    before = due.get("working", {}).get("posted_before_pence", 0)
    return {
        "base": due.get("base-pence", invoice.net_pence), "at_risk": due.get("at-risk-pence", 0), "before": before,
        "after": before + invoice.net_pence,
    }  # fmt: skip


def pounds(pence: int) -> str:
    """£1,234.56, or -£1.00."""
    return str(Money(pence))


def _names(invoice: Invoice) -> dict[str, str]:
    names: dict[str, str] = dict(invoice.basis.get("names", {}))
    return names | {side["ref"]: side["name"] for side in invoice.parties.values() if "ref" in side}
