"""The numbers of invoices: one series for each supplier, without gaps. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator

from marketplace.kit.text import fold

LONGEST_PREFIX = 4
NUMBER = re.compile(r"([A-Z0-9]{2,8})-([0-9]{6,})")


def prefix_for(name: str, taken: Collection[str]) -> str:
    """Four letters of the supplier's name that no other has: QUIL, or QUI2 for the next of that name."""
    letters = "".join(char for char in fold(name).upper() if "A" <= char <= "Z")
    first = (letters or "INV")[:LONGEST_PREFIX].ljust(2, "X")
    tried, turn = first, 2
    while tried in taken:
        tried, turn = f"{first[: LONGEST_PREFIX - 1]}{turn}", turn + 1
    return tried


def numbered(prefix: str, count: int) -> str:
    """QUIL-000123."""
    return f"{prefix}-{count:06}"


def gaps(numbers: Iterable[str], *, up_to: int) -> Iterator[int]:
    """Which numbers of one series from 1 to before `up_to` are missing."""
    used = {int(found[2]) for number in numbers if (found := NUMBER.fullmatch(number))}
    return (count for count in range(1, up_to) if count not in used)
