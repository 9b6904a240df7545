"""Bank transfers: sent in as lines or as a file, matched with invoices."""

from datetime import date
from uuid import UUID

from marketplace.api.calls import Asked, get, post
from marketplace.api.shapes import File, Form, In, Line, Listed, Out, Pence, Ref, Text, all_of
from marketplace.identity.policies import Permission
from marketplace.kit.money import Money
from marketplace.kit.sheets import read_csv
from marketplace.payments.actions.banking import Imported, add_bank_lines, match_line, set_aside, take_up_line
from marketplace.payments.models import BankLine
from marketplace.payments.queries.banking import bank_lines_of, find_bank_line
from marketplace.payments.queries.invoices import find_invoice
from marketplace.payments.schemas import read_line, read_lines

MANAGE = Permission.PAYMENT_MANAGE


class BankLineIn(In):
    """A line of a bank statement. `transaction` is the bank's own reference, so that a line is taken once."""

    received_on: date
    pence: Pence
    words: Line = ""
    payer: Line = ""
    transaction: Line = ""


class BankFile(Form):
    """A CSV with the columns Date, Amount and Reference, and perhaps Payer and Transaction."""

    file: File


class Matching(In):
    """The number of the invoice that a line pays."""

    invoice: Ref


class Aside(In):
    """What the money is for, if for no invoice."""

    reason: Text


class BankLineOut(Out):
    """`over_pence` is what came in above what the invoice needed."""

    id: UUID
    received_on: date
    pence: int
    payer: str
    words: str
    state: str
    invoice: str
    over_pence: int
    reason: str


class ImportedOut(Out):
    new: int
    matched: int
    unmatched: int
    known: int


@get("/bank-transfers", who=MANAGE)
def list_lines(ask: Asked) -> Listed[BankLineOut]:
    """What the bank took in, newest first."""
    return (
        all_of(_line(one) for one in bank_lines_of(ask.db, ask.by.organisation_id))
        if ask.by.organisation_id
        else all_of([])
    )


@post("/bank-transfers", who=MANAGE, status=201)
def add_line(ask: Asked, body: BankLineIn) -> ImportedOut:
    """Take one line; it is matched where its words name an invoice."""
    typed = {
        "received_on": body.received_on.isoformat(), "amount": str(Money(body.pence)), "words": body.words,
        "payer": body.payer, "transaction": body.transaction,
    }  # fmt: skip
    return _imported(add_bank_lines(ask.db, [read_line(typed)], source="typed", by=ask.by, at=ask.at))


@post("/bank-transfers/import", who=MANAGE)
def import_lines(ask: Asked, form: BankFile) -> ImportedOut:
    """Take the lines of a file; those taken before are left."""
    lines = read_lines(read_csv(form.file.stream))
    return _imported(add_bank_lines(ask.db, lines, source="csv", by=ask.by, at=ask.at))


@post("/bank-transfers/{line:str}/matching", who=MANAGE)
def match_by_hand(ask: Asked, line: UUID, body: Matching) -> BankLineOut:
    """Say which invoice a line pays."""
    found = find_bank_line(ask.db, line, by=ask.by)
    match_line(ask.db, found, find_invoice(ask.db, body.invoice, by=ask.by), by=ask.by, at=ask.at)
    return _again(ask, found)


@post("/bank-transfers/{line:str}/setting-aside", who=MANAGE)
def put_aside(ask: Asked, line: UUID, body: Aside) -> BankLineOut:
    """Say that a line is for no invoice."""
    found = find_bank_line(ask.db, line, by=ask.by)
    set_aside(ask.db, found, reason=body.reason, by=ask.by, at=ask.at)
    return _again(ask, found)


@post("/bank-transfers/{line:str}/taking-up", who=MANAGE)
def take_up(ask: Asked, line: UUID) -> BankLineOut:
    """Look at a line again that was set aside."""
    found = find_bank_line(ask.db, line, by=ask.by)
    take_up_line(ask.db, found, by=ask.by, at=ask.at)
    return _again(ask, found)


def _again(ask: Asked, line: BankLine) -> BankLineOut:
    ask.db.flush()
    ask.db.expire(line)
    return _line(find_bank_line(ask.db, line.id, by=ask.by))


def _line(line: BankLine) -> BankLineOut:
    return BankLineOut(
        id=line.id, received_on=line.received_on, pence=line.pence, payer=line.payer, words=line.words,
        state=line.state, invoice=(line.invoice.number or "") if line.invoice else "", over_pence=line.over_pence,
        reason=line.reason,
    )  # fmt: skip


def _imported(done: Imported) -> ImportedOut:
    return ImportedOut(new=done.new, matched=done.matched, unmatched=done.unmatched, known=done.known)


CALLS = [list_lines, add_line, import_lines, match_by_hand, put_aside, take_up]
