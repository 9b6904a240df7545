"""A listing as those see it who look after it: what is missing, what can be done now, and why not the rest."""

from datetime import datetime

from marketplace.api.calls import ANYBODY_SIGNED_IN, Asked, get
from marketplace.api.catalogue.products import EditionOut, edition_out
from marketplace.api.shapes import Listed, MoveOut, Out, Paged, move, page_of, why_not
from marketplace.catalogue.models import Product, Version
from marketplace.catalogue.policies import may_edit, may_moderate, may_publish, may_withdraw
from marketplace.catalogue.queries.listings import Listed as ListedProduct
from marketplace.catalogue.queries.listings import listings_of
from marketplace.catalogue.queries.products import (
    moderated_product,
    offers_of,
    open_version,
    own_product,
    reviews_of,
)
from marketplace.catalogue.rules.completeness import Completeness, completeness
from marketplace.catalogue.states import EDITION, LISTING
from marketplace.identity.policies import Permission
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from marketplace.kit.states import Life

SUPPLIERS = NotAllowed("only the supplier's people can do this", "Act for the supplier, with the role for it.")
MODERATORS = NotAllowed("only a moderator outside the supplier can do this", "It waits for one.")


class ListedOut(Out):
    """A product of one's own in the list."""

    ref: str
    name: str
    kind: str
    state: str
    live_edition: int | None
    open_edition: int | None
    open_state: str
    done: int
    needed: int
    url: str


class GapOut(Out):
    """Something that is missing. `place` is description or prices; `field` the question."""

    place: str
    section: str
    field: str
    label: str


class ReviewOut(Out):
    """What a moderator said; the reason under "" is about the whole."""

    outcome: str
    reasons: dict[str, str]
    at: datetime


class ListingOut(Out):
    """A listing with its open edition, or the one on show where none is open."""

    ref: str
    name: str
    kind: str
    state: str
    state_reason: str
    live_edition: int | None
    edition: EditionOut | None
    done: int
    needed: int
    gaps: list[GapOut]
    reviews: list[ReviewOut]
    moves: list[MoveOut]
    links: dict[str, str]


@get("/listings", who=Permission.CATALOGUE_WRITE)
def list_listings(ask: Asked, query: Paged) -> Listed[ListedOut]:
    """The products of one's organisation, by name."""
    found = listings_of(ask.db, by=ask.by, after=query.after or None, limit=query.limit)
    return page_of(found, (_listed(ask, one) for one in found.items))


@get("/listings/{ref:str}", who=ANYBODY_SIGNED_IN, scope=Permission.CATALOGUE_WRITE)
def show_listing(ask: Asked, ref: str) -> ListingOut:
    """A listing of one's own, or any for a moderator: its gaps, its moves, and what moderators said."""
    return listing_of(ask, ref)


def own_or_moderated(ask: Asked, ref: str) -> Product:
    """One's own product; for a moderator, any. Raises NotFound."""
    try:
        return own_product(ask.db, ref, by=ask.by)
    except NotFound:
        return moderated_product(ask.db, ref, by=ask.by)


def listing_of(ask: Asked, ref: str) -> ListingOut:
    """The listing as it is now, after whatever was done with it. Raises NotFound."""
    product = own_or_moderated(ask, ref)
    version = open_version(ask.db, product)
    shown = version or product.live_version
    lacking = _lacking(ask, product, shown)
    base = f"/v1/products/{product.ref}"
    return ListingOut(
        ref=product.ref, name=product.name, kind=product.kind, state=product.state, state_reason=product.state_reason,
        live_edition=product.live_version.edition if product.live_version else None,
        edition=edition_out(shown) if shown else None, done=lacking.done, needed=lacking.needed,
        gaps=[GapOut.model_validate(gap) for gap in lacking.gaps],
        reviews=[ReviewOut.model_validate(one) for one in reviews_of(ask.db, version.id)] if version else [],
        moves=moves_of(ask, product, version, lacking),
        links={"self": f"/v1/listings/{product.ref}", "product": base, "description": f"{base}/description",
               "prices": f"{base}/prices", "documents": f"{base}/documents"},
    )  # fmt: skip


def moves_of(ask: Asked, product: Product, version: Version | None, lacking: Completeness) -> list[MoveOut]:
    """Every move of a listing, with what stands in its way for this caller."""
    writes, moderates = may_edit(ask.by, product), may_moderate(ask.by, product)
    decides = version is not None and may_publish(ask.by, product, version)
    by_writer = None if writes else SUPPLIERS
    by_moderator = None if moderates else MODERATORS
    by_decider = by_moderator or (None if decides or version is None else MODERATORS)
    refusals: dict[str, Refusal | None] = {
        "submission": by_writer or _open(product, version, "submit") or _incomplete(product, lacking),
        "recall": by_writer or _open(product, version, "take back"),
        "publication": by_decider or _open(product, version, "publish"),
        "return": by_decider or _open(product, version, "send back"),
        "edition": by_writer or _begins(version),
        "confirmation": by_writer or _confirms(product),
        "suspension": by_moderator or _step(LISTING, "suspend", product.state),
        "reinstatement": by_moderator or _step(LISTING, "reinstate", product.state),
        "withdrawal": _withdraws(ask, product) or _step(LISTING, "withdraw", product.state),
    }
    return [
        move(name, LABELS[name], f"/v1/listings/{product.ref}/{name}", refusal) for name, refusal in refusals.items()
    ]


LABELS = {
    "submission": "Submit for publication", "recall": "Take it back", "publication": "Publish",
    "return": "Send back with reasons",
    "edition": "Begin a new edition", "confirmation": "Confirm that it is still true", "suspension": "Suspend",
    "reinstatement": "Reinstate", "withdrawal": "Withdraw",
}  # fmt: skip


def _step(life: Life, name: str, state: str) -> Refusal | None:
    return why_not(life, next(step for step in life.moves if step.name == name), state)


def _open(product: Product, version: Version | None, name: str) -> Refusal | None:
    """Why the open edition cannot be moved, in the order in which the action asks; what is on show takes new ones."""
    if version is None or product.state not in ("live", "suspended"):
        refusal = _step(LISTING, name, product.state)
        if refusal is not None:
            return refusal
    if version is None:
        return Conflict(f"{product.name} has no open edition", "Begin a new edition first.")
    return _step(EDITION, name, version.state)


def _incomplete(product: Product, lacking: Completeness) -> Refusal | None:
    if lacking.is_complete:
        return None
    missing = f"{len(lacking.gaps)} of {lacking.needed} things are missing"
    return Invalid(f"{product.name} is not complete: {missing}", "See gaps.")


def _begins(version: Version | None) -> Refusal | None:
    return Conflict("a new edition is already open", "Go on with that one.") if version else None


def _confirms(product: Product) -> Refusal | None:
    if product.state == "live":
        return None
    return Conflict(f"cannot confirm a {product.state} listing", "Only what is live can be confirmed.")


def _withdraws(ask: Asked, product: Product) -> Refusal | None:
    return None if may_withdraw(ask.by, product) else SUPPLIERS


def _lacking(ask: Asked, product: Product, version: Version | None) -> Completeness:
    offers = offers_of(ask.db, product.id, on=day_in_london(ask.at))
    form = ask.services.frameworks.form(product.kind)
    return completeness(form, version.answers if version else {}, offers)


def _listed(ask: Asked, listed: ListedProduct) -> ListedOut:
    product, version = listed.product, listed.open or listed.live
    form = ask.services.frameworks.form(product.kind)
    found = completeness(form, version.answers if version else {}, listed.offers(day_in_london(ask.at)))
    return ListedOut(
        ref=product.ref, name=product.name, kind=product.kind, state=product.state, done=found.done,
        needed=found.needed, live_edition=listed.live.edition if listed.live else None,
        open_edition=listed.open.edition if listed.open else None,
        open_state=listed.open.state if listed.open else "", url=f"/v1/listings/{product.ref}",
    )  # fmt: skip


CALLS = [list_listings, show_listing]
