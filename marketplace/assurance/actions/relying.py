"""Relying on what was assessed once: each buying organisation accepts it or refuses, with its reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.events import AssuranceRefused, AssuranceReused
from marketplace.assurance.models import Certificate, Reuse
from marketplace.assurance.policies import may_rely
from marketplace.assurance.queries.bodies import trust_in
from marketplace.assurance.queries.certificates import reuse_of, standing_of
from marketplace.assurance.queries.declared import grounds
from marketplace.assurance.schemas import text_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record


def accept_assurance(
    db: Session, certificate: Certificate, *, reason: str = "", frameworks: Frameworks | None = None, by: Actor,
    at: datetime,
) -> Reuse:  # fmt: skip
    """Rely on a certificate for one's organisation instead of asking everything again. Once is enough.

    With `frameworks` its dated parts are looked at too, and whom the organisation trusts. Raises NotAllowed; Conflict
    where it does not hold today, or the organisation's own policy does not trust it.
    """
    organisation_id = allow_relying(by)
    if certificate.state != "in-force":
        raise Conflict(f"{certificate.ref} is {certificate.state}", certificate.state_reason)
    if frameworks is not None:
        standing = standing_of(db, frameworks, certificate, on=day_in_london(at))
        if not standing.holds:
            raise Conflict(f"{certificate.ref} does not hold today: {standing.word.lower()}", standing.cause)
        trust = trust_in(db, frameworks, certificate, organisation_id, on=day_in_london(at))
        if not trust.trusted:
            raise Conflict(f"your policy does not trust {certificate.ref}", trust.reason)
    known = reuse_of(db, organisation_id, certificate.id)
    if known is not None and known.accepted:
        return known
    return _keep(db, certificate, accepted=True, reason=text_of("reason", reason), by=by, at=at)


def refuse_assurance(
    db: Session, certificate: Certificate, *, reason: str, ground: str = "other", frameworks: Frameworks | None = None,
    by: Actor, at: datetime,
) -> Reuse:  # fmt: skip
    """Not rely on a certificate, with the reason that the supplier and other organisations read.

    With `frameworks` its ground is one of those that are declared. Raises NotAllowed, Invalid.
    """
    allow_relying(by)
    given = text_of("reason", reason, needed="Say why. The supplier and other organisations read it.")
    if frameworks is not None and ground not in {each.id for each in grounds(frameworks).grounds}:
        told = "Choose what comes nearest; the reasons of all add up to a picture."
        raise Invalid("the ground is missing", told, fields={"ground": told})
    return _keep(db, certificate, accepted=False, reason=given, ground=ground, by=by, at=at)


def allow_relying(by: Actor) -> UUID:
    """The organisation that the actor decides for. Raises NotAllowed."""
    if not may_rely(by) or by.organisation_id is None:
        raise NotAllowed(
            "only a buyer, a clinical safety officer or an approver decides what an organisation relies on",
            "Act for an organisation that buys, or ask a manager there for the role.",
        )
    return by.organisation_id


def _keep(
    db: Session, certificate: Certificate, *, accepted: bool, reason: str, ground: str = "", by: Actor, at: datetime
) -> Reuse:
    assert by.organisation_id is not None
    reuse = Reuse(
        id=new_id(at), certificate_id=certificate.id, organisation_id=by.organisation_id, accepted=accepted,
        reason=reason, ground=ground, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(reuse)
    event = (AssuranceReused if accepted else AssuranceRefused)(
        certificate_id=certificate.id, product_id=certificate.product_id, version_id=certificate.version_id,
        supplier_id=certificate.supplier_id, organisation_id=by.organisation_id, reason=reason,
    )  # fmt: skip
    record(db, event, by=by, at=at)
    db.flush()
    return reuse
