"""What the verbs of outcomes begin with: nobody else changes the same contract meanwhile, and the actor may do it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, ContractParty
from marketplace.contracts.policies.outcomes import may_lead, may_run
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.text import clean_text

LONGEST = 2_000
MEASURED = ("live", "ended")


def lock_contract(db: Session, contract: Contract) -> str:
    """Let nobody else change the outcomes of this contract until the transaction ends; its state, fresh."""
    state: str = db.execute(select(Contract.state).where(Contract.id == contract.id).with_for_update()).scalar_one()
    return state


def own_party(db: Session, contract: Contract, by: Actor) -> ContractParty | None:
    """The row of the actor's organisation in the contract."""
    rows = select(ContractParty).where(
        ContractParty.contract_id == contract.id, ContractParty.organisation_id == by.organisation_id
    )
    return db.scalars(rows).one_or_none()


def begin_running(db: Session, contract: Contract, *, by: Actor) -> ContractParty:
    """The actor's party, which runs the contract. Raises NotAllowed; Conflict before go-live."""
    state = lock_contract(db, contract)
    party = own_party(db, contract, by)
    if party is None or not may_run(by, party):
        raise NotAllowed(
            "this is for the contract manager of an organisation that shares the fee",
            "Ask a manager of your organisation for the role contract manager.",
        )
    if state not in MEASURED:
        raise Conflict(f"the contract is {state}", "Outcomes are measured once it has gone live.")
    return party


def begin_leading(db: Session, contract: Contract, *, by: Actor) -> str:
    """The state of the contract, for the contract manager of its lead. Raises NotAllowed."""
    state = lock_contract(db, contract)
    if not may_lead(by, contract):
        raise NotAllowed("this is for the contract manager of the lead organisation", "Ask them to do it.")
    return state


def reason_of(typed: str, needed: str, *, field: str = "reason") -> str:
    """A reason that others will read. Raises Invalid."""
    kept = clean_text(typed, LONGEST)
    if not kept:
        raise Invalid("this needs a reason", needed, fields={field: needed})
    return kept


def today(at: datetime) -> str:
    """The day in London, as it stands in texts."""
    return day_in_london(at).isoformat()
