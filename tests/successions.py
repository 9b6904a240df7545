"""What tests of successions say over and over: one proposed, agreed to by both sides, and carried out."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.faces.successions import MOVERS
from marketplace.identity.actions.successions import (
    agree_to_succession,
    carry_out_succession,
    propose_succession,
)
from marketplace.identity.models import Organisation, Succession
from marketplace.identity.policies import Actor
from marketplace.identity.queries.successions import find_succession, foreseen, passing_of
from marketplace.identity.rules.successions import MERGER, Foreseen

REASON = "The statutory transaction order of 12 March."


def proposed(
    db: Session, old: Actor, new: Actor, operator: Actor, *, at: datetime, kind: str = MERGER, on: date | None = None
) -> Succession:
    sides = [db.get_one(Organisation, side.organisation_id) for side in (old, new)]
    made = propose_succession(db, *sides, kind, effective_on=on or at.date(), reason=REASON, by=operator, at=at)
    return find_succession(db, made.ref, by=operator)


def agreed(
    db: Session, old: Actor, new: Actor, operator: Actor, *, at: datetime, chosen: Collection[str] = (),
    kind: str = MERGER, on: date | None = None,
) -> Succession:  # fmt: skip
    """Both managers said yes."""
    made = proposed(db, old, new, operator, at=at, kind=kind, on=on)
    agree_to_succession(db, made, chosen=chosen, movers=MOVERS, by=old, at=at)
    agree_to_succession(db, made, movers=MOVERS, by=new, at=at)
    return made


def carried_out(
    db: Session, old: Actor, new: Actor, operator: Actor, *, at: datetime, chosen: Collection[str] = (),
    kind: str = MERGER, on: date | None = None,
) -> Succession:  # fmt: skip
    """Everything has passed; what was read before has to be read again."""
    made = agreed(db, old, new, operator, at=at, chosen=chosen, kind=kind, on=on)
    carry_out_succession(db, made, movers=MOVERS, by=operator, at=at)
    db.flush()
    db.expire_all()
    return find_succession(db, made.ref, by=operator)


def in_the_way(db: Session, succession: Succession) -> list[str]:
    """What stands in the way of a succession now."""
    return [one.fact for one in look(db, succession).blockers]


def look(db: Session, succession: Succession) -> Foreseen:
    return foreseen(db, passing_of(succession), MOVERS)
