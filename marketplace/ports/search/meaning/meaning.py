"""Documents near a question in meaning."""

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from pathlib import Path

from marketplace.ports.embedding.port import Embedding
from marketplace.ports.search.meaning.vectors import Row, Vectors
from marketplace.ports.search.near import Near

PART = 1_000
"""Characters of a part, about what the model reads of one text."""
MOST_PARTS = 8
NEAREST = 50
FLOOR = 0.25
"""Less similar than this is not near at all: a question about nothing we have finds nothing."""
AT_ONCE = 16


class VectorMeaning:
    """`folder` is that of the index; vectors outlive its generations, so a rebuild embeds nothing twice."""

    def __init__(self, folder: Path, embedding: Embedding, *, floor: float = FLOOR) -> None:
        name = "".join(char if char.isalnum() else "-" for char in embedding.name)
        self._embedding = embedding
        self._floor = floor
        self._vectors = Vectors(folder / f"vectors-{name}", width=embedding.dimensions)

    def near(self, words: str) -> list[Near]:
        """Nearest first; none for no words."""
        if not words.strip():
            return []
        (vector,) = self._embedding.embed([words])
        return [near for near in self._vectors.near(vector, most=NEAREST) if near.similarity >= self._floor]

    def learn(self, documents: Iterable[tuple[int, str, str]]) -> None:
        """Embed each (key, title, text) that is new or has another text than before."""
        known = self._vectors.digests()
        read = ((key, title, text[: PART * MOST_PARTS]) for key, title, text in documents)
        strange = ((key, title, text) for key, title, text in read if known.get(key) != digest_of(title, text))
        while batch := list(islice(strange, AT_ONCE)):
            parts = [
                (Row(key, digest_of(title, text), start), f"{title}. {part}")
                for key, title, text in batch
                for start, part in parts_of(text)
            ]
            self._vectors.add([row for row, _ in parts], self._embedding.embed([part for _, part in parts]))

    def keep(self, keys: set[int]) -> None:
        """Let go of every other document."""
        self._vectors.keep(keys)


def digest_of(title: str, text: str) -> int:
    return int.from_bytes(blake2b(f"{title}\n{text}".encode(), digest_size=8).digest(), "big")


def parts_of(text: str) -> Iterator[tuple[int, str]]:
    """Where each part begins, and the part; cut at spaces. A text without words is one empty part."""
    start = 0
    for _ in range(MOST_PARTS):
        end = start + PART
        space = text.rfind(" ", start + PART // 2, end) if end < len(text) else len(text)
        stop = space if space > start else min(end, len(text))
        yield start, text[start:stop]
        start = stop
        if start >= len(text):
            return
