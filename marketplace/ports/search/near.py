"""Nearness in meaning as an engine of search sees it: plain values, so that an engine runs without NumPy."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Near(NamedTuple):
    """A document by its key, and the place of the part of its text that is nearest. `similarity` is at most 1."""

    key: int
    start: int
    similarity: float


class Meaning(Protocol):
    def near(self, words: str) -> list[Near]:
        """Nearest first; only what is near enough to be meant."""

    def learn(self, documents: Iterable[tuple[int, str, str]]) -> None:
        """Take in each (key, title, text) that is new or has another text than before."""

    def keep(self, keys: set[int]) -> None:
        """Let go of every other document."""
