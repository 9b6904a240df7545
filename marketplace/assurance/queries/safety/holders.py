"""Who holds a product and by what, who assesses it, and from where somebody looks at its safety."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate, Deployment, Reuse
from marketplace.catalogue.models import Product, Version
from marketplace.identity.models import Organisation
from marketplace.identity.policies import Actor, Permission, owns
from marketplace.kit.values import Value

USES, RELIES = "uses version {}", "relies on {}"


class Standpoint(Value):
    """What somebody is to a product: its supplier, a holder of it, an assessor of a body that certified it."""

    is_supplier: bool = False
    holds: bool = False
    assesses: bool = False
    operates: bool = False
    buys: bool = False

    @property
    def sees_log(self) -> bool:
        """Read the whole hazard log, and who has not answered a notice."""
        return self.is_supplier or self.holds or self.assesses or self.operates

    @property
    def sees_handed_over(self) -> bool:
        """Read what a buyer would have to do: anybody who buys may, before they do."""
        return self.sees_log or self.buys

    @property
    def watches(self) -> bool:
        """Read how far every organisation is with a notice, and every incident."""
        return self.is_supplier or self.assesses or self.operates


def standpoint(db: Session, actor: Actor | None, product: Product) -> Standpoint:
    """From where an actor looks at the safety of a product."""
    if actor is None or actor.organisation_id is None:
        return Standpoint()
    assesses = actor.may(Permission.ASSURANCE_ASSESS) and actor.organisation_id in bodies_of(db, product.id)
    return Standpoint(
        is_supplier=owns(actor, product.organisation_id), operates=actor.may(Permission.OPERATE), assesses=assesses,
        holds=actor.is_buyer and actor.organisation_id in holders_of(db, product.id), buys=actor.is_buyer,
    )  # fmt: skip


def holders_of(db: Session, product_id: UUID) -> dict[UUID, list[str]]:
    """The organisations that use a product or rely on its certificate, each with the grounds in words."""
    found: dict[UUID, list[str]] = {}
    used = (
        select(Deployment.organisation_id, Version.number)
        .join(Version, Version.id == Deployment.version_id)
        .where(Deployment.product_id == product_id, Deployment.ended_at.is_(None))
    )
    for organisation_id, number in db.execute(used.order_by(Deployment.planned_at, Deployment.id)):
        found.setdefault(organisation_id, []).append(USES.format(number))
    for organisation_id, ref in _relying(db, product_id):
        found.setdefault(organisation_id, []).append(RELIES.format(ref))
    return found


def bodies_of(db: Session, product_id: UUID) -> set[UUID]:
    """The bodies that gave a certificate to any version of a product."""
    return set(db.scalars(select(Certificate.body_id).where(Certificate.product_id == product_id).distinct()))


def _relying(db: Session, product_id: UUID) -> list[tuple[UUID, str]]:
    """Who relies on which certificate that was not withdrawn, by their latest decision."""
    decided = (
        select(Reuse.organisation_id, Certificate.ref, Reuse.accepted)
        .join(Certificate, Certificate.id == Reuse.certificate_id)
        .join(Organisation, Organisation.id == Reuse.organisation_id)
        .where(Certificate.product_id == product_id, Certificate.state != "withdrawn")
        .where(Organisation.joined_to_id.is_(None))
        .order_by(Reuse.id)
    )
    latest = {(organisation_id, ref): accepted for organisation_id, ref, accepted in db.execute(decided)}
    return [key for key, accepted in latest.items() if accepted]
