"""Going live: nothing starts before everything that a pilot needs is there."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.contracts.actions.outcomes.common import begin_leading
from marketplace.contracts.events.outcomes import ContractWentLive
from marketplace.contracts.models import Contract
from marketplace.contracts.queries.outcomes.readiness import missing_for_live, procurement_of
from marketplace.contracts.states import CONTRACT
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict
from marketplace.kit.record import record
from marketplace.procurement.actions.joint.ending import begin_running


def go_live(db: Session, frameworks: Frameworks, contract: Contract, *, by: Actor, at: datetime) -> None:
    """Put a signed contract to work. Raises NotAllowed, and Conflict that names every missing thing at once."""
    state = begin_leading(db, contract, by=by)
    missing = missing_for_live(db, frameworks, contract, on=day_in_london(at))
    if state in ("draft", "issued", "signed") and missing:
        raise Conflict(
            f"it cannot go live: {'; '.join(one.fact for one in missing)}",
            " ".join(dict.fromkeys(one.hint for one in missing)),
            fields={one.url: f"{one.fact[:1].upper()}{one.fact[1:]}. {one.hint}" for one in missing},
        )
    contract.state = CONTRACT.after("go live", state)
    contract.live_at = at
    procurement = procurement_of(db, contract)
    if procurement.state == "settled":
        begin_running(db, procurement, by=by, at=at)
    assert contract.ends_on is not None
    live = ContractWentLive(
        contract_id=contract.id, product_id=contract.product_id, supplier_id=contract.supplier_id,
        ends_on=contract.ends_on,
    )  # fmt: skip
    record(db, live, by=by, at=at)
    db.flush()
