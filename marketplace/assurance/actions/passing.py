"""Passing on where products are used and which certificates are relied on; what was decided stays as it was said."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.events import AssuranceRefused, AssuranceReused
from marketplace.assurance.models import Answer, Certificate, Deployment, Incident, Receipt, Reuse
from marketplace.assurance.queries.passing import (
    deployments_of,
    incidents_of,
    local_answers_of,
    products_of,
    receipts_of,
    reliance_of,
)
from marketplace.identity.policies import Actor
from marketplace.identity.rules.successions import Passing
from marketplace.kit.calendar import in_words, london
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def move(db: Session, passing: Passing, by: Actor, at: datetime) -> None:
    """Let the new organisation have uses, incidents, notices and local answers, and rely on what the old one did."""
    used = deployments_of(db, passing)
    products = products_of(used)
    things: list[Incident | Receipt | Answer] = [
        *incidents_of(db, passing, used), *receipts_of(db, passing, products), *local_answers_of(db, passing, products),
    ]  # fmt: skip
    for reuse, _ in reliance_of(db, passing, products):
        _rely(db, passing, reuse, by, at)
    passed: list[Deployment | Incident | Receipt | Answer] = [*used, *things]
    for one in passed:
        one.organisation_id = passing.new.id


def _rely(db: Session, passing: Passing, reuse: Reuse, by: Actor, at: datetime) -> None:
    """The decision once more, for the new organisation, with where it comes from."""
    certificate = db.get_one(Certificate, reuse.certificate_id)
    decided = f"Decided by {passing.old.name} on {in_words(london(reuse.at).date())}."
    reason = " ".join(filter(None, [decided, reuse.reason]))
    db.add(
        Reuse(
            id=new_id(at), certificate_id=certificate.id, organisation_id=passing.new.id, accepted=reuse.accepted,
            reason=reason, ground=reuse.ground, by_id=reuse.by_id, at=at,
        )
    )  # fmt: skip
    event = (AssuranceReused if reuse.accepted else AssuranceRefused)(
        certificate_id=certificate.id, product_id=certificate.product_id, version_id=certificate.version_id,
        supplier_id=certificate.supplier_id, organisation_id=passing.new.id, reason=reason,
    )  # fmt: skip
    record(db, event, by=by, at=at)
