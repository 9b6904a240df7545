"""Pages of money: a trust gives its order, the bank pays, both read the same statement."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.payments.models import GatewayEvent
from marketplace.ports.gateway.rehearsal import signed
from tests.clients import Browser, browser_over, committed, sign_in
from tests.payments.scenes import Deal, a_deal, falls_due, settled
from tests.worlds import part


@pytest.fixture(autouse=True)
def what_is_read_takes_no_lock(db: Session) -> None:
    db.expire_on_commit = False


@part
def deal(db: Session, services: Services) -> Deal:
    made = a_deal(db)
    falls_due(db, made, 100_000)
    falls_due(db, made, 33_333, of=made.calder)
    committed(db)
    settled(services)
    return made


def events(services: Services) -> list[GatewayEvent]:
    with services.database.reading() as db:
        return list(db.scalars(select(GatewayEvent)))


def as_(services: Services, actor: Actor, now) -> Browser:
    return sign_in(browser_over(services), services, actor, at=now)


def test_an_invoice_page_and_its_document_carry_the_legal_fields(deal: Deal, services: Services, now):
    page = as_(services, deal.ashdown, now)

    shown = page.get("/invoices/LUME-000001").text
    document = page.get("/invoices/LUME-000001/invoice.pdf")

    for fact in ("Lumen Health Ltd", "1 Wharf Road", "GB123456727", "Ashdown Hospitals NHS Trust", "PO-4711", "E10234",
                 "24 November 2026", "£1,000.00", "£200.00", "£1,200.00", "Forest Row", "20%", "23 December 2026", "20-00-00"):  # fmt: skip
        assert fact in shown, fact
    assert document.content.startswith(b"%PDF-")
    assert document.headers["content-disposition"] == 'attachment; filename="LUME-000001.pdf"'


def test_a_trust_reads_its_own_invoices_and_not_its_partners(deal: Deal, services: Services, now):
    page = as_(services, deal.calder, now)

    listed = page.get("/invoices").text

    assert "LUME-000002" in listed
    assert "LUME-000001" not in listed
    assert page.get("/invoices/LUME-000001").status_code == 404


def test_without_an_order_the_money_page_says_so_and_takes_the_number(db: Session, services: Services, now):
    deal = a_deal(db, orders=False)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    page = as_(services, deal.ashdown, now)
    base = f"/contracts/{deal.contract.ref}"
    assert "£1,000.00 before VAT waits and is not sent" in page.get(f"{base}/money").text

    bad = page.send_form(f"{base}/purchase-order", {"number": "", "cost_code": ""})
    good = page.send_form(f"{base}/purchase-order", {"number": "PO-99", "cost_code": "C1"})
    settled(services)

    assert bad.status_code == 422
    assert good.status_code == 303
    shown = page.get(f"{base}/money").text
    assert "LUME-000001" in shown
    assert "waits and is not sent" not in shown


def test_the_demonstrations_bank_pays_by_the_signed_door(deal: Deal, services: Services, now):
    page = as_(services, deal.ashdown, now)
    assert "LUME-000001" in page.get("/dev/payments").text

    part = page.send_form("/dev/payments/LUME-000001/payment", {"amount": "200"})
    rest = page.send_form("/dev/payments/LUME-000001/payment", {"amount": ""})

    assert (part.status_code, rest.status_code) == (303, 303)
    assert "Paid" in page.get("/invoices/LUME-000001").text
    assert "LUME-000001" not in page.get("/dev/payments").text
    assert [one.type for one in events(services)].count("invoice.paid") == 1


def test_a_statement_reconciles_and_is_a_table_too(deal: Deal, services: Services, now):
    page = as_(services, deal.supplier, now)

    shown = page.get("/statements").text
    table = page.get(f"/statements.csv?contract={deal.contract.ref}").text

    assert "The lines and the invoices agree to the penny" in shown
    assert "£1,600.00" in shown
    assert len(table.splitlines()) == 3
    assert page.get("/statements?since=yesterday").status_code == 200


def test_bank_lines_are_typed_imported_matched_and_set_aside(deal: Deal, services: Services, now):
    page = as_(services, deal.supplier, now)
    csv = b"Date,Amount,Reference,Payer\n2026-11-20,400.00,lume 000002,CALDER\n2026-11-21,7.00,thanks,SOMEBODY\n2026-11-22,-9.00,rent,US\n"

    typed = page.send_form("/bank-transfers", {"received_on": "2026-11-20", "amount": "1,300.00", "words": "LUME-000001"})
    sent = page.post("/bank-transfers/import", data={"csrf_token": page.token}, files={"file": ("bank.csv", BytesIO(csv))},
                     follow_redirects=False)  # fmt: skip
    shown = page.get("/bank-transfers").text

    assert (typed.status_code, sent.status_code) == (303, 303)
    assert "£100.00" in shown
    line = re.search(r"/bank-transfers/([0-9a-f-]{36})/setting-aside", shown)
    assert line is not None
    assert page.send_form(f"/bank-transfers/{line[1]}/setting-aside", {"reason": ""}).status_code == 422
    assert page.send_form(f"/bank-transfers/{line[1]}/setting-aside", {"reason": "A gift"}).status_code == 303
    assert "Everything that came in is matched or set aside" in page.get("/bank-transfers").text


def test_billing_details_are_checked_and_kept(deal: Deal, services: Services, now):
    page = as_(services, deal.calder, now)
    good = {"legal_name": "Calder Valley NHS Trust", "address": "Halifax", "vat_number": "GB 123 4567 82"}

    assert page.send_form("/billing", {**good, "vat_number": "GB123456783"}).status_code == 422
    assert page.send_form("/billing", good).status_code == 303
    assert "GB123456782" in page.get("/billing").text


def test_the_gateways_door_keeps_what_is_signed_once_and_nothing_else(services: Services, now):
    body = '{"id": "evt_1", "object": "event", "type": "invoice.paid", "data": {"object": {"object": "invoice", "id": "in_1"}}}'
    door = browser_over(services)

    def send(text: str = body, at=now, secret: str = "whsec_rehearsal") -> int:
        header = {"stripe-signature": signed(body, at=at, secret=secret)}
        return door.post("/webhooks/stripe", content=text, headers=header).status_code

    assert [send(body + " "), send(at=now - timedelta(seconds=301)), send(at=now + timedelta(seconds=301)),
            send(secret="whsec_other")] == [400] * 4  # fmt: skip
    assert door.post("/webhooks/stripe", content=body).status_code == 400
    assert events(services) == []
    assert [send() for _ in range(20)] == [200] * 20
    assert [send(at=now - timedelta(seconds=299))] == [200]
    assert len(events(services)) == 1


def test_an_operator_compares_with_the_gateway_and_sees_what_differs(deal: Deal, services: Services, moderator, db, now):
    committed(db)
    page = as_(services, moderator, now)

    assert page.send_form("/operations/gateway/reconciliation").status_code == 303
    shown = page.get("/operations/gateway").text

    assert "2 invoices compared" in shown
