"""What tests of outcomes say over and over: a contract that is live, and months of measurements under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Case, Certificate
from marketplace.catalogue.models import Product
from marketplace.contracts.actions.outcomes.baselines import lock_baseline, record_baseline
from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.models import Contract, Due, Settlement
from marketplace.contracts.queries.contracts import find_contract
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.contracts.schemas.outcomes import Measured
from marketplace.contracts.states import CONTRACT
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id, new_reference
from marketplace.procurement.models import Procurement
from tests import cast
from tests.contracts.agreements import Signers, a_signed_contract
from tests.contracts.terms import MEASURES, PARAMETERS

STARTS, ENDS = date(2027, 1, 1), date(2027, 6, 30)
TERMS: dict[str, Any] = {
    "extension_months": 3,
    "starts_on": STARTS.isoformat(), "ends_on": ENDS.isoformat(), "measures": MEASURES,
    **{name.replace("-", "_"): PARAMETERS[name] for name in ("fee-pence", "at-risk-percent", "cap-pence")},
}  # fmt: skip
JANUARY, FEBRUARY, MARCH = "2027-01", "2027-02", "2027-03"
BASELINE = {"notes": ("0.75", 400), "minutes": ("13", 400), "gap": ("4", 400)}
GOOD = {"notes": ("0.95", 400), "minutes": ("8", 400), "gap": ("2", 400)}
MIDDLING = {"notes": ("0.86", 400), "minutes": ("10", 400), "gap": ("2", 400)}
POOR = {"notes": ("0.78", 400), "minutes": ("13", 400), "gap": ("2", 400)}
Values = Mapping[str, tuple[str | None, int]]


@dataclass(frozen=True)
class Running:
    """The people who run the contract: at the lead, at the participant, and who answers for safety at the lead."""

    lead: Actor
    participant: Actor
    safety: Actor


def those_who_run(db: Session, *, at: datetime) -> Running:
    return Running(
        cast.an_actor(db, "Marta Lind", "Ashdown Hospitals NHS Trust", "trust", "contract-manager", at=at),
        cast.an_actor(db, "Owen Price", "Calder Valley NHS Trust", "trust", "contract-manager", at=at),
        cast.an_actor(db, "Sana Iqbal", "Ashdown Hospitals NHS Trust", "trust", "clinical-safety-officer", at=at),
    )


def a_certificate(db: Session, product: Product, *, at: datetime, state: str = "in-force") -> Certificate:
    """A certificate as the assessors would leave it; what it says is not looked at here."""
    case = Case(
        id=new_id(at), ref=new_reference("CAS"), product_id=product.id, version_id=product.live_version_id,
        supplier_id=product.organisation_id, body_id=product.organisation_id, framework_id="dtac",
        framework_version=1, state="decided", outcome="met", applied_at=at, answers_at=at, ended_at=at,
    )  # fmt: skip
    db.add(case)
    db.flush()
    certificate = Certificate(
        id=new_id(at), ref=new_reference("CER"), case_id=case.id, product_id=product.id,
        version_id=product.live_version_id, supplier_id=product.organisation_id, body_id=product.organisation_id,
        framework_id="dtac", framework_version=1, outcome="met", scope="All of it.", issued_on=at.date(),
        issued_at=at, state=state, state_at=at, document={},
    )  # fmt: skip
    db.add(certificate)
    db.flush()
    return certificate


def measured(values: Values, reason: str = "") -> list[Measured]:
    return [
        Measured(key, Decimal(value) if value is not None else None, count, reason)
        for key, (value, count) in values.items()
    ]


def a_live_contract(
    db: Session, frameworks: Frameworks, settled: Procurement, people: Signers, running: Running, *, by: Actor,
    at: datetime, **changes: Any,
) -> Contract:  # fmt: skip
    """Signed by all, its baseline locked, and live from its first day on."""
    contract = a_signed_contract(db, frameworks, settled, people, by=by, at=at, **{**TERMS, **changes})
    for manager in (running.lead, running.participant):
        record_baseline(db, contract, measured(BASELINE), by=manager, at=at)
    lock_baseline(db, contract, by=running.lead, at=at)
    contract.state, contract.live_at = CONTRACT.after("go live", contract.state), datetime(2027, 1, 1, 9, tzinfo=UTC)
    settled.state = "running"
    db.flush()
    return find_contract(db, contract.ref, by=running.lead)


def after(period: str, days: int = 3) -> datetime:
    """A morning, that many days after the end of a month."""
    year, month = int(period[:4]), int(period[5:])
    first = datetime(year + month // 12, month % 12 + 1, 1, 10, tzinfo=UTC)
    return first + timedelta(days=days - 1)


def a_month(
    db: Session, contract: Contract, period: str, values: Values, *managers: Actor, at: datetime | None = None
) -> Settlement | None:
    """Each of these gives the same values of a month; what it was settled to, where all have."""
    for manager in managers:
        add_measurements(db, contract, period, measured(values), by=manager, at=at or after(period))
    return settlement_of(db, contract, period)


def settlement_of(db: Session, contract: Contract, period: str) -> Settlement | None:
    return book_of(db, contract).settled.get(period)


def settled_in(db: Session, contract: Contract, period: str) -> Settlement:
    found = settlement_of(db, contract, period)
    assert found is not None
    return found


def lines(db: Session, contract: Contract, period: str = "") -> Sequence[tuple[str, int]]:
    """(kind, pence) of every line of the ledger, in order; of one month where it is named."""
    db.flush()
    rows = select(Due.kind, Due.net_pence).where(Due.contract_id == contract.id)
    rows = rows.where(Due.period == period) if period else rows
    return [(kind, pence) for kind, pence in db.execute(rows.order_by(Due.id))]


def owed(db: Session, contract: Contract, period: str = "") -> int:
    return sum(pence for _, pence in lines(db, contract, period))
