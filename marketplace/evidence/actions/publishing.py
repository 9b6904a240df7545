"""Putting a study in front of everybody, throwing a draft away, and retracting what no longer holds."""

from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.evidence.actions.writing import BY_CONTRACT, OWNERS
from marketplace.evidence.events import StudyDiscarded, StudyPublished, StudyRetracted
from marketplace.evidence.models import Study
from marketplace.evidence.policies import may_change, may_retract
from marketplace.evidence.queries.content import content_of
from marketplace.evidence.rules.content import content_digest, lacking
from marketplace.evidence.rules.declared import StrengthRules
from marketplace.evidence.schemas import LONGEST
from marketplace.evidence.states import STUDY
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Conflict, Invalid, NotAllowed
from marketplace.kit.record import record
from marketplace.kit.text import clean_text


def publish_study(
    db: Session, study: Study, rules: StrengthRules, *, is_on_show: bool, by: Actor, at: datetime
) -> None:
    """Make a study part of the evidence of its product, which has to be on show itself.

    Nobody else looks it over first: who owns it, who paid and who ran it stand beside it. Raises NotAllowed, Conflict,
    Invalid with all that is missing.
    """
    if not may_change(by, study):
        raise NotAllowed(OWNERS, "Act for its owner.")
    state = STUDY.after("publish", study.state)
    if not is_on_show:
        raise Conflict("the product of this study was never published", "Publish its listing first.")
    missing = missing_of(study, rules)
    if missing:
        fact = f"the study is not complete: {len(missing)} thing{'s are' if len(missing) > 1 else ' is'} missing"
        raise Invalid(fact, "Add what is named, then publish it.", fields=missing)
    show(study, state, at=at)
    published = StudyPublished(
        study_id=study.id, product_id=study.product_id, title=study.title, version_number=study.version_number,
        supplier_funded=study.supplier_funded, supplier_run=study.supplier_run,
        digest=content_digest(content_of(study)),
    )  # fmt: skip
    record(db, published, by=by, at=at)
    db.flush()


def discard_study(db: Session, study: Study, *, by: Actor, at: datetime) -> None:
    """Throw a draft away. Raises NotAllowed, Conflict for what others have read."""
    if not may_change(by, study):
        raise NotAllowed(OWNERS, "Act for its owner.")
    study.state, study.touched_at = STUDY.after("discard", study.state), at
    record(db, StudyDiscarded(study_id=study.id, product_id=study.product_id), by=by, at=at)
    db.flush()


def retract_study(db: Session, study: Study, *, reason: str, by: Actor, at: datetime) -> None:
    """Say that a published study no longer counts, and why. It stays readable. Raises NotAllowed, Conflict, Invalid."""
    if not may_retract(by, study):
        fact = BY_CONTRACT if study.contract_ref else "only its owner or an operator can retract a study"
        raise NotAllowed(fact, "Ask an operator of Touchstone.")
    state = STUDY.after("retract", study.state)
    why = clean_text(reason, LONGEST["reason"])
    if not why:
        told = "Say what is wrong with it: everybody reads it."
        raise Invalid("a retraction needs a reason", told, fields={"reason": told})
    study.state, study.state_reason, study.retracted_at, study.touched_at = state, why, at, at
    retracted = StudyRetracted(study_id=study.id, product_id=study.product_id, title=study.title, reason=why)
    record(db, retracted, by=by, at=at)
    db.flush()


def missing_of(study: Study, rules: StrengthRules) -> dict[str, str]:
    """What a study needs before it can be published, by field; empty when nothing is missing."""
    design = rules.design[study.design]
    return lacking(content_of(study), compares=design.compares, measures=design.starts_at > 0)


def show(study: Study, state: str, *, at: datetime) -> None:
    """Write the state in which everybody reads it."""
    study.state, study.published_at, study.touched_at = state, at, at
