"""Writing claims down, publishing and withdrawing them, and saying what a result does for one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from marketplace.evidence.events import (
    ClaimAdded,
    ClaimChanged,
    ClaimDiscarded,
    ClaimPublished,
    ClaimWithdrawn,
    ReopeningSettled,
    ResultWeighed,
)
from marketplace.evidence.models import Claim, ClaimResult, Result, Study
from marketplace.evidence.policies import may_add, may_change_claim, may_weigh
from marketplace.evidence.rules.claims import is_of
from marketplace.evidence.schemas.claims import Stated
from marketplace.evidence.schemas.studies import LONGEST
from marketplace.evidence.states import CLAIM
from marketplace.identity.policies import Actor
from marketplace.kit.db import hold_version
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.ids import new_id, new_reference
from marketplace.kit.record import record
from marketplace.kit.text import clean_text

FIELDS = Stated.__struct_fields__
OWNERS = "only the people of its owner who write for the catalogue can change a claim"


def add_claim(db: Session, product_id: UUID, stated: Stated, *, by: Actor, at: datetime) -> Claim:
    """Begin a claim of a product that the caller has found to be the actor's own. Raises NotAllowed."""
    if not may_add(by) or by.organisation_id is None:
        raise NotAllowed("a claim is written by those who write for the supplier", "Ask a manager for the role.")
    claim = Claim(
        id=new_id(at), ref=new_reference("CLM"), product_id=product_id, organisation_id=by.organisation_id,
        state=CLAIM.start, created_at=at, created_by_id=by.person_id, touched_at=at, links=[], reopenings=[],
        is_demonstration=by.is_demonstration, **{name: getattr(stated, name) for name in FIELDS},
    )  # fmt: skip
    db.add(claim)
    db.flush()
    added = ClaimAdded(
        claim_id=claim.id, product_id=product_id, organisation_id=claim.organisation_id, words=claim.words
    )
    record(db, added, by=by, at=at)
    return claim


def change_claim(
    db: Session, claim: Claim, stated: Stated, *, expected: int | None = None, by: Actor, at: datetime
) -> None:
    """Write a draft anew. Raises NotAllowed, and Conflict for what others have read: that is withdrawn instead."""
    _hold(claim, by)
    if claim.state != "draft":
        raise Conflict(f"cannot change a {claim.state} claim", "Withdraw it with a reason, and write another.")
    hold_version(expected, claim.row_version)
    for name in FIELDS:
        setattr(claim, name, getattr(stated, name))
    claim.touched_at = at
    record(db, ClaimChanged(claim_id=claim.id, product_id=claim.product_id), by=by, at=at)
    db.flush()


def publish_claim(db: Session, claim: Claim, *, is_on_show: bool, by: Actor, at: datetime) -> None:
    """Claim it in front of everybody; every published result of its measure counts from then on, good or bad.

    Raises NotAllowed, Conflict.
    """
    _hold(claim, by)
    state = CLAIM.after("publish", claim.state)
    if not is_on_show:
        raise Conflict("the product of this claim was never published", "Publish its listing first.")
    claim.state, claim.published_at, claim.touched_at = state, at, at
    record(db, ClaimPublished(claim_id=claim.id, product_id=claim.product_id, words=claim.words), by=by, at=at)
    db.flush()


def discard_claim(db: Session, claim: Claim, *, by: Actor, at: datetime) -> None:
    """Throw a draft away. Raises NotAllowed, Conflict for what others have read."""
    _hold(claim, by)
    claim.state, claim.touched_at = CLAIM.after("discard", claim.state), at
    record(db, ClaimDiscarded(claim_id=claim.id, product_id=claim.product_id), by=by, at=at)
    db.flush()


def withdraw_claim(db: Session, claim: Claim, *, reason: str, by: Actor, at: datetime) -> None:
    """Claim it no longer, and say why. It stays readable. Raises NotAllowed, Conflict, Invalid."""
    _hold(claim, by)
    state, why = CLAIM.after("withdraw", claim.state), _reason(reason, "reason")
    claim.state, claim.state_reason, claim.withdrawn_at, claim.touched_at = state, why, at, at
    withdrawn = ClaimWithdrawn(claim_id=claim.id, product_id=claim.product_id, words=claim.words, reason=why)
    record(db, withdrawn, by=by, at=at)
    db.flush()


def weigh_result(
    db: Session, claim: Claim, study: Study, result: Result, *, stance: str, reason: str, by: Actor, at: datetime
) -> ClaimResult:
    """Say what a result does for a claim: where its numbers do not say so, or otherwise than they say.

    What its numbers say is not the owner's to change, nor what somebody outside wrote. Raises NotAllowed, Conflict.
    """
    if not may_weigh(by, claim):
        raise NotAllowed("a result is weighed by the supplier, an assessor or an academic", "Ask one of them.")
    if study.product_id != claim.product_id or study.state != "published":
        raise Conflict("this result does not count for the product of the claim", "Choose one of a published study.")
    there = next((link for link in claim.links if link.result_id == result.id), None)
    if may_change_claim(by, claim):
        _refuse_owner(claim, result, there, by)
    if there is None:
        there = ClaimResult(id=new_id(at), claim_id=claim.id, result_id=result.id)
        claim.links.append(there)
    there.stance, there.reason, there.at = stance, reason, at
    there.by_id, there.organisation_id = by.person_id, by.organisation_id
    claim.touched_at = at
    weighed = ResultWeighed(
        claim_id=claim.id, product_id=claim.product_id, study_ref=study.ref, stance=stance, reason=reason
    )
    record(db, weighed, by=by, at=at)
    db.flush()
    return there


def settle_reopenings(db: Session, claim: Claim, *, words: str, by: Actor, at: datetime) -> None:
    """Say what the owner made of what changed beneath a claim. Raises NotAllowed, Conflict, Invalid."""
    _hold(claim, by)
    waiting = [each for each in claim.reopenings if each.settled_at is None]
    if not waiting:
        raise Conflict("nothing beneath this claim waits for you", "It was looked at already.")
    said = _reason(words, "words")
    for each in waiting:
        each.settled_words, each.settled_at, each.settled_by_id = said, at, by.person_id
    claim.touched_at = at
    record(db, ReopeningSettled(claim_id=claim.id, product_id=claim.product_id, words=said), by=by, at=at)
    db.flush()


def _hold(claim: Claim, by: Actor) -> None:
    if not may_change_claim(by, claim):
        raise NotAllowed(OWNERS, "Act for its owner.")


def _refuse_owner(claim: Claim, result: Result, there: ClaimResult | None, by: Actor) -> None:
    """Numbers speak for themselves, and people outside for themselves."""
    if is_of(claim, result) and not result.subgroup:
        raise NotAllowed("its numbers say what this result does", "An assessor or an academic can say otherwise.")
    if there is not None and there.organisation_id != by.organisation_id:
        raise NotAllowed("somebody outside the supplier has weighed this result", "Answer them in the study.")


def _reason(text: str, field: str) -> str:
    why = clean_text(text, LONGEST["reason"])
    if not why:
        told = "Say why: everybody reads it."
        raise Invalid("a reason is needed", told, fields={field: told})
    return why
