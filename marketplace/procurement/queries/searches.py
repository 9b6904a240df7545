"""Searches kept in a project, and what locked ones found."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.rules.costing import split_costing
from marketplace.kit.errors import NotFound
from marketplace.kit.values import replace
from marketplace.ports.search.port import Query, Search
from marketplace.procurement.models import Project, SavedSearch, Step

AT_ONCE = 100


def steps_of(db: Session, project: Project) -> list[Step]:
    """The searches of a project, newest first, with who made them."""
    rows = select(Step).options(joinedload(Step.by)).where(Step.project_id == project.id)
    return list(db.scalars(rows.order_by(Step.number.desc())))


def locked_steps(db: Session, project: Project) -> list[Step]:
    """The locked searches in their order, with what they list."""
    rows = select(Step).options(joinedload(Step.by), selectinload(Step.results))
    return list(db.scalars(rows.where(Step.project_id == project.id, Step.state == "locked").order_by(Step.number)))


def find_step(db: Session, project: Project, number: int) -> Step:
    """A search by its number, with what it holds if it is locked. Raises NotFound."""
    rows = select(Step).options(joinedload(Step.by), selectinload(Step.results))
    step = db.scalars(rows.where(Step.project_id == project.id, Step.number == number)).one_or_none()
    if step is None:
        raise NotFound(f"this project has no search {number}", "The project lists its searches.")
    return step


def latest_step(db: Session, project: Project) -> Step | None:
    """The search made last in a project."""
    rows = select(Step).where(Step.project_id == project.id).order_by(Step.number.desc()).limit(1)
    return db.scalars(rows).one_or_none()


def query_of(db: Session, kept: Step | SavedSearch, *, on: date) -> Query:
    """The same search again on a day, for the engine, newest first for one that is saved."""
    chosen, costing = split_costing(kept.chosen)
    return product_query(
        db, kept.words, {key: frozenset(values) for key, values in chosen.items()}, on=on, with_stale=kept.with_stale,
        costing=costing, sort=kept.sort if isinstance(kept, Step) else "newest",
    )  # fmt: skip


def refs_found(search: Search, query: Query, *, most: int) -> tuple[list[str], int]:
    """The references that a search finds, in its order and at most so many, and how many there are in all.

    Raises SearchUnavailable.
    """
    refs: list[str] = []
    asked: Query | None = replace(query, count=(), limit=min(AT_ONCE, most), after=None)
    total = 0
    while asked is not None and len(refs) < most:
        found = search.find(asked)
        refs.extend(hit.ref for hit in found.hits)
        total = found.total
        asked = replace(asked, after=found.next) if found.next else None
    return refs[:most], total
