"""Claiming an imported product: a supplier says that it is theirs, a moderator settles it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.events import ProductClaimAsked, ProductClaimSettled
from marketplace.catalogue.models import Claim, Product
from marketplace.catalogue.policies import may_claim, may_settle
from marketplace.catalogue.states import CLAIM
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

LONGEST_REASON = 2_000
OTHER_GRANTED = "The claim of another organisation was granted."


def ask_claim(db: Session, product: Product, *, reason: str, by: Actor, at: datetime) -> Claim:
    """Say that an unclaimed product is one's own, and why. Raises NotAllowed, Conflict, Invalid."""
    if product.organisation_id is not None:
        raise Conflict(f"{product.name} has a supplier already", "Write to Touchstone if it is not theirs.")
    if not may_claim(by, product) or by.organisation_id is None:
        raise NotAllowed("only a supplier can claim a product", "Act for your organisation, with the role for it.")
    if _asked(db, product, by):
        raise Conflict("your organisation has claimed this already", "A moderator will settle it.")
    claim = Claim(
        id=new_id(at), product_id=product.id, organisation_id=by.organisation_id, reason=_read(reason),
        state=CLAIM.start, asked_by_id=by.person_id, asked_at=at, settled_reason="",
    )  # fmt: skip
    db.add(claim)
    asked = ProductClaimAsked(product_id=product.id, claim_id=claim.id, organisation_id=claim.organisation_id)
    record(db, asked, by=by, at=at)
    db.flush()
    return claim


def settle_claim(
    db: Session, product: Product, claim: Claim, *, granted: bool, reason: str, by: Actor, at: datetime
) -> None:
    """Grant a claim, which gives the product its supplier and refuses the other claims; or refuse it, with a reason."""
    if claim.product_id != product.id:
        raise NotFound("there is no such claim on this product", "The moderation page lists the claims.")
    if not may_settle(by, claim):
        raise NotAllowed("only a moderator outside the claiming organisation can settle this", "Ask another moderator.")
    told = _read(reason) if reason.strip() or not granted else ""
    _settle(db, claim, granted=granted, reason=told, by=by, at=at)
    if granted:
        if product.organisation_id is not None:
            raise Conflict(f"{product.name} has a supplier already", "Refuse this claim.")
        product.organisation_id = claim.organisation_id
        for other in _open_claims(db, product):
            _settle(db, other, granted=False, reason=OTHER_GRANTED, by=by, at=at)
    db.flush()
    db.expire(product, ["supplier"])


def _settle(db: Session, claim: Claim, *, granted: bool, reason: str, by: Actor, at: datetime) -> None:
    claim.state = CLAIM.after("grant" if granted else "refuse", claim.state)
    claim.settled_at, claim.settled_reason = at, reason
    settled = ProductClaimSettled(
        product_id=claim.product_id, claim_id=claim.id, organisation_id=claim.organisation_id, granted=granted,
        reason=reason,
    )  # fmt: skip
    record(db, settled, by=by, at=at)


def _open_claims(db: Session, product: Product) -> list[Claim]:
    db.flush()
    return list(db.scalars(select(Claim).where(Claim.product_id == product.id, Claim.state == CLAIM.start)))


def _asked(db: Session, product: Product, by: Actor) -> bool:
    mine = select(Claim.id).where(Claim.product_id == product.id, Claim.organisation_id == by.organisation_id)
    return db.scalar(mine.where(Claim.state == CLAIM.start)) is not None


def _read(reason: str) -> str:
    try:
        read = clean_text(reason, LONGEST_REASON)
    except Invalid as wrong:
        raise Invalid(wrong.fact, wrong.hint, fields={"reason": f"{wrong.fact}. {wrong.hint}"}) from wrong
    if not read:
        told = "Say why, so that the other side can answer it."
        raise Invalid("the reason is missing", told, fields={"reason": told})
    return read
