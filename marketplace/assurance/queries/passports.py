"""The passport of a product: how it stands under every framework on a day, as anybody may read it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import certificates_of
from marketplace.assurance.queries.standings import standings_of
from marketplace.assurance.rules.passports import Decided, Line, lines_of
from marketplace.catalogue.models import Product
from marketplace.frameworks.loader import Frameworks


def passport_of(
    db: Session, frameworks: Frameworks, product: Product, held: Sequence[Certificate] | None = None, *, on: date,
    at: datetime,
) -> tuple[Line, ...]:  # fmt: skip
    """Every framework with what holds of it. `held` are the product's certificates, where they are at hand."""
    certificates = certificates_of(db, product.id) if held is None else held
    decided = {each.ref: Decided(each.body.name, each.scope) for each in certificates}
    return lines_of(standings_of(db, frameworks, product, on=on, at=at), decided)
