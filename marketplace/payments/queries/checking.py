"""Whether money adds up: invoices against the ledger, payments against invoices, numbers without gaps."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.contracts.models import Due
from marketplace.identity.queries.successions import passed_between
from marketplace.kit.money import Money
from marketplace.payments.models import BankLine, Invoice, Payment, Series
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.rules.numbers import gaps


def money_faults(db: Session) -> Iterator[str]:
    """A sentence for each thing that does not add up."""
    yield from _ledger(db)
    yield from _invoices(db)
    yield from _numbers(db)
    yield from _bank(db)


def undelivered(db: Session) -> int:
    """Amounts due that no invoice was raised for yet: their events may still be on their way."""
    waiting = select(func.count()).select_from(Due).outerjoin(Invoice, Invoice.due_id == Due.id)
    return db.scalar(waiting.where(Invoice.id.is_(None), Due.net_pence != 0)) or 0


def _ledger(db: Session) -> Iterator[str]:
    """Each invoice is worth what its line of the ledger is."""
    passed = passed_between(db)
    rows = select(Due, Invoice).join(Invoice, Invoice.due_id == Due.id).order_by(Due.id)
    for due, invoice in db.execute(rows.execution_options(yield_per=500)):
        name = invoice.number or invoice.ref
        if due.net_pence != invoice.net_pence:
            yield f"{name} is for {Money(invoice.net_pence)} and {Money(due.net_pence)} is due"
        sides = (due.organisation_id, invoice.organisation_id)
        is_same = sides[0] == sides[1] or sides in passed or sides[::-1] in passed
        if due.contract_id != invoice.contract_id or not is_same:
            yield f"{name} is for somebody else than what is due"


def _invoices(db: Session) -> Iterator[str]:
    """No payment above the amount, no state that the payments do not bear out; credits set and taken cancel out."""
    rows = select(Invoice).options(selectinload(Invoice.payments)).order_by(Invoice.id)
    for invoice in db.scalars(rows):
        name, balance = invoice.number or invoice.ref, balance_of(invoice)
        over = balance.left < 0 if invoice.kind == "invoice" else balance.left > 0
        if over:
            yield f"{name}: more was set against it than its amount, by {abs(Money(balance.left))}"
        if (invoice.state in ("paid", "credited", "used")) != (balance.left == 0 and bool(invoice.payments)):
            yield f"{name} is {invoice.state} and {Money(balance.left)} is left of it"
    paired = db.scalar(select(func.coalesce(func.sum(Payment.pence), 0)).where(Payment.kind == "credit"))
    if paired:
        yield f"credit notes set against invoices do not cancel out, by {Money(int(paired))}"


def _numbers(db: Session) -> Iterator[str]:
    for series in db.scalars(select(Series).order_by(Series.prefix)):
        mine = select(Invoice.number).where(Invoice.supplier_id == series.supplier_id, Invoice.number.is_not(None))
        numbers = [number for number in db.scalars(mine) if number is not None]
        yield from (f"{series.prefix}-{count:06} is missing" for count in gaps(numbers, up_to=series.next))
        if len(numbers) != series.next - 1:
            yield f"{series.prefix} has {len(numbers)} numbers in use and the next is {series.next}"


def _bank(db: Session) -> Iterator[str]:
    """A matched bank line is one payment and what is above it."""
    for line in db.scalars(select(BankLine).where(BankLine.state == "matched", BankLine.source != "gateway")):
        paid = db.scalar(select(Payment.pence).where(Payment.external_ref == f"bank {line.id}")) or 0
        if paid + line.over_pence != line.pence:
            yield f"the bank line of {line.received_on} over {Money(line.pence)} was taken as {Money(paid)}"
