"""Two rankings made one: by words and by meaning. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

K = TypeVar("K", bound=Hashable)

CONSTANT = 60
"""Of reciprocal rank fusion: the larger, the less the very first places weigh."""
MEANT = 0.5
"""What a place by meaning weighs of one by words. Weighed alike, product queries came out worse than by words alone."""


def fused(scores: Mapping[K, float], similar: Mapping[K, float], *, certain: float) -> list[tuple[K, float]]:
    """Both best first, together best first. What scores `certain` or more by words stays before all others."""
    together: dict[K, float] = {}
    for ranked, weight in ((scores, 1.0), (similar, MEANT)):
        for rank, key in enumerate(ranked, start=1):
            together[key] = together.get(key, 0.0) + weight / (CONSTANT + rank)
    for key, score in scores.items():
        together[key] += 1.0 if score >= certain else 0.0
    return sorted(together.items(), key=lambda each: -each[1])
