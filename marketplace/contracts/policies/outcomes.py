"""Who may measure, accept, report and decide. `party` is the row of the actor's organisation, None for a stranger."""

from typing import Protocol
from uuid import UUID

from marketplace.contracts.models import Contract
from marketplace.identity.policies import Actor, Permission, owns

SEVERITIES = {
    "near-miss": "Near miss: noticed in time",
    "low": "Low: needed watching or a small intervention",
    "moderate": "Moderate: needed treatment or a longer stay",
    "severe": "Severe: lasting harm",
    "fatal": "Fatal",
}


class Party(Protocol):
    """An organisation in a contract."""

    @property
    def organisation_id(self) -> UUID: ...
    @property
    def role(self) -> str: ...


def may_run(actor: Actor, party: Party | None) -> bool:
    """Give measurements, accept and dispute: the contract manager of an organisation that shares the fee."""
    return _buys(actor, party) and actor.may(Permission.CONTRACT_MANAGE)


def may_lead(actor: Actor, contract: Contract) -> bool:
    """Lock the baseline, go live, decide how the pilot ends: the contract manager of the lead."""
    return owns(actor, contract.organisation_id) and actor.may(Permission.CONTRACT_MANAGE)


def may_report_harm(actor: Actor, party: Party | None) -> bool:
    """Whoever runs the contract or answers for safety at a party that uses the product, and the supplier's manager."""
    if party is None or not owns(actor, party.organisation_id):
        return False
    able = (Permission.CONTRACT_MANAGE, Permission.SAFETY_APPROVE, Permission.CONTRACT_SIGN)
    return any(actor.may(one) for one in able)


def may_close_harm(actor: Actor, party: Party | None) -> bool:
    """Only a clinical safety officer of an organisation that uses the product can say that a harm is dealt with."""
    return _buys(actor, party) and actor.may(Permission.SAFETY_APPROVE)


def _buys(actor: Actor, party: Party | None) -> bool:
    return party is not None and party.role != "supplier" and owns(actor, party.organisation_id)
