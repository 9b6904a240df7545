"""A contract that runs, with a month that was computed and disputed and a harm that is open, for the house tests."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.measuring import add_measurements
from marketplace.contracts.actions.outcomes.safety import report_harm
from marketplace.contracts.actions.outcomes.verdicts import dispute_outcome
from marketplace.contracts.models import Contract, ContractText
from marketplace.contracts.queries.outcomes.books import book_of
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from tests import cast
from tests.contracts.agreements import a_draft, a_settled_procurement
from tests.contracts.outcomes import GOOD, a_certificate, measured
from tests.contracts.terms import MEASURES
from tests.house.places import People, Place

MAY = "2026-05"


def running_places(db: Session, services: Services, people: People, owner: Actor, at: datetime) -> dict[str, Place]:
    """What lies below a month and below a harm. The owner may do all that a party may."""
    product = cast.a_product(db, of=people.lumen, at=at, name="Measured Scribe")
    a_certificate(db, product, at=at)
    procurement = a_settled_procurement(db, product, lead=owner, at=at, starts_on=date(2026, 5, 1))
    contract = a_draft(db, services.frameworks, procurement, by=owner, at=at, starts_on="2026-05-01", measures=MEASURES)
    put_to_work(db, contract, at)
    add_measurements(db, contract, MAY, measured(GOOD), by=owner, at=at)
    settlement = book_of(db, contract).settled[MAY]
    dispute = dispute_outcome(db, contract, settlement, measures=["notes"], reason="Look again.", by=owner, at=at)
    harm = report_harm(db, contract, severity="low", words="A slip.", by=owner, at=at)
    inside = {"ref": contract.ref, "period": MAY, "dispute": str(dispute.id), "harm": str(harm.id)}
    below = Place(owner, people.other_buyer, inside)
    return {"/contracts/{ref:str}/periods/": below, "/contracts/{ref:str}/harms/": below}


def put_to_work(db: Session, contract: Contract, at: datetime) -> None:
    """Signed and live since May, as the actions would have left it by then."""
    text = ContractText(
        id=new_id(at), contract_id=contract.id, number=1, parameters=contract.parameters, body={}, digest="0" * 64,
        effective_on=date(2026, 5, 1), state="binding", at=at, bound_at=at,
    )  # fmt: skip
    db.add(text)
    contract.state, contract.text_number, contract.signed_at = "live", 1, at
    contract.starts_on, contract.ends_on = date(2026, 5, 1), date(2027, 4, 30)
    contract.live_at = datetime(2026, 5, 1, 9, tzinfo=UTC)
    db.flush()
