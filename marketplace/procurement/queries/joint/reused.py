"""What a decided project gives to the purchase that follows from it, and what changed since it was decided."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from marketplace.catalogue.models import Product
from marketplace.identity.policies import Actor
from marketplace.kit.errors import NotFound
from marketplace.kit.values import Value
from marketplace.procurement.models import Procurement, Project
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.queries.shortlist import find_candidate
from marketplace.procurement.queries.standing import looks_in, products_by_ref
from marketplace.procurement.rules.standing import Change, Standing, changes


class Reused(Value):
    """The project, the product that it chose, why, what is taken over, and what changed since the decision."""

    project: Project
    product: Product
    reason: str
    taken: Sequence[tuple[str, str]]
    changed: Sequence[Change]


def reused_from(db: Session, project: Project, product: Product, *, on: date) -> Reused | None:
    """What the decision gives for one of the products that it chose; None where it was not decided for it."""
    candidate = find_candidate(db, project, product.id)
    if project.state != "decided" or candidate is None or product.ref not in project.chosen:
        return None
    look = looks_in(db, project, [product.id], on=on).get(product.id)
    last = candidate.decisions[-1]
    changed = changes(Standing.read(last.standing), look.standing) if look else []
    volumes = ", ".join(f"{number:,} {unit}" for unit, number in project.volumes.items())
    taken = [("Need", project.need), ("Decision", project.state_reason), ("Your volumes", volumes or "none given")]
    return Reused(project, product, last.reason, taken, changed)


def chosen_products(db: Session, project: Project) -> list[Product]:
    """The products that a project was decided for, as far as they are on show."""
    return products_by_ref(db, project.chosen)


def reused_by(db: Session, procurement: Procurement, *, by: Actor, on: date) -> Reused | None:
    """What a procurement took over from a project, for those who may read the project; None for everybody else."""
    if procurement.project_id is None:
        return None
    project = db.get(Project, procurement.project_id)
    if project is None:
        return None
    try:
        mine = find_project(db, project.ref, by=by)
    except NotFound:
        return None
    found = products_by_ref(db, [procurement.product.ref])
    return reused_from(db, mine, found[0], on=on) if found else None
