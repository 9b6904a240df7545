"""How often a program may call: an allowance for each minute, shared by all processes, told in every answer.

The shared count is kept in slices of many calls, so that a call seldom writes. Each process may also give one slice
that it tells nobody of: whoever calls now and then causes no writing at all, and the allowance is exceeded by one slice
for each process at most.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from marketplace.identity.actions.attempts import TooMany, counted
from marketplace.identity.rules.attempts import Limit, wait, window_start
from marketplace.kit.db import Database

SLICE = 50
MOST_REMEMBERED = 20_000
MINUTE = timedelta(minutes=1)
SIGNED_IN = Limit("api", 1_200, MINUTE)
ANYBODY = Limit("api-network", 600, MINUTE)


@dataclass(slots=True)
class _Share:
    """What this process may still give to one caller in a window, and how much is left in all."""

    window: datetime
    left: int
    elsewhere: int


class Allowance:
    """The calls that callers have left. Safe between threads; where the database cannot count, it gives."""

    def __init__(self, database: Database, *, signed_in: Limit = SIGNED_IN, anybody: Limit = ANYBODY) -> None:
        self._database = database
        self.signed_in, self.anybody = signed_in, anybody
        self._shares: dict[str, _Share] = {}
        self._lock = Lock()

    def take(self, key: str, limit: Limit, *, at: datetime) -> dict[str, str]:
        """Take one call of an allowance; returns the headers that tell what is left. Raises TooMany."""
        with self._lock:
            share = self._share(key, limit, at)
            is_there = share.left > 0
            share.left -= is_there
        if not is_there:
            share = self._another(key, limit, share, at)
        return told(limit, max(0, share.left) + share.elsewhere, at)

    def _share(self, key: str, limit: Limit, at: datetime) -> _Share:
        window = window_start(limit, at)
        share = self._shares.get(key)
        if share is None or share.window != window:
            if len(self._shares) >= MOST_REMEMBERED:
                self._shares.clear()
            share = self._shares[key] = _Share(window, min(SLICE, limit.most), _slices(limit) * SLICE)
        return share

    def _another(self, key: str, limit: Limit, share: _Share, at: datetime) -> _Share:
        """A slice more of the shared count. Raises TooMany where all are taken."""
        if share.elsewhere <= 0:
            raise TooMany(limit, at)
        slices = _slices(limit)
        try:
            with self._database.writing() as db:
                taken = counted(db, limit, key, at=at)
        except SQLAlchemyError:
            taken = 1
        with self._lock:
            share.elsewhere = max(0, slices - taken) * SLICE
            share.left += SLICE - 1 if taken <= slices else 0
        if taken > slices:
            raise TooMany(limit, at)
        return share


def _slices(limit: Limit) -> int:
    """How many slices all processes share, beside the one that each has of its own."""
    return max(0, limit.most // SLICE - 1)


def told(limit: Limit, left: int, at: datetime) -> dict[str, str]:
    """What is left of an allowance, as headers; seconds until the next window are rounded up."""
    reset = math.ceil(wait(limit, at).total_seconds())
    return {
        "ratelimit-limit": str(limit.most),
        "ratelimit-remaining": str(left),
        "ratelimit-reset": str(reset),
        "ratelimit-policy": f"{limit.most};w={int(limit.window.total_seconds())}",
    }
