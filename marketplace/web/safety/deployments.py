"""Where an organisation uses a product: its own log, what stands in the way of going live, its reports."""

from typing import Any

from marketplace.assurance.actions.safety.deployments import end_deployment, go_live, move_deployment
from marketplace.assurance.actions.safety.hazards import decide_hazard, write_hazard
from marketplace.assurance.actions.safety.reporting import DEPLOYER, issue_safety_case, what_blocks_report
from marketplace.assurance.models import Deployment
from marketplace.assurance.policies import may_keep_deployment
from marketplace.assurance.queries.safety.declared import matrix_of, report_shape
from marketplace.assurance.queries.safety.deployments import deployments_of, own_deployment, what_blocks_going_live
from marketplace.assurance.queries.safety.incidents import incidents_for
from marketplace.assurance.queries.safety.logs import hazard_in, log_of, reports_of, undecided_counts
from marketplace.assurance.queries.safety.notices import notices_for
from marketplace.catalogue.queries.products import shown_versions, version_for
from marketplace.faces.ask import Ask
from marketplace.faces.safety import system_facts
from marketplace.kit.errors import Invalid, Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.safety.showing import (
    counts_shown,
    deployment_status,
    filled,
    hazards_shown,
    hindrances_shown,
    incident_status,
    marks,
    notice_status,
    scales,
    typed,
    version_typed,
)


@page("/safety", who=ANYBODY_SIGNED_IN)
def show_safety(ask: Ask) -> Page:
    """Everything about safety that concerns one's organisation: deployments, notices, incidents."""
    mine = deployments_of(ask.db, ask.by.organisation_id) if ask.by.organisation_id else []
    waiting = undecided_counts(ask.db, [each.id for each in mine])
    values = {
        "organisation": ask.by.organisation_name, "is_buyer": ask.by.is_buyer,
        "deployments": [{"it": each, "status": deployment_status(each.state), "waiting": waiting.get(each.id, 0)}
                        for each in mine],
        "notices": [{"notice": each, "status": notice_status(each.state)} for each in notices_for(ask.db, by=ask.by)],
        "incidents": [{"incident": each, "status": incident_status(each.state)}
                      for each in incidents_for(ask.db, by=ask.by)],
    }  # fmt: skip
    return Page("safety/safety.html", values)


@page("/deployments/{ref:str}", who=ANYBODY_SIGNED_IN)
def show_deployment(ask: Ask, ref: str, refusal: Refusal | None = None, number: int | None = None) -> Page:
    """The log with what was handed over, what stands in the way, the reports, and what may be done."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    frameworks, base = ask.services.frameworks, f"/deployments/{deployment.ref}"
    log = log_of(ask.db, deployment.product_id, deployment_id=deployment.id)
    shape, matrix = report_shape(frameworks), matrix_of(frameworks)
    may_keep = may_keep_deployment(ask.by, deployment) and deployment.ended_at is None
    blocked = what_blocks_going_live(ask.db, deployment, matrix) if deployment.state == "planned" else []
    stops = what_blocks_report(ask.db, deployment.product, deployment, frameworks)
    versions = [each for each in shown_versions(ask.db, deployment.product_id) if each.id != deployment.version_id]
    values = {
        "it": deployment, "base": base, "status": deployment_status(deployment.state), "may_keep": may_keep,
        "log": hazards_shown(log, frameworks, f"{base}/hazards"), "counts": counts_shown(log, frameworks),
        "blocked": hindrances_shown(blocked, f"{base}/hazards"), "stops": hindrances_shown(stops, f"{base}/hazards"),
        "reports": reports_of(ask.db, deployment.product_id, deployment_id=deployment.id), "parts": shape.typed,
        "phases": [{"value": each.id, "label": each.label} for each in shape.phases_of(DEPLOYER)],
        "versions": [{"value": str(each.edition), "label": f"Version {each.number}, edition {each.edition}"}
                     for each in versions],
        "scales": scales(frameworks), "typed": typed(ask.form), "errors": errors_of(refusal), "refusal": refusal,
        "decided": number, "scheme": marks(ask),
    }  # fmt: skip
    return Page("safety/deployment.html", values)


@post("/deployments/{ref:str}/hazards/{number:int}/disposition", who=ANYBODY_SIGNED_IN, again=show_deployment)
def decide(ask: Ask, ref: str, number: int) -> Goto:
    """Say what is done with a hazard that was handed over."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    hazard = hazard_in(ask.db, deployment.product_id, number, deployment_id=deployment.id)
    frameworks = ask.services.frameworks
    decide_hazard(ask.db, deployment, hazard, typed(ask.form), frameworks=frameworks, by=ask.by, at=ask.at)
    return Goto(f"/deployments/{deployment.ref}", told=f"Hazard {number} is decided on.")


@page("/deployments/{ref:str}/hazards/new", who=ANYBODY_SIGNED_IN)
def show_new_own_hazard(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """A hazard that arises here: local settings, prompts, templates, training."""
    return hazard_page(ask, own_deployment(ask.db, ref, by=ask.by), None, refusal)


@post("/deployments/{ref:str}/hazards/new", who=ANYBODY_SIGNED_IN, again=show_new_own_hazard, makes=True)
def add_own_hazard(ask: Ask, ref: str) -> Goto:
    """Keep a new line of the log."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    hazard = write_hazard(
        ask.db, deployment.product, typed(ask.form), deployment=deployment, frameworks=ask.services.frameworks,
        by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/deployments/{deployment.ref}", told=f"Hazard {hazard.number} is in the log.")


@page("/deployments/{ref:str}/hazards/{number:int}", who=ANYBODY_SIGNED_IN)
def show_own_hazard(ask: Ask, ref: str, number: int, refusal: Refusal | None = None) -> Page:
    """A line of the log, to be changed."""
    return hazard_page(ask, own_deployment(ask.db, ref, by=ask.by), number, refusal)


@post("/deployments/{ref:str}/hazards/{number:int}", who=ANYBODY_SIGNED_IN, again=show_own_hazard)
def change_own_hazard(ask: Ask, ref: str, number: int) -> Goto:
    """Keep a line as it is now."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    hazard = hazard_in(ask.db, deployment.product_id, number, deployment_id=deployment.id)
    write_hazard(
        ask.db, deployment.product, typed(ask.form), hazard=hazard, deployment=deployment,
        row_version=version_typed(ask.form), frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/deployments/{deployment.ref}", told=f"Hazard {number} is kept.")


@post("/deployments/{ref:str}/reports", who=ANYBODY_SIGNED_IN, again=show_deployment, makes=True)
def give_out_own(ask: Ask, ref: str) -> Goto:
    """Give out the next safety case report of the deployment."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    frameworks, product, version = ask.services.frameworks, deployment.product, deployment.version
    report = issue_safety_case(
        ask.db, product, version, typed(ask.form), facts=system_facts(frameworks, product, version),
        deployment=deployment, frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/safety-reports/{report.ref}", told="Given out.")


@post("/deployments/{ref:str}/going-live", who=ANYBODY_SIGNED_IN, again=show_deployment)
def take_live(ask: Ask, ref: str) -> Goto:
    """Say that patients meet the product here from now on."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    go_live(ask.db, deployment, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return Goto(f"/deployments/{deployment.ref}", told="It is in use. Its supplier is told.")


@post("/deployments/{ref:str}/version", who=ANYBODY_SIGNED_IN, again=show_deployment)
def move(ask: Ask, ref: str) -> Goto:
    """Use another version from now on."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    edition = ask.form.one("edition")
    if not (edition.isascii() and edition.isdigit() and len(edition) < 6):
        told = "Choose the version."
        raise Invalid("no version was chosen", told, fields={"edition": told})
    version = version_for(ask.db, deployment.product, int(edition), by=ask.by)
    move_deployment(ask.db, deployment, version, frameworks=ask.services.frameworks, by=ask.by, at=ask.at)
    return Goto(f"/deployments/{deployment.ref}", told=f"Version {version.number} is used from now on.")


@post("/deployments/{ref:str}/end", who=ANYBODY_SIGNED_IN, again=show_deployment)
def end(ask: Ask, ref: str) -> Goto:
    """Say that the product is not used here any more."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    end_deployment(ask.db, deployment, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/deployments/{deployment.ref}", told="It has ended. Its log stays.")


def hazard_page(ask: Ask, deployment: Deployment, number: int | None, refusal: Refusal | None) -> Page:
    hazard = None
    if number is not None:
        hazard = hazard_in(ask.db, deployment.product_id, number, deployment_id=deployment.id)
    base = f"/deployments/{deployment.ref}"
    crumbs: list[dict[str, Any]] = [
        {"label": "Safety", "url": "/safety"}, {"label": deployment.product.name, "url": base},
        {"label": f"Hazard {number}" if number else "New hazard"},
    ]  # fmt: skip
    values = {
        "heading": f"Hazard {number}: {hazard.name}" if hazard else f"A hazard of {deployment.product.name} here",
        "crumbs": crumbs, "action": f"{base}/hazards/{number}" if number else f"{base}/hazards/new", "back": base,
        "typed": filled(hazard, ask.form), "row_version": hazard.row_version if hazard else "",
        "errors": errors_of(refusal), "scales": scales(ask.services.frameworks), "scheme": marks(ask),
        "hands_over": False,
    }  # fmt: skip
    return Page("safety/hazard.html", values)


ROUTES = [
    show_safety, show_deployment, decide, show_new_own_hazard, add_own_hazard, show_own_hazard, change_own_hazard,
    give_out_own, take_live, move, end,
]  # fmt: skip
