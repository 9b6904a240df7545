"""Who decides what the register leaves out: the lead, which answers for the contract in public."""

from marketplace.contracts.models import Contract
from marketplace.identity.policies import Actor, Permission, owns


def may_redact(actor: Actor, contract: Contract) -> bool:
    """Leave a part out, or show it again: contract managers of the lead."""
    return actor.may(Permission.CONTRACT_MANAGE) and owns(actor, contract.organisation_id)
