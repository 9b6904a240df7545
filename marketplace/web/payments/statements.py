"""Statements of an organisation: everything that was invoiced, credited and paid, with what is left."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from marketplace.contracts.queries.contracts import find_contract
from marketplace.faces.ask import Ask
from marketplace.kit.calendar import day_in_london, parse_day
from marketplace.kit.errors import Refusal
from marketplace.kit.money import Money
from marketplace.kit.sheets import Cell, to_csv
from marketplace.payments.queries.invoices import every_invoice
from marketplace.payments.queries.statements import Statement, opening_of, statement_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Page, page
from marketplace.web.payments.showing import shown, told_of

COLUMNS = ("Date", "What", "Number", "Buyer", "Supplier", "Amount with VAT", "Balance")


@page("/statements", who=ANYBODY_SIGNED_IN)
def show_statement(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The statement of the organisation that I act for, of all its contracts or of one, between two days."""
    statement, wrong = _asked(ask)
    values = {
        **shown_statement(statement, today=day_in_london(ask.at)),
        "typed": {name: ask.query.one(name) for name in ("since", "until", "contract")},
        "csv_url": f"/statements.csv?{ask.url.partition('?')[2]}".rstrip("?"),
        "organisation": ask.by.organisation_name,
        **told_of(refusal or wrong),
    }
    return Page("payments/statement.html", values)


@page("/statements.csv", who=ANYBODY_SIGNED_IN)
def download_statement(ask: Ask) -> Download:
    """The same as a table."""
    statement, wrong = _asked(ask)
    if wrong:
        raise wrong
    headers = {"content-disposition": f'attachment; filename="statement-{day_in_london(ask.at)}.csv"'}
    return Download(to_csv(COLUMNS, rows_of(statement), bom=True), "text/csv", headers)


def shown_statement(statement: Statement, *, today: date) -> dict[str, Any]:
    """A statement as the template names it."""
    return {
        "lines": [
            {"on": line.on, "words": line.words, "number": line.number, "other": f"{line.organisation}",
             "supplier": line.supplier, "pence": line.pence, "balance": line.balance_pence}
            for line in statement.lines
        ],
        "opening": opening_of(statement),
        "statement": statement,
        "difference": abs(statement.difference_pence),
        "held": [shown(one, today=today) for one in statement.held],
    }  # fmt: skip


def rows_of(statement: Statement) -> Iterator[Sequence[Cell]]:
    """A row for each line."""
    for line in statement.lines:
        yield (
            line.on, line.words, line.number, line.organisation, line.supplier, Money(line.pence),
            Money(line.balance_pence),
        )  # fmt: skip


def _asked(ask: Ask) -> tuple[Statement, Refusal | None]:
    """The statement as asked for, and what was wrong with the asking; then it is the whole one."""
    contract_id: UUID | None = None
    try:
        since, until = (parse_day(text) if (text := ask.query.one(name)) else None for name in ("since", "until"))
        if ref := ask.query.one("contract"):
            contract_id = find_contract(ask.db, ref, by=ask.by).id
    except Refusal as wrong:
        return statement_of(every_invoice(ask.db, by=ask.by)), wrong
    return statement_of(every_invoice(ask.db, by=ask.by, contract_id=contract_id), since=since, until=until), None


ROUTES = [show_statement, download_statement]
