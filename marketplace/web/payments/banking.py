"""Bank transfers: lines typed in or imported, what they were matched with, what is still to be looked at."""

from typing import Any
from uuid import UUID

from marketplace.faces.ask import Ask
from marketplace.faces.invoices import pounds
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Invalid, Refusal
from marketplace.kit.sheets import read_csv
from marketplace.payments.actions.banking import Imported, add_bank_lines, match_line, set_aside, take_up_line
from marketplace.payments.models import BankLine
from marketplace.payments.queries.banking import bank_lines_of, candidates, find_bank_line, open_invoices
from marketplace.payments.queries.invoices import balance_of, find_invoice
from marketplace.payments.rules.balances import match
from marketplace.payments.schemas import read_line, read_lines
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.payments.showing import told_of, typed

STATES = {
    "unmatched": ("Not matched", "conditions"),
    "matched": ("Matched", "met"),
    "set-aside": ("Set aside", "unknown"),
}
SOURCES = {"typed": "typed in", "csv": "from a file", "gateway": "through Stripe"}


@page("/bank-transfers", who=Permission.PAYMENT_MANAGE)
def show_transfers(ask: Ask, refusal: Refusal | None = None, line: UUID | None = None) -> Page:
    """What the bank took in, what it paid, what is above or below, and what nobody knows yet."""
    assert ask.by.organisation_id is not None
    lines = bank_lines_of(ask.db, ask.by.organisation_id)
    known = candidates(ask.db, ask.by.organisation_id)
    waiting = open_invoices(ask.db, ask.by.organisation_id)
    values = {
        "unmatched": [shown_line(one, known) for one in lines if one.state == "unmatched"],
        "lines": [shown_line(one, []) for one in lines if one.state != "unmatched"],
        "open": [
            {
                "value": one.number,
                "label": f"{one.number}: {pounds(balance_of(one).left)} left, {one.organisation.name}",
            }
            for one in waiting
        ],
        "typed": typed(ask.form),
        **told_of(refusal),
    }
    return Page("payments/banking.html", values)


@post("/bank-transfers", who=Permission.PAYMENT_MANAGE, again=show_transfers)
def add_line(ask: Ask) -> Goto:
    """Take a line that somebody typed."""
    done = add_bank_lines(ask.db, [read_line(typed(ask.form))], source="typed", by=ask.by, at=ask.at)
    return Goto("/bank-transfers", told=_in_words(done))


@post("/bank-transfers/import", who=Permission.PAYMENT_MANAGE, again=show_transfers)
def import_lines(ask: Ask) -> Goto:
    """Take a statement of the bank as CSV."""
    uploads = ask.form.uploads.get("file", ())
    if not uploads:
        raise Invalid("no file was sent", "Choose a CSV.", fields={"file": "Choose a CSV."})
    done = add_bank_lines(ask.db, read_lines(read_csv(uploads[0].stream)), source="csv", by=ask.by, at=ask.at)
    return Goto("/bank-transfers", told=_in_words(done))


@post("/bank-transfers/{line:uuid}/matching", who=Permission.PAYMENT_MANAGE, again=show_transfers)
def match_by_hand(ask: Ask, line: UUID) -> Goto:
    """Say which invoice a line pays."""
    found = find_bank_line(ask.db, line, by=ask.by)
    invoice = find_invoice(ask.db, ask.form.one("invoice"), by=ask.by)
    match_line(ask.db, found, invoice, by=ask.by, at=ask.at)
    return Goto("/bank-transfers", told=f"The transfer is matched with {invoice.number}.")


@post("/bank-transfers/{line:uuid}/setting-aside", who=Permission.PAYMENT_MANAGE, again=show_transfers)
def put_aside(ask: Ask, line: UUID) -> Goto:
    """Say that a line is for no invoice."""
    set_aside(ask.db, find_bank_line(ask.db, line, by=ask.by), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto("/bank-transfers", told="The transfer is set aside.")


@post("/bank-transfers/{line:uuid}/taking-up", who=Permission.PAYMENT_MANAGE, again=show_transfers)
def take_up(ask: Ask, line: UUID) -> Goto:
    """Look at a line again."""
    take_up_line(ask.db, find_bank_line(ask.db, line, by=ask.by), by=ask.by, at=ask.at)
    return Goto("/bank-transfers", told="The transfer waits to be matched again.")


def shown_line(line: BankLine, known: Any) -> dict[str, Any]:
    """A bank line as the template names it, with a guess where nobody knows."""
    word, tag = STATES[line.state]
    guess = match(line.words, line.pence, known) if line.state == "unmatched" else None
    left = line.pence - line.over_pence
    return {
        "id": str(line.id), "on": line.received_on, "pence": line.pence, "payer": line.payer, "words": line.words,
        "source": SOURCES[line.source], "word": word, "tag": tag, "reason": line.reason, "over": line.over_pence,
        "taken": left if line.invoice_id else 0, "number": line.invoice.number if line.invoice else "",
        "guess": guess.number if guess else "", "why": guess.why if guess else "",
    }  # fmt: skip


def _in_words(done: Imported) -> str:
    parts = [f"{done.new} new", f"{done.matched} matched", f"{done.unmatched} not matched"]
    parts += [f"{done.known} known before"] if done.known else []
    return f"Bank transfers: {', '.join(parts)}."


ROUTES = [show_transfers, add_line, import_lines, match_by_hand, put_aside, take_up]
