"""The objects of the rehearsed Stripe, and what each verb makes of them. Shapes as in Stripe's published fixtures."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Thing = dict[str, Any]


class Wrong(Exception):
    """Stripe would refuse this: a status, a code and words."""

    def __init__(self, words: str, *, code: str = "parameter_invalid", status: int = 400) -> None:
        super().__init__(words)
        self.code, self.status = code, status


@dataclass(slots=True)
class Made:
    """What a verb made: the thing that is answered, others that changed with it, and events to send."""

    thing: Thing
    also: list[Thing] = field(default_factory=list)
    events: list[tuple[str, Thing]] = field(default_factory=list)


CUSTOMER: Thing = {
    "object": "customer", "address": None, "balance": 0, "currency": None, "delinquent": False, "description": None,
    "email": None, "invoice_prefix": "TST", "livemode": False, "metadata": {}, "name": None, "phone": None,
    "preferred_locales": [], "shipping": None, "tax_exempt": "none", "test_clock": None,
}  # fmt: skip
INVOICE: Thing = {
    "object": "invoice", "account_country": "GB", "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0,
    "amount_paid_off_stripe": 0, "amount_remaining": 0, "attempt_count": 0, "attempted": False, "auto_advance": False,
    "billing_reason": "manual", "collection_method": "send_invoice", "currency": "gbp", "custom_fields": None,
    "customer": None, "description": None, "discounts": [], "due_date": None, "effective_at": None,
    "ending_balance": None, "footer": None, "hosted_invoice_url": None, "invoice_pdf": None, "livemode": False,
    "metadata": {}, "number": None, "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
    "starting_balance": 0, "status": "draft", "subtotal": 0, "test_clock": None, "total": 0,
    "status_transitions": {"finalized_at": None, "marked_uncollectible_at": None, "paid_at": None, "voided_at": None},
    "lines": {"object": "list", "data": [], "has_more": False, "url": ""},
}  # fmt: skip


def create_customer(_: Thing, sent: Thing, at: datetime) -> Made:
    customer = {**deepcopy(CUSTOMER), "created": int(at.timestamp())}
    customer |= {name: sent[name] for name in ("name", "email", "address", "metadata") if name in sent}
    return Made(customer, events=[("customer.created", customer)])


def create_invoice(_: Thing, sent: Thing, at: datetime) -> Made:
    if not sent.get("customer"):
        raise Wrong("You must provide a customer", code="parameter_missing")
    invoice = {**deepcopy(INVOICE), "created": int(at.timestamp())}
    invoice |= {
        name: sent[name] for name in ("customer", "currency", "description", "number", "metadata") if name in sent
    }
    invoice["due_date"] = int(sent["due_date"]) if "due_date" in sent else None
    invoice["custom_fields"] = list(sent.get("custom_fields", {}).values()) or None
    if len(invoice["custom_fields"] or ()) > 4:
        raise Wrong("Invoices have at most 4 custom fields", code="array_too_long")
    return Made(invoice, events=[("invoice.created", invoice)])


def add_lines(invoice: Thing, sent: Thing, at: datetime) -> Made:
    _only(invoice, "draft", "add lines to")
    for number, line in sorted(sent.get("lines", {}).items(), key=lambda each: int(each[0])):
        amount = _pence(line.get("amount"))
        row = {"object": "line_item", "id": f"il_{number}_{len(invoice['lines']['data'])}", "amount": amount,
               "currency": invoice["currency"], "description": line.get("description"), "quantity": 1}  # fmt: skip
        invoice["lines"]["data"].append(row)
    invoice["subtotal"] = invoice["total"] = sum(row["amount"] for row in invoice["lines"]["data"])
    return Made(_worked_out(invoice), events=[("invoice.updated", invoice)])


def finalize(invoice: Thing, sent: Thing, at: datetime) -> Made:
    _only(invoice, "draft", "finalize")
    invoice["status"] = "open"
    invoice["effective_at"] = invoice["status_transitions"]["finalized_at"] = int(at.timestamp())
    return Made(invoice, events=[("invoice.finalized", invoice)])


def send(invoice: Thing, sent: Thing, at: datetime) -> Made:
    _only(invoice, "open", "send")
    return Made(invoice, events=[("invoice.sent", invoice)])


def update(invoice: Thing, sent: Thing, at: datetime) -> Made:
    invoice["metadata"] = {**invoice["metadata"], **sent.get("metadata", {})}
    return Made(invoice, events=[("invoice.updated", invoice)])


def pay(invoice: Thing, sent: Thing, at: datetime) -> Made:
    """The verb of the API, which we use for what was paid by other ways alone."""
    _only(invoice, "open", "pay")
    if sent.get("paid_out_of_band") not in ("true", "True", True):
        raise Wrong("There is no default_payment_method set on this customer", code="resource_missing")
    invoice["amount_paid_off_stripe"] = invoice["amount_remaining"]
    invoice["amount_paid"] += invoice["amount_remaining"]
    return _paid(invoice, at)


def receive(invoice: Thing, sent: Thing, at: datetime) -> Made:
    """What the buyer's bank does: money comes in. More than is left is kept as overpaid."""
    _only(invoice, "open", "pay")
    pence = _pence(sent["pence"])
    took = min(pence, invoice["amount_remaining"])
    invoice["amount_paid"] += took
    invoice["amount_overpaid"] += pence - took
    return _paid(invoice, at)


def void(invoice: Thing, sent: Thing, at: datetime) -> Made:
    _only(invoice, "open", "void")
    invoice["status"], invoice["status_transitions"]["voided_at"] = "void", int(at.timestamp())
    return Made(invoice, events=[("invoice.voided", invoice)])


def create_credit_note(invoice: Thing, sent: Thing, at: datetime) -> Made:
    _only(invoice, "open", "credit")
    amount = _pence(sent.get("amount"))
    if not 0 < amount <= invoice["amount_remaining"]:
        raise Wrong(f"The amount of the credit note ({amount}) is more than remains ({invoice['amount_remaining']})")
    note = {
        "object": "credit_note", "amount": amount, "created": int(at.timestamp()), "currency": invoice["currency"],
        "customer": invoice["customer"], "invoice": invoice["id"], "livemode": False, "memo": sent.get("memo"),
        "metadata": sent.get("metadata", {}), "pre_payment_amount": amount, "post_payment_amount": 0,
        "status": "issued", "type": "pre_payment",
    }  # fmt: skip
    invoice["pre_payment_credit_notes_amount"] += amount
    paid = _paid(invoice, at)
    return Made(note, [invoice], [("credit_note.created", note), *paid.events])


def _paid(invoice: Thing, at: datetime) -> Made:
    _worked_out(invoice)
    if invoice["amount_remaining"]:
        return Made(invoice, events=[("invoice.updated", invoice)])
    invoice["status"], invoice["status_transitions"]["paid_at"] = "paid", int(at.timestamp())
    return Made(invoice, events=[("invoice.paid", invoice), ("invoice.updated", invoice)])


def _worked_out(invoice: Thing) -> Thing:
    invoice["amount_due"] = invoice["total"] - invoice["pre_payment_credit_notes_amount"]
    invoice["amount_remaining"] = invoice["amount_due"] - invoice["amount_paid"]
    return invoice


def _only(invoice: Thing, state: str, verb: str) -> None:
    if invoice.get("status") != state:
        raise Wrong(f"You can only {verb} {state} invoices. This invoice is {invoice.get('status')}.")


def _pence(text: Any) -> int:
    try:
        return int(str(text))
    except ValueError:
        raise Wrong(f"Invalid integer: {text}", code="parameter_invalid_integer") from None


VERBS: dict[str, Callable[[Thing, Thing, datetime], Made]] = {
    "create customers": create_customer, "create invoices": create_invoice, "add_lines": add_lines,
    "finalize": finalize, "send": send, "update": update, "pay": pay, "void": void,
    "create credit_notes": create_credit_note, "receive": receive,
}  # fmt: skip
