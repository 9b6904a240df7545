"""Errands at the gateway: queued with the change that wants them, run outside every transaction, tried again.

Whoever is killed in the middle leaves a lease that ends; the next try asks under the same key, and the gateway does
nothing twice.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from marketplace.kit.errors import Conflict
from marketplace.kit.ids import new_id
from marketplace.kit.values import Value
from marketplace.payments.models import Errand

LEASE = timedelta(minutes=2)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
MOST_ATTEMPTS = 20
"""With the waits this is three days; seven tries in the first hour."""


class TakenUp(Value):
    """An errand that this worker runs now: `attempt` fences it, `key` is what the gateway sees."""

    id: UUID
    kind: str
    subject_id: UUID
    key: str
    attempt: int


def queue_errand(db: Session, kind: str, subject_id: UUID, *, at: datetime) -> None:
    """Have something done at the gateway; once for each kind and subject."""
    key = f"{kind} {subject_id}"
    db.flush()
    if db.scalars(select(Errand.id).where(Errand.key == key)).first() is None:
        db.add(
            Errand(id=new_id(at), kind=kind, subject_id=subject_id, key=key, due_at=at, attempts=0, turn=1, error="")
        )


def take_up(db: Session, *, at: datetime) -> TakenUp | None:
    """The next errand that is due and nobody runs; None where there is none."""
    free = (
        select(Errand)
        .where(Errand.done_at.is_(None), Errand.parked_at.is_(None), Errand.due_at <= at)
        .where(func.coalesce(Errand.leased_until, at) <= at)
        .order_by(Errand.due_at, Errand.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    errand = db.scalars(free).one_or_none()
    if errand is None:
        return None
    errand.leased_until, errand.attempts = at + LEASE, errand.attempts + 1
    return TakenUp(errand.id, errand.kind, errand.subject_id, f"{errand.key} {errand.turn}", errand.attempts)


def finish_errand(db: Session, taken: TakenUp, *, at: datetime) -> None:
    """Mark it done. Raises FencedOff where another worker took it up meanwhile: what this one wrote is thrown away."""
    mine = update(Errand).where(Errand.id == taken.id, Errand.attempts == taken.attempt, Errand.done_at.is_(None))
    if db.execute(mine.values(done_at=at, leased_until=None, error="").returning(Errand.id)).first() is None:
        raise FencedOff(f"errand {taken.id} was taken up by another worker")


def postpone_errand(db: Session, taken: TakenUp, error: str, *, is_spent: bool, at: datetime) -> None:
    """Try again later, each time later; under a new key where the gateway has spent this one. Parked after the last."""
    values: dict[str, Any] = {"due_at": at + wait(taken.attempt), "leased_until": None, "error": error[:2_000]}
    values |= {"turn": Errand.turn + 1} if is_spent else {}
    values |= {"parked_at": at} if taken.attempt >= MOST_ATTEMPTS else {}
    _write(db, taken, values)


def park_errand(db: Session, taken: TakenUp, error: str, *, at: datetime) -> None:
    """Stop trying: the gateway will not do it. An operator sees it."""
    _write(db, taken, {"parked_at": at, "leased_until": None, "error": error[:2_000]})


def retry_errand(db: Session, errand: Errand, *, at: datetime) -> None:
    """Let a parked errand try again, from the beginning and under a new key. Raises Conflict."""
    if errand.parked_at is None:
        raise Conflict("this errand is not parked", "It is tried by itself.")
    errand.parked_at, errand.leased_until, errand.attempts, errand.due_at = None, None, 0, at
    errand.turn += 1


def wait(attempt: int, *, jitter: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the n-th failure: doubling from 30 seconds to six hours, give or take a quarter."""
    doubled = FIRST_WAIT * int(2 ** min(attempt - 1, 12))
    return min(doubled, LONGEST_WAIT) * (0.75 + jitter() / 2)


class FencedOff(Exception):
    """The lease ended and another worker has the errand."""


def _write(db: Session, taken: TakenUp, values: dict[str, Any]) -> None:
    mine = update(Errand).where(Errand.id == taken.id, Errand.attempts == taken.attempt, Errand.done_at.is_(None))
    db.execute(mine.values(**values))
