"""Statements that reconcile: as data and as a table."""

from datetime import date

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, Document, get
from marketplace.api.shapes import Asking, Line, Out
from marketplace.contracts.queries.contracts import find_contract
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import parse_day
from marketplace.kit.money import Money
from marketplace.kit.sheets import to_csv
from marketplace.payments.queries.invoices import every_invoice
from marketplace.payments.queries.statements import Statement, statement_of

READ = Permission.CONTRACT_READ
COLUMNS = ("Date", "What", "Number", "Buyer", "Supplier", "Amount with VAT", "Balance")


class StatementAsked(Asking):
    """Of one contract or of all; between two days, both included."""

    contract: Line = ""
    since: Line = ""
    until: Line = ""


class LineOut(Out):
    """Above zero it adds to what is owed; `balance_pence` is after it."""

    on: date
    words: str
    number: str
    organisation: str
    supplier: str
    pence: int
    balance_pence: int


class StatementOut(Out):
    """`difference_pence` is 0 where lines and invoices agree, as they must."""

    lines: list[LineOut]
    invoiced_pence: int
    credited_pence: int
    paid_pence: int
    left_pence: int
    held_net_pence: int
    difference_pence: int


@get("/statements", who=ANYBODY_SIGNED_IN, scope=READ)
def show_statement(ask: Asked, query: StatementAsked) -> StatementOut:
    """Everything that was invoiced, credited and paid, in order, with what is left."""
    return StatementOut.model_validate(_statement(ask, query))


@get("/statements.csv", who=ANYBODY_SIGNED_IN, scope=READ, media_type="text/csv")
def statement_as_csv(ask: Asked, query: StatementAsked) -> Document:
    """The same as a table."""
    rows = (
        (one.on, one.words, one.number, one.organisation, one.supplier, Money(one.pence), Money(one.balance_pence))
        for one in _statement(ask, query).lines
    )
    return Document(b"".join(to_csv(COLUMNS, rows, bom=True)), "text/csv; charset=utf-8")


def _statement(ask: Asked, query: StatementAsked) -> Statement:
    contract_id = find_contract(ask.db, query.contract, by=ask.by).id if query.contract else None
    since, until = (parse_day(text) if text else None for text in (query.since, query.until))
    return statement_of(every_invoice(ask.db, by=ask.by, contract_id=contract_id), since=since, until=until)


CALLS = [show_statement, statement_as_csv]
