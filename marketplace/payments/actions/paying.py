"""Money that comes in, credit notes set against invoices, credits paid back. An invoice is locked while it changes."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.holding import hold_rows
from marketplace.kit.ids import new_id
from marketplace.kit.money import Money
from marketplace.kit.prepared import Prepared
from marketplace.kit.record import record
from marketplace.payments.actions.errands import queue_errand
from marketplace.payments.actions.raising import facts_of, life_of
from marketplace.payments.events import CreditPaidBack, CreditSet, PaymentReceived
from marketplace.payments.models import BankLine, Invoice, Payment
from marketplace.payments.policies import may_take_money
from marketplace.payments.queries.invoices import OPEN_STATES, balance_of
from marketplace.payments.rules.balances import move_after, spread, taken
from marketplace.payments.states import BANK_LINE
from marketplace.ports.gateway.port import Seen

NOTHING_NEW = "nothing new"
PAYMENTS = (selectinload(Invoice.payments),)
_PAID_THERE = Prepared(
    select(Invoice.id, func.coalesce(func.sum(Payment.pence), 0))
    .outerjoin(Payment, and_(Payment.invoice_id == Invoice.id, Payment.kind == "gateway"))
    .where(Invoice.gateway_ref == bindparam("ref"))
    .group_by(Invoice.id)
)


def locked(db: Session, *ids: UUID) -> Sequence[Invoice]:
    """The invoices with their payments, held until the transaction ends, oldest first."""
    return hold_rows(db, Invoice, ids, PAYMENTS)


def receive(
    db: Session, invoice: Invoice, pence: int, *, kind: str, key: str, received_on: date, by: Actor, at: datetime
) -> int:
    """Set money against an invoice, once for each key; returns what came in above what it needs.

    The invoice has to be locked.
    """
    if any(payment.external_ref == key for payment in invoice.payments):
        return 0
    share = taken(max(0, balance_of(invoice).left), pence)
    if not share.pence:
        return share.over_pence
    payment = Payment(
        id=new_id(at), invoice_id=invoice.id, kind=kind, external_ref=key, pence=share.pence, received_on=received_on,
        at=at, by_id=by.person_id,
    )  # fmt: skip
    invoice.payments.append(payment)
    is_paid = _moved(invoice)
    received = PaymentReceived(
        **facts_of(invoice), payment_id=payment.id, number=invoice.number or "", paid_by=kind, pence=share.pence,
        received_on=received_on, is_paid=is_paid,
    )  # fmt: skip
    record(db, received, by=by, at=at)
    if is_paid and invoice.gateway_ref and any(one.kind == "bank" for one in invoice.payments):
        queue_errand(db, "settle", invoice.id, at=at)
    db.flush()
    return share.over_pence


def follow(db: Session, seen: Seen, *, at: datetime) -> str:
    """Bring our invoice up to what the gateway has, whatever was told before and in whichever order; what came of it.

    Repeatable: only what was paid there and is not yet known here is added. Nothing is locked where nothing is new.
    """
    db.flush()
    found = _PAID_THERE.rows(db, {"ref": seen.ref}) if seen.ref else []
    if not found:
        return "not an invoice of ours"
    [(invoice_id, known)] = found
    if known == seen.paid_pence and not seen.over_pence:
        return _outcome(seen, 0)
    (invoice,) = locked(db, invoice_id)
    new = seen.paid_pence - sum(payment.pence for payment in invoice.payments if payment.kind == "gateway")
    on = day_in_london(seen.paid_at or at)
    over = seen.over_pence
    if new > 0:
        over += receive(
            db, invoice, new, kind="gateway", key=f"{seen.ref} {seen.paid_pence}", received_on=on, by=CLOCK, at=at
        )
    _note_over(db, invoice, over, on=on, at=at)
    return _outcome(seen, new)


def _outcome(seen: Seen, new: int) -> str:
    if new < 0:
        return f"the gateway has {Money(-new)} less than we do"
    if seen.state in ("void", "uncollectible"):
        return f"the gateway calls it {seen.state}"
    return f"{Money(new)} received" if new else NOTHING_NEW


def set_credits(db: Session, contract_id: UUID, organisation_id: UUID, *, at: datetime) -> int:
    """Set what credit notes still hold against open invoices of the same contract and buyer; returns the pence set.

    The invoice that a note corrects comes first, then the oldest. Repeatable.
    """
    same = (
        Invoice.contract_id == contract_id,
        Invoice.organisation_id == organisation_id,
        Invoice.sent_at.is_not(None),
    )
    every = locked(db, *db.scalars(select(Invoice.id).where(*same)))
    notes = [one for one in every if one.kind == "credit-note" and balance_of(one).left < 0]
    invoices = [one for one in every if one.kind == "invoice" and one.state in OPEN_STATES]
    total = 0
    for note in notes:
        first = sorted(invoices, key=lambda one: (one.id != note.credits_id, one.id))
        parts = spread(-balance_of(note).left, [max(0, balance_of(one).left) for one in first])
        for invoice, pence in zip(first, parts, strict=True):
            if pence:
                _set(db, note, invoice, pence, at)
                total += pence
    db.flush()
    return total


def pay_back(db: Session, note: Invoice, pence: int, *, paid_on: date, by: Actor, at: datetime) -> None:
    """Record that what a credit note still holds went back to the buyer. Raises NotAllowed, Conflict, Invalid."""
    if not may_take_money(by, note):
        raise NotAllowed("only the supplier's finance people say that a credit was paid back", "Ask one of them.")
    (note,) = locked(db, note.id)
    left = -balance_of(note).left
    if note.kind != "credit-note" or note.sent_at is None or left <= 0:
        raise Conflict("nothing is left of this to pay back", "Look at the statement for what is owed.")
    if not 0 < pence <= left:
        told = f"Write an amount up to {Money(left)}."
        raise Invalid(f"{Money(pence)} cannot be paid back of {Money(left)}", told, fields={"amount": told})
    payment = Payment(
        id=new_id(at), invoice_id=note.id, kind="refund", external_ref=f"refund {new_id(at)}", pence=-pence,
        received_on=paid_on, at=at, by_id=by.person_id,
    )  # fmt: skip
    note.payments.append(payment)
    _use_up(note)
    record(db, CreditPaidBack(invoice_id=note.id, payment_id=payment.id, pence=pence, paid_on=paid_on), by=by, at=at)
    db.flush()


def _set(db: Session, note: Invoice, invoice: Invoice, pence: int, at: datetime) -> None:
    """Two rows that cancel out, and an errand so that the gateway asks for that much less."""
    key, on = f"credit {note.id} {invoice.id}", day_in_london(at)
    turn = sum(payment.external_ref.startswith(key) for payment in invoice.payments)
    key = f"{key} {turn + 1}"
    facts = {"kind": "credit", "received_on": on, "at": at, "by_id": None}
    onto = Payment(id=new_id(at), invoice_id=invoice.id, external_ref=key, pence=pence, **facts)
    note.payments.append(Payment(id=new_id(at), invoice_id=note.id, external_ref=f"{key} out", pence=-pence, **facts))
    invoice.payments.append(onto)
    _moved(invoice)
    _use_up(note)
    record(
        db, CreditSet(invoice_id=invoice.id, credit_note_id=note.id, payment_id=onto.id, pence=pence), by=CLOCK, at=at
    )
    if invoice.gateway_ref:
        queue_errand(db, "credit", onto.id, at=at)


def _moved(invoice: Invoice) -> bool:
    """Move an invoice to where its payments lead; whether nothing is left of it."""
    balance = balance_of(invoice)
    move = move_after(balance.left, paid_pence=balance.paid)
    if move:
        invoice.state = life_of(invoice).after(move, invoice.state)
    return balance.left == 0


def _use_up(note: Invoice) -> None:
    if balance_of(note).left == 0:
        note.state = life_of(note).after("use up", note.state)


def _note_over(db: Session, invoice: Invoice, over: int, *, on: date, at: datetime) -> None:
    """What the gateway took above what was owed, as a line that the supplier sees; each penny once."""
    if not over:
        return
    mine = select(BankLine).where(BankLine.invoice_id == invoice.id, BankLine.source == "gateway")
    new = over - sum(line.over_pence for line in db.scalars(mine))
    if new <= 0:
        return
    db.add(BankLine(
        id=new_id(at), organisation_id=invoice.supplier_id, external_ref=f"{invoice.gateway_ref} over {over}",
        source="gateway", received_on=on, pence=new, payer="", words=f"Paid above {invoice.number}",
        state=BANK_LINE.after("match", BANK_LINE.start), invoice_id=invoice.id, over_pence=new, reason="", at=at,
        by_id=None,
    ))  # fmt: skip
    db.flush()
