"""Who may draft, issue, approve, sign and do what a contract obliges to. `party` is None for a stranger."""

from marketplace.contracts.models import Contract, ContractParty, Obligation
from marketplace.identity.policies import Actor, Permission, is_the_house, owns
from marketplace.procurement.models import Procurement

DRAFTING = (Permission.PROJECT_WRITE, Permission.CONTRACT_MANAGE)
DOING = (Permission.CONTRACT_MANAGE, Permission.CONTRACT_SIGN, Permission.PROJECT_WRITE, Permission.PAYMENT_MANAGE)


def may_begin(actor: Actor, procurement: Procurement) -> bool:
    """Draft a contract: a buyer or contract manager of the organisation that leads the procurement."""
    return owns(actor, procurement.organisation_id) and any(map(actor.may, DRAFTING))


def may_draft(actor: Actor, contract: Contract) -> bool:
    """Fill in, issue, recall, cancel, and begin a variation: the same people of the lead, and the clock."""
    return is_the_house(actor) or (owns(actor, contract.organisation_id) and any(map(actor.may, DRAFTING)))


def may_approve_departure(actor: Actor, contract: Contract) -> bool:
    """Approve that the contract departs from its template: an approver of the lead."""
    return owns(actor, contract.organisation_id) and actor.may(Permission.CONTRACT_APPROVE)


def may_sign(actor: Actor, party: ContractParty | None) -> bool:
    """Sign, or decline to: whoever signs for a party."""
    return party is not None and owns(actor, party.organisation_id) and actor.may(Permission.CONTRACT_SIGN)


def may_finish(actor: Actor, obligation: Obligation) -> bool:
    """Say that an obligation is done: people of the organisation that has it, who run contracts, sign or pay."""
    return owns(actor, obligation.organisation_id) and any(map(actor.may, DOING))
