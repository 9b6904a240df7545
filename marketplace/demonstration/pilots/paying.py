"""How invoices of pilots went out and were paid: each at its own time, one of them a little short."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.demonstration.pilots.agreeing import supplier_of
from marketplace.demonstration.pilots.content import Calendar, PilotOf
from marketplace.demonstration.stage import Scene, Stage, organisation_called
from marketplace.faces.payments import go_to_gateway
from marketplace.faces.services import Services
from marketplace.kit.calendar import day_in_london
from marketplace.payments.actions.banking import add_bank_lines
from marketplace.payments.actions.keeping import describe_billing
from marketplace.payments.models import Errand, Invoice
from marketplace.payments.queries.invoices import balance_of
from marketplace.payments.queries.orders import billing_of
from marketplace.payments.schemas import TypedLine, read_billing

BILLED = 80
"""Days before the first day of the pilot."""
PAID_AFTER = 22
"""Days from sending to the money."""
SHORT_BY = 5_000
"""Pence that one payment lacks, so that an underpayment can be seen."""
VAT_NUMBERS = ("GB123456782", "GB123456727")
"""Made up so that their check digits hold: domain notes on contracts, section 9."""


def scenes(stage: Stage, pilot: PilotOf, calendar: Calendar) -> Iterator[Scene]:
    """Each party says how it stands on invoices before anything is owed."""
    at = calendar.before(BILLED)
    for name in [*(party.organisation for party in pilot.parties), ""]:
        yield Scene(at, partial(_describe, stage, pilot, name, at))


def _describe(stage: Stage, pilot: PilotOf, name: str, at: datetime, db: Session) -> None:
    called = name or supplier_of(db, stage, pilot)
    organisation = organisation_called(db, called)
    if organisation is None or billing_of(db, organisation.id) is not None:
        return
    by = stage.somebody(db, called, "finance-officer" if name else "supplier-manager")
    typed = {"legal_name": called, "address": f"Invented Street 1\n{organisation.town}\nDemonstration"}
    if not name:
        typed |= {
            "vat_number": VAT_NUMBERS[len(called) % 2], "bank_name": "Invented Bank", "sort_code": "00-00-00",
            "account_number": "00000000",
        }  # fmt: skip
    describe_billing(db, organisation.id, read_billing(typed), by=by, at=at)


def send_in_order(services: Services) -> None:
    """Send what waits, each at the moment at which it was to be sent."""
    with services.database.reading() as db:
        waiting = select(Errand.due_at).where(Errand.done_at.is_(None), Errand.parked_at.is_(None))
        moments = sorted(set(db.scalars(waiting)))
    for moment in moments:
        go_to_gateway(services, clock=partial(_moment, moment))


def _moment(moment: datetime) -> datetime:
    return moment


def pay_what_is_old(db: Session, stage: Stage) -> None:
    """The supplier's bank statement has a line for each invoice that was sent long enough ago."""
    rows = select(Invoice).options(
        selectinload(Invoice.payments), joinedload(Invoice.supplier), joinedload(Invoice.organisation)
    )
    sent = rows.where(Invoice.kind == "invoice", Invoice.state == "sent").order_by(Invoice.sent_at, Invoice.id)
    owed = [(invoice, day) for invoice in db.scalars(sent) if (day := _paid_on(invoice)) < day_in_london(stage.now)]
    for place, (invoice, day) in enumerate(owed):
        left = balance_of(invoice).left - (SHORT_BY if place == len(owed) - 1 else 0)
        line = TypedLine(f"demo-{invoice.number}", day, left, invoice.organisation.name, f"Invoice {invoice.number}")
        by = stage.somebody(db, invoice.supplier.name, "supplier-manager")
        at = stage.moment((day_in_london(stage.now) - day).days, 45)
        add_bank_lines(db, [line], source="csv", by=by, at=at)


def _paid_on(invoice: Invoice) -> date:
    sent = invoice.sent_at or invoice.raised_at
    return day_in_london(sent) + timedelta(days=PAID_AFTER)
