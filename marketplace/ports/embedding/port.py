"""What every embedding gives. Rooms import this file, never an engine; only the engines need NumPy."""

from collections.abc import Sequence
from typing import Protocol

Vector = Sequence[float]


class EmbeddingUnavailable(Exception):
    """The model is not installed, or what is installed is not whole."""


class Embedding(Protocol):
    """`name` changes when vectors of before cannot be compared with vectors of now."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """A vector of length 1 for each text, in order. Of a long text only the beginning is read."""
