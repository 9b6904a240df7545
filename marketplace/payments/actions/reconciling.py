"""Our invoices against the gateway's list, once a day: what was missed is caught up, what differs is told."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.identity.policies import CLOCK
from marketplace.kit.db import Database
from marketplace.kit.ids import new_id
from marketplace.kit.money import Money
from marketplace.kit.record import record
from marketplace.payments.actions.paying import follow
from marketplace.payments.events import Reconciled
from marketplace.payments.models import BillingDetails, Invoice, Reconciliation
from marketplace.payments.queries.invoices import balance_of
from marketplace.ports.gateway.port import Gateway, Seen

LOOKS_BACK = timedelta(days=400)


def reconcile(database: Database, gateway: Gateway, *, at: datetime) -> Reconciliation:
    """Ask the gateway for everything it has, bring ours up to it, and keep what differs. Raises GatewayUnavailable."""
    since = at - LOOKS_BACK
    with database.reading() as db:
        accounts = ["", *(one for one in db.scalars(select(BillingDetails.gateway_account).distinct()) if one)]
    listed = [seen for account in accounts for seen in gateway.listed(since=since, account=account)]
    for seen in listed:
        with database.writing() as db:
            follow(db, seen, at=at)
    with database.writing() as db:
        found = list(differences(db, listed, since=since))
        kept = Reconciliation(
            id=new_id(at), at=at, compared=len(listed), differences=found,
            difference_pence=sum(abs(one["pence"]) for one in found),
        )  # fmt: skip
        db.add(kept)
        told = Reconciled(
            reconciliation_id=kept.id, compared=kept.compared, differences=len(found),
            difference_pence=kept.difference_pence,
        )  # fmt: skip
        record(db, told, by=CLOCK, at=at)
        db.flush()
        db.expunge(kept)
    return kept


def differences(db: Session, listed: Sequence[Seen], *, since: datetime) -> Iterator[dict[str, Any]]:
    """What does not agree, each in words and with the pence that it is about."""
    theirs = {seen.ref: seen for seen in listed}
    rows = select(Invoice).options(selectinload(Invoice.payments)).where(Invoice.gateway_ref != "")
    for invoice in db.scalars(rows.order_by(Invoice.id)):
        seen = theirs.pop(invoice.gateway_ref, None)
        if seen is None:
            if invoice.issued_at is not None and invoice.issued_at > since:
                yield _told(invoice.number, "the gateway does not list it", invoice.gross_pence)
            continue
        yield from _differs(invoice, seen)
    for seen in theirs.values():
        if seen.state != "draft":
            yield _told(seen.number, "the gateway has it and we do not", seen.total_pence)


def _differs(invoice: Invoice, seen: Seen) -> Iterator[dict[str, Any]]:
    ours = balance_of(invoice)
    by_gateway = sum(payment.pence for payment in invoice.payments if payment.kind == "gateway")
    by_bank = ours.paid - by_gateway
    if seen.total_pence != invoice.gross_pence:
        told = f"it is {Money(invoice.gross_pence)} here and {Money(seen.total_pence)} there"
        yield _told(invoice.number, told, invoice.gross_pence - seen.total_pence)
    if seen.paid_pence != by_gateway:
        told = f"{Money(by_gateway)} came by the gateway here and {Money(seen.paid_pence)} there"
        yield _told(invoice.number, told, by_gateway - seen.paid_pence)
    if seen.credited_pence != ours.credited:
        told = f"{Money(ours.credited)} was credited here and {Money(seen.credited_pence)} there"
        yield _told(invoice.number, told, ours.credited - seen.credited_pence)
    expected = 0 if ours.left == 0 else ours.left + by_bank
    if seen.state in ("open", "paid") and seen.left_pence != expected:
        told = f"{Money(expected)} should be left there, and {Money(seen.left_pence)} is"
        yield _told(invoice.number, told, expected - seen.left_pence)
    if seen.state in ("void", "uncollectible"):
        yield _told(invoice.number, f"the gateway calls it {seen.state}", ours.left)


def _told(number: str | None, words: str, pence: int) -> dict[str, Any]:
    return {"number": number or "", "words": words, "pence": pence}
