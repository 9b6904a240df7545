"""Projects: the list, starting one, its workbench, and how it ends."""

from typing import Any

from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Refusal
from marketplace.procurement.actions.projects import (
    close_project,
    decide_project,
    describe_project,
    reopen_project,
    start_project,
)
from marketplace.procurement.models import Project
from marketplace.procurement.policies import may_start
from marketplace.procurement.queries.declared import direct_award, exclusion_reasons
from marketplace.procurement.queries.projects import projects_of
from marketplace.procurement.queries.searches import steps_of
from marketplace.procurement.queries.shortlist import Card, requirements_of, shortlist
from marketplace.procurement.rules.direct_award import NONE, reaches, threshold_for, warning
from marketplace.procurement.rules.shortlist import Board
from marketplace.procurement.schemas import VOLUMES, read_described
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.keeping import with_kept
from marketplace.web.procurement.common import frame_of, project_of, told_of, typed, volumes_in_words, whole_number
from marketplace.web.procurement.showing import costs_of, shown_card

RECENT = 5


@page("/projects", who=ANYBODY_SIGNED_IN)
def list_projects(ask: Ask) -> Page:
    """The projects of my organisation, and those that others share with me."""
    found = projects_of(ask.db, by=ask.by, after=ask.query.one("after") or None)
    rows = [
        {
            "ref": one.project.ref,
            "name": one.project.name,
            "organisation": one.project.organisation.name,
            "is_shared": one.project.organisation_id != ask.by.organisation_id,
            "state": one.project.state,
            "started_at": one.project.started_at,
            "verdicts": one.verdicts,
        }
        for one in found.items
    ]
    next_url = f"/projects?after={found.next}" if found.next else ""
    values = {"projects": rows, "total": str(found.count), "next_url": next_url, "may_start": may_start(ask.by)}
    return Page("procurement/projects.html", values)


@page("/projects/new", who=Permission.PROJECT_WRITE)
def new_project(ask: Ask, refusal: Refusal | None = None) -> Page:
    """The form of a project: name, need and volumes."""
    ask, kept = with_kept(ask, "/projects/new", "A new project")
    values = {"typed": {"term_years": "3", **typed(ask.form)}, "volumes": VOLUMES, "kept": kept, **told_of(refusal)}
    return Page("procurement/new.html", values)


@post("/projects", who=Permission.PROJECT_WRITE, again=new_project, makes=True)
def start(ask: Ask) -> Goto:
    """Start a project."""
    project = start_project(ask.db, read_described(typed(ask.form)), by=ask.by, at=ask.at)
    return Goto(f"/projects/{project.ref}/requirements", told="The project is started. Say what you require first.")


@page("/projects/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_project(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The workbench: search, the shortlist with its reasons, costs, and what changed."""
    project = project_of(ask, ref)
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    steps = steps_of(ask.db, project)
    values = {
        "frame": frame_of(ask, project, ""),
        "need": project.need,
        "reason": project.state_reason,
        "board": shown_board(ask, board),
        "costs": costs_of([*board.included, *board.undecided], project.term_years),
        "steps": steps[:RECENT],
        "step_count": len(steps),
        "has_requirements": bool(requirements_of(ask.db, project)),
        "warning": shown_warning(project, board),
        **told_of(refusal),
    }
    return Page("procurement/project.html", values)


@page("/projects/{ref:str}/description", who=ANYBODY_SIGNED_IN)
def show_description(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The form of a project that exists; after a conflict, what is there now beside what was typed."""
    project = project_of(ask, ref)
    now = {"name": project.name, "need": project.need, "term_years": str(project.term_years)}
    now |= {unit: f"{number:,}" for unit, number in project.volumes.items()}
    place, title = f"/projects/{project.ref}/description", f"Description of {project.name}"
    ask, kept = with_kept(ask, place, title, version=project.row_version)
    values = {
        "frame": frame_of(ask, project, ""),
        "kept": kept,
        "typed": {**now, **typed(ask.form)},
        "now": {**now, "volumes": volumes_in_words(project)},
        "version": project.row_version,
        "volumes": VOLUMES,
        **told_of(refusal),
    }
    return Page("procurement/description.html", values)


@post("/projects/{ref:str}/description", who=ANYBODY_SIGNED_IN, again=show_description)
def describe(ask: Ask, ref: str) -> Goto:
    """Write name, need and volumes anew, unless somebody else did meanwhile."""
    project = project_of(ask, ref)
    expected = whole_number(ask.form.one("version"), "version")
    describe_project(ask.db, project, read_described(typed(ask.form)), expected=expected, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}", told="The project is described anew.")


@page("/projects/{ref:str}/decision", who=ANYBODY_SIGNED_IN)
def show_decision(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """What the shortlist comes to; with one product left, the conditions of a direct award."""
    project = project_of(ask, ref)
    board = shortlist(ask.db, project, ask.services.frameworks, on=day_in_london(ask.at))
    values = {
        "frame": frame_of(ask, project, ""),
        "board": shown_board(ask, board),
        "typed": typed(ask.form),
        **direct_award_of(ask, project, board),
        **told_of(refusal),
    }
    return Page("procurement/decision.html", values)


@post("/projects/{ref:str}/decision", who=ANYBODY_SIGNED_IN, again=show_decision)
def decide(ask: Ask, ref: str) -> Goto:
    """Record the decision."""
    project, grounds = project_of(ask, ref), direct_award(ask.services.frameworks).grounds
    reason, ground = ask.form.one("reason"), ask.form.one("ground")
    decide_project(ask.db, project, reason=reason, ground=ground, grounds=grounds, by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}", told="The decision is recorded.")


@post("/projects/{ref:str}/closure", who=ANYBODY_SIGNED_IN, again=show_decision)
def close(ask: Ask, ref: str) -> Goto:
    """End without a decision."""
    close_project(ask.db, project_of(ask, ref), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}", told="The project is closed.")


@post("/projects/{ref:str}/reopening", who=ANYBODY_SIGNED_IN, again=show_decision)
def reopen(ask: Ask, ref: str) -> Goto:
    """Open it again."""
    reopen_project(ask.db, project_of(ask, ref), reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/projects/{ref}", told="The project is open again.")


def shown_warning(project: Project, board: Board[Card]) -> str:
    """Of a direct award, while there is something to decide: what was decided says itself what it rests on."""
    open_still = project.state == "open"
    return warning(included=len(board.included), undecided=len(board.undecided)) if open_still else NONE


def shown_board(ask: Ask, board: Board[Card]) -> dict[str, Any]:
    """The three lists as the templates name them."""
    reasons = exclusion_reasons(ask.services.frameworks)
    return {
        "undecided": [shown_card(card, reasons) for card in board.undecided],
        "included": [shown_card(card, reasons) for card in board.included],
        "excluded": [shown_card(card, reasons) for card in board.excluded],
        "is_empty": board.is_empty,
    }


def direct_award_of(ask: Ask, project: Project, board: Board[Card]) -> dict[str, Any]:
    """The warning of a direct award, its conditions, and where the value stands against the threshold."""
    declared, on = direct_award(ask.services.frameworks), day_in_london(ask.at)
    told = warning(included=len(board.included), undecided=len(board.undecided))
    estimate = board.included[0].look.costing.term_gross if told != NONE else None
    threshold = threshold_for(project.organisation.kind, on, declared.rows())
    return {
        "warning": told,
        "declared": declared,
        "threshold": threshold,
        "estimate": estimate,
        "reaches": reaches(estimate, threshold) if threshold else None,
        "is_scottish": project.organisation.nation == "scotland",
    }


ROUTES = [
    list_projects, new_project, start, show_project, show_description, describe, show_decision, decide, close, reopen,
]  # fmt: skip
