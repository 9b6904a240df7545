"""The editions of products that were on show, and how each counts: as classed, or as nobody classed it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.assurance.models import Classing
from marketplace.assurance.queries.declared import changes
from marketplace.assurance.rules.changes import UNCLASSED, Stage, effective_class, models_differ
from marketplace.catalogue.models import Product, Version
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.values import Value

SHOWN = ("published", "superseded")


class Shown(Value):
    """An edition that was on show, and how it counts: one of catalogue.rules.editions, or unclassed."""

    version: Version
    change: str
    kinds: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage:
        return Stage(self.change, self.version.answers, self.kinds)


def shown_of(db: Session, frameworks: Frameworks, product_ids: Sequence[UUID]) -> dict[UUID, list[Shown]]:
    """The editions of each product, oldest first, in two queries."""
    rows = select(Version).where(Version.product_id.in_(product_ids), Version.state.in_(SHOWN))
    found: dict[UUID, list[Version]] = {product_id: [] for product_id in product_ids}
    for version in db.scalars(rows.order_by(Version.edition)):
        found[version.product_id].append(version)
    classed = {one.version_id: one for one in db.scalars(
        select(Classing).where(Classing.product_id.in_(product_ids)).order_by(Classing.id)
    )}  # fmt: skip
    models = changes(frameworks).models
    return {product_id: _classed(versions, classed, models) for product_id, versions in found.items()}


def unclassed_of(db: Session, frameworks: Frameworks, product: Product) -> Shown | None:
    """The edition on show, or one since the last class, whose models differ and that nobody classed so."""
    editions = shown_of(db, frameworks, [product.id])[product.id]
    return next((each for each in reversed(editions) if each.change == UNCLASSED), None)


def model_change_in(db: Session, frameworks: Frameworks, version: Version) -> str:
    """How the models of an edition differ from those of the one before it: family, version, or not at all."""
    models = changes(frameworks).models
    editions = shown_of(db, frameworks, [version.product_id])[version.product_id]
    before = next((each.version for each in reversed(editions) if each.version.edition < version.edition), None)
    return models_differ(before.answers.get(models), version.answers.get(models)) if before is not None else ""


def _classed(versions: Sequence[Version], classed: Mapping[UUID, Classing], models: str) -> list[Shown]:
    found: list[Shown] = []
    for place, version in enumerate(versions):
        said = classed.get(version.id)
        before = versions[place - 1].answers.get(models) if place else version.answers.get(models)
        change = effective_class(version.change, said.change if said else "", before, version.answers.get(models))
        found.append(Shown(version, change, tuple(said.kinds) if said else ()))
    return found
