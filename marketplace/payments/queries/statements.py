"""Statements: every invoice, credit note and payment in order, and what is left. They reconcile, or say so."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from marketplace.kit.values import Value, field
from marketplace.payments.models import Invoice, Payment
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.rules.balances import left_of

WORDS = {"gateway": "Payment through Stripe", "bank": "Bank transfer", "refund": "Credit paid back"}


class Line(Value):
    """One line: above zero it adds to what is owed, below zero it takes away. `balance_pence` is after it."""

    on: date
    words: str
    number: str
    organisation: str
    supplier: str
    pence: int
    balance_pence: int


class Statement(Value):
    """All lines, with what they come to. `difference_pence` is 0 where lines and invoices agree, as they must."""

    lines: Sequence[Line]
    invoiced_pence: int = 0
    credited_pence: int = 0
    paid_pence: int = 0
    left_pence: int = 0
    held_net_pence: int = 0
    difference_pence: int = 0
    held: Sequence[Invoice] = field(default_factory=tuple)

    @property
    def reconciles(self) -> bool:
        return self.difference_pence == 0


def statement_of(invoices: Iterable[Invoice], *, since: date | None = None, until: date | None = None) -> Statement:
    """The statement over these invoices, with their payments loaded; `since` and `until` limit what is shown of it."""
    every = list(invoices)
    issued = [invoice for invoice in every if invoice.issued_on is not None]
    lines, running = [], 0
    for on, words, invoice, pence in sorted(_moves(issued), key=lambda move: (move[0], move[2].id)):
        if until is not None and on > until:
            continue
        running += pence
        if since is None or on >= since:
            lines.append(_line(on, words, invoice, pence, running))
    left = sum(_left_on(invoice, until) for invoice in issued)
    held = [invoice for invoice in every if invoice.issued_on is None]
    shown = [invoice for invoice in issued if until is None or _issued(invoice) <= until]
    return Statement(
        lines=lines, left_pence=left, difference_pence=running - left,
        invoiced_pence=sum(one.gross_pence for one in shown if one.kind == "invoice"),
        credited_pence=sum(one.gross_pence for one in shown if one.kind == "credit-note"),
        paid_pence=sum(pay.pence for one in issued for pay in one.payments if pay.kind != "credit" and _by(pay, until)),
        held_net_pence=sum(invoice.net_pence for invoice in held), held=held,
    )  # fmt: skip


def opening_of(statement: Statement) -> int:
    """What was left before the first line shown."""
    return statement.lines[0].balance_pence - statement.lines[0].pence if statement.lines else statement.left_pence


def _moves(invoices: Sequence[Invoice]) -> Iterator[tuple[date, str, Invoice, int]]:
    for invoice in invoices:
        yield _issued(invoice), invoice.description, invoice, invoice.gross_pence
        for payment in invoice.payments:
            if payment.kind != "credit":
                yield payment.received_on, WORDS[payment.kind], invoice, -payment.pence


def _line(on: date, words: str, invoice: Invoice, pence: int, balance: int) -> Line:
    return Line(
        on, words, invoice.number or invoice.ref, invoice.organisation.name, invoice.supplier.name, pence, balance
    )


def _left_on(invoice: Invoice, until: date | None) -> int:
    if until is None:
        return balance_of(invoice).left
    if _issued(invoice) > until:
        return 0
    moved = (pay.pence for pay in invoice.payments if pay.kind != "credit" and _by(pay, until))
    return left_of(invoice.gross_pence, moved)


def _by(payment: Payment, until: date | None) -> bool:
    return until is None or payment.received_on <= until


def _issued(invoice: Invoice) -> date:
    assert invoice.issued_on is not None
    return invoice.issued_on
