"""How products stand under every framework on a day: for pages, for maps of others, and after a framework changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.assurance.models import Answer
from marketplace.assurance.queries.certificates import conformities_of_all
from marketplace.assurance.queries.given import (
    DEPLOYER,
    answers_of_many,
    latest_answers,
    local_answers,
    local_papers,
    papers_of,
)
from marketplace.assurance.rules.applying import Described, applicability
from marketplace.assurance.rules.conformity import NONE, Conformity
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.standings import LOCAL, NOT_JUDGED, FrameworkStanding, standing
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
    answers = own_answers(db, products, at=at or hours_of_london(on)[1])
    held = conformities_of_all(db, frameworks, [each.id for each in products], on=on)
    return {
        product.id: _standings(frameworks, product, shown_version(db, product), answers[product.id], held, on=on)
        for product in products
    }


def own_answers(db: Session, products: Sequence[Product], *, at: datetime) -> dict[UUID, dict[str, Answer]]:
    """The answers of the supplier of each product at a moment, by product and question, in one query."""
    found = _by_owner(answers_of_many(db, products))
    return {product.id: _own(found, product, at) for product in products}


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
    frameworks: Frameworks, product: Product, version: Version, answers: Mapping[str, Answer],
    held: Mapping[tuple[UUID, str], Conformity], *, on: date,
) -> tuple[FrameworkStanding, ...]:  # fmt: skip
    described = described_of(frameworks, product, version)
    found = []
    for framework in frameworks.assurance.values():
        applying = applicability(framework, described)
        verdict = NOT_JUDGED
        if applying.applies and framework.kind != LOCAL:
            verdict = judge(framework, papers_of(framework, product, version, answers).given, on=on)
        found.append(standing(framework, applying, verdict, held.get((product.id, framework.id), NONE)))
    return tuple(found)


def _by_owner(answers: Iterable[Answer]) -> dict[tuple[UUID, UUID | None], list[Answer]]:
    """Answers by whose they are and of which product, so that one among many is found at once."""
    found: dict[tuple[UUID, UUID | None], list[Answer]] = {}
    for answer in answers:
        found.setdefault((answer.organisation_id, answer.product_id), []).append(answer)
    return found


def _own(
    answers: Mapping[tuple[UUID, UUID | None], Sequence[Answer]], product: Product, at: datetime
) -> dict[str, Answer]:
    if product.organisation_id is None:
        return {}
    shared = answers.get((product.organisation_id, None), [])
    mine = answers.get((product.organisation_id, product.id), [])
    ordered = sorted([*shared, *mine], key=lambda each: each.id)
    return latest_answers(ordered, product.id, product.organisation_id, at=at)
