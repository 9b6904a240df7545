"""The supplier's place for safety: its hazard log, what stops a report, giving one out, notices and incidents."""

from typing import Any

from marketplace.assurance.actions.safety.hazards import write_hazard
from marketplace.assurance.actions.safety.reporting import MANUFACTURER, issue_safety_case, what_blocks_report
from marketplace.assurance.queries.safety.declared import report_shape
from marketplace.assurance.queries.safety.deployments import users_of
from marketplace.assurance.queries.safety.incidents import incidents_for
from marketplace.assurance.queries.safety.logs import hazard_in, log_of, reports_of
from marketplace.assurance.queries.safety.notices import notices_for
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.queries.products import latest_version, own_product
from marketplace.faces.ask import Ask
from marketplace.faces.safety import system_facts
from marketplace.identity.policies import Permission
from marketplace.kit.errors import Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
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

WRITE = Permission.CATALOGUE_WRITE


@page("/listings/{ref:str}/safety", who=WRITE)
def show_listing_safety(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """The hazard log, what stops a report, who uses the product, notices and incidents."""
    product, version = own(ask, ref)
    frameworks, log = ask.services.frameworks, log_of(ask.db, product.id)
    base = f"/listings/{product.ref}/safety"
    shape = report_shape(frameworks)
    values = {
        "product": {"ref": product.ref, "name": product.name}, "base": base, "number": version.number,
        "log": hazards_shown(log, frameworks, f"{base}/hazards"), "counts": counts_shown(log, frameworks),
        "blocked": hindrances_shown(what_blocks_report(ask.db, product, None, frameworks), f"{base}/hazards"),
        "reports": reports_of(ask.db, product.id), "parts": shape.typed,
        "phases": [{"value": each.id, "label": each.label} for each in shape.phases_of(MANUFACTURER)],
        "users": [{"name": each.organisation.name, "number": each.version.number,
                   "status": deployment_status(each.state)} for each in users_of(ask.db, product.id)],
        "notices": [{"notice": each, "status": notice_status(each.state)}
                    for each in notices_for(ask.db, by=ask.by, product_id=product.id)],
        "incidents": [{"incident": each, "status": incident_status(each.state)}
                      for each in incidents_for(ask.db, by=ask.by, product_id=product.id)],
        "typed": typed(ask.form), "errors": errors_of(refusal), "refusal": refusal, "scheme": marks(ask),
    }  # fmt: skip
    return Page("safety/listing.html", values)


@page("/listings/{ref:str}/safety/hazards/new", who=WRITE)
def show_new_hazard(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """A new line of the log."""
    product, _ = own(ask, ref)
    return hazard_page(ask, product, None, refusal)


@post("/listings/{ref:str}/safety/hazards/new", who=WRITE, again=show_new_hazard, makes=True)
def add_hazard(ask: Ask, ref: str) -> Goto:
    """Keep a new line of the log."""
    product, _ = own(ask, ref)
    frameworks = ask.services.frameworks
    hazard = write_hazard(ask.db, product, typed(ask.form), frameworks=frameworks, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/safety", told=f"Hazard {hazard.number} is in the log.")


@page("/listings/{ref:str}/safety/hazards/{number:int}", who=WRITE)
def show_hazard(ask: Ask, ref: str, number: int, refusal: Refusal | None = None) -> Page:
    """A line of the log, to be changed."""
    product, _ = own(ask, ref)
    return hazard_page(ask, product, number, refusal)


@post("/listings/{ref:str}/safety/hazards/{number:int}", who=WRITE, again=show_hazard)
def change_hazard(ask: Ask, ref: str, number: int) -> Goto:
    """Keep a line as it is now."""
    product, _ = own(ask, ref)
    hazard = hazard_in(ask.db, product.id, number)
    write_hazard(
        ask.db, product, typed(ask.form), hazard=hazard, row_version=version_typed(ask.form),
        frameworks=ask.services.frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/listings/{product.ref}/safety", told=f"Hazard {number} is kept.")


@post("/listings/{ref:str}/safety/reports", who=WRITE, again=show_listing_safety, makes=True)
def give_out(ask: Ask, ref: str) -> Goto:
    """Give out the next safety case report of the version on show."""
    product, version = own(ask, ref)
    frameworks = ask.services.frameworks
    report = issue_safety_case(
        ask.db, product, version, typed(ask.form), facts=system_facts(frameworks, product, version),
        frameworks=frameworks, by=ask.by, at=ask.at,
    )  # fmt: skip
    return Goto(f"/safety-reports/{report.ref}", told="Given out. What it hands over reaches whoever uses the product.")


def own(ask: Ask, ref: str) -> tuple[Product, Version]:
    """One's own product, and the version that its log is about: the one on show, or the newest."""
    product = own_product(ask.db, ref, by=ask.by)
    return product, product.live_version or latest_version(ask.db, product)


def hazard_page(ask: Ask, product: Product, number: int | None, refusal: Refusal | None) -> Page:
    hazard = hazard_in(ask.db, product.id, number) if number is not None else None
    base = f"/listings/{product.ref}/safety"
    crumbs: list[dict[str, Any]] = [
        {"label": "Our products", "url": "/listings"}, {"label": product.name, "url": f"/listings/{product.ref}"},
        {"label": "Safety", "url": base}, {"label": f"Hazard {number}" if number else "New hazard"},
    ]  # fmt: skip
    values = {
        "heading": f"Hazard {number}: {hazard.name}" if hazard else f"A hazard of {product.name}", "crumbs": crumbs,
        "action": f"{base}/hazards/{number}" if number else f"{base}/hazards/new", "back": base,
        "typed": filled(hazard, ask.form), "row_version": hazard.row_version if hazard else "",
        "errors": errors_of(refusal), "scales": scales(ask.services.frameworks), "scheme": marks(ask),
        "hands_over": True,
    }  # fmt: skip
    return Page("safety/hazard.html", values)


ROUTES = [show_listing_safety, show_new_hazard, add_hazard, show_hazard, change_hazard, give_out]
