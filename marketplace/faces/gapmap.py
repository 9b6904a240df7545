"""The map of evidence as both faces draw it: the products on the catalogue beside every published study."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.search import FOUND
from marketplace.evidence.models import Claim, Study
from marketplace.evidence.queries.claims import published_claims
from marketplace.evidence.queries.declared import gap_rules, map_rules, strength_rules
from marketplace.evidence.queries.summaries import effect_of
from marketplace.evidence.rules.effects import INDEPENDENT, independence_of
from marketplace.evidence.rules.gapmap import Cell, Looked, MapRules, Offered, cells_of, places_of
from marketplace.evidence.rules.grading import strength_of
from marketplace.evidence.rules.telling import measure_key
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value

SETTING, POPULATION, PURPOSE = "care-setting", "patient-group", "purpose"


class GapMap(Value):
    """Cells by role and setting; `settings` are those in which anything is offered or studied."""

    roles: tuple[str, ...]
    settings: tuple[str, ...]
    cells: Mapping[tuple[str, str], Cell]


def gap_map(db: Session, frameworks: Frameworks, *, population: str = "", purpose: str = "") -> GapMap:
    """The map, for one population and one purpose where they are named; a fixed number of queries."""
    rules, roles = map_rules(frameworks), tuple(gap_rules(frameworks).role)
    settings = tuple(option.id for option in frameworks.taxonomies["care-settings"].options)
    claims = published_claims(db)
    offered = {product.product: product for product in _offered(db, claims)}
    looked = list(_looked(db, frameworks, rules, offered))
    cells = cells_of(looked, offered.values(), roles=roles, settings=settings, population=population, purpose=purpose)
    seen = [each for each in settings if any(cells[role, each].offered or cells[role, each].studies for role in roles)]
    return GapMap(roles, tuple(seen), cells)


def _offered(db: Session, claims: Collection[Claim]) -> Iterator[Offered]:
    claimed: dict[UUID, set[tuple[str, str]]] = {}
    for claim in claims:
        claimed.setdefault(claim.product_id, set()).add((claim.role, claim.setting))
    rows = select(Product.id, Product.ref, Version.answers).join(Version, Version.id == Product.live_version_id)
    for product_id, ref, answers in db.execute(rows.where(Product.state.in_(FOUND))):
        yield Offered(
            ref, _many(answers, SETTING), _many(answers, POPULATION), _many(answers, PURPOSE),
            frozenset(claimed.get(product_id, ())), product_id,
        )  # fmt: skip


def _looked(db: Session, frameworks: Frameworks, rules: MapRules, offered: Mapping[str, Offered]) -> Iterator[Looked]:
    refs = {each.key: each.product for each in offered.values() if each.key}
    strength = strength_rules(frameworks)
    by_product: dict[UUID, list[Study]] = {}
    rows = select(Study).options(selectinload(Study.results)).where(Study.state == "published").order_by(Study.id)
    for study in db.scalars(rows):
        if study.product_id in refs:
            by_product.setdefault(study.product_id, []).append(study)
    for product_id, studies in by_product.items():
        effects = [effect_of(study, result) for study in studies for result in study.results if not result.subgroup]
        grades = {measure_key(grade.measure): grade.level for grade in reversed(strength_of(effects, strength).grades)}
        product = offered[refs[product_id]]
        for study in studies:
            yield from _of_study(study, product, grades, rules)


def _of_study(study: Study, product: Offered, grades: Mapping[str, int], rules: MapRules) -> Iterator[Looked]:
    settings = frozenset(study.settings) or places_of(f"{study.setting} {study.title}", rules.settings)
    people = frozenset(study.populations) or places_of(f"{study.population} {study.setting}", rules.populations)
    independent = independence_of(study) == INDEPENDENT
    for result in study.results:
        yield Looked(
            study=study.ref, product=product.product, role=result.role, settings=settings, populations=people,
            purposes=product.purposes, level=grades.get(measure_key(result.measure), 0), is_independent=independent,
            is_declared=bool(study.settings),
        )  # fmt: skip


def _many(answers: Mapping[str, Any], question: str) -> frozenset[str]:
    found = answers.get(question, [])
    return frozenset(found if isinstance(found, list) else [found])
