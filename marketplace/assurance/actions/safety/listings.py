"""A listing on show is held to the risk that the hazard log of its product leaves, by the declared matrix."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.assurance.queries.safety.declared import matrix_of
from marketplace.assurance.queries.safety.logs import off_sale_now, on_show_with_too_much_risk
from marketplace.catalogue.actions.listing import suspend_listing
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import CLOCK

NAMED = 3


def hold_to_matrix(db: Session, product: Product, frameworks: Frameworks, *, at: datetime) -> bool:
    """Suspend a listing on show while its log leaves a risk at which the matrix takes it off; whether it was.

    Repeatable. It comes back by a moderator alone, who cannot put it back while the risk is left.
    """
    matrix = matrix_of(frameworks)
    found = off_sale_now(db, product.id, matrix) if product.state == "live" else []
    if not found:
        return False
    named = "; ".join(f"hazard {each.number}, {each.words}" for each in found[:NAMED])
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    scheme = f"{matrix.label[:1].lower()}{matrix.label[1:]}"
    suspend_listing(db, product, reason=f"By the {scheme}: {named}{more}.", by=CLOCK, at=at)
    return True


def hold_listings_to_matrix(db: Session, frameworks: Frameworks, *, at: datetime) -> int:
    """The same for every listing on show, as after a new version of the matrix; returns how many were suspended."""
    over = on_show_with_too_much_risk(db, matrix_of(frameworks))
    return sum(hold_to_matrix(db, product, frameworks, at=at) for product in over)
