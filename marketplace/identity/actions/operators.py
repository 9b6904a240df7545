"""The operator of this installation, acting from the command line: an organisation without a person."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.identity.actions.organisations import register_organisation
from marketplace.identity.models import Organisation
from marketplace.identity.policies import CLOCK, ROLES, Actor
from marketplace.identity.schemas import Details


def the_operator(db: Session, *, at: datetime) -> Actor:
    """An actor for the operator's organisation, which is registered where there is none yet."""
    first = select(Organisation).where(Organisation.kind == "operator").order_by(Organisation.id).limit(1)
    operator = db.scalars(first).one_or_none()
    if operator is None:
        operator = register_organisation(db, Details(name="Operator", kind="operator"), by=CLOCK, at=at)
    return Actor(
        person_id=None,
        organisation_id=operator.id,
        permissions=ROLES["operator"].permissions,
        person_name="Command line",
        organisation_name=operator.name,
        organisation_kind=operator.kind,
        organisation_ref=operator.ref,
        roles=("operator",),
        is_demonstration=operator.is_demonstration,
    )
