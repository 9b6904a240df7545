"""Counting tries in the database, so that all processes share one count."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from marketplace.identity.models import Attempts
from marketplace.identity.rules.attempts import Limit, in_words, wait, window_start
from marketplace.kit.db import insert_into
from marketplace.kit.errors import Conflict

KEPT = timedelta(days=2)


class TooMany(Conflict):
    """It was tried too often; `seconds` says how long to wait."""

    def __init__(self, limit: Limit, at: datetime) -> None:
        left = wait(limit, at)
        super().__init__("this was tried too often", f"Try again in {in_words(left)}.")
        self.seconds = int(left.total_seconds()) + 1


def count(db: Session, limit: Limit, key: str, *, at: datetime) -> None:
    """Count one more try. Raises TooMany where there were enough in this window."""
    if not is_within(db, limit, key, at=at):
        raise TooMany(limit, at)


def is_within(db: Session, limit: Limit, key: str, *, at: datetime) -> bool:
    """Count one more try, and tell whether it is within the limit."""
    return counted(db, limit, key, at=at) <= limit.most


def counted(db: Session, limit: Limit, key: str, *, at: datetime) -> int:
    """Count one more try, and tell how many there were in this window."""
    one = insert_into(db, Attempts).values(key=_key(limit, key), window=window_start(limit, at), count=1)
    more = one.on_conflict_do_update(
        index_elements=[Attempts.key, Attempts.window], set_={"count": Attempts.count + 1}
    ).returning(Attempts.count)
    return int(db.execute(more).scalar_one())


def forgive(db: Session, limit: Limit, key: str, *, at: datetime) -> None:
    """Take back one try: it was no failure."""
    mine = (Attempts.key == _key(limit, key), Attempts.window == window_start(limit, at), Attempts.count > 0)
    db.execute(update(Attempts).where(*mine).values(count=Attempts.count - 1))


def forget_attempts(db: Session, *, at: datetime) -> None:
    """Drop counts that no limit looks at any more."""
    db.execute(delete(Attempts).where(Attempts.window < at - KEPT))


def _key(limit: Limit, key: str) -> str:
    """What people typed is not kept: they type passwords into the wrong field."""
    return f"{limit.name}:{hashlib.sha256(key.encode()).hexdigest()[:40]}"
