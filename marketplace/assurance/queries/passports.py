"""The passport of a product: how it stands under every framework on a day, as anybody may read it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.assurance.models import Certificate
from marketplace.assurance.queries.certificates import certificates_of, verdicts_of
from marketplace.assurance.queries.standings import standings_of
from marketplace.assurance.rules.oscal import Assessed
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


def assessed_of(
    db: Session, frameworks: Frameworks, held: Sequence[Certificate], lines: Sequence[Line], *, on: date
) -> list[Assessed]:
    """Those of the certificates held that it names, with what each criterion that had to pass comes to today."""
    status = {each.certificate: each for each in lines if each.certificate}
    named = [each for each in held if each.ref in status]
    verdicts = verdicts_of(db, frameworks, named, on=on)
    return [
        Assessed(
            ref=each.ref, framework=each.framework_id, label=status[each.ref].label, body=each.body.name,
            scope=each.scope, issued_at=each.issued_at, status=status[each.ref].status, cause=status[each.ref].cause,
            criteria=[one for one in verdicts[each.id].criteria if one.counts],
        ) for each in named
    ]  # fmt: skip
