"""Searches made in a project: kept, locked, and what a locked one found."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, post
from marketplace.api.procurement.common import StandingOut, project_of, standing_out
from marketplace.api.search import LISTED_AT, FoundOut, Sort, asked_for, costing_from, found_out
from marketplace.api.shapes import In, Line, Listed, Out, all_of
from marketplace.catalogue.rules.costing import FIELDS
from marketplace.faces.finding import chosen_filters, find_products, known_filters
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict
from marketplace.ports.search.port import Query, SearchUnavailable
from marketplace.procurement.actions.searches import MOST_LOCKED, keep_step, lock_step
from marketplace.procurement.models import LockedResult, Step
from marketplace.procurement.queries.searches import find_step, query_of, refs_found, steps_of
from marketplace.procurement.rules.standing import Standing

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE
NONE: Mapping[str, int] = MappingProxyType({})
Filters = Annotated[dict[str, Annotated[list[str], Field(max_length=60)]], Field(max_length=60)]


class SearchIn(In):
    """A search: its words, its filters as at /v1/products, its order.

    The volumes of a year and the limits of cost stand among the filters, each as a list of one. In a project its own
    volumes hold where none are given.
    """

    q: Line = ""
    filters: Filters = Field(default_factory=dict)
    sort: Sort = "relevance"
    stale: bool = False


class StepRowOut(Out):
    """A search of a project. `notice` is what a reader of the trail has to know of the answer."""

    number: int
    words: str
    filters: dict[str, list[str]]
    sort: str
    with_stale: bool
    found: int
    notice: str
    state: str
    by: str
    at: datetime
    locked_at: datetime | None
    url: str


class ResultOut(Out):
    """A product as a locked search found it, whatever became of it since."""

    position: int
    ref: str
    name: str
    supplier: str
    stood: StandingOut


class StepOut(StepRowOut):
    """A search with what it found: the results written down when it was locked, in their order."""

    results: list[ResultOut]


class KeptOut(Out):
    """The search as it is kept in the project, and the first page of what it finds now."""

    step: StepRowOut
    found: FoundOut


@get("/projects/{ref:str}/steps", who=ANYBODY_SIGNED_IN, scope=READ)
def list_steps(ask: Asked, ref: str) -> Listed[StepRowOut]:
    """Every search of the project, newest first."""
    project = project_of(ask, ref)
    return all_of(_row(step, project.ref) for step in steps_of(ask.db, project))


@post("/projects/{ref:str}/steps", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def search(ask: Asked, ref: str, body: SearchIn) -> Answer[KeptOut]:
    """Search within the project: the search is kept in its trail."""
    project, known = project_of(ask, ref), known_filters(ask.services.frameworks)
    query = query_from(ask, body, volumes=project.volumes)
    found = find_products(ask.db, ask.services, query, today=day_in_london(ask.at))
    step = keep_step(ask.db, project, query, found, by=ask.by, at=ask.at)
    ask.db.flush()
    kept = _row(find_step(ask.db, project, step.number), project.ref)
    volumes = dict(query.costs.volumes) if query.costs else project.volumes
    shown = found_out(ask, found, query, known, volumes=volumes)
    return Answer(KeptOut(step=kept, found=shown), location=kept.url)


@get("/projects/{ref:str}/steps/{number:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_step(ask: Asked, ref: str, number: int) -> StepOut:
    """A search, and once it is locked, what it found then."""
    project = project_of(ask, ref)
    return step_out(find_step(ask.db, project, number), project.ref)


@post("/projects/{ref:str}/steps/{number:str}/lock", who=ANYBODY_SIGNED_IN, scope=WRITE)
def lock(ask: Asked, ref: str, number: int) -> StepOut:
    """Write down what the search finds now, with editions, states and prices, for ever."""
    project = project_of(ask, ref)
    step = find_step(ask.db, project, number)
    refs, total = everything_found(ask, query_of(ask.db, step, on=day_in_london(ask.at)), most=MOST_LOCKED)
    lock_step(ask.db, project, step, refs, total=total, by=ask.by, at=ask.at)
    ask.db.flush()
    ask.db.expire(step)
    return step_out(find_step(ask.db, project, number), project.ref)


def query_from(ask: Asked, body: SearchIn, *, volumes: Mapping[str, int] = NONE) -> Query:
    """What the engine is asked for a search that came in. Raises Invalid by filter."""
    typed = {name: values[0] for name, values in body.filters.items() if name in FIELDS and values}
    ticks = {name: values for name, values in body.filters.items() if name not in FIELDS}
    chosen = chosen_filters(ticks, known_filters(ask.services.frameworks), listed_at=LISTED_AT)
    costing = costing_from(typed).at(volumes)
    return asked_for(ask, body.q, chosen, costing=costing, sort=body.sort, with_stale=body.stale)


def everything_found(ask: Asked, query: Query, *, most: int) -> tuple[list[str], int]:
    """The references that a search finds. Raises Conflict while the index cannot answer."""
    try:
        return refs_found(ask.services.search, query, most=most)
    except SearchUnavailable as failed:
        raise Conflict("the search cannot answer now", "Try again in a few minutes.") from failed


def _row(step: Step, project_ref: str) -> StepRowOut:
    return StepRowOut(
        number=step.number, words=step.words, filters=step.chosen, sort=step.sort, with_stale=step.with_stale,
        found=step.found, notice=step.notice, state=step.state, by=step.by.name if step.by else "", at=step.at,
        locked_at=step.locked_at, url=f"/v1/projects/{project_ref}/steps/{step.number}",
    )  # fmt: skip


def step_out(step: Step, project_ref: str) -> StepOut:
    return StepOut(**_row(step, project_ref).model_dump(), results=[result_out(one) for one in step.results])


def result_out(result: LockedResult) -> ResultOut:
    return ResultOut(
        position=result.position, ref=result.ref, name=result.name, supplier=result.supplier,
        stood=standing_out(Standing.read(result.standing)),
    )  # fmt: skip


CALLS = [list_steps, search, show_step, lock]
