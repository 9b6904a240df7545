"""What the verbs of outcomes begin with: nobody else changes the same contract meanwhile, and the actor may do it."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract, ContractParty
from marketplace.contracts.policies.outcomes import Party, may_lead, may_run
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.prepared import Prepared

MEASURED = ("live", "ended")
_LOCK = Prepared(select(Contract.state).where(Contract.id == bindparam("key")).with_for_update())


def lock_contract(db: Session, contract: Contract) -> str:
    """Let nobody else change the outcomes of this contract until the transaction ends; its state, fresh."""
    db.flush()
    [[state]] = _LOCK.rows(db, {"key": contract.id})
    return str(state)


def take_turn(db: Session, contract: Contract) -> None:
    """The same for those who read the state with other facts: on SQLite a writing transaction is alone already."""
    db.flush()
    if db.get_bind().dialect.name != "sqlite":
        _LOCK.rows(db, {"key": contract.id})


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
    check_running(party, state, by=by)
    assert party is not None
    return party


def check_running(party: Party | None, state: str, *, by: Actor) -> None:
    """Raise NotAllowed unless the actor runs the contract for this party; Conflict before go-live."""
    if party is None or not may_run(by, party):
        raise NotAllowed(
            "this is for the contract manager of an organisation that shares the fee",
            "Ask a manager of your organisation for the role contract manager.",
        )
    if state not in MEASURED:
        raise Conflict(f"the contract is {state}", "Outcomes are measured once it has gone live.")


def begin_leading(db: Session, contract: Contract, *, by: Actor) -> str:
    """The state of the contract, for the contract manager of its lead. Raises NotAllowed."""
    state = lock_contract(db, contract)
    if not may_lead(by, contract):
        raise NotAllowed("this is for the contract manager of the lead organisation", "Ask them to do it.")
    return state
