"""The list of purchases of several, and starting one from a decided project or from a product."""

from typing import Any

from marketplace.catalogue.queries.products import product_for
from marketplace.faces.ask import Ask
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Invalid, NotFound, Refusal
from marketplace.procurement.actions.joint import start_procurement
from marketplace.procurement.models import Procurement
from marketplace.procurement.policies import may_start
from marketplace.procurement.queries.joint import own_party, procurements_of
from marketplace.procurement.queries.joint.finding import supplied_procurements
from marketplace.procurement.queries.joint.reused import chosen_products, reused_from
from marketplace.procurement.queries.joint.standing import terms_of
from marketplace.procurement.queries.projects import find_project, projects_of
from marketplace.procurement.rules.joint.shares import percent_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post
from marketplace.web.procurement.common import told_of, typed
from marketplace.web.procurement.joint.common import PARTY_STATES, STATES, tag


@page("/procurements", who=ANYBODY_SIGNED_IN)
def list_procurements(ask: Ask) -> Page:
    """What my organisation buys together with others."""
    found = procurements_of(ask.db, by=ask.by, after=ask.query.one("after") or None)
    values = {
        "procurements": [_row(ask, one) for one in found.items],
        "supplied": [
            {"ref": one.ref, "product": one.version.name, "tag": tag(STATES, one.state)}
            for one in supplied_procurements(ask.db, by=ask.by)
        ],
        "total": str(found.count),
        "next_url": f"/procurements?after={found.next}" if found.next else "",
        "may_start": may_start(ask.by),
    }
    return Page("procurement/joint/list.html", values)


@page("/procurements/new", who=Permission.PROJECT_WRITE)
def new_procurement(ask: Ask, refusal: Refusal | None = None) -> Page:
    """What a pilot is started from: a product, or what a project was decided for."""
    sent = ask.form if ask.form else ask.query
    project_ref, product_ref = sent.one("project"), sent.one("product")
    project = find_project(ask.db, project_ref, by=ask.by) if project_ref else None
    chosen = chosen_products(ask.db, project) if project else []
    product = product_for(ask.db, product_ref, by=ask.actor) if product_ref else (chosen[0] if chosen else None)
    reused = reused_from(ask.db, project, product, on=day_in_london(ask.at)) if project and product else None
    values = {
        "product": {"ref": product.ref, "name": product.name} if product else None,
        "project": {"ref": project.ref, "name": project.name, "state": project.state} if project else None,
        "chosen": [{"ref": each.ref, "name": each.name} for each in chosen],
        "reused": reused,
        "decided": [] if project or product else _decided(ask),
        "procedure": ask.services.frameworks.procedures["joint-pilot"],
        "typed": {"name": project.name if project else "", **typed(ask.form)},
        **told_of(refusal),
    }
    return Page("procurement/joint/new.html", values)


@post("/procurements", who=Permission.PROJECT_WRITE, again=new_procurement, makes=True)
def start(ask: Ask) -> Goto:
    """Start a pilot."""
    product_ref, project_ref = ask.form.one("product"), ask.form.one("project")
    if not product_ref:
        told = "Choose the product first."
        raise Invalid("no product is chosen", told, fields={"product": told})
    product = product_for(ask.db, product_ref, by=ask.actor)
    project = find_project(ask.db, project_ref, by=ask.by) if project_ref else None
    procurement = start_procurement(
        ask.db, ask.services.frameworks, product, name=ask.form.one("name"), project=project, by=ask.by, at=ask.at
    )
    return Goto(f"/procurements/{procurement.ref}/protocol", told="The pilot is started. Write its protocol next.")


def _row(ask: Ask, one: Procurement) -> dict[str, Any]:
    own = own_party(one, ask.by)
    if own is None:
        raise NotFound("your organisation takes no part in this", "")
    there = [party for party in one.parties if party.takes_part]
    share = terms_of(one).share_of(own.organisation.ref)
    return {
        "ref": one.ref, "name": one.name, "product": one.version.name, "lead": one.organisation.name,
        "leads": own.role == "lead", "tag": tag(STATES, one.state), "own": tag(PARTY_STATES, own.state),
        "parties": len(there), "share": percent_of(share) if share else "", "ends_on": one.ends_on,
    }  # fmt: skip


def _decided(ask: Ask) -> list[dict[str, str]]:
    found = projects_of(ask.db, by=ask.by).items
    return [{"ref": one.project.ref, "name": one.project.name} for one in found if one.project.state == "decided"]


ROUTES = [list_procurements, new_procurement, start]
