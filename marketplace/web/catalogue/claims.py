"""Claiming a product that was imported: the page that asks why, and the claim itself."""

from marketplace.catalogue.actions.claims import ask_claim
from marketplace.catalogue.policies import may_claim
from marketplace.catalogue.queries.products import claims_of, product_for
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Refusal
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Goto, Page, page, post


@page("/products/{ref:str}/claim", who=ANYBODY_SIGNED_IN)
def show_claim(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """Why it is yours; or what became of your claim."""
    product = product_for(ask.db, ref, by=ask.actor)
    mine = [one for one in claims_of(ask.db, product, by=ask.by) if one.organisation_id == ask.by.organisation_id]
    values = {
        "product": product,
        "supplier": product.supplier_name,
        "may_claim": may_claim(ask.by, product),
        "organisation": ask.by.organisation_name,
        "claims": mine,
        "is_asked": any(one.state == "asked" for one in mine),
        "typed": ask.form.one("reason"),
        "errors": errors_of(refusal),
    }
    return Page("catalogue/claim.html", values)


@post("/products/{ref:str}/claim", who=ANYBODY_SIGNED_IN, again=show_claim)
def claim(ask: Ask, ref: str) -> Goto:
    """Say that the product is one's own; a moderator settles it."""
    product = product_for(ask.db, ref, by=ask.actor)
    ask_claim(ask.db, product, reason=ask.form.one("reason"), by=ask.by, at=ask.at)
    return Goto(f"/products/{product.ref}/claim", told="Your claim is with a moderator. You will be told.")


ROUTES = [show_claim, claim]
