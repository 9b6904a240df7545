"""The worker's queue: each (entry, subscriber) in its own transaction, leased, fenced, retried, parked.

Subscribers are repeatable: a lease may end before the work does, and then another worker takes it up. What
the slow worker wrote is thrown away, because finishing is fenced on the number of attempts.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Table, Text, UniqueConstraint, bindparam, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.kit.db import Base, Database, Moment
from marketplace.kit.events import Event, event_from
from marketplace.kit.ids import new_id
from marketplace.kit.prepared import Prepared
from marketplace.kit.record import Entry, Outbox, mark_heard
from marketplace.kit.values import Value

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 12
BATCH = 50
LONGEST_WAIT = timedelta(hours=6)


class Heard(Value):
    """What a subscriber is told: the event, who did it and when, and a key that is the same at each try."""

    event: Event
    at: datetime
    by_person_id: UUID | None
    by_organisation_id: UUID | None
    key: str


Subscriber = Callable[[Session, Heard], None]
Subscribers = Mapping[str, Sequence[tuple[str, Subscriber]]]


class Delivery(Base):
    """An entry on its way to one subscriber. Done when `done_at` is set, parked when `parked_at` is."""

    __tablename__ = "delivery"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("entry.id"))
    subscriber: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    parked_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (
        UniqueConstraint("entry_id", "subscriber"),
        Index("ix_delivery_due", "due_at", sqlite_where=done_at.is_(None), postgresql_where=done_at.is_(None)),
    )


_DELIVERY: Table = Delivery.__table__  # type: ignore[assignment]
_NOW = bindparam("now", type_=Moment)
_UNHEARD = Prepared(
    select(Entry.id, Entry.name)
    .join(Outbox, Outbox.entry_id == Entry.id)
    .where(Outbox.heard.is_(False))
    .order_by(Outbox.entry_id)
    .limit(BATCH)
    .with_for_update(skip_locked=True, of=Outbox)
)
_ON_ITS_WAY = Prepared(insert(_DELIVERY))
_FREE = (
    select(_DELIVERY.c.id)
    .where(_DELIVERY.c.done_at.is_(None), _DELIVERY.c.parked_at.is_(None), _DELIVERY.c.due_at <= _NOW)
    .where(func.coalesce(_DELIVERY.c.leased_until, _NOW) <= _NOW)
    .order_by(_DELIVERY.c.due_at, _DELIVERY.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_LEASED = Prepared(
    update(_DELIVERY)
    .where(_DELIVERY.c.id.in_(_FREE.scalar_subquery()))
    .values(leased_until=bindparam("until"), attempts=_DELIVERY.c.attempts + 1)
    .returning(_DELIVERY.c.id, _DELIVERY.c.attempts)
)
_FINISHED = Prepared(
    update(_DELIVERY)
    .where(_DELIVERY.c.id == bindparam("delivery"), _DELIVERY.c.attempts == bindparam("attempt"))
    .where(_DELIVERY.c.done_at.is_(None))
    .values(done_at=_NOW, leased_until=None, error="")
)
_HEARD = Prepared(
    select(Delivery.subscriber, Entry.name, Entry.payload, Entry.at, Entry.by_person_id, Entry.by_organisation_id)
    .join(Entry, Entry.id == Delivery.entry_id)
    .where(Delivery.id == bindparam("delivery"))
)


def fan_out(db: Session, subscribers: Subscribers, *, at: datetime) -> int:
    """Write a delivery for each subscriber of each entry not yet heard; returns how many entries were."""
    unheard = _UNHEARD.rows(db, {})
    ways = (_way(id_, called, at) for id_, name in unheard for called, _ in subscribers.get(name, ()))
    _ON_ITS_WAY.run(db, *ways)
    mark_heard(db, [id_ for id_, _ in unheard])
    return len(unheard)


def _way(entry_id: UUID, subscriber: str, at: datetime) -> dict[str, object]:
    """The row of a delivery that nobody tried yet."""
    return {
        "id": new_id(at), "entry_id": entry_id, "subscriber": subscriber, "due_at": at, "leased_until": None,
        "attempts": 0, "done_at": None, "parked_at": None, "error": "",
    }  # fmt: skip


def lease(db: Session, *, at: datetime) -> list[tuple[UUID, int]]:
    """Take up what is due: (delivery id, attempt) pairs that nobody else will work on until the lease ends."""
    return sorted((id_, attempt) for id_, attempt in _LEASED.rows(db, {"now": at, "until": at + LEASE}))


def finish(db: Session, delivery_id: UUID, attempt: int, *, at: datetime) -> bool:
    """Mark a delivery done, unless somebody else took it up meanwhile."""
    db.flush()
    mine = {"delivery": delivery_id, "attempt": attempt, "now": at}
    return _FINISHED.run(db, mine) == 1


def postpone(db: Session, delivery_id: UUID, attempt: int, error: str, *, at: datetime) -> None:
    """Try again later, each time later; park after the last attempt, where an operator sees it."""
    mine = update(Delivery).where(Delivery.id == delivery_id, Delivery.attempts == attempt)
    parked = at if attempt >= MOST_ATTEMPTS else None
    db.execute(mine.values(due_at=at + wait(attempt), leased_until=None, error=error[:2_000], parked_at=parked))


def wait(attempt: int, *, jitter: Callable[[], float] = random.random) -> timedelta:
    """How long to wait after the n-th failure: doubling from five seconds to six hours, give or take a quarter."""
    return min(timedelta(seconds=5 * 2 ** min(attempt - 1, 20)), LONGEST_WAIT) * (0.75 + jitter() / 2)


def unpark(db: Session, delivery_id: UUID, *, at: datetime) -> None:
    """Let a parked delivery try again, from the beginning."""
    again = update(Delivery).where(Delivery.id == delivery_id, Delivery.parked_at.is_not(None))
    db.execute(again.values(parked_at=None, attempts=0, due_at=at, leased_until=None))


def drain(database: Database, subscribers: Subscribers, *, clock: Callable[[], datetime]) -> int:
    """Hear and deliver everything that is due; returns how many deliveries were tried."""
    tried = 0
    while True:
        with database.writing() as db:
            heard = fan_out(db, subscribers, at=clock())
        with database.writing() as db:
            leased = lease(db, at=clock())
        for delivery_id, attempt in leased:
            deliver(database, subscribers, delivery_id, attempt, clock=clock)
        tried += len(leased)
        if not heard and not leased:
            return tried


def deliver(
    database: Database, subscribers: Subscribers, delivery_id: UUID, attempt: int, *, clock: Callable[[], datetime]
) -> None:
    """Run one subscriber in its own transaction; what it raises postpones the delivery and never spreads."""
    try:
        with database.writing() as db:
            [(subscriber, name, payload, at, person, house)] = _HEARD.rows(db, {"delivery": delivery_id})
            handler = dict(subscribers.get(name, ()))[subscriber]
            handler(db, Heard(event_from(name, payload), at, person, house, key=str(delivery_id)))
            if not finish(db, delivery_id, attempt, at=clock()):
                raise FencedOff(f"delivery {delivery_id} was taken up by another worker")
    except FencedOff:
        return
    except Exception as error:  # noqa: BLE001 - whatever a subscriber raises must not stop the others
        with database.writing() as db:
            postpone(db, delivery_id, attempt, f"{type(error).__name__}: {error}", at=clock())


class FencedOff(Exception):
    """The lease ended and another worker has the delivery: what this one wrote is thrown away."""
