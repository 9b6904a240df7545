"""From an amount due to a paid invoice: numbered, held, sent, paid, credited."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.payments import rehearsal_of
from marketplace.faces.services import Services
from marketplace.identity.models import Notice
from marketplace.identity.policies import CLOCK
from marketplace.payments.actions.keeping import set_purchase_order
from marketplace.payments.models import Errand, Invoice, Payment
from marketplace.payments.queries.checking import money_faults, undelivered
from marketplace.payments.queries.invoices import balance_of, every_invoice, find_invoice
from tests.cast import recorded
from tests.clients import committed
from tests.payments.scenes import Deal, a_deal, falls_due, settled


def invoices(services: Services) -> list[Invoice]:
    with services.database.reading() as db:
        return list(every_invoice(db, by=CLOCK))


def holds(services: Services) -> None:
    with services.database.reading() as db:
        assert list(money_faults(db)) == []
        assert undelivered(db) == 0


def test_each_amount_due_becomes_one_sent_invoice_with_net_vat_and_gross(db: Session, services: Services):
    deal = a_deal(db)
    falls_due(db, deal, 1_234_567)
    falls_due(db, deal, 411_522, of=deal.calder)
    committed(db)

    settled(services)

    first, second = invoices(services)
    assert [one.number for one in (first, second)] == ["LUME-000001", "LUME-000002"]
    assert (first.net_pence, first.vat_pence, first.gross_pence) == (1_234_567, 246_913, 1_481_480)
    assert (first.state, first.purchase_order, first.cost_code) == ("sent", "PO-4711", "E10234")
    assert second.purchase_order == "CV 88/2026"
    assert first.due_on == date(2026, 12, 23)
    assert first.parties["supplier"]["vat-number"] == "GB123456727"
    holds(services)
    seen = rehearsal_of(services).look(first.gateway_ref, account="")
    assert (seen.number, seen.total_pence, seen.state) == ("LUME-000001", 1_481_480, "open")


def test_without_a_purchase_order_it_is_held_and_the_trust_told_and_goes_out_when_the_number_comes(
    db: Session, services: Services, now
):
    deal = a_deal(db, orders=False)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    (held,) = invoices(services)
    assert (held.state, held.number, held.hold_reason) == ("held", None, "purchase-order")
    told = db.scalars(select(Notice).where(Notice.person_id == deal.ashdown.person_id)).all()
    assert [notice.path for notice in told] == [f"/contracts/{deal.contract.ref}/money"]

    set_purchase_order(db, deal.contract, number="PO-1", cost_code="", by=deal.ashdown, at=now)
    committed(db)
    settled(services)

    (sent,) = invoices(services)
    assert (sent.state, sent.number, sent.purchase_order) == ("sent", "LUME-000001", "PO-1")
    holds(services)


def test_the_bank_pays_and_the_invoice_is_paid_once(db: Session, deal: Deal, services: Services):
    (invoice,) = invoices(services)

    rehearsal_of(services).receive(invoice.gateway_ref, 50_000)
    settled(services)
    rehearsal_of(services).receive(invoice.gateway_ref, 70_000)
    settled(services)

    (paid,) = invoices(services)
    assert paid.state == "paid"
    assert [payment.pence for payment in paid.payments] == [50_000, 70_000]
    assert recorded(db, about=paid.id) == [
        "InvoiceRaised", "InvoiceIssued", "InvoiceSent", "PaymentReceived", "PaymentReceived",
    ]  # fmt: skip
    holds(services)


def test_a_correction_below_zero_is_a_credit_note_set_against_its_invoice(db: Session, deal: Deal, services: Services):
    falls_due(db, deal, -10_000, kind="correction")
    committed(db)
    settled(services)

    invoice, note = invoices(services)
    assert (note.kind, note.gross_pence, note.number, note.state) == ("credit-note", -12_000, "LUME-000002", "used")
    assert note.credits_id == invoice.id
    assert balance_of(invoice).left == 108_000
    seen = rehearsal_of(services).look(invoice.gateway_ref, account="")
    assert (seen.credited_pence, seen.left_pence) == (12_000, 108_000)
    holds(services)


def test_a_credit_on_a_paid_invoice_waits_for_the_next_one(db: Session, deal: Deal, services: Services):
    (first,) = invoices(services)
    rehearsal_of(services).receive(first.gateway_ref, 120_000)
    settled(services)
    falls_due(db, deal, -10_000, kind="correction")
    committed(db)
    settled(services)
    assert [balance_of(one).left for one in invoices(services)] == [0, -12_000]

    falls_due(db, deal, 50_000, period="2026-11")
    committed(db)
    settled(services)

    assert [balance_of(one).left for one in invoices(services)] == [0, 0, 48_000]
    holds(services)


def test_an_invoice_is_nobody_elses(db: Session, deal: Deal, services: Services, rival):
    with services.database.reading() as reading:
        assert find_invoice(reading, "LUME-000001", by=deal.supplier).state == "sent"
        assert find_invoice(reading, "LUME-000001", by=deal.ashdown).state == "sent"
        assert every_invoice(reading, by=deal.calder) == []
        assert every_invoice(reading, by=rival) == []
        assert reading.scalars(select(Errand).where(Errand.done_at.is_(None))).all() == []
        assert reading.scalars(select(Payment)).all() == []
