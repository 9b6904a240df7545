"""What waits for a purchase order says so in time; what the bank took in finds its invoice, or a person."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.faces.payments import rehearsal_of
from marketplace.faces.services import Services
from marketplace.identity.models import Notice
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.sheets import read_csv
from marketplace.kit.values import replace
from marketplace.payments.actions.banking import add_bank_lines, match_line, set_aside, take_up_line
from marketplace.payments.actions.keeping import describe_billing, set_purchase_order
from marketplace.payments.actions.paying import pay_back
from marketplace.payments.actions.watching import tell_late, warn_before_month_ends
from marketplace.payments.models import BankLine, Invoice
from marketplace.payments.queries.checking import money_faults
from marketplace.payments.queries.desk import waiting_money
from marketplace.payments.queries.invoices import balance_of, every_invoice, find_invoice
from marketplace.payments.queries.statements import statement_of
from marketplace.payments.schemas import TypedLine, read_billing, read_lines
from tests import cast
from tests.clients import committed
from tests.payments.scenes import ADDRESS, Deal, a_deal, falls_due, settled


def sent(db: Session, services: Services, *pence: int) -> Deal:
    """A deal with an invoice of Ashdown's for each amount, sent."""
    deal = a_deal(db)
    for turn, one in enumerate(pence):
        falls_due(db, deal, one, period=f"2026-{turn + 1:02}")
    committed(db)
    settled(services)
    return deal


def line(ref: str, pence: int, words: str, *, on: date = date(2026, 11, 20)) -> TypedLine:
    return TypedLine(ref, on, pence, "ASHDOWN", words)


def invoice_of(db: Session, number: str) -> Invoice:
    db.expire_all()
    return find_invoice(db, number, by=CLOCK)


def notices_of(db: Session, actor: Actor) -> list[str]:
    db.expire_all()
    return list(db.scalars(select(Notice.title).where(Notice.person_id == actor.person_id).order_by(Notice.at, Notice.id)))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 20), 0),
        (date(2026, 11, 26), 1),
        (date(2026, 11, 28), 1),
        (date(2026, 11, 29), 1),
        (date(2026, 11, 30), 1),
    ],
)
def test_a_finance_officer_is_told_before_the_month_ends_what_waits_for_an_order(
    db: Session, services: Services, day: date, told: int
):
    deal = a_deal(db, orders=False)
    falls_due(db, deal, 100_000)
    falls_due(db, deal, 25_000, period="2026-09")
    committed(db)
    settled(services)
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    before = len(notices_of(db, deal.ashdown))

    warn_before_month_ends(db, at=at)
    warn_before_month_ends(db, at=at + timedelta(hours=6))

    new = notices_of(db, deal.ashdown)[before:]
    assert len(new) == told
    assert all("£1,250.00 waits for a purchase order" in title for title in new)
    assert notices_of(db, deal.supplier) == []


def test_whoever_can_mend_it_is_told_and_it_goes_out_when_it_is_mended(db: Session, services: Services, now):
    deal = a_deal(db, details=False)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    assert [one.hold_reason for one in every_invoice(db, by=CLOCK)] == ["buyer-details"]
    assert any("waits" in title for title in notices_of(db, deal.ashdown))

    described = {"legal_name": "Ashdown", "address": "1 Road"}
    describe_billing(db, deal.ashdown.organisation_id, read_billing(described), by=deal.ashdown, at=now)
    committed(db)
    settled(services)
    assert [one.hold_reason for one in every_invoice(db, by=CLOCK)] == ["supplier-details"]
    describe_billing(db, deal.supplier.organisation_id, read_billing(ADDRESS), by=deal.supplier, at=now)
    committed(db)
    settled(services)

    assert invoice_of(db, "LUME-000001").state == "sent"


def test_only_a_finance_officer_of_a_buyer_gives_its_order(db: Session, services: Services, now):
    deal = a_deal(db, orders=False)
    buyer = cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "buyer", at=now)

    for actor in (buyer, deal.supplier):
        with pytest.raises(NotAllowed):
            set_purchase_order(db, deal.contract, number="PO-1", cost_code="", by=actor, at=now)
    with pytest.raises(Invalid) as refused:
        set_purchase_order(db, deal.contract, number="=HYPERLINK()", cost_code="", by=deal.ashdown, at=now)
    assert "number" in refused.value.fields


def test_an_issued_invoice_keeps_its_order_and_its_parties(db: Session, deal: Deal, services: Services, now):

    set_purchase_order(db, deal.contract, number="PO-NEW", cost_code="", by=deal.ashdown, at=now)
    describe_billing(db, deal.supplier.organisation_id, read_billing(ADDRESS | {"legal_name": "Lumen Group"}), by=deal.supplier, at=now)
    committed(db)
    settled(services)

    kept = invoice_of(db, "LUME-000001")
    assert (kept.purchase_order, kept.parties["supplier"]["name"]) == ("PO-4711", "Lumen Health Ltd")


def test_a_transfer_is_matched_by_number_and_what_is_below_or_above_shows(db: Session, services: Services, now):
    deal = sent(db, services, 100_000, 50_000)

    done = add_bank_lines(
        db, [line("a", 100_000, "LUME-000001"), line("b", 70_000, "lume 000002"), line("c", 99, "thanks")],
        source="csv", by=deal.supplier, at=now,
    )  # fmt: skip

    assert (done.new, done.matched, done.unmatched) == (3, 2, 1)
    first, second = invoice_of(db, "LUME-000001"), invoice_of(db, "LUME-000002")
    assert (first.state, balance_of(first).left) == ("part-paid", 20_000)
    assert (second.state, balance_of(second).left) == ("paid", 0)
    over = db.scalars(select(BankLine.over_pence).where(BankLine.external_ref == "b")).one()
    assert over == 10_000
    assert list(money_faults(db)) == []


def test_what_a_bank_paid_is_told_to_the_gateway_so_that_it_asks_for_nothing_more(db: Session, deal: Deal, services: Services, now):
    add_bank_lines(db, [line("a", 120_000, "LUME-000001")], source="typed", by=deal.supplier, at=now)
    committed(db)

    settled(services)

    seen = rehearsal_of(services).look(invoice_of(db, "LUME-000001").gateway_ref, account="")
    assert (seen.state, seen.outside_pence, seen.paid_pence, seen.left_pence) == ("paid", 120_000, 0, 0)
    assert balance_of(invoice_of(db, "LUME-000001")).paid == 120_000


def test_a_statement_taken_twice_adds_nothing(db: Session, deal: Deal, services: Services, now):
    csv = b"Date,Amount,Reference\n2026-11-20,20.00,lunch\n2026-11-20,20.00,lunch\n2026-11-20,-5.00,rent\n"

    first, second = (
        add_bank_lines(db, read_lines(read_csv(BytesIO(csv))), source="csv", by=deal.supplier, at=now) for _ in range(2)
    )

    assert (first.new, second.new, second.known) == (2, 0, 2)
    assert len(db.scalars(select(BankLine)).all()) == 2


@pytest.mark.parametrize(
    ("csv", "told"),
    [
        (b"Date,Amount\n2026-11-20,1.00\n", "no column Reference"),
        (b"Date,Amount,Reference\n2026-13-20,1.00,x\n", "row 2"),
        (b"Date,Amount,Reference\n2026-11-20,1.005,x\n", "fraction of a penny"),
        (b"Date,Amount,Reference\n2026-11-20,-1.00,x\n", "no line of money that came in"),
        (b"Date,Amount,Reference\n", "no line of money that came in"),
    ],
)
def test_a_file_that_does_not_hold_is_refused_whole_with_the_row(csv: bytes, told: str):
    with pytest.raises(Invalid, match=told):
        read_lines(read_csv(BytesIO(csv)))


def test_a_person_matches_sets_aside_and_takes_up_again(db: Session, deal: Deal, services: Services, now, rival):
    add_bank_lines(db, [line("a", 120_000, "november")], source="typed", by=deal.supplier, at=now)
    kept = db.scalars(select(BankLine)).one()
    invoice = invoice_of(db, "LUME-000001")

    with pytest.raises(Invalid):
        set_aside(db, kept, reason=" ", by=deal.supplier, at=now)
    set_aside(db, kept, reason="A gift", by=deal.supplier, at=now)
    with pytest.raises(Conflict):
        match_line(db, kept, invoice, by=deal.supplier, at=now)
    take_up_line(db, kept, by=deal.supplier, at=now)
    with pytest.raises(NotAllowed):
        match_line(db, kept, invoice, by=rival, at=now)
    match_line(db, kept, invoice, by=deal.supplier, at=now)

    assert invoice_of(db, "LUME-000001").state == "paid"
    with pytest.raises(Conflict):
        match_line(db, kept, invoice, by=deal.supplier, at=now)


def test_a_transfer_is_not_set_against_another_suppliers_invoice(db: Session, deal: Deal, services: Services, now, rival):

    done = add_bank_lines(db, [line("a", 120_000, "LUME-000001")], source="typed", by=rival, at=now)
    kept = db.scalars(select(BankLine)).one()

    assert done.matched == 0
    with pytest.raises(NotFound):
        match_line(db, kept, invoice_of(db, "LUME-000001"), by=rival, at=now)
    with pytest.raises(NotAllowed):
        add_bank_lines(db, [line("b", 1, "x")], source="typed", by=replace(deal.ashdown, permissions=frozenset()), at=now)


def test_what_a_credit_note_still_holds_is_paid_back_and_never_more(db: Session, deal: Deal, services: Services, now):
    rehearsal_of(services).receive(invoice_of(db, "LUME-000001").gateway_ref, 120_000)
    committed(db)
    settled(services)
    falls_due(db, deal, -10_000, period="2026-01", kind="correction")
    committed(db)
    settled(services)
    note = invoice_of(db, "LUME-000002")

    with pytest.raises(Invalid, match=r"£120.01"):
        pay_back(db, note, 12_001, paid_on=date(2026, 11, 24), by=deal.supplier, at=now)
    with pytest.raises(NotAllowed):
        pay_back(db, note, 12_000, paid_on=date(2026, 11, 24), by=deal.ashdown, at=now)
    pay_back(db, note, 12_000, paid_on=date(2026, 11, 24), by=deal.supplier, at=now)

    assert invoice_of(db, "LUME-000002").state == "used"
    statement = statement_of(every_invoice(db, by=deal.ashdown))
    assert statement.reconciles
    assert (statement.left_pence, statement.paid_pence) == (0, 108_000)
    assert list(money_faults(db)) == []


def test_both_sides_hear_once_that_an_invoice_is_late(db: Session, deal: Deal, services: Services):
    late = datetime(2026, 12, 24, 9, tzinfo=UTC)

    assert tell_late(db, at=datetime(2026, 12, 23, 9, tzinfo=UTC)) == 0
    assert tell_late(db, at=late) == 2
    assert tell_late(db, at=late + timedelta(days=9)) == 0

    assert "Invoice LUME-000001 is late by £1,200.00" in notices_of(db, deal.ashdown)


def test_whatever_does_not_add_up_is_named(db: Session, services: Services):
    sent(db, services, 100_000, 50_000)
    assert list(money_faults(db)) == []

    invoice = invoice_of(db, "LUME-000002")
    invoice.net_pence, invoice.vat_pence, invoice.gross_pence, invoice.number = 1, 0, 1, "LUME-000003"
    db.flush()

    told = list(money_faults(db))
    assert "LUME-000003 is for £0.01 and £500.00 is due" in told
    assert "LUME-000002 is missing" in told


def test_the_desk_of_finance_lists_orders_invoices_and_transfers(db: Session, deal: Deal, services: Services, now):
    add_bank_lines(db, [line("a", 99, "thanks")], source="typed", by=deal.supplier, at=now)

    trust = waiting_money(db, by=deal.ashdown, on=date(2026, 12, 24))
    supplier = waiting_money(db, by=deal.supplier, on=date(2026, 12, 24))

    assert [(one.title, one.late) for one in trust] == [("Pay invoice LUME-000001", True)]
    assert [one.title for one in supplier] == ["Match 1 bank transfer"]
    assert waiting_money(db, by=replace(deal.ashdown, permissions=frozenset()), on=now.date()) == []


def test_the_desk_says_which_contract_waits_for_an_order(db: Session, services: Services, now):
    deal = a_deal(db, orders=False)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)

    (waiting,) = waiting_money(db, by=deal.ashdown, on=date(2026, 11, 24))

    assert waiting.title == "Give a purchase order for Ambient scribing in outpatients"
    assert (waiting.due, waiting.url) == (date(2026, 11, 30), f"/contracts/{deal.contract.ref}/money")
