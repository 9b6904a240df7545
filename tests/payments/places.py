"""Where invoices, bank transfers and the register stand in the world of the house tests."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.contracts.models import ContractParty
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from marketplace.payments.actions.banking import add_bank_lines
from marketplace.payments.actions.keeping import describe_billing, set_purchase_order
from marketplace.payments.actions.raising import issue_invoice, mark_sent, raise_invoice
from marketplace.payments.models import BankLine, Errand
from marketplace.payments.queries.declared import rates_of
from marketplace.payments.schemas import TypedLine, read_billing
from marketplace.transparency.actions import redact
from tests import cast
from tests.house.places import People, Place
from tests.payments.scenes import ADDRESS, FIRST_TRUST, Deal, a_contract, falls_due


def places(db: Session, services: Services, people: People, at: datetime) -> dict[str, Place]:
    """An issued invoice of the supplier and the buyer, a bank line, a contract on the register with a part left out."""
    deal = _deal(db, people, at)
    invoice = raise_invoice(db, falls_due(db, deal, 100_000, at=at).id, rates_of(services.frameworks), at=at)
    assert invoice is not None
    rates = rates_of(services.frameworks)
    issue_invoice(db, invoice, rates, at=at)
    mark_sent(db, invoice, None, rates, at=at)
    line = TypedLine("one", date(2026, 11, 20), 700, "Somebody", "thanks")
    add_bank_lines(db, [line], source="typed", by=deal.supplier, at=at)
    kept = db.query(BankLine).filter_by(organisation_id=deal.supplier.organisation_id).one()
    errand = Errand(id=new_id(at), kind="look", subject_id=new_id(at), key="world", due_at=at, attempts=1, turn=1, parked_at=at, error="No.")
    db.add(errand)
    manager = cast.an_actor(db, "Mo Manages", people.buyer.organisation_name, "trust", "contract-manager", at=at)
    redaction = redact(
        db, deal.contract, part="decision", ground="commercial", reason="Not yet.", until=date(2027, 6, 30), by=manager, at=at
    )
    db.flush()
    nobody = Actor(None, None, frozenset())
    ref = {"ref": deal.contract.ref, "redaction": str(redaction.id)}
    officer = Place(deal.ashdown, people.rival, ref)
    managed = Place(manager, people.rival, ref)
    return {
        "/invoices/": Place(deal.supplier, people.rival, {"number": invoice.number or ""}),
        "/bank-transfers/": Place(deal.supplier, people.rival, {"line": str(kept.id)}),
        "/contracts/{ref:str}/money": officer,
        "/contracts/{ref:str}/purchase-order": officer,
        "/contracts/{ref:str}/purchase-orders": officer,
        "/contracts/{ref:str}/register": managed,
        "/contracts/{ref:str}/redactions": managed,
        "/register/": Place(nobody, nobody, {"ref": deal.contract.ref}),
        "/operations/gateway/": Place(people.moderator, people.other_buyer, {"errand": str(errand.id)}),
        "/dev/payments/": Place(deal.ashdown, people.rival, {"number": invoice.number or ""}),
    }


def _deal(db: Session, people: People, at: datetime) -> Deal:
    """A live contract of the world's supplier and buyer."""
    supplier = people.lumen
    officer = cast.an_actor(db, "Fay Nance", people.buyer.organisation_name, "trust", "finance-officer", "buyer", at=at)
    product = cast.a_product(db, of=supplier, at=at, name="Invoiced Scribe")
    contract = a_contract(db, product, supplier, officer, at=at)
    for position, (side, role, weight) in enumerate(((officer, "lead", 1), (supplier, "supplier", 0))):
        db.add(ContractParty(
            id=new_id(at), contract_id=contract.id, organisation_id=side.organisation_id, role=role, position=position,
            weight=weight, cost_code="", purchase_order="",
        ))  # fmt: skip
    db.flush()
    describe_billing(db, supplier.organisation_id, read_billing(ADDRESS), by=supplier, at=at)
    describe_billing(db, officer.organisation_id, read_billing(FIRST_TRUST), by=officer, at=at)
    set_purchase_order(db, contract, number="PO-4711", cost_code="", by=officer, at=at)
    return Deal(contract, supplier, officer, officer)
