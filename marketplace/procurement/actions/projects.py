"""Starting, describing and ending a project."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.fields import Fields, reason_of
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.procurement.actions.seats import begin_leading, begin_writing, give_seat
from marketplace.procurement.events import (
    ProjectClosed,
    ProjectDecided,
    ProjectDescribed,
    ProjectReopened,
    ProjectStarted,
)
from marketplace.procurement.models import Project
from marketplace.procurement.policies import may_start
from marketplace.procurement.queries.shortlist import candidates_of
from marketplace.procurement.rules.shortlist import ADDED, INCLUDED
from marketplace.procurement.schemas import LONGEST, Described
from marketplace.procurement.states import PROJECT


def start_project(db: Session, described: Described, *, by: Actor, at: datetime) -> Project:
    """Begin a project of the actor's organisation. Raises NotAllowed."""
    if not may_start(by) or by.organisation_id is None or by.person_id is None:
        raise NotAllowed("a project is started by a buyer of a trust, board or integrated care board", "Act for one.")
    project = Project(
        id=new_id(at), ref=new_reference("PRJ"), organisation_id=by.organisation_id, state=PROJECT.start,
        name=described.name, need=described.need, volumes=described.volumes, term_years=described.term_years,
        started_by_id=by.person_id, started_at=at, state_reason="", ground="", chosen=[],
    )  # fmt: skip
    db.add(project)
    db.flush()
    started = ProjectStarted(
        project_id=project.id, organisation_id=project.organisation_id, name=project.name, need=project.need,
        volumes=_counted(described),
    )  # fmt: skip
    record(db, started, by=by, at=at)
    give_seat(db, project, by.person_id, by.organisation_id, "write", by=by, at=at)
    return project


def describe_project(
    db: Session, project: Project, described: Described, *, expected: int | None, by: Actor, at: datetime
) -> None:
    """Write name, need and volumes anew. `expected` is the version that the form showed. Raises Conflict."""
    begin_writing(db, project, by=by, at=at)
    hold_version(expected, project.row_version)
    before = Described(project.name, project.need, project.volumes, project.term_years)
    changed = [part for part in ("name", "need") if getattr(before, part) != getattr(described, part)]
    if _counted(before) != _counted(described):
        changed.append("volumes")
    if not changed:
        return
    project.name, project.need = described.name, described.need
    project.volumes, project.term_years = dict(described.volumes), described.term_years
    anew = ProjectDescribed(
        project_id=project.id, name=project.name, need=project.need, volumes=_counted(described), changed=changed
    )
    record(db, anew, by=by, at=at)


def decide_project(
    db: Session, project: Project, *, reason: str, ground: str, grounds: Collection[str], by: Actor, at: datetime
) -> None:
    """Record what the shortlist came to. One product alone needs the `ground` of a direct award, or a competition.

    Raises NotAllowed, Conflict while products are still to decide upon, Invalid by field.
    """
    begin_leading(db, project, by=by)
    state = PROJECT.after("decide", project.state)
    chosen = _chosen(db, project)
    why = _check_decision(reason, ground, grounds, alone=len(chosen) == 1)
    project.state, project.state_reason = state, why
    project.ground, project.chosen = ground, chosen
    decided = ProjectDecided(project_id=project.id, reason=project.state_reason, chosen=chosen, ground=ground)
    record(db, decided, by=by, at=at)


def close_project(db: Session, project: Project, *, reason: str, by: Actor, at: datetime) -> None:
    """End a project that comes to no decision, such as work that was cancelled. Raises Conflict, Invalid."""
    begin_leading(db, project, by=by)
    state = PROJECT.after("close", project.state)
    why = reason_of(reason, "Say why the project ends without a decision.", longest=LONGEST["reason"])
    project.state, project.state_reason = state, why
    record(db, ProjectClosed(project_id=project.id, reason=project.state_reason), by=by, at=at)


def reopen_project(db: Session, project: Project, *, reason: str, by: Actor, at: datetime) -> None:
    """Open a decided or closed project again; what was decided stays in the trail. Raises Conflict, Invalid."""
    begin_leading(db, project, by=by)
    state = PROJECT.after("reopen", project.state)
    why = reason_of(reason, "Say why the project is opened again.", longest=LONGEST["reason"])
    project.state, project.state_reason, project.ground, project.chosen = state, "", "", []
    record(db, ProjectReopened(project_id=project.id, reason=why), by=by, at=at)


def _counted(described: Described) -> dict[str, int]:
    return {**described.volumes, "years": described.term_years}


def _chosen(db: Session, project: Project) -> list[str]:
    """The references of what is included. Raises Conflict while something is to decide upon, or nothing is included."""
    now = [(candidate.product.ref, candidate.decisions[-1].verdict) for candidate in candidates_of(db, project)]
    undecided = sum(verdict == ADDED for _, verdict in now)
    if undecided:
        raise Conflict(f"{undecided} on the list are still to decide upon", "Include or exclude each, with a reason.")
    chosen = [ref for ref, verdict in now if verdict == INCLUDED]
    if not chosen:
        raise Conflict("no product is included", "Include one, or close the project without a decision.")
    return chosen


def _check_decision(reason: str, ground: str, grounds: Collection[str], *, alone: bool) -> str:
    """The reason as it is kept. Raises Invalid by field."""
    fields, needed = Fields({"reason": reason}), "Say what was decided and why: others read it in the audit trail."
    why = fields.text("reason", LONGEST["reason"], needed=needed)
    if ground and ground not in grounds:
        fields.wrong["ground"] = "Choose one of the conditions shown."
    if alone and not ground:
        fields.wrong["ground"] = "One product alone would be a direct award. Choose the condition that allows it."
    fields.check("the decision is not complete")
    return why
