"""Who is told of what about money: what waits for a purchase order, what is late, what the gateway would not take."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.contracts.queries.people import people_to_tell
from marketplace.identity.actions.notices import tell
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import MONTHS, day_in_london, in_words
from marketplace.kit.money import Money
from marketplace.payments.models import Invoice
from marketplace.payments.queries.invoices import OPEN_STATES, balance_of, contract_of, held_invoices
from marketplace.payments.rules.holding import NO_BUYER, NO_ORDER, REASONS, last_of_month, month_ends_soon


def tell_side(
    db: Session, contract_id: UUID, organisation_id: UUID, *, title: str, body: str, path: str, key: str, at: datetime
) -> int:
    """Tell the finance people of one party of a contract; where it has none, everybody there who reads contracts."""
    able = people_to_tell(db, contract_id, permission=Permission.PAYMENT_MANAGE)
    people = [person for person, organisation in able if organisation == organisation_id]
    if not people:
        readers = people_to_tell(db, contract_id)
        people = [person for person, organisation in readers if organisation == organisation_id]
    return tell(
        db, people, kind="payment", title=title, body=body, path=path, key=key, at=at, organisation_id=organisation_id
    )


def tell_held(db: Session, invoice: Invoice, reason: str, *, key: str, at: datetime) -> None:
    """Tell whoever can end the waiting: the buyer for a purchase order, the supplier for its own details."""
    contract = contract_of(db, invoice.contract_id)
    mender = invoice.organisation_id if reason in (NO_ORDER, NO_BUYER) else invoice.supplier_id
    path = f"/contracts/{contract.ref}/money" if reason == NO_ORDER else "/billing"
    month = _month(invoice.period)
    tell_side(
        db, contract.id, mender, title=f"{Money(invoice.net_pence)} for {month} waits: {contract.name}",
        body=REASONS[reason], path=path, key=f"held {invoice.id} {reason} {key}", at=at,
    )  # fmt: skip


def warn_before_month_ends(db: Session, *, at: datetime) -> int:
    """Tell each buyer, in the last days of a month and again on its last but one, what cannot be invoiced without an
    order; returns how many notices are new. Repeatable."""
    today = day_in_london(at)
    month, last = month_ends_soon(today), last_of_month(today)
    if not month:
        return 0
    stage = "last" if (last - today).days <= 1 else "first"
    waiting: dict[tuple[UUID, UUID], list[Invoice]] = defaultdict(list)
    for invoice in held_invoices(db, NO_ORDER):
        waiting[invoice.contract_id, invoice.organisation_id].append(invoice)
    return sum(
        _warn(db, contract_id, organisation_id, held, last=last, key=f"order {month} {stage}", at=at)
        for (contract_id, organisation_id), held in waiting.items()
    )


def tell_late(db: Session, *, at: datetime) -> int:
    """Tell both sides, once, the day after an invoice had to be paid; returns how many notices are new."""
    today, new = day_in_london(at), 0
    late = select(Invoice).options(selectinload(Invoice.payments), joinedload(Invoice.contract)).where(
        Invoice.kind == "invoice", Invoice.state.in_(OPEN_STATES), Invoice.due_on < today
    )  # fmt: skip
    for invoice in db.scalars(late.order_by(Invoice.id)):
        left = Money(balance_of(invoice).left)
        for side in (invoice.organisation_id, invoice.supplier_id):
            new += tell_side(
                db, invoice.contract_id, side, title=f"Invoice {invoice.number} is late by {left}",
                body=f"It had to be paid by {in_words(invoice.due_on or today)}. {invoice.contract.name}.",
                path=f"/invoices/{invoice.number}", key=f"late {invoice.id}", at=at,
            )  # fmt: skip
    return new


def _warn(
    db: Session, contract_id: UUID, organisation_id: UUID, held: Sequence[Invoice], *, last: date, key: str,
    at: datetime,
) -> int:  # fmt: skip
    contract, total = contract_of(db, contract_id), Money(sum(invoice.net_pence for invoice in held))
    days = (last - day_in_london(at)).days
    when = {0: "today", 1: "tomorrow"}.get(days, f"on {in_words(last)}")
    return tell_side(
        db, contract_id, organisation_id, title=f"The month ends {when}: {total} waits for a purchase order",
        body=f"{contract.name}. Without the number the invoice is not sent, and the cost falls into {_next(last)}.",
        path=f"/contracts/{contract.ref}/money", key=f"{key} {contract_id} {organisation_id}", at=at,
    )  # fmt: skip


def _month(period: str) -> str:
    year, month = period.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def _next(last: date) -> str:
    return _month(f"{last + timedelta(days=1):%Y-%m}")
