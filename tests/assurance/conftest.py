"""The bench of assessors, the product and its certificate that tests of assurance speak of."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.catalogue.models import Product
from marketplace.faces.services import Services
from marketplace.identity.policies import Actor
from tests.assurance.scenes import Bench, a_bench, a_certificate, an_answered_product
from tests.worlds import part, quick_part


@quick_part
def bench(db: Session, services: Services, now: datetime) -> Bench:
    """Dr Ruth Bell, Tom Sexton and Ivy Marlowe, assessors at Sandlings Assurance."""
    return a_bench(db, services, at=now)


@part
def product(db: Session, services: Services, lumen: Actor, now: datetime) -> Product:
    """Lumen Scribe, with every question of DTAC answered."""
    return an_answered_product(db, services, of=lumen, at=now)


@part
def certificate(db: Session, bench: Bench, product: Product, lumen: Actor, now: datetime) -> Certificate:
    """What two of the bench gave the product: every criterion is met."""
    return a_certificate(db, bench, product, by=lumen, at=now)
