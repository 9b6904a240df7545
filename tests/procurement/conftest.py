"""A project of Ashdown's, and what it takes to fill it."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.procurement.models import Project
from tests import cast
from tests.procurement.joint import Trust, a_buyer, a_trust
from tests.procurement.scenes import a_price, a_project
from tests.worlds import quick_part


@quick_part
def project(db: Session, buyer: Actor, now: datetime) -> Project:
    """Ambient scribing, winter 2026: 400 users, 90,000 uses, 3 years."""
    return a_project(db, by=buyer, at=now)


@quick_part
def scribe(db: Session, lumen: Actor, now: datetime) -> Product:
    """Lumen Scribe, £12.50 a user a month."""
    product = cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")
    a_price(db, product, at=now)
    return product


@quick_part
def quill(db: Session, rival: Actor, now: datetime) -> Product:
    """Quill Notes, whose data leave the country and whose price nobody declared."""
    return cast.a_product(db, of=rival, at=now, name="Quill Notes", hosting_country=["us"], languages=["cy"])


@quick_part
def ashdown(db: Session, buyer: Actor, now: datetime) -> Trust:
    """Ashdown's buyer, and the people who approve, sign, run and pay there."""
    return a_trust(db, buyer, at=now)


@quick_part
def calder(db: Session, other_buyer: Actor, now: datetime) -> Trust:
    """Calder Valley's, the second trust."""
    return a_trust(db, other_buyer, at=now)


@quick_part
def elmet(db: Session, now: datetime) -> Trust:
    """Elmet's, an integrated care board."""
    buyer = a_buyer(db, "Ruth Elmet", "Elmet Integrated Care Board", "integrated-care-board", at=now)
    return a_trust(db, buyer, at=now)
