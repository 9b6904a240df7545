"""The safety of a product as everybody reads it, with more for who supplies, holds, buys or assesses it."""

from collections.abc import Iterator
from typing import Any

from marketplace.assurance.actions.safety.deployments import plan_deployment
from marketplace.assurance.models import Hazard
from marketplace.assurance.policies import may_plan_deployment, may_report_incident
from marketplace.assurance.queries.safety.declared import log_shape
from marketplace.assurance.queries.safety.deployments import open_deployment, users_of
from marketplace.assurance.queries.safety.holders import standpoint
from marketplace.assurance.queries.safety.incidents import incidents_for
from marketplace.assurance.queries.safety.logs import log_of, reports_of
from marketplace.assurance.queries.safety.notices import sent_notices
from marketplace.catalogue.queries.products import product_for
from marketplace.faces.ask import Ask
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import NotAllowed
from marketplace.kit.sheets import Cell, to_csv
from marketplace.web.catalogue.products import frame, live
from marketplace.web.edge import ANYBODY_SIGNED_IN, PUBLIC, Download, Goto, Page, page, post
from marketplace.web.safety.showing import (
    counts_shown,
    deployment_status,
    hazards_shown,
    incident_status,
    marks,
    notice_status,
)

FEW = 10


@page("/products/{ref:str}/safety", who=PUBLIC)
def show_product_safety(ask: Ask, ref: str) -> Page:
    """Its risks in numbers, its reports and notices; the log for who holds it, what is handed over for who buys."""
    product, version = live(ask, ref)
    frameworks = ask.services.frameworks
    stands = standpoint(ask.db, ask.actor, product)
    log = log_of(ask.db, product.id)
    handed = [hazard for hazard in log if hazard.state == "transferred"]
    base = f"/listings/{product.ref}/safety/hazards"
    own = ask.actor.organisation_id if ask.actor and stands.buys else None
    mine = open_deployment(ask.db, own, product.id) if own else None
    counts = counts_shown(log, frameworks)
    values = {
        **frame(ask, product, version, "safety"),
        "stands": stands,
        "counts": counts,
        "too_high": sum(after for level, _, after in counts if level.blocks),
        "total": len(log),
        "handed": hazards_shown(handed, frameworks, base) if stands.sees_handed_over else [],
        "handed_count": len(handed),
        "log": hazards_shown(log, frameworks, base) if stands.sees_log else [],
        "reports": reports_of(ask.db, product.id),
        "notices": [{"notice": each, "status": notice_status(each.state)} for each in sent_notices(ask.db, product.id)],
        "incidents": _incidents(ask, product.id) if ask.actor else [],
        "users": [{"name": each.organisation.name, "number": each.version.number,
                   "status": deployment_status(each.state)} for each in users_of(ask.db, product.id)]
                 if stands.watches else [],
        "mine": {"ref": mine.ref, "status": deployment_status(mine.state)} if mine else None,
        "may_plan": ask.actor is not None and may_plan_deployment(ask.actor) and mine is None,
        "may_report": ask.actor is not None and may_report_incident(ask.actor),
        "scheme": marks(ask),
    }  # fmt: skip
    return Page("safety/product.html", values, shared=True)


@post("/products/{ref:str}/deployments", who=ANYBODY_SIGNED_IN)
def plan(ask: Ask, ref: str) -> Goto:
    """Say that one's organisation is going to use it."""
    product = product_for(ask.db, ref, by=ask.by)
    deployment = plan_deployment(ask.db, product, place=ask.form.one("place"), by=ask.by, at=ask.at)
    return Goto(f"/deployments/{deployment.ref}", told="Planned. What its supplier hands over to you is in your log.")


@page("/products/{ref:str}/safety/log.csv", who=ANYBODY_SIGNED_IN)
def download_log(ask: Ask, ref: str) -> Download:
    """The hazard log as a spreadsheet, in the columns by which one is brought in."""
    product = product_for(ask.db, ref, by=ask.by)
    if not standpoint(ask.db, ask.by, product).sees_log:
        raise NotAllowed("the log is for who supplies, uses, relies on or assesses the product", "Ask its supplier.")
    rows = log_rows(log_of(ask.db, product.id))
    return as_csv(ask.services.frameworks, rows, f"hazard-log-{product.ref}.csv")


def as_csv(frameworks: Frameworks, rows: Iterator[list[Cell]], name: str) -> Download:
    columns = [column.label for column in log_shape(frameworks).columns]
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Download(b"".join(to_csv(columns, rows, bom=True)), "text/csv; charset=utf-8", headers)


def log_rows(hazards: list[Hazard]) -> Iterator[list[Cell]]:
    """Each hazard as a row, its columns in the declared order."""
    for each in hazards:
        yield [
            each.number, each.name, each.description, each.effect, each.causes, each.controls, each.severity,
            each.likelihood, *(each.added.get(kind, "") for kind in ("design", "test", "training", "process")),
            each.residual_severity, each.residual_likelihood, each.reason, each.action, each.owner, each.state,
            each.handed_over,
        ]  # fmt: skip


def _incidents(ask: Ask, product_id: Any) -> list[dict[str, Any]]:
    rows = incidents_for(ask.db, by=ask.by, product_id=product_id, most=FEW)
    return [{"incident": each, "status": incident_status(each.state)} for each in rows]


ROUTES = [show_product_safety, plan, download_log]
