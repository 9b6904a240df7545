"""What tests of this room say over and over: a signed contract of two trusts, and amounts that fall due under it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.contracts.events import AmountDue
from marketplace.contracts.models import Contract, ContractParty, ContractText, Due, Settlement
from marketplace.faces.payments import go_to_gateway
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK, Actor
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.jobs import drain
from marketplace.kit.record import record
from marketplace.payments.actions.keeping import describe_billing, set_purchase_order
from marketplace.payments.queries.declared import rates_of
from marketplace.payments.rules.declared import Rates
from marketplace.payments.schemas import read_billing
from marketplace.procurement.models import Procurement
from marketplace.wiring import subscribers_over
from tests import cast
from tests.services import known_frameworks

NOW = datetime(2026, 11, 24, 10, 30, tzinfo=UTC)
ADDRESS = {"legal_name": "Lumen Health Ltd", "address": "1 Wharf Road\nLeeds\nLS1 4AB", "vat_number": "GB123456727",
           "company_number": "09876543", "bank_name": "Lumen Health Ltd", "sort_code": "20-00-00",
           "account_number": "12345678", "invoice_email": "accounts@lumen.example"}  # fmt: skip
TERMS: dict[str, Any] = {
    "vat-percent": "20", "payment-days": 30, "fee-pence": 1_200_000, "at-risk-percent": "20", "starts-on": "2026-09-01",
    "ends-on": "2027-05-31", "question": "Does it give doctors time back?", "exit-criteria": "Two minutes less a letter.",
    "stop-rule": "Any serious harm.", "price-afterwards": "£12,000 a month",
    "measures": [{"key": "minutes", "label": "Minutes per letter", "unit": "minutes", "better": "lower", "threshold": "12",
                  "target": "8", "weight": "100", "fewest": 30, "design": "before-after", "definition": "Median time.",
                  "population": "Outpatients", "source": "Time stamps"}],
}  # fmt: skip
FIRST_TRUST = {"legal_name": "Ashdown Hospitals NHS Trust", "address": "Accounts payable\nForest Row\nRH18 5AB"}
SECOND_TRUST = {"legal_name": "Calder Valley NHS Trust", "address": "Salterhebble\nHalifax\nHX3 0PW"}


@dataclass(frozen=True)
class Deal:
    """A live contract: the supplier, and the finance officers of both trusts."""

    contract: Contract
    supplier: Actor
    ashdown: Actor
    calder: Actor


def a_deal(db: Session, *, at: datetime = NOW, orders: bool = True, details: bool = True, vat: str = "20") -> Deal:
    """A live contract of Lumen with Ashdown (3 parts) and Calder Valley (1 part)."""
    db.expire_on_commit = False
    lumen = cast.an_actor(db, "Lena Ray", "Lumen Health Ltd", "supplier", "supplier-manager", at=at)
    ashdown = cast.an_actor(db, "Fay Nance", "Ashdown Hospitals NHS Trust", "trust", "finance-officer", "buyer", at=at)
    calder = cast.an_actor(db, "Cy Ledger", "Calder Valley NHS Trust", "trust", "finance-officer", at=at)
    product = cast.a_product(db, of=lumen, at=at)
    contract = a_contract(db, product, lumen, ashdown, at=at, vat=vat)
    for position, (side, role, weight) in enumerate(((ashdown, "lead", 3), (calder, "participant", 1), (lumen, "supplier", 0))):
        db.add(ContractParty(
            id=new_id(at), contract_id=contract.id, organisation_id=side.organisation_id, role=role, position=position,
            weight=weight, cost_code="", purchase_order="",
        ))  # fmt: skip
    db.flush()
    deal = Deal(contract, lumen, ashdown, calder)
    if details:
        describe_billing(db, lumen.organisation_id, read_billing(ADDRESS), by=lumen, at=at)
        describe_billing(db, ashdown.organisation_id, read_billing(FIRST_TRUST), by=ashdown, at=at)
        describe_billing(db, calder.organisation_id, read_billing(SECOND_TRUST), by=calder, at=at)
    if orders:
        set_purchase_order(db, contract, number="PO-4711", cost_code="E10234", by=ashdown, at=at)
        set_purchase_order(db, contract, number="CV 88/2026", cost_code="", by=calder, at=at)
    return deal


def a_contract(db: Session, product: Any, supplier: Actor, lead: Actor, *, at: datetime, vat: str = "20") -> Contract:
    facts: dict[str, Any] = {
        "product_id": product.id, "version_id": product.live_version_id, "supplier_id": supplier.organisation_id,
        "organisation_id": lead.organisation_id, "name": "Ambient scribing in outpatients",
    }  # fmt: skip
    procurement = Procurement(
        id=new_id(at), ref=new_reference("PRC"), procedure="joint-pilot", procedure_version=1, state="running",
        question="Does it give doctors time back?", started_at=at, route={}, admits=[], **facts,
    )  # fmt: skip
    db.add(procurement)
    db.flush()
    contract = Contract(
        id=new_id(at), ref=new_reference("CON"), procurement_id=procurement.id, template_id="joint-pilot",
        template_version=1, state="live", drafted_at=at, signed_at=at, live_at=at, starts_on=date(2026, 9, 1),
        ends_on=date(2027, 5, 31), text_number=1, parameters=TERMS | {"vat-percent": vat}, **facts,
    )  # fmt: skip
    db.add(contract)
    db.flush()
    db.add(ContractText(
        id=new_id(at), contract_id=contract.id, number=1, parameters=contract.parameters, body={}, digest="0" * 64,
        effective_on=date(2026, 9, 1), state="binding", at=at, bound_at=at,
    ))  # fmt: skip
    db.flush()
    return contract


def falls_due(
    db: Session, deal: Deal, pence: int, *, of: Actor | None = None, period: str = "2026-10", kind: str = "settlement",
    at: datetime = NOW,
) -> Due:  # fmt: skip
    """A line of the ledger with its event, as accepting an outcome leaves them."""
    buyer = of or deal.ashdown
    held = db.query(Settlement).filter_by(contract_id=deal.contract.id, period=period).first()
    settlement = held or Settlement(
        id=new_id(at), contract_id=deal.contract.id, period=period, number=1, state="closed", base_pence=abs(pence),
        at_risk_pence=0, total_pence=abs(pence), basis={"mechanism": "at-risk-fee"}, computed_at=at, closed_at=at,
    )  # fmt: skip
    db.add(settlement)
    db.flush()
    number = db.query(Due).filter_by(contract_id=deal.contract.id, organisation_id=buyer.organisation_id, period=period).count()
    due = Due(
        id=new_id(at), contract_id=deal.contract.id, organisation_id=buyer.organisation_id, settlement_id=settlement.id,
        period=period, number=number + 1, kind=kind, base_pence=pence, at_risk_pence=0, net_pence=pence,
        working={"base": pence}, at=at,
    )  # fmt: skip
    db.add(due)
    event = AmountDue(
        contract_id=deal.contract.id, due_id=due.id, settlement_id=settlement.id, organisation_id=buyer.organisation_id,
        supplier_id=deal.supplier.organisation_id, period=period, net_pence=pence, kind=kind,
    )  # fmt: skip
    record(db, event, by=CLOCK, at=at)
    db.flush()
    return due


def settled(services: Services, *, rounds: int = 4, clock: Callable[[], datetime] | None = None) -> None:
    """Hear and do everything that is due, until nothing moves."""
    subscribers = subscribers_over(services)
    for _ in range(rounds):
        moved = drain(services.database, subscribers, clock=clock or services.clock)
        if not moved + go_to_gateway(services, clock=clock):
            break


def declared(frameworks: Frameworks | None = None) -> Rates:
    return rates_of(frameworks or known_frameworks())


Facts = Mapping[str, Any]
