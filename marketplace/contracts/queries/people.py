"""Who at the parties of a contract is told of it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.contracts.models import ContractParty
from marketplace.identity.models import Grant, Membership
from marketplace.identity.policies import ROLES, Permission


def people_to_tell(
    db: Session, contract_id: UUID, *, permission: Permission = Permission.CONTRACT_READ
) -> list[tuple[UUID, UUID]]:
    """(person, organisation) of everybody at the parties whose role there allows it."""
    able = [role.key for role in ROLES.values() if permission in role.permissions]
    rows = (
        select(Membership.person_id, Membership.organisation_id)
        .join(ContractParty, ContractParty.organisation_id == Membership.organisation_id)
        .join(Grant, Grant.membership_id == Membership.id)
        .where(ContractParty.contract_id == contract_id, Membership.state == "active", Grant.role.in_(able))
        .distinct()
    )
    return [(person_id, organisation_id) for person_id, organisation_id in db.execute(rows)]
