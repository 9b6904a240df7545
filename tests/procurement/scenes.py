"""What tests of this room say over and over."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.models import Price, Product, Version
from marketplace.identity.policies import Actor
from marketplace.kit.ids import new_id
from marketplace.ports.search.port import Found, Query
from marketplace.procurement.actions.projects import start_project
from marketplace.procurement.actions.searches import keep_step
from marketplace.procurement.models import Project, Step
from marketplace.procurement.queries.projects import find_project
from marketplace.procurement.schemas import read_described

WINTER = {
    "name": "Ambient scribing, winter 2026",
    "need": "Clinic letters take evenings. We need them drafted during the consultation.",
    "users": "400",
    "uses": "90,000",
    "sites": "3",
    "term_years": "3",
}
QUERY = Query(
    words="ambient scribe", chosen={"care-setting": frozenset({"outpatients"})}, hidden={"touched": frozenset()}
)


def a_project(db: Session, *, by: Actor, at: datetime, **changes: str) -> Project:
    project = start_project(db, read_described({**WINTER, **changes}), by=by, at=at)
    db.flush()
    return find_project(db, project.ref, by=by)


def a_price(db: Session, product: Product, *, at: datetime, pence: int = 1_250, **changes: Any) -> Price:
    facts: dict[str, Any] = {
        "model": "per-user", "label": "Licence", "unit": "user", "period": "month", "pence": pence, "position": 1,
        "tiers": [], "minimum_pence": 0, "optional": False, "valid_from": at.date(), "declared_at": at,
    }  # fmt: skip
    price = Price(id=new_id(at), product_id=product.id, **{**facts, **changes})
    db.add(price)
    db.flush()
    return price


def a_step(db: Session, project: Project, *, by: Actor, at: datetime, found: int = 2, query: Query = QUERY) -> Step:
    return keep_step(db, project, query, Found(hits=(), total=found, engine="tantivy"), by=by, at=at)


def loaded(db: Session, product: Product) -> Product:
    """The product as a page has it: with its edition on show."""
    db.flush()
    return db.get_one(Product, product.id, options=[joinedload(Product.live_version)], populate_existing=True)


def a_new_edition(db: Session, product: Product, *, at: datetime, number: str = "2.0") -> Version:
    """The next edition goes on show, as the catalogue would leave it."""
    shown = loaded(db, product).live_version
    assert shown is not None
    version = Version(
        id=new_id(at), product_id=product.id, edition=shown.edition + 1, number=number, name=shown.name,
        state="published", change="new-model", answers=dict(shown.answers), created_at=at, published_at=at,
    )  # fmt: skip
    db.add(version)
    db.flush()
    shown.state, product.live_version_id = "superseded", version.id
    db.flush()
    db.expire_all()
    return version
