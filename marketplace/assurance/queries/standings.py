"""How products stand under every framework on a day: for pages, for maps of others, and after a framework changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.queries.certificates import conformities_of_all
from marketplace.assurance.queries.given import (
    DEPLOYER,
    answers_of_many,
    latest_answers,
    local_answers,
    local_papers,
)
from marketplace.assurance.queries.givens import givens_of_many
from marketplace.assurance.rules.applying import Described, applicability
from marketplace.assurance.rules.conformity import NONE, Conformity
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.standings import LOCAL, NOT_JUDGED, FrameworkStanding, standing
from marketplace.assurance.rules.verdicts import Given
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import latest_version
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.calendar import hours_of_london


def standings_of(
    db: Session, frameworks: Frameworks, product: Product, *, on: date, at: datetime | None = None
) -> tuple[FrameworkStanding, ...]:
    """One product under the newest version of every framework on a day, in the order of their ids.

    `at` is the moment whose answers count; without it, all of that day. Supplier and version of the product are loaded.
    """
    return standings_of_many(db, frameworks, [product], on=on, at=at)[product.id]


def standings_of_many(
    db: Session, frameworks: Frameworks, products: Sequence[Product], *, on: date, at: datetime | None = None
) -> dict[UUID, tuple[FrameworkStanding, ...]]:
    """The same for many, in a fixed number of queries; one more for each that was never on show."""
    versions = {product.id: shown_version(db, product) for product in products}
    described = {key: version.answers for key, version in versions.items()}
    given = givens_of_many(db, products, described, at=at or hours_of_london(on)[1])
    held: dict[UUID, dict[str, Conformity]] = defaultdict(dict)
    for (key, name), found in conformities_of_all(db, frameworks, [each.id for each in products], on=on).items():
        held[key][name] = found
    return {
        product.id: _standings(
            frameworks, described_of(frameworks, product, versions[product.id]), given[product.id],
            held[product.id], on=on,
        )
        for product in products
    }  # fmt: skip


def local_standings(
    db: Session, frameworks: Frameworks, product: Product, organisation_id: UUID, *, on: date, at: datetime
) -> tuple[FrameworkStanding, ...]:
    """What an organisation that uses a product has done of what stays with it: each framework with such a part."""
    version = shown_version(db, product)
    supplied = latest_answers(answers_of_many(db, [product]), product.id, product.organisation_id, at=at)
    own = local_answers(db, product, organisation_id, at=at)
    described = described_of(frameworks, product, version)
    return tuple(
        standing(
            framework, applicability(framework, described),
            judge(framework, local_papers(framework, product, version, supplied, own).given, on=on, who=DEPLOYER),
            own=True,
        )
        for framework in frameworks.assurance.values() if has_local_part(framework)
    )  # fmt: skip


def has_local_part(framework: AssuranceFramework) -> bool:
    """Whether anything of it is for each deploying organisation to answer."""
    return any(each.who == DEPLOYER for each in framework.criteria)


def shown_version(db: Session, product: Product) -> Version:
    """The version that is on show, or else the newest."""
    return product.live_version or latest_version(db, product)


def described_of(frameworks: Frameworks, product: Product, version: Version) -> Described:
    """A product as the rules of applying read it."""
    kinds = {kind.id: kind.label for kind in frameworks.kinds}
    return Described(product.kind, frameworks.form(product.kind), version.answers, kinds)


def _standings(
    frameworks: Frameworks, described: Described, given: Mapping[str, Given], held: Mapping[str, Conformity], *,
    on: date,
) -> tuple[FrameworkStanding, ...]:  # fmt: skip
    found = []
    for framework in frameworks.assurance.values():
        applying = applicability(framework, described)
        counts = applying.applies and framework.kind != LOCAL
        verdict = judge(framework, given, on=on) if counts else NOT_JUDGED
        found.append(standing(framework, applying, verdict, held.get(framework.id, NONE)))
    return tuple(found)
