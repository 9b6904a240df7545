"""Keeping the searches of a project, and locking what one found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.catalogue.queries.asking import choices_of
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.ports.search.port import Found, Query
from marketplace.procurement.actions.seats import begin_writing
from marketplace.procurement.events import SearchKept, SearchLocked
from marketplace.procurement.models import LockedResult, Project, Step
from marketplace.procurement.queries.searches import latest_step
from marketplace.procurement.queries.standing import Look, looks_in, products_by_ref
from marketplace.procurement.schemas import LONGEST
from marketplace.procurement.states import STEP

MOST_LOCKED = 200
"""A search that finds more is too wide to be assessed, and is narrowed before it is locked."""


def keep_step(db: Session, project: Project, query: Query, found: Found, *, by: Actor, at: datetime) -> Step:
    """Keep a search that was made in a project. The same one again, such as its next page, is kept once.

    Raises NotAllowed, Conflict.
    """
    begin_writing(db, project, by=by, at=at)
    asked = {
        "words": tidy(query.words), "chosen": choices_of(query), "sort": query.sort,
        "with_stale": not query.hidden, "found": found.total, "notice": _notice(query, found),
    }  # fmt: skip
    last = latest_step(db, project)
    if last is not None and all(getattr(last, name) == value for name, value in asked.items()):
        return last
    step = Step(
        id=new_id(at), project_id=project.id, number=last.number + 1 if last else 1, engine=found.engine,
        state=STEP.start, by_id=by.person_id, at=at, **asked,
    )  # fmt: skip
    db.add(step)
    kept = SearchKept(
        project_id=project.id, step_id=step.id, number=step.number, words=step.words, chosen=step.chosen,
        sort=step.sort, found=step.found, notice=step.notice,
    )  # fmt: skip
    record(db, kept, by=by, at=at)
    return step


def lock_step(
    db: Session, project: Project, step: Step, refs: Sequence[str], *, total: int, by: Actor, at: datetime
) -> None:
    """Write down what a search finds now, with editions, prices and states, for ever. `refs` are all that it finds.

    Raises NotAllowed, and Conflict where it is locked already or finds too many.
    """
    begin_writing(db, project, by=by, at=at)
    if step.state == "locked":
        raise Conflict("cannot lock a locked search", "What it found then is written down: open it to read it.")
    state = STEP.after("lock", step.state)
    if total > MOST_LOCKED:
        raise Conflict(
            f"the search finds {total:,} products, and a locked search lists at most {MOST_LOCKED}",
            "Narrow it by filters first: you have to assess everything that it finds.",
        )
    products = products_by_ref(db, refs)
    seen = looks_in(db, project, [product.id for product in products], on=day_in_london(at))
    for position, product in enumerate(products, start=1):
        db.add(_result(step.id, position, seen[product.id]))
    step.state, step.locked_at, step.locked_by_id = state, at, by.person_id
    locked = SearchLocked(project_id=project.id, step_id=step.id, number=step.number, results=len(products))
    record(db, locked, by=by, at=at)


def tidy(words: str) -> str:
    """The words of a search as they are kept: any text is allowed, none of it is hidden."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())[: LONGEST["query"]].strip()


def _notice(query: Query, found: Found) -> str:
    """What a reader of the trail has to know of the answer, in sentences."""
    corrected = f"Searched as “{found.corrected}”." if found.corrected else ""
    stale = "" if query.hidden else "Listings that nobody touched for 36 months included."
    return " ".join(filter(None, (corrected, stale, found.notice)))


def _result(step_id: UUID, position: int, look: Look) -> LockedResult:
    version = look.version
    return LockedResult(
        step_id=step_id, position=position, product_id=look.product.id, version_id=version.id if version else None,
        ref=look.product.ref, name=look.name, supplier=look.product.supplier_name[:200], standing=look.standing.plain(),
    )  # fmt: skip
