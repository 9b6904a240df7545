"""What is done at the gateway, errand by errand, and what it tells us. No call is made inside a transaction."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.identity.policies import CLOCK
from marketplace.kit.db import Database, insert_into
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared, insert_new
from marketplace.kit.record import record
from marketplace.kit.values import Value
from marketplace.payments.actions.errands import (
    FencedOff,
    TakenUp,
    finish_errand,
    finish_looks,
    park_errand,
    postpone_errand,
    queue_errand,
    take_up,
)
from marketplace.payments.actions.paying import NOTHING_NEW, follow
from marketplace.payments.actions.raising import mark_sent
from marketplace.payments.events import GatewayRefused as Refused
from marketplace.payments.events import GatewayTold
from marketplace.payments.models import BillingDetails, Errand, GatewayCustomer, GatewayEvent, Invoice, Payment
from marketplace.payments.rules.declared import Rates
from marketplace.ports.gateway.port import Bill, Customer, Gateway, GatewayRefused, GatewayUnavailable, Seen, Told

FOLLOWED = ("invoice.", "credit_note.", "invoice_payment.")
Note = Callable[[Session], None]


class Job(Value):
    """An errand made ready: `ask` speaks to the gateway, `note` writes down what came of it."""

    ask: Callable[[], Seen | None]
    note: Callable[[Session, Seen | None], None]


_EVENT: Table = GatewayEvent.__table__  # type: ignore[assignment]
_KEPT = Prepared(insert_new(_EVENT))
_WAITING = Prepared(
    select(GatewayEvent.id)
    .join(Errand, Errand.subject_id == GatewayEvent.id)
    .where(GatewayEvent.about == bindparam("about"), GatewayEvent.account == bindparam("account"))
    .where(Errand.done_at.is_(None), Errand.parked_at.is_(None), Errand.leased_until.is_(None))
    .order_by(GatewayEvent.id)
)
_HANDLED = Prepared(
    update(_EVENT)
    .where(_EVENT.c.id == bindparam("event"), _EVENT.c.handled_at.is_(None))
    .values(handled_at=bindparam("now"), outcome=bindparam("came"))
)


def store_event(db: Session, told: Told, body: str, *, at: datetime) -> bool:
    """Keep an event whose signature held, once by its id, and have it looked into; whether it was new."""
    row: dict[str, Any] = {
        "id": new_id(at), "external_id": told.id, "type": told.type[:80], "account": told.account, "body": body,
        "about": told.about if told.type.startswith(FOLLOWED) else "", "received_at": at, "handled_at": None,
        "outcome": "",
    }  # fmt: skip
    if not _KEPT.run(db, row):
        return False
    event = GatewayTold(gateway_event_id=row["id"], external_id=told.id, type=row["type"])
    record(db, event, by=CLOCK, at=at)
    queue_errand(db, "look", row["id"], at=at)
    return True


def run_errands(database: Database, gateway: Gateway, rates: Rates, *, clock: Callable[[], datetime]) -> int:
    """Run every errand that is due, one after the other; returns how many were tried."""
    tried = 0
    while True:
        with database.writing() as db:
            taken = take_up(db, at=clock())
        if taken is None:
            return tried
        run_errand(database, gateway, rates, taken, clock=clock)
        tried += 1


def run_errand(
    database: Database, gateway: Gateway, rates: Rates, taken: TakenUp, *, clock: Callable[[], datetime]
) -> None:
    """Ask the gateway, then note what came of it in one transaction with the end of the errand."""
    try:
        if taken.kind == "send":
            _know_customer(database, gateway, taken)
        with database.reading() as db:
            job = MAKERS[taken.kind](db, taken, gateway, rates, clock())
        seen = job.ask()
        with database.writing() as db:
            job.note(db, seen)
            finish_errand(db, taken, at=clock())
    except FencedOff:
        return
    except GatewayRefused as refused:
        with database.writing() as db:
            park_errand(db, taken, refused.reason, at=clock())
            _tell_refusal(db, taken, refused.reason, clock())
    except GatewayUnavailable as missing:
        with database.writing() as db:
            postpone_errand(db, taken, missing.reason, is_spent=missing.is_spent, at=clock())
    except Exception as error:  # noqa: BLE001 - one errand that fails must not stop the others
        with database.writing() as db:
            postpone_errand(db, taken, f"{type(error).__name__}: {error}", is_spent=False, at=clock())


def _send(db: Session, taken: TakenUp, gateway: Gateway, rates: Rates, at: datetime) -> Job:
    invoice = db.get_one(Invoice, taken.subject_id, options=[joinedload(Invoice.contract)])
    known = db.get(GatewayCustomer, (invoice.supplier_id, invoice.organisation_id))
    bill = _bill(invoice, known.external_ref if known else "", _account(db, invoice), taken.key)
    invoice_id = invoice.id

    def note(db: Session, seen: Seen | None) -> None:
        mark_sent(db, db.get_one(Invoice, invoice_id), seen, rates, at=at)

    return Job(lambda: gateway.send(bill), note)


def _know_customer(database: Database, gateway: Gateway, taken: TakenUp) -> None:
    """Make the buyer of an invoice known to the gateway, and keep its name there before anything is sent under it.

    Kept first, because another invoice of the same buyer may be on its way: both have to name the same customer.
    """
    with database.reading() as db:
        invoice = db.get_one(Invoice, taken.subject_id)
        sides = {"supplier_id": invoice.supplier_id, "organisation_id": invoice.organisation_id}
        if db.get(GatewayCustomer, tuple(sides.values())) is not None:
            return
        account, customer = _account(db, invoice), _customer(invoice)
    ref = gateway.customer(customer, account=account, key=f"{taken.key}/customer")
    with database.writing() as db:
        insert = insert_into(db, GatewayCustomer).values(**sides, external_ref=ref)
        db.execute(insert.on_conflict_do_nothing())


def _settle(db: Session, taken: TakenUp, gateway: Gateway, rates: Rates, at: datetime) -> Job:
    invoice = db.get_one(Invoice, taken.subject_id, options=[selectinload(Invoice.payments)])
    account, ref = _account(db, invoice), invoice.gateway_ref
    by_bank = sum(payment.pence for payment in invoice.payments if payment.kind == "bank")
    return Job(lambda: gateway.settle(ref, by_bank, account=account, key=taken.key), _followed(at))


def _credit(db: Session, taken: TakenUp, gateway: Gateway, rates: Rates, at: datetime) -> Job:
    payment = db.get_one(Payment, taken.subject_id)
    invoice = db.get_one(Invoice, payment.invoice_id)
    note_id = payment.external_ref.split(" ")[1]
    words = next(iter(db.scalars(select(Invoice.number).where(Invoice.id == UUID(note_id)))), "")
    account, ref, pence, ours = _account(db, invoice), invoice.gateway_ref, payment.pence, payment.external_ref
    return Job(
        lambda: gateway.credit(ref, pence, words=f"Credit note {words}", account=account, key=taken.key, ours=ours),
        _followed(at),
    )


def _look(db: Session, taken: TakenUp, gateway: Gateway, rates: Rates, at: datetime) -> Job:
    """One look answers all that was told of an invoice before it, and that nobody else looks into."""
    event = db.get_one(GatewayEvent, taken.subject_id)
    event_id, account, about = event.id, event.account, event.about
    others = [other for (other,) in _WAITING.rows(db, {"about": about, "account": account})] if about else []

    def note(db: Session, seen: Seen | None) -> None:
        came = follow(db, seen, at=at) if seen else "of no concern here"
        outcomes = {event_id: came, **dict.fromkeys(others, NOTHING_NEW)}
        _HANDLED.run(db, *[{"event": each, "now": at, "came": outcome} for each, outcome in outcomes.items()])
        finish_looks(db, others, at=at)

    return Job(lambda: gateway.look(about, account=account) if about else None, note)


MAKERS: dict[str, Callable[[Session, TakenUp, Gateway, Rates, datetime], Job]] = {
    "send": _send,
    "settle": _settle,
    "credit": _credit,
    "look": _look,
}


def _followed(at: datetime) -> Callable[[Session, Seen | None], None]:
    def note(db: Session, seen: Seen | None) -> None:
        if seen is not None:
            follow(db, seen, at=at)

    return note


def _account(db: Session, invoice: Invoice) -> str:
    """The supplier's own account at the gateway; empty for the operator's."""
    details = db.get(BillingDetails, invoice.supplier_id)
    return details.gateway_account if details else ""


def _customer(invoice: Invoice) -> Customer:
    buyer = invoice.parties["buyer"]
    return Customer(ours=buyer["ref"], name=buyer["name"], email=buyer["email"], address=buyer["address"])


def _bill(invoice: Invoice, customer: str, account: str, key: str) -> Bill:
    assert invoice.number is not None
    assert invoice.due_on is not None
    lines = [(f"{invoice.description}, before VAT", invoice.net_pence)]
    lines += [(f"VAT at {invoice.vat_rate}%", invoice.vat_pence)] if invoice.vat_pence else []
    facts = {"Purchase order": invoice.purchase_order, "Contract": invoice.contract.ref, "Period": invoice.period}
    return Bill(
        key=key, ours=invoice.ref, number=invoice.number, customer=customer, account=account, lines=tuple(lines),
        due_on=invoice.due_on, words=invoice.description, facts=facts,
    )  # fmt: skip


def _tell_refusal(db: Session, taken: TakenUp, reason: str, at: datetime) -> None:
    """Record it where an invoice is concerned, so that its supplier hears."""
    subject = taken.subject_id
    if taken.kind == "credit":
        subject = db.get_one(Payment, subject).invoice_id
    if taken.kind != "look":
        record(db, Refused(invoice_id=subject, errand=taken.kind, reason=reason[:300]), by=CLOCK, at=at)
