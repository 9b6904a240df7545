"""Bank transfers: lines typed in or imported, matched by number, or by a person; under- and overpayment shown."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text
from marketplace.kit.values import Value
from marketplace.payments.actions.paying import locked, receive
from marketplace.payments.events import BankLineAdded, BankLineMatched, BankLineSetAside, BankLineTakenUp
from marketplace.payments.models import BankLine, Invoice
from marketplace.payments.policies import may_manage
from marketplace.payments.queries.banking import candidates
from marketplace.payments.rules.balances import MATCHED, Open, match
from marketplace.payments.schemas import LONGEST, TypedLine
from marketplace.payments.states import BANK_LINE


class Imported(Value):
    """What became of the lines of a statement."""

    new: int
    matched: int
    known: int

    @property
    def unmatched(self) -> int:
        return self.new - self.matched


def add_bank_lines(db: Session, lines: Sequence[TypedLine], *, source: str, by: Actor, at: datetime) -> Imported:
    """Take the lines of the actor's bank statement and match those that name an invoice. A line taken before is left.

    Raises NotAllowed.
    """
    supplier_id = by.organisation_id
    if supplier_id is None or not may_manage(by, supplier_id):
        raise NotAllowed("only a finance officer records what the bank took in", "Ask one of your organisation.")
    refs = [line.external_ref for line in lines]
    mine = select(BankLine.external_ref).where(BankLine.organisation_id == supplier_id)
    known = set(db.scalars(mine.where(BankLine.external_ref.in_(refs))))
    new = [line for line in lines if line.external_ref not in known]
    invoices, matched = candidates(db, supplier_id), 0
    for typed in new:
        line = _kept(db, typed, supplier_id, source, by, at)
        matched += _matched_by_number(db, line, invoices, by, at)
    db.flush()
    return Imported(len(new), matched, len(lines) - len(new))


def match_line(db: Session, line: BankLine, invoice: Invoice, *, by: Actor, at: datetime) -> None:
    """Say that a bank line pays an invoice; what is above what is left of it is shown as overpaid.

    Raises NotAllowed, Conflict; NotFound for an invoice of another supplier.
    """
    _check(line, by)
    if invoice.supplier_id != line.organisation_id:
        raise NotFound("there is no such invoice of yours", "Choose one of those that are open.")
    if invoice.kind != "invoice" or invoice.number is None:
        raise Conflict("nothing is paid on this", "Choose an invoice that has its number.")
    matched_state = BANK_LINE.after("match", line.state)
    (held,) = locked(db, invoice.id)
    over = receive(db, held, line.pence, kind="bank", key=f"bank {line.id}", received_on=line.received_on, by=by, at=at)
    line.state, line.invoice_id, line.over_pence, line.reason = matched_state, invoice.id, over, ""
    matched = BankLineMatched(bank_line_id=line.id, invoice_id=invoice.id, pence=line.pence - over, over_pence=over)
    record(db, matched, by=by, at=at)
    db.flush()


def set_aside(db: Session, line: BankLine, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that a bank line is for no invoice, and why. Raises NotAllowed, Conflict, Invalid by field."""
    _check(line, by)
    kept = clean_text(reason, LONGEST["reason"])
    if not kept:
        told = "Say what the money is for."
        raise Invalid("a line is not set aside without a reason", told, fields={"reason": told})
    line.state, line.reason = BANK_LINE.after("set aside", line.state), kept
    record(db, BankLineSetAside(bank_line_id=line.id, reason=kept), by=by, at=at)


def take_up_line(db: Session, line: BankLine, *, by: Actor, at: datetime) -> None:
    """Look at a line again that was set aside. Raises NotAllowed, Conflict."""
    _check(line, by)
    line.state, line.reason = BANK_LINE.after("take up", line.state), ""
    record(db, BankLineTakenUp(bank_line_id=line.id), by=by, at=at)


def _kept(db: Session, typed: TypedLine, supplier_id: UUID, source: str, by: Actor, at: datetime) -> BankLine:
    line = BankLine(
        id=new_id(at), organisation_id=supplier_id, external_ref=typed.external_ref, source=source,
        received_on=typed.received_on, pence=typed.pence, payer=typed.payer, words=typed.words,
        state=BANK_LINE.start, invoice_id=None, over_pence=0, reason="", at=at, by_id=by.person_id,
    )  # fmt: skip
    db.add(line)
    added = BankLineAdded(
        bank_line_id=line.id, organisation_id=supplier_id, received_on=line.received_on, pence=line.pence
    )
    record(db, added, by=by, at=at)
    db.flush()
    return line


def _matched_by_number(db: Session, line: BankLine, invoices: Sequence[Open], by: Actor, at: datetime) -> bool:
    found = match(line.words, line.pence, invoices)
    if found.certainty != MATCHED:
        return False
    mine = select(Invoice).where(Invoice.supplier_id == line.organisation_id, Invoice.number == found.number)
    match_line(db, line, db.scalars(mine).one(), by=by, at=at)
    return True


def _check(line: BankLine, by: Actor) -> None:
    if not may_manage(by, line.organisation_id):
        raise NotAllowed("only a finance officer matches bank lines", "Ask one of your organisation.")
