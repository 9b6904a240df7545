"""Projects: listed, started, described, and how they end; and the colleagues on them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, delete, get, post, put
from marketplace.api.procurement.common import project_of
from marketplace.api.shapes import In, Line, Listed, MoveOut, Out, Paged, Reason, Text, all_of, move, page_of, why_not
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Conflict, NotAllowed, Refusal
from marketplace.procurement.actions.people import add_colleague, remove_colleague
from marketplace.procurement.actions.projects import (
    close_project,
    decide_project,
    describe_project,
    reopen_project,
    start_project,
)
from marketplace.procurement.models import Colleague, Project
from marketplace.procurement.policies import may_lead, may_write
from marketplace.procurement.queries.declared import direct_award
from marketplace.procurement.queries.projects import Listed as ListedProject
from marketplace.procurement.queries.projects import colleagues_of, projects_of, seat_of
from marketplace.procurement.queries.shortlist import candidates_of
from marketplace.procurement.rules.shortlist import ADDED, INCLUDED
from marketplace.procurement.schemas import Described, read_described
from marketplace.procurement.states import PROJECT

READ, WRITE = Permission.PROJECT_READ, Permission.PROJECT_WRITE
NOUNS = {"decide": "decision", "close": "closure", "reopen": "reopening"}
LEADERS = NotAllowed("this is for a buyer of the organisation whose project it is", "Ask one of its buyers.")
WRITERS = NotAllowed("you can read this project and not write in it", "Ask one of its buyers to let you write.")
Number = Annotated[int, Field(ge=0, le=10**9)]


class VolumesIn(In):
    """How much is needed in one year."""

    users: Number | None = None
    uses: Number | None = None
    sites: Number | None = None


class ProjectIn(In):
    """What is needed, for whom and why, how much of it, and for how many years."""

    name: Line
    need: Text
    volumes: VolumesIn = VolumesIn()
    term_years: Annotated[int, Field(ge=1, le=15)] = 1

    def described(self) -> Described:
        """Raises Invalid by field."""
        volumes = {unit: str(number) for unit, number in self.volumes.model_dump(exclude_none=True).items()}
        return read_described({"name": self.name, "need": self.need, "term_years": str(self.term_years), **volumes})


class DecisionIn(In):
    """What the shortlist came to. One product alone needs the `ground` of a direct award: see /v1/enumerations."""

    reason: Text
    ground: Line = ""


class ColleagueIn(In):
    """Somebody by e-mail address; `organisation` (name or reference) where they act for several."""

    email: Line
    access: Literal["read", "write"] = "read"
    organisation: Line = ""


class ProjectRowOut(Out):
    ref: str
    name: str
    organisation: str
    state: str
    started_at: datetime
    candidates: dict[str, int]
    url: str


class ColleagueOut(Out):
    id: UUID
    person_name: str
    organisation: str
    access: str
    since: datetime


class ProjectOut(Out):
    """A project: `chosen` and `ground` once it is decided."""

    ref: str
    name: str
    organisation: str
    organisation_ref: str
    need: str
    volumes: dict[str, int]
    term_years: int
    state: str
    state_reason: str
    ground: str
    chosen: list[str]
    started_at: datetime
    colleagues: list[ColleagueOut]
    moves: list[MoveOut]
    links: dict[str, str]


@get("/projects", who=ANYBODY_SIGNED_IN, scope=READ)
def list_projects(ask: Asked, query: Paged) -> Listed[ProjectRowOut]:
    """The projects of one's organisation, and those that others share, newest first."""
    found = projects_of(ask.db, by=ask.by, after=query.after or None, limit=query.limit)
    return page_of(found, (_row(one) for one in found.items))


@post("/projects", who=WRITE, status=201)
def start(ask: Asked, body: ProjectIn) -> Answer[ProjectOut]:
    """Start a project."""
    project = start_project(ask.db, body.described(), by=ask.by, at=ask.at)
    return _answer(ask, project.ref, location=f"/v1/projects/{project.ref}")


@get("/projects/{ref:str}", who=ANYBODY_SIGNED_IN, scope=READ)
def show_project(ask: Asked, ref: str) -> Answer[ProjectOut]:
    """A project, what can be done with it now, and its ETag."""
    return _answer(ask, ref)


@put("/projects/{ref:str}", who=ANYBODY_SIGNED_IN, scope=WRITE, conditional=True)
def describe(ask: Asked, ref: str, body: ProjectIn) -> Answer[ProjectOut]:
    """Write name, need and volumes anew."""
    project = project_of(ask, ref)
    expected = ask.expected(project.row_version)
    describe_project(ask.db, project, body.described(), expected=expected, by=ask.by, at=ask.at)
    return _answer(ask, ref)


@post("/projects/{ref:str}/decision", who=ANYBODY_SIGNED_IN, scope=WRITE)
def decide(ask: Asked, ref: str, body: DecisionIn) -> Answer[ProjectOut]:
    """Record what the shortlist came to."""
    grounds = direct_award(ask.services.frameworks).grounds
    decide_project(
        ask.db, project_of(ask, ref), reason=body.reason, ground=body.ground, grounds=grounds, by=ask.by, at=ask.at
    )
    return _answer(ask, ref)


@post("/projects/{ref:str}/closure", who=ANYBODY_SIGNED_IN, scope=WRITE)
def close(ask: Asked, ref: str, body: Reason) -> Answer[ProjectOut]:
    """End the project without a decision."""
    close_project(ask.db, project_of(ask, ref), reason=body.reason, by=ask.by, at=ask.at)
    return _answer(ask, ref)


@post("/projects/{ref:str}/reopening", who=ANYBODY_SIGNED_IN, scope=WRITE)
def reopen(ask: Asked, ref: str, body: Reason) -> Answer[ProjectOut]:
    """Open the project again; what was decided stays in the trail."""
    reopen_project(ask.db, project_of(ask, ref), reason=body.reason, by=ask.by, at=ask.at)
    return _answer(ask, ref)


@get("/projects/{ref:str}/colleagues", who=ANYBODY_SIGNED_IN, scope=READ)
def list_colleagues(ask: Asked, ref: str) -> Listed[ColleagueOut]:
    """Everybody named on the project."""
    return all_of(colleague_out(seat) for seat in colleagues_of(ask.db, project_of(ask, ref)))


@post("/projects/{ref:str}/colleagues", who=ANYBODY_SIGNED_IN, scope=WRITE, status=201)
def name_colleague(ask: Asked, ref: str, body: ColleagueIn) -> ColleagueOut:
    """Name somebody on the project: they see it, and nothing else of the organisation."""
    project = project_of(ask, ref)
    seat = add_colleague(ask.db, project, **body.model_dump(), by=ask.by, at=ask.at)
    ask.db.flush()
    return next(colleague_out(one) for one in colleagues_of(ask.db, project) if one.id == seat.id)


@delete("/projects/{ref:str}/colleagues/{seat:str}", who=ANYBODY_SIGNED_IN, scope=WRITE)
def take_off(ask: Asked, ref: str, seat: UUID) -> None:
    """Take somebody off the project, or leave it. What they did stays."""
    remove_colleague(ask.db, project_of(ask, ref), seat, by=ask.by, at=ask.at)


def colleague_out(seat: Colleague) -> ColleagueOut:
    return ColleagueOut(
        id=seat.id, person_name=seat.person.name, organisation=seat.organisation.name, access=seat.access,
        since=seat.since,
    )  # fmt: skip


def _row(listed: ListedProject) -> ProjectRowOut:
    project = listed.project
    return ProjectRowOut(
        ref=project.ref, name=project.name, organisation=project.organisation.name, state=project.state,
        started_at=project.started_at, candidates=listed.verdicts, url=f"/v1/projects/{project.ref}",
    )  # fmt: skip


def _answer(ask: Asked, ref: str, *, location: str = "") -> Answer[ProjectOut]:
    ask.db.flush()
    project = project_of(ask, ref)
    return Answer(_project(ask, project), version=project.row_version, location=location)


def _project(ask: Asked, project: Project) -> ProjectOut:
    base = f"/v1/projects/{project.ref}"
    parts = ("requirements", "steps", "candidates", "comparison", "comments", "colleagues", "trail")
    return ProjectOut(
        ref=project.ref, name=project.name, organisation=project.organisation.name, need=project.need,
        organisation_ref=project.organisation.ref, volumes=project.volumes, term_years=project.term_years,
        state=project.state, state_reason=project.state_reason, ground=project.ground, chosen=project.chosen,
        started_at=project.started_at, moves=_moves(ask, project),
        colleagues=[colleague_out(seat) for seat in colleagues_of(ask.db, project)],
        links={"self": base, **{part: f"{base}/{part}" for part in parts}},
    )  # fmt: skip


def _moves(ask: Asked, project: Project) -> list[MoveOut]:
    """How the project can end or go on, and whether this caller can write in it."""
    leads = None if may_lead(ask.by, project) else LEADERS
    writes = None if may_write(ask.by, project, seat_of(ask.db, project, ask.by)) else WRITERS
    base = f"/v1/projects/{project.ref}"
    ends = []
    for step in PROJECT.moves:
        refusal = why_not(PROJECT, step, project.state, may=leads)
        if step.name == "decide":
            refusal = refusal or _undecided(ask, project)
        ends.append(move(NOUNS[step.name], step.label, f"{base}/{NOUNS[step.name]}", refusal))
    shut = None if project.state == "open" else Conflict(f"the project is {project.state}", "Open it again first.")
    writing = [("steps", "Search"), ("candidates", "Put products on the list"), ("requirements", "Require something")]
    return [*ends, *(move(name, label, f"{base}/{name}", writes or shut) for name, label in writing)]


def _undecided(ask: Asked, project: Project) -> Refusal | None:
    verdicts = [candidate.decisions[-1].verdict for candidate in candidates_of(ask.db, project)]
    if ADDED in verdicts:
        return Conflict(
            f"{verdicts.count(ADDED)} on the list are still to decide upon", "Include or exclude each, with a reason."
        )
    if INCLUDED not in verdicts:
        return Conflict("no product is included", "Include one, or close the project without a decision.")
    return None


CALLS = [
    list_projects, start, show_project, describe, decide, close, reopen, list_colleagues, name_colleague, take_off,
]  # fmt: skip
