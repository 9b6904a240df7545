"""A supplier's claims: the list, writing one down, publishing it."""

from typing import Any

from marketplace.catalogue.models import Product
from marketplace.catalogue.queries.products import own_product
from marketplace.evidence.actions.claims import FIELDS, add_claim, change_claim, discard_claim, publish_claim
from marketplace.evidence.models import Claim
from marketplace.evidence.policies import may_change_claim
from marketplace.evidence.queries.claims import find_claim
from marketplace.evidence.queries.declared import gap_rules
from marketplace.evidence.queries.studies import published_studies
from marketplace.evidence.rules.claims import DIRECTIONS
from marketplace.evidence.rules.effects import BETTER, EFFECTS
from marketplace.evidence.schemas.claims import read_claim
from marketplace.faces.ask import Ask
from marketplace.faces.claims import POPULATIONS, SETTINGS, claim_words, claims_read
from marketplace.identity.policies import Permission
from marketplace.kit.errors import NotFound, Refusal
from marketplace.kit.text import quote
from marketplace.web.catalogue.description import row_version
from marketplace.web.catalogue.listings import errors_of
from marketplace.web.edge import Goto, Page, page, post
from marketplace.web.evidence.claim_shown import claim_shown
from marketplace.web.evidence.filling import offered, options_of, raw_of

WRITE = Permission.CATALOGUE_WRITE


@page("/listings/{ref:str}/claims", who=WRITE)
def list_claims(ask: Ask, ref: str) -> Page:
    """Every claim of a product of one's own, with what speaks for and against each."""
    product = own_product(ask.db, ref, by=ask.by)
    rows = [
        {"shown": claim_shown(read, ask.services.frameworks), "url": base_of(product, read.claim)}
        for read in claims_read(ask.db, product, by=ask.by)
    ]
    return Page("evidence/claims.html", {"product": product, "rows": rows})


@page("/listings/{ref:str}/claims/new", who=WRITE)
def new_claim(ask: Ask, ref: str, refusal: Refusal | None = None) -> Page:
    """One sentence, and the measure that it can be held against."""
    product = own_product(ask.db, ref, by=ask.by)
    return claim_page(ask, product, None, refusal)


@post("/listings/{ref:str}/claims/new", who=WRITE, again=new_claim, makes=True)
def write_claim(ask: Ask, ref: str) -> Goto:
    """Begin the draft."""
    product = own_product(ask.db, ref, by=ask.by)
    stated = read_claim(raw_of(ask.form), claim_words(ask.services.frameworks))
    claim = add_claim(ask.db, product.id, stated, by=ask.by, at=ask.at)
    return Goto(base_of(product, claim), told="The draft is kept. Nobody else sees it until you publish it.")


@page("/listings/{ref:str}/claims/{claim_ref:str}", who=WRITE)
def describe_claim(ask: Ask, ref: str, claim_ref: str, refusal: Refusal | None = None) -> Page:
    """A draft as it is kept, or as it was typed, and what can be done with it."""
    product, claim = own_claim(ask, ref, claim_ref)
    return claim_page(ask, product, claim, refusal)


@post("/listings/{ref:str}/claims/{claim_ref:str}", who=WRITE, again=describe_claim)
def save_claim(ask: Ask, ref: str, claim_ref: str) -> Goto:
    """Write the draft anew."""
    product, claim = own_claim(ask, ref, claim_ref)
    stated = read_claim(raw_of(ask.form), claim_words(ask.services.frameworks))
    change_claim(ask.db, claim, stated, expected=row_version(ask.form), by=ask.by, at=ask.at)
    return Goto(base_of(product, claim), told="The claim is kept as you wrote it.")


@post("/listings/{ref:str}/claims/{claim_ref:str}/publication", who=WRITE, again=describe_claim)
def publish(ask: Ask, ref: str, claim_ref: str) -> Goto:
    """Claim it in front of everybody."""
    product, claim = own_claim(ask, ref, claim_ref)
    publish_claim(ask.db, claim, is_on_show=product.live_version_id is not None, by=ask.by, at=ask.at)
    return Goto(f"/claims/{claim.ref}", told="The claim is published, with every result for and against it.")


@post("/listings/{ref:str}/claims/{claim_ref:str}/abandonment", who=WRITE, again=describe_claim)
def discard(ask: Ask, ref: str, claim_ref: str) -> Goto:
    """Throw the draft away."""
    product, claim = own_claim(ask, ref, claim_ref)
    discard_claim(ask.db, claim, by=ask.by, at=ask.at)
    return Goto(f"/listings/{product.ref}/claims", told="The draft is thrown away.")


def own_claim(ask: Ask, ref: str, claim_ref: str) -> tuple[Product, Claim]:
    """A claim of one's own product, written by one's own organisation. Raises NotFound for everybody else's."""
    product = own_product(ask.db, ref, by=ask.by)
    claim = find_claim(ask.db, claim_ref, by=ask.by)
    if claim.product_id != product.id or not may_change_claim(ask.by, claim):
        raise NotFound(f"there is no claim {quote(claim_ref)} of yours", "The list names the claims of a product.")
    return product, claim


def claim_page(ask: Ask, product: Product, claim: Claim | None, refusal: Refusal | None) -> Page:
    frameworks = ask.services.frameworks
    values = {
        "product": product,
        "claim": claim,
        "to": base_of(product, claim) if claim else f"/listings/{product.ref}/claims/new",
        "typed": typed_of(ask, claim),
        "errors": errors_of(refusal),
        "known": measures_of(ask, product),
        "directions": options_of(DIRECTIONS),
        "effects": options_of(EFFECTS),
        "better": options_of(BETTER),
        "roles": [{"value": role.id, "label": role.label} for role in gap_rules(frameworks).roles],
        "settings": offered(frameworks.taxonomies[SETTINGS].options),
        "populations": offered(frameworks.taxonomies[POPULATIONS].options),
    }
    return Page("evidence/claim_form.html", values)


def typed_of(ask: Ask, claim: Claim | None) -> dict[str, Any]:
    """Every field as it was typed, or as it is kept."""
    if ask.form:
        return {name: ask.form.one(name) for name in FIELDS}
    if claim is None:
        return {**dict.fromkeys(FIELDS, ""), "effect": "difference", "role": "effectiveness"}
    kept = {name: getattr(claim, name) for name in FIELDS}
    return {name: "" if value is None else value for name, value in kept.items()}


def measures_of(ask: Ask, product: Product) -> list[str]:
    """The measures that the published studies of the product have, in their own words."""
    studies = published_studies(ask.db, [product.id])
    told = (f"{result.measure} ({result.unit or 'no unit'})" for study in studies for result in study.results)
    return sorted(set(told))


def base_of(product: Product, claim: Claim) -> str:
    return f"/listings/{product.ref}/claims/{claim.ref}"


ROUTES = [list_claims, new_claim, write_claim, describe_claim, save_claim, publish, discard]
