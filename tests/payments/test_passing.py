"""Invoices when an organisation joins another: what is closed keeps its name, what is open is the successor's."""

import pytest
from sqlalchemy.orm import Session

from marketplace.contracts.models import Due
from marketplace.faces.services import Services
from marketplace.identity.models import Organisation, Person
from marketplace.identity.policies import CLOCK, Actor
from marketplace.identity.queries import actor_for
from marketplace.payments.actions.keeping import describe_billing, set_purchase_order
from marketplace.payments.actions.paying import locked, receive
from marketplace.payments.models import Invoice
from marketplace.payments.queries.checking import money_faults, undelivered
from marketplace.payments.queries.invoices import every_invoice
from marketplace.payments.queries.orders import order_for
from marketplace.payments.schemas import read_billing
from tests import cast
from tests.clients import committed
from tests.payments.scenes import NOW, Deal, a_deal, falls_due, settled
from tests.successions import carried_out

PENWITH = {"legal_name": "Penwith NHS Trust", "address": "Finance\nPenzance\nTR18 2PF"}


@pytest.fixture
def penwith(db) -> Actor:
    """Ida Moor, who manages Penwith Trust and its money."""
    return cast.an_actor(db, "Ida Moor", "Penwith NHS Trust", "trust", "manager", "finance-officer", at=NOW)


@pytest.fixture
def deal(db, penwith) -> Deal:
    made = a_deal(db)
    cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "manager", at=NOW)
    cast.an_actor(db, "Tom Bevan", "Calder Valley NHS Trust", "trust", "manager", at=NOW)
    describe_billing(db, penwith.organisation_id, read_billing(PENWITH), by=penwith, at=NOW)
    return made


def manager(db: Session, name: str, organisation: Actor) -> Actor:
    body = db.get_one(Organisation, organisation.organisation_id)
    return actor_for(db, db.query(Person).filter_by(name=name).one(), body, on=NOW.date())


def invoices(services: Services, by: Actor = CLOCK) -> list[Invoice]:
    with services.database.reading() as db:
        return list(every_invoice(db, by=by))


def holds(services: Services) -> None:
    with services.database.reading() as db:
        assert list(money_faults(db)) == []
        assert undelivered(db) == 0


def paid(db: Session, invoice_id) -> None:
    (invoice,) = locked(db, invoice_id)
    receive(db, invoice, invoice.gross_pence, kind="bank", key="line 1", received_on=NOW.date(), by=CLOCK, at=NOW)


def test_what_is_paid_keeps_its_name_and_what_is_open_is_the_successors(db, services, deal, penwith, moderator):
    falls_due(db, deal, 100_000)
    falls_due(db, deal, 70_000, period="2026-11")
    committed(db)
    settled(services)
    first, second = invoices(services)
    paid(db, first.id)
    committed(db)

    carried_out(db, manager(db, "Grace Okafor", deal.ashdown), penwith, moderator, at=NOW)
    committed(db)

    closed, still_open = invoices(services)
    assert (closed.state, closed.organisation.name) == ("paid", "Ashdown Hospitals NHS Trust")
    assert (still_open.state, still_open.organisation.name) == ("sent", "Penwith NHS Trust")
    assert still_open.parties == second.parties
    assert still_open.parties["buyer"]["name"] == "Ashdown Hospitals NHS Trust"
    holds(services)


def test_what_falls_due_afterwards_is_made_out_to_the_successor_under_the_order_that_came_along(
    db, services, deal, penwith, moderator
):
    carried_out(db, manager(db, "Grace Okafor", deal.ashdown), penwith, moderator, at=NOW)
    falls_due(db, deal, 50_000, of=penwith)
    committed(db)

    settled(services)

    (invoice,) = invoices(services)
    assert (invoice.organisation.name, invoice.parties["buyer"]["name"]) == ("Penwith NHS Trust", "Penwith NHS Trust")
    assert (invoice.state, invoice.purchase_order) == ("sent", "PO-4711")
    holds(services)


def test_a_held_invoice_goes_out_in_the_name_of_the_successor(db, services, penwith, moderator):
    deal = a_deal(db, orders=False)
    cast.an_actor(db, "Grace Okafor", "Ashdown Hospitals NHS Trust", "trust", "manager", at=NOW)
    describe_billing(db, penwith.organisation_id, read_billing(PENWITH), by=penwith, at=NOW)
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)

    carried_out(db, manager(db, "Grace Okafor", deal.ashdown), penwith, moderator, at=NOW)
    set_purchase_order(db, deal.contract, number="PEN-9", cost_code="", by=penwith, at=NOW)
    committed(db)
    settled(services)

    (invoice,) = invoices(services)
    assert (invoice.state, invoice.purchase_order) == ("sent", "PEN-9")
    assert invoice.parties["buyer"]["name"] == "Penwith NHS Trust"
    holds(services)


def test_a_late_correction_of_one_of_two_that_became_one_is_the_successors_to_pay(db, services, deal, moderator):
    falls_due(db, deal, 100_000, of=deal.calder)
    committed(db)
    settled(services)
    (first,) = invoices(services)
    paid(db, first.id)
    tom, grace = manager(db, "Tom Bevan", deal.calder), manager(db, "Grace Okafor", deal.ashdown)
    carried_out(db, tom, grace, moderator, at=NOW)

    falls_due(db, deal, 5_000, of=deal.calder, kind="correction")
    falls_due(db, deal, -2_000, of=deal.calder, kind="correction")
    committed(db)
    settled(services)

    closed, more, note = invoices(services)
    assert closed.organisation.name == "Calder Valley NHS Trust"
    assert (more.organisation.name, more.purchase_order) == ("Ashdown Hospitals NHS Trust", "PO-4711")
    assert (note.kind, note.credits_id) == ("credit-note", closed.id)
    assert db.query(Due).filter_by(organisation_id=deal.calder.organisation_id).count() == 3
    holds(services)


def test_the_successor_reads_what_the_old_one_paid_and_nobody_else_does(db, services, deal, penwith, moderator):
    falls_due(db, deal, 100_000)
    committed(db)
    settled(services)
    paid(db, invoices(services)[0].id)
    carried_out(db, manager(db, "Grace Okafor", deal.ashdown), penwith, moderator, at=NOW)
    committed(db)

    assert [one.number for one in invoices(services, manager(db, "Ida Moor", penwith))] == ["LUME-000001"]
    assert invoices(services, manager(db, "Cy Ledger", deal.calder)) == []


def test_an_order_of_both_stays_the_one_that_the_new_one_gave(db, deal, moderator):
    tom, grace = manager(db, "Tom Bevan", deal.calder), manager(db, "Grace Okafor", deal.ashdown)

    carried_out(db, tom, grace, moderator, at=NOW)

    assert order_for(db, deal.contract.id, deal.ashdown.organisation_id).number == "PO-4711"
