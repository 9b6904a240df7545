"""What waits for the finance people of an organisation, in a fixed number of queries."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.identity.policies import Actor, Permission
from marketplace.kit.calendar import day_in_london, in_words
from marketplace.kit.money import Money
from marketplace.kit.values import Value
from marketplace.payments.models import BankLine, Invoice
from marketplace.payments.queries.invoices import OPEN_STATES
from marketplace.payments.rules.holding import NO_ORDER, last_of_month

MOST = 20


class Waiting(Value):
    """One thing to do, by when, and where."""

    title: str
    text: str
    url: str
    due: date | None
    late: bool = False


def waiting_money(db: Session, *, by: Actor, on: date) -> Sequence[Waiting]:
    """Orders to give, invoices to pay, transfers to match; nothing for whoever does not keep money."""
    if not by.may(Permission.PAYMENT_MANAGE) or by.organisation_id is None:
        return []
    return [*_orders(db, by, on), *_to_pay(db, by, on), *_transfers(db, by)]


def _orders(db: Session, by: Actor, on: date) -> list[Waiting]:
    """Contracts whose invoices wait for the purchase order of the actor's organisation."""
    rows = (
        select(Contract.ref, Contract.name, func.sum(Invoice.net_pence))
        .join(Invoice, Invoice.contract_id == Contract.id)
        .where(Invoice.organisation_id == by.organisation_id, Invoice.state == "held", Invoice.hold_reason == NO_ORDER)
        .group_by(Contract.ref, Contract.name)
        .order_by(Contract.ref)
        .limit(MOST)
    )
    return [
        Waiting(f"Give a purchase order for {name}", f"{Money(int(net))} before VAT waits and is not sent",
                f"/contracts/{ref}/money", last_of_month(on))
        for ref, name, net in db.execute(rows)
    ]  # fmt: skip


def _to_pay(db: Session, by: Actor, on: date) -> list[Waiting]:
    """Invoices of the actor's organisation that are open, the most urgent first."""
    mine = select(Invoice).where(
        Invoice.organisation_id == by.organisation_id, Invoice.kind == "invoice", Invoice.state.in_(OPEN_STATES)
    )
    return [
        Waiting(f"Pay invoice {one.number}", one.description, f"/invoices/{one.number}", one.due_on,
                late=one.due_on is not None and one.due_on < on)
        for one in db.scalars(mine.order_by(Invoice.due_on, Invoice.id).limit(MOST))
    ]  # fmt: skip


def _transfers(db: Session, by: Actor) -> list[Waiting]:
    """Bank lines of the actor's organisation that no invoice was found for."""
    mine = select(func.count(), func.min(BankLine.at)).where(
        BankLine.organisation_id == by.organisation_id, BankLine.state == "unmatched"
    )
    count, since = db.execute(mine).one()
    if not count:
        return []
    day = day_in_london(since)
    text = f"The first came in on {in_words(day)}"
    return [Waiting(f"Match {count:,} bank transfer{'s' if count > 1 else ''}", text, "/bank-transfers", day)]
