"""What is new for somebody who saved a search."""

from collections.abc import Collection, Sequence

KEPT = 5_000
"""How many references are remembered for one saved search; the oldest are forgotten first."""


def new_among(found: Sequence[str], seen: Collection[str]) -> list[str]:
    """Those found now that were not there before, in the order found, each once."""
    known = set(seen)
    return [ref for ref in dict.fromkeys(found) if ref not in known]


def seen_after(found: Sequence[str], seen: Sequence[str]) -> list[str]:
    """What is remembered from now on: all seen and all found, so that nothing is told twice."""
    return list(dict.fromkeys([*seen, *found]))[-KEPT:]
