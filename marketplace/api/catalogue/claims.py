"""Claiming a product that was imported, and settling claims."""

from datetime import datetime
from uuid import UUID

from marketplace.api.calls import ANYBODY_SIGNED_IN, Answer, Asked, get, post
from marketplace.api.shapes import In, Listed, Out, Reason, Text, all_of
from marketplace.catalogue.actions.claims import ask_claim, settle_claim
from marketplace.catalogue.models import Claim, Product
from marketplace.catalogue.queries.products import claims_of, moderated_product, product_for
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound


class ClaimOut(Out):
    """A supplier's word that an unclaimed product is theirs, and what became of it."""

    id: UUID
    product_ref: str
    organisation_ref: str
    organisation_name: str
    reason: str
    state: str
    asked_at: datetime
    settled_at: datetime | None
    settled_reason: str


class Settlement(In):
    """Whether a claim is granted; a refusal needs a reason."""

    granted: bool
    reason: Text = ""


@get("/products/{ref:str}/claims", who=ANYBODY_SIGNED_IN)
def list_claims(ask: Asked, ref: str) -> Listed[ClaimOut]:
    """Claims on a product: an organisation sees its own, a moderator all."""
    product = product_for(ask.db, ref, by=ask.actor)
    return all_of(claim_out(one, product) for one in claims_of(ask.db, product, by=ask.by))


@post("/products/{ref:str}/claims", who=ANYBODY_SIGNED_IN, status=201, scope=Permission.CATALOGUE_WRITE)
def claim(ask: Asked, ref: str, body: Reason) -> Answer[ClaimOut]:
    """Say that an unclaimed product is one's own; a moderator settles it."""
    product = product_for(ask.db, ref, by=ask.actor)
    made = ask_claim(ask.db, product, reason=body.reason, by=ask.by, at=ask.at)
    return Answer(claim_out(_claim(ask, product, made.id), product), location=f"/v1/products/{product.ref}/claims")


@post("/products/{ref:str}/claims/{claim:str}/settlement", who=Permission.CATALOGUE_MODERATE)
def settle(ask: Asked, ref: str, claim: UUID, body: Settlement) -> ClaimOut:
    """Grant a claim, which gives the product its supplier; or refuse it."""
    product = moderated_product(ask.db, ref, by=ask.by)
    found = _claim(ask, product, claim)
    settle_claim(ask.db, product, found, granted=body.granted, reason=body.reason, by=ask.by, at=ask.at)
    return claim_out(found, product)


def _claim(ask: Asked, product: Product, claim_id: UUID) -> Claim:
    found = next((one for one in claims_of(ask.db, product, by=ask.by) if one.id == claim_id), None)
    if found is None:
        raise NotFound("there is no such claim on this product", f"See /v1/products/{product.ref}/claims.")
    return found


def claim_out(claim: Claim, product: Product) -> ClaimOut:
    return ClaimOut(
        id=claim.id, product_ref=product.ref, organisation_ref=claim.organisation.ref,
        organisation_name=claim.organisation.name, reason=claim.reason, state=claim.state, asked_at=claim.asked_at,
        settled_at=claim.settled_at, settled_reason=claim.settled_reason,
    )  # fmt: skip


CALLS = [list_claims, claim, settle]
