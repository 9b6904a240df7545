"""Invoices and credit notes: the list, one with everything that is needed to work it out again, its document."""

from typing import Any

import yaml

from marketplace.contracts.rules.periods import in_words as month_in_words
from marketplace.faces.ask import Ask
from marketplace.faces.documents import pdf
from marketplace.kit.calendar import day_in_london, in_words, parse_day
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.payments.actions.paying import pay_back
from marketplace.payments.models import Invoice
from marketplace.payments.policies import may_take_money
from marketplace.payments.queries.declared import rates_of
from marketplace.payments.queries.invoices import balance_of, credits_on, find_invoice, invoices_of
from marketplace.payments.rules.amounts import Late, late_payment
from marketplace.payments.rules.holding import REASONS
from marketplace.payments.schemas import shown_sort_code
from marketplace.payments.states import STATES
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post
from marketplace.web.payments.showing import PAID_BY, line_of, pounds, shown, told_of, totals_of, typed, working_of

FILTERS = {"": "All", "held": "Held", "sent": "Sent", "part-paid": "Paid in part", "paid": "Paid"}


@page("/invoices", who=ANYBODY_SIGNED_IN)
def list_invoices(ask: Ask) -> Page:
    """What my organisation owes, and what is owed to it."""
    state = ask.query.one("state")
    state = state if state in FILTERS else ""
    found = invoices_of(ask.db, by=ask.by, state=state, after=ask.query.one("after") or None)
    today = day_in_london(ask.at)
    rows = [shown(one, today=today) for one in found.items]
    filters = [
        {"label": label, "url": f"/invoices?state={key}" if key else "/invoices", "current": key == state}
        for key, label in FILTERS.items()
    ]
    next_url = f"/invoices?state={state}&after={found.next}" if found.next else ""
    values = {"invoices": rows, "totals": totals_of(rows), "total": str(found.count), "next_url": next_url,
              "filters": filters, "is_buyer": ask.by.is_buyer}  # fmt: skip
    return Page("payments/invoices.html", values)


@page("/invoices/{number:str}", who=ANYBODY_SIGNED_IN)
def show_invoice(ask: Ask, number: str, refusal: Refusal | None = None) -> Page:
    """One invoice: who, what, how much, how it was worked out, what was paid."""
    invoice = find_invoice(ask.db, number, by=ask.by)
    today, balance = day_in_london(ask.at), balance_of(invoice)
    values = {
        "invoice": shown(invoice, today=today),
        "facts": facts_of(invoice),
        "parties": parties_of(invoice),
        "line": line_of(invoice),
        "vat_rate": invoice.vat_rate,
        "working": working_of(ask, invoice),
        "has_basis": bool(invoice.basis),
        "balance": balance,
        "payments": [
            {"on": one.received_on, "by": PAID_BY[one.kind], "pence": one.pence} for one in invoice.payments
        ],
        "credits": [{"number": one.number or one.ref, "gross": one.gross_pence} for one in credits_on(ask.db, invoice)],
        "late": late_of(ask, invoice),
        "may_pay_back": balance.left < 0 and may_take_money(ask.by, invoice),
        "today": today.isoformat(),
        "typed": typed(ask.form),
        **told_of(refusal),
    }  # fmt: skip
    return Page("payments/invoice.html", values)


@page("/invoices/{number:str}/invoice.pdf", who=ANYBODY_SIGNED_IN)
def download_invoice(ask: Ask, number: str) -> Download:
    """The document, tagged and archivable, with everything needed to work the amount out again."""
    invoice = find_invoice(ask.db, number, by=ask.by)
    name = f"{invoice.number or invoice.ref}.pdf"
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Download(
        pdf("invoice", document_of(ask, invoice), at=invoice.issued_at or ask.at), "application/pdf", headers
    )


@page("/invoices/{number:str}/recompute.yaml", who=ANYBODY_SIGNED_IN)
def download_basis(ask: Ask, number: str) -> Download:
    """What `marketplace desk settle` takes to work the fee out again."""
    invoice = find_invoice(ask.db, number, by=ask.by)
    headers = {"content-disposition": f'attachment; filename="{invoice.number or invoice.ref}.yaml"'}
    return Download(basis_of(invoice), "application/yaml", headers)


@post("/invoices/{number:str}/repayment", who=ANYBODY_SIGNED_IN, again=show_invoice)
def repay(ask: Ask, number: str) -> Goto:
    """Record that what a credit note still holds went back to the buyer."""
    note = find_invoice(ask.db, number, by=ask.by)
    paid_on, pence = parse_day(ask.form.one("paid_on")), Money.parse(ask.form.one("amount")).pence
    pay_back(ask.db, note, pence, paid_on=paid_on, by=ask.by, at=ask.at)
    return Goto(f"/invoices/{number}", told=f"{Money(pence)} is recorded as paid back.")


def basis_of(invoice: Invoice) -> str:
    """Terms, shares and measurements as they were frozen, in the form that the calculator takes."""
    basis = invoice.basis.get("settlement", {}).get("basis", {})
    return yaml.safe_dump(basis, allow_unicode=True, sort_keys=False)


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


def late_of(ask: Ask, invoice: Invoice) -> Late | None:
    """What may be claimed for paying late, as a planning aid; None where nothing is late."""
    left = balance_of(invoice).left
    if invoice.kind != "invoice" or invoice.due_on is None or left <= 0:
        return None
    rule = rates_of(ask.services.frameworks).late_payment
    return late_payment(Money(left), invoice.due_on, day_in_london(ask.at), rule)


def document_of(ask: Ask, invoice: Invoice) -> dict[str, Any]:
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
        "working": [[one["what"], one["value"], one["why"]] for one in working_of(ask, invoice)],
        "payment_rule": rates_of(ask.services.frameworks).payment.rule,
        "basis": basis_of(invoice),
    }  # fmt: skip


ROUTES = [list_invoices, show_invoice, download_invoice, download_basis, repay]
