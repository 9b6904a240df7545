"""Names for things: time-ordered ids for machines (never secrets), and references that people read out and type.

The letters of a reference leave out vowels, so that none makes a word, and whichever of two look-alikes is a letter
where the other is a digit (S and 5); what is left is a prime number of symbols, which makes the check character strong.
"""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from time import time_ns
from uuid import UUID

from marketplace.kit.errors import Invalid, NotFound
from marketplace.kit.text import quote

SYMBOLS = "23456789CDFHJKMNPQRTWXY"
GROUP = 4

_READ_AS = str.maketrans("ZSBG", "2586")
_SEPARATORS = re.compile(r"[\s._\u2010-\u2015\u2212-]+")
_LONGEST_TYPED = 60
_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


class _Clock:
    """Gives each id of one millisecond a larger tail than the one before it (RFC 9562, section 6.2, method 2)."""

    REMEMBERED = 1024
    TAIL_BITS = 74

    def __init__(self) -> None:
        self._lock = Lock()
        self._latest = 0
        self._tails: OrderedDict[int, int] = OrderedDict()

    def now(self) -> tuple[int, int]:
        """A millisecond and a tail that come after every one that `now` gave, even when the clock is set back."""
        with self._lock:
            self._latest = max(self._latest, time_ns() // 1_000_000)
            return self._latest, self._next_tail(self._latest)

    def given(self, millisecond: int) -> int:
        """A tail that comes after the others given lately for this millisecond."""
        with self._lock:
            return self._next_tail(millisecond)

    def _next_tail(self, millisecond: int) -> int:
        last = self._tails.pop(millisecond, None)
        tail = secrets.randbits(self.TAIL_BITS - 1) if last is None else last + 1 + secrets.randbits(40)
        if tail >> self.TAIL_BITS:
            raise OverflowError(f"no id is left in millisecond {millisecond}")
        self._tails[millisecond] = tail
        if len(self._tails) > self.REMEMBERED:
            self._tails.popitem(last=False)
        return tail


_clock = _Clock()


def new_id(at: datetime | None = None) -> UUID:
    """A UUIDv7. In one process each sorts after those made before it: of all without `at`, or for the same `at`.

    `at` dates the id of what happened at that moment, to the millisecond; it must name its time zone.
    """
    if at is None:
        millisecond, tail = _clock.now()
    else:
        millisecond = _millisecond(at)
        tail = _clock.given(millisecond)
    high, low = tail >> 62, tail & (2**62 - 1)
    return UUID(int=millisecond << 80 | 7 << 76 | high << 64 | 2 << 62 | low)


def _millisecond(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"{at} names no time zone")
    millisecond = (at - _EPOCH) // _MILLISECOND
    if millisecond < 0:
        raise ValueError(f"{at} is before 1970, where ids begin")
    return millisecond


def moment_of(known: UUID) -> datetime:
    """When an id was made, in UTC, to the millisecond. Raises ValueError for one that is not time-ordered."""
    if known.version != 7:
        raise ValueError(f"{known} is not a time-ordered id")
    seconds, milliseconds = divmod(known.int >> 80, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=milliseconds * 1000)


def new_reference(prefix: str, randbelow: Callable[[int], int] = secrets.randbelow, *, groups: int = 2) -> str:
    """Such as PRD-7K3M-QX9F-C: one of 23**8, 78,310,985,281, drawn at once. The last character checks the others.

    With a million in use, one in 78,000 new ones is taken already: the caller tries again when it is not unique.
    """
    _check_prefix(prefix)
    count = len(SYMBOLS)
    drawn = randbelow(count ** (groups * GROUP))
    return _spelled(prefix, "".join(SYMBOLS[drawn // count**place % count] for place in range(groups * GROUP)))


def check_reference(text: str, prefix: str, *, groups: int = 2) -> str:
    """A typed reference as it is spelled: any case and separators, the prefix optional, Z S B G read as 2 5 8 6.

    Raises Invalid where a character is wrong or two have changed places. That it exists is for the database to say.
    """
    _check_prefix(prefix)
    typed = _SEPARATORS.sub("", text[:_LONGEST_TYPED]).upper()
    size = groups * GROUP + 1
    code = typed.removeprefix(prefix) if len(typed) == len(prefix) + size else typed
    code = code.translate(_READ_AS)
    if len(text) > _LONGEST_TYPED or len(code) != size or not set(code) <= set(SYMBOLS):
        example = _spelled(prefix, "7K3MQX9FHRTW"[: groups * GROUP])
        raise Invalid(f"{quote(text)} is not a reference of this kind", f"Write one such as {example}.")
    if _spelled(prefix, code[:-1]) != _spelled(prefix, code[:-1], code[-1]):
        raise Invalid(f"{quote(text)} has a slip in it", "Compare it character by character with where you read it.")
    return _spelled(prefix, code[:-1])


def reference_or(text: str, prefix: str, nothing: NotFound) -> str:
    """A typed reference as it is spelled; one that cannot be one is refused like one that leads to nothing."""
    try:
        return check_reference(text, prefix)
    except Invalid as wrong:
        raise nothing from wrong


def _spelled(prefix: str, body: str, check: str = "") -> str:
    groups = [body[start : start + GROUP] for start in range(0, len(body), GROUP)]
    return "-".join([prefix, *groups, check or _check_character(body)])


def _check_character(body: str) -> str:
    """Makes the sum of place times symbol 0, modulo 23; the places differ, so no swap of two symbols is missed."""
    total = sum(place * SYMBOLS.index(symbol) for place, symbol in enumerate(body, start=2))
    return SYMBOLS[-total % len(SYMBOLS)]


def _check_prefix(prefix: str) -> None:
    if not re.fullmatch("[A-Z]{2,4}", prefix):
        raise ValueError(f"{prefix!r} is not a prefix: two to four capital letters")
