"""The algorithmic transparency record (ATRS) of a deployment: filled from what is known, the rest to be written."""

import json

from marketplace.assurance.actions.safety.transparency import write_record
from marketplace.assurance.policies import may_write_record
from marketplace.assurance.queries.safety.declared import record_shape
from marketplace.assurance.queries.safety.deployments import own_deployment
from marketplace.assurance.rules.safety.transparency import missing_of
from marketplace.faces.ask import Ask
from marketplace.faces.transparency import record_data, record_of
from marketplace.kit.errors import Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Download, Goto, Page, page, post
from marketplace.web.safety.showing import typed

WHOSE = {"organisation": "You wrote it", "supplier": "The supplier's listing", "record": "Known here", "": "Missing"}


@page("/deployments/{ref:str}/transparency", who=ANYBODY_SIGNED_IN)
def show_record(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Every field with whose word it is; what is missing, and room to write it."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    frameworks = ask.services.frameworks
    record = record_of(ask.db, frameworks, deployment, at=ask.at)
    values = {
        "it": deployment, "shape": record_shape(frameworks), "record": record, "missing": missing_of(record),
        "whose": WHOSE, "may_write": may_write_record(ask.by, deployment), "typed": typed(ask.form),
        "errors": errors_of(refusal),
    }  # fmt: skip
    return Page("safety/transparency.html", values)


@post("/deployments/{ref:str}/transparency", who=ANYBODY_SIGNED_IN, again=show_record)
def keep_record(ask: Ask, ref: str) -> Goto:
    """Keep what the organisation wrote."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    given, frameworks = typed(ask.form), ask.services.frameworks
    changed = write_record(ask.db, deployment, given, frameworks=frameworks, by=ask.by, at=ask.at)
    told = f"Kept: {', '.join(changed)}." if changed else "Nothing changed."
    return Goto(f"/deployments/{deployment.ref}/transparency", told=told)


@page("/deployments/{ref:str}/transparency.json", who=ANYBODY_SIGNED_IN)
def download_record(ask: Ask, ref: str) -> Download:
    """The record for programs, and for whoever publishes it."""
    deployment = own_deployment(ask.db, ref, by=ask.by)
    frameworks = ask.services.frameworks
    data = record_data(frameworks, deployment, record_of(ask.db, frameworks, deployment, at=ask.at))
    headers = {"content-disposition": f'attachment; filename="transparency-{deployment.ref}.json"'}
    return Download(json.dumps(data, ensure_ascii=False, indent=1).encode(), "application/json", headers)


ROUTES = [show_record, keep_record, download_record]
