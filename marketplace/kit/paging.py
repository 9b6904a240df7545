"""Lists page by key: a cursor says after which row the next page begins, whatever was added or removed meanwhile."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any, Generic, TypeVar
from uuid import UUID

from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value

COUNTED = 10_000
"""Lists are counted no further than one row beyond this."""
LONGEST_CURSOR = 1_000

T = TypeVar("T")
Part = str | int | float | bool | date | datetime | UUID


class Count(Value):
    """How many there are. One that went beyond COUNTED is told as "more than 10,000"."""

    number: int

    @property
    def is_exact(self) -> bool:
        return self.number <= COUNTED

    def __str__(self) -> str:
        return f"{self.number:,}" if self.is_exact else f"more than {COUNTED:,}"


class Page(Value, Generic[T]):
    """Some rows of a list. `total` may stop at COUNTED + 1; `next` is the cursor of the next page, if there is one."""

    items: Sequence[T]
    total: int
    next: str | None = None

    @property
    def count(self) -> Count:
        return Count(self.total)


def encode_cursor(*parts: Part) -> str:
    """Opaque text for an address, from the sort keys of the last row shown. Not a secret, and not signed."""
    told = [part if type(part) in (str, int, float, bool) else _told(part) for part in parts]
    data = json.dumps(told, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
    return urlsafe_b64encode(data).decode().rstrip("=")


def _told(part: Part) -> str:
    if isinstance(part, datetime):
        if part.tzinfo is None:
            raise ValueError(f"{part} names no time zone")
        return part.astimezone(UTC).isoformat()
    if isinstance(part, date):
        return part.isoformat()
    if isinstance(part, UUID):
        return str(part)
    raise TypeError(f"{part!r} cannot be part of a cursor")


def decode_cursor(text: str, types: Sequence[type[Part]]) -> tuple[Any, ...]:
    """The sort keys that `encode_cursor` was given, each of its type. Raises Invalid for anything else."""
    try:
        parts = _parts(text)
        if len(parts) != len(types):
            raise ValueError("too many parts, or too few")
        return tuple(_part(part, kind) for part, kind in zip(parts, types, strict=True))
    except (ValueError, RecursionError) as wrong:
        raise Invalid(
            "the page marker of this address is damaged", "Start again from the first page of the list."
        ) from wrong


def _parts(text: str) -> list[object]:
    if len(text) > LONGEST_CURSOR or not text.isascii():
        raise ValueError("too long, or not base64")
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    parts = json.loads(data.decode())
    if not isinstance(parts, list):
        raise ValueError("not a list")
    return parts


def _part(part: object, kind: type[Part]) -> Part:
    if kind in (date, datetime, UUID):
        return _read(part, kind)
    if type(part) is not kind:
        raise ValueError(f"{part!r} is not {kind.__name__}")
    if isinstance(part, str) and not _is_storable(part):
        raise ValueError("text that no database takes")
    if isinstance(part, int) and not -(2**63) <= part < 2**63:
        raise ValueError("a number that no database takes")
    if isinstance(part, float) and not isfinite(part):
        raise ValueError("not a number")
    return part


def _is_storable(text: str) -> bool:
    """Whether every database takes it: no zero character, no half of a surrogate pair."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)


def _read(part: object, kind: type[Part]) -> Part:
    if not isinstance(part, str):
        raise ValueError(f"{part!r} is not text")
    if kind is UUID:
        return UUID(part)
    if kind is date:
        return date.fromisoformat(part)
    moment = datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError(f"{part} names no time zone")
    return moment.astimezone(UTC)
