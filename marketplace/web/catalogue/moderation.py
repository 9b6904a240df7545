"""The moderators' workbench: what waits, what changed, a remark beside each field, publish or send back; claims."""

from typing import Any
from uuid import UUID

from marketplace.catalogue.actions.claims import settle_claim
from marketplace.catalogue.models import Claim, Product, Version
from marketplace.catalogue.policies import may_publish
from marketplace.catalogue.queries.history import history_of
from marketplace.catalogue.queries.moderation import claims_waiting, lookalikes, waiting
from marketplace.catalogue.queries.products import (
    attachments_of,
    claims_of,
    declared_prices,
    latest_version,
    moderated_product,
    open_version,
    reviews_of,
)
from marketplace.catalogue.rules.editions import CHANGES
from marketplace.faces.ask import Ask
from marketplace.faces.safety import hindered_by_hazards
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound, Refusal
from marketplace.web.catalogue.listings import errors_of, reasons_of, timeline_of
from marketplace.web.catalogue.pricing import price_line
from marketplace.web.catalogue.products import document, frame
from marketplace.web.catalogue.showing import changes_since
from marketplace.web.edge import Goto, Page, page, post

HISTORY = 20


@page("/moderation", who=Permission.CATALOGUE_MODERATE)
def show_queue(ask: Ask) -> Page:
    """What waits to be published and which claims wait to be settled, oldest first."""
    queue = [item_of(ask, one) for one in waiting(ask.db, by=ask.by)]
    claims = [claim_of(ask, one) for one in claims_waiting(ask.db, by=ask.by)]
    return Page("catalogue/moderation.html", {"queue": queue, "claims": claims})


@page("/moderation/{ref:str}", who=Permission.CATALOGUE_MODERATE)
def show_workbench(ask: Ask, ref: str, claim: UUID | None = None, refusal: Refusal | None = None) -> Page:
    """One product: left the queue, middle what it says and what changed, right what stands around it."""
    product = moderated_product(ask.db, ref, by=ask.by)
    version = open_version(ask.db, product)
    waits = version if version is not None and version.state == "submitted" else None
    shown = waits or product.live_version or latest_version(ask.db, product)
    values = {
        **thing_of(ask, product, shown),
        **around(ask, product, shown.name),
        "is_waiting": waits is not None,
        "asked": asked_before(ask, product, waits),
        "hindered": hindered_by_hazards(ask.db, ask.services.frameworks, product),
        "may_decide": waits is not None and may_publish(ask.by, product, waits),
        "queue": [item_of(ask, one) for one in waiting(ask.db, by=ask.by)],
        "moves": moves_of(product),
        "typed": {name: ask.form.one(name) for name in ask.form.items()},
        "errors": errors_of(refusal),
    }
    return Page("catalogue/workbench.html", values)


@post("/products/{ref:str}/claims/{claim:uuid}/settlement", who=Permission.CATALOGUE_MODERATE, again=show_workbench)
def settle(ask: Ask, ref: str, claim: UUID) -> Goto:
    """Grant a claim or refuse it."""
    product = moderated_product(ask.db, ref, by=ask.by)
    found = next((one for one in claims_of(ask.db, product, by=ask.by) if one.id == claim), None)
    if found is None:
        raise NotFound("there is no such claim on this product", "The moderation page lists the claims.")
    granted = ask.form.one("decision") == "grant"
    settle_claim(ask.db, product, found, granted=granted, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto("/moderation", told=f"The claim on {product.name} is {'granted' if granted else 'refused'}.")


def thing_of(ask: Ask, product: Product, version: Version) -> dict[str, Any]:
    """The edition that is looked through, and what it says otherwise than the one on show."""
    form = ask.services.frameworks.form(product.kind)
    before = product.live_version if product.live_version and product.live_version.id != version.id else None
    return {
        **frame(ask, product, version, ""),
        "change": CHANGES.get(version.change, ""),
        "before": before.edition if before else None,
        "changes": changes_since(before, version, form) if before else [],
    }


def asked_before(ask: Ask, product: Product, version: Version | None) -> list[dict[str, str]]:
    """What was to be mended when this edition was sent back, for whoever looks it through again."""
    reviews = reviews_of(ask.db, version.id) if version is not None else []
    return reasons_of(product, reviews, ask.services.frameworks.form(product.kind))


def around(ask: Ask, product: Product, name: str) -> dict[str, Any]:
    """What a moderator looks at beside the description; `name` is the one that the edition would give the product."""
    form = ask.services.frameworks.form(product.kind)
    return {
        "lookalikes": lookalikes(ask.db, name, except_id=product.id, supplier_id=product.organisation_id),
        "registered": registered(product),
        "lines": [price_line(price) for price in declared_prices(ask.db, product.id)],
        "documents": [document(ask, product, one) for one in attachments_of(ask.db, product.id)],
        "claims": [claim_of(ask, one, product) for one in claims_of(ask.db, product, by=ask.by)],
        "history": [timeline_of(one, form) for one in history_of(ask.db, product, by=ask.by)[:HISTORY]],
    }


def registered(product: Product) -> str:
    """Who the supplier is in a register, so that a borrowed name is seen."""
    if product.supplier is None:
        return "No supplier has claimed it"
    number = product.supplier.companies_house_number
    return f"Company {number}" if number else "No company number is on record"


def moves_of(product: Product) -> list[dict[str, str]]:
    base = f"/listings/{product.ref}"
    moves = {"live": [("Suspend", "suspension")], "suspended": [("Reinstate", "reinstatement")]}
    found = moves.get(product.state, [])
    if product.organisation_id is None and product.state != "withdrawn":
        found = [*found, ("Withdraw", "withdrawal")]
    return [{"label": label, "url": f"{base}/{noun}"} for label, noun in found]


def item_of(ask: Ask, one: Any) -> dict[str, Any]:
    days = one.days(ask.at)
    return {
        "ref": one.product.ref, "name": one.version.name, "supplier": one.product.supplier_name,
        "edition": one.version.edition, "since": one.since, "days": days, "late": days >= 5, "is_own": one.is_own,
        "url": f"/moderation/{one.product.ref}",
    }  # fmt: skip


def claim_of(ask: Ask, claim: Claim, product: Product | None = None) -> dict[str, Any]:
    about = product or claim.product
    return {
        "product": about.name, "by": claim.organisation.name, "reason": claim.reason, "state": claim.state,
        "asked_at": claim.asked_at, "settled_reason": claim.settled_reason, "url": f"/moderation/{about.ref}",
        "to": f"/products/{about.ref}/claims/{claim.id}/settlement",
        "number": claim.organisation.companies_house_number or "",
    }  # fmt: skip


ROUTES = [show_queue, show_workbench, settle]
