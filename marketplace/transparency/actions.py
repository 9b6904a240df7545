"""Leaving a part of a contract out of the register, and showing it again."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.contracts.models import Contract
from marketplace.identity.policies import Actor
from marketplace.kit.calendar import day_in_london
from marketplace.kit.errors import Conflict, NotAllowed
from marketplace.kit.ids import new_id
from marketplace.kit.record import record
from marketplace.kit.text import clean_text
from marketplace.transparency.events import PartRedacted, RedactionLifted
from marketplace.transparency.models import Redaction
from marketplace.transparency.policies import may_redact
from marketplace.transparency.queries import redactions_of
from marketplace.transparency.rules import check_redaction

LONGEST_REASON = 600


def redact(
    db: Session, contract: Contract, *, part: str, ground: str, reason: str, until: date, by: Actor, at: datetime
) -> Redaction:
    """Leave a part out until a day; everybody reads why. Raises NotAllowed, Conflict, Invalid by field."""
    _allow(by, contract)
    kept = clean_text(reason, LONGEST_REASON)
    check_redaction(part, ground, kept, until, today=day_in_london(at))
    if any(one.part == part and one.until >= until for one in redactions_of(db, contract.id)):
        raise Conflict("this part is left out for that long already", "Choose a later day, or show it again first.")
    redaction = Redaction(
        id=new_id(at), contract_id=contract.id, organisation_id=contract.organisation_id, part=part, ground=ground,
        reason=kept, until=until, by_id=by.person_id, at=at,
    )  # fmt: skip
    db.add(redaction)
    told = PartRedacted(
        contract_id=contract.id, redaction_id=redaction.id, part=part, ground=ground, reason=kept, until=until
    )
    record(db, told, by=by, at=at)
    db.flush()
    return redaction


def lift(db: Session, contract: Contract, redaction: Redaction, *, by: Actor, at: datetime) -> None:
    """Show a part again before its day. Raises NotAllowed."""
    _allow(by, contract)
    redaction.lifted_at, redaction.lifted_by_id = at, by.person_id
    lifted = RedactionLifted(contract_id=contract.id, redaction_id=redaction.id, part=redaction.part)
    record(db, lifted, by=by, at=at)


def _allow(by: Actor, contract: Contract) -> None:
    if not may_redact(by, contract):
        raise NotAllowed("only a contract manager of the lead decides what the register shows", "Ask one of them.")
