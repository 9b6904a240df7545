"""Errands at the gateway: queued with the change that wants them, run outside every transaction, tried again.

Whoever is killed in the middle leaves a lease that ends; the next try asks under the same key, and the gateway does
nothing twice.
"""

import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import Session

from marketplace.kit.db import Moment
from marketplace.kit.errors import Conflict
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared, insert_new
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


_ERRAND: Table = Errand.__table__  # type: ignore[assignment]
_NEW = Prepared(insert_new(_ERRAND))
_NOW = bindparam("now", type_=Moment)
_FREE = (
    select(_ERRAND.c.id)
    .where(_ERRAND.c.done_at.is_(None), _ERRAND.c.parked_at.is_(None), _ERRAND.c.due_at <= _NOW)
    .where(func.coalesce(_ERRAND.c.leased_until, _NOW) <= _NOW)
    .order_by(_ERRAND.c.due_at, _ERRAND.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TAKEN = Prepared(
    update(_ERRAND)
    .where(_ERRAND.c.id == _FREE.scalar_subquery())
    .values(leased_until=bindparam("until"), attempts=_ERRAND.c.attempts + 1)
    .returning(_ERRAND.c.id, _ERRAND.c.kind, _ERRAND.c.subject_id, _ERRAND.c.key, _ERRAND.c.turn, _ERRAND.c.attempts)
)
_FINISHED = Prepared(
    update(_ERRAND)
    .where(_ERRAND.c.id == bindparam("errand"), _ERRAND.c.attempts == bindparam("attempt"))
    .where(_ERRAND.c.done_at.is_(None))
    .values(done_at=_NOW, leased_until=None, error="")
)
_LOOKED = Prepared(
    update(_ERRAND)
    .where(_ERRAND.c.key == bindparam("named"), _ERRAND.c.done_at.is_(None))
    .values(done_at=_NOW, leased_until=None, error="")
)


def queue_errand(db: Session, kind: str, subject_id: UUID, *, at: datetime) -> None:
    """Have something done at the gateway; once for each kind and subject."""
    errand = {
        "id": new_id(at), "kind": kind, "subject_id": subject_id, "key": f"{kind} {subject_id}", "due_at": at,
        "leased_until": None, "attempts": 0, "turn": 1, "done_at": None, "parked_at": None, "error": "",
    }  # fmt: skip
    _NEW.run(db, errand)


def take_up(db: Session, *, at: datetime) -> TakenUp | None:
    """The next errand that is due and nobody runs; None where there is none."""
    for id_, kind, subject_id, key, turn, attempt in _TAKEN.rows(db, {"now": at, "until": at + LEASE}):
        return TakenUp(id_, kind, subject_id, f"{key} {turn}", attempt)
    return None


def finish_errand(db: Session, taken: TakenUp, *, at: datetime) -> None:
    """Mark it done. Raises FencedOff where another worker took it up meanwhile: what this one wrote is thrown away."""
    db.flush()
    if _FINISHED.run(db, {"errand": taken.id, "attempt": taken.attempt, "now": at}) != 1:
        raise FencedOff(f"errand {taken.id} was taken up by another worker")


def finish_looks(db: Session, events: Iterable[UUID], *, at: datetime) -> None:
    """Mark done what was to be looked into and is known now. Whoever took one up meanwhile is fenced off."""
    _LOOKED.run(db, *[{"named": f"look {event}", "now": at} for event in events])


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
