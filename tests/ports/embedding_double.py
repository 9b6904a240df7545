"""An embedding without a model: texts are near when they share words or words that are told to mean the same."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from math import sqrt

from marketplace.ports.embedding.port import Vector
from marketplace.ports.search.words import STOP_WORDS, read_all


class WordsAsMeaning:
    """`same`: word -> the word whose meaning it has. Counts the texts that it was asked for."""

    name = "words as meaning"
    dimensions = 2048

    def __init__(self, same: Mapping[str, str] | None = None) -> None:
        self.same = same or {}
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.embedded += texts
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        numbers = [0.0] * self.dimensions
        for word in sorted(read_all(text) - STOP_WORDS):
            place = int.from_bytes(blake2b(self.same.get(word, word).encode(), digest_size=4).digest(), "big")
            numbers[place % self.dimensions] += 1.0
        length = sqrt(sum(number * number for number in numbers)) or 1.0
        return [number / length for number in numbers]
