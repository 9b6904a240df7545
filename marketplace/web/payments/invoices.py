"""Invoices and credit notes: the list, one with everything that is needed to work it out again, its document."""

from marketplace.faces.ask import Ask
from marketplace.faces.documents import pdf
from marketplace.faces.invoices import basis_of, document_of, facts_of, late_of, line_of, parties_of, working_of
from marketplace.kit.calendar import day_in_london, parse_day
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.payments.actions.paying import pay_back
from marketplace.payments.policies import may_take_money
from marketplace.payments.queries.invoices import balance_of, credits_on, find_invoice, invoices_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post
from marketplace.web.payments.showing import PAID_BY, answers_for, shown, told_of, totals_of, typed

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
        "answers": answers_for(invoice),
        "vat_rate": invoice.vat_rate,
        "working": working_of(invoice, ask.services.frameworks),
        "has_basis": bool(invoice.basis),
        "balance": balance,
        "payments": [
            {"on": one.received_on, "by": PAID_BY[one.kind], "pence": one.pence} for one in invoice.payments
        ],
        "credits": [{"number": one.number or one.ref, "gross": one.gross_pence} for one in credits_on(ask.db, invoice)],
        "late": late_of(invoice, ask.services.frameworks, today=today),
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
        pdf("invoice", document_of(invoice, ask.services.frameworks), at=invoice.issued_at or ask.at),
        "application/pdf",
        headers,
    )


@page("/invoices/{number:str}/recompute.yaml", who=ANYBODY_SIGNED_IN)
def download_basis(ask: Ask, number: str) -> Download:
    """What `marketplace desk settle` takes to work the fee out again."""
    invoice = find_invoice(ask.db, number, by=ask.by)
    headers = {"content-disposition": f'attachment; filename="{invoice.number or invoice.ref}.yaml"'}
    return Download(basis_of(invoice), "application/yaml", headers)


@post("/invoices/{number:str}/repayment", who=ANYBODY_SIGNED_IN, again=show_invoice, makes=True)
def repay(ask: Ask, number: str) -> Goto:
    """Record that what a credit note still holds went back to the buyer."""
    note = find_invoice(ask.db, number, by=ask.by)
    paid_on, pence = parse_day(ask.form.one("paid_on")), Money.parse(ask.form.one("amount")).pence
    pay_back(ask.db, note, pence, paid_on=paid_on, by=ask.by, at=ask.at)
    return Goto(f"/invoices/{number}", told=f"{Money(pence)} is recorded as paid back.")


ROUTES = [list_invoices, show_invoice, download_invoice, download_basis, repay]
