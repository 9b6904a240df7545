"""How many products are assured today, for the home page."""

from datetime import date

from sqlalchemy.orm import Session

from marketplace.assurance.queries.certificates import conformities, dated_certificates
from marketplace.frameworks.loader import Frameworks

HOLDS = ("met", "met-with-conditions")


def assured_today(db: Session, frameworks: Frameworks, *, on: date) -> int:
    """Products whose certificate holds on a day, by its dated parts."""
    products = {certificate.product_id for certificate in dated_certificates(db)}
    found = conformities(db, frameworks, list(products), on=on) if products else {}
    return sum(one.status in HOLDS for one in found.values())
