"""What was typed, read as words. Pure, and linear in the length of the text: nothing typed is a syntax error."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from unicodedata import combining, normalize

from marketplace.kit.values import Value

MOST_CHARACTERS = 4_000
"""What is read of a search; the rest is passed over. Also bounds what any engine is asked."""
MOST_WORDS = 40
LONGEST_WORD = 40

WORD = re.compile(r"[^\W_]+")
HYPHENED = re.compile(r"(?<![^\W_])[^\W_]++(?:-[^\W_]++)+")

_STOP = """
a about all also am an and any anything are as at be been being but by can could did do does doing for from get
give gives had has have help her his how i if in into is it its just let like looking may me might must my need
needs no nor not of off on one or our please shall she should show so some something such than that the their them
then there these they this those to too us use want was we were what when where which while who whom whose why will
with would you your
"""
STOP_WORDS = frozenset(_STOP.split())


class Word(Value):
    """`text` folded for comparing; `start` and `end` in the text typed; `place` counts words from 0."""

    text: str
    start: int
    end: int
    place: int


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Without case and accents, as both engines keep it."""
    return "".join(char for char in normalize("NFKD", word.casefold()) if not combining(char))


def read(text: str) -> tuple[Word, ...]:
    """The words of a text in order, each taken once, no more than `MOST_WORDS`."""
    seen: dict[str, Word] = {}
    for place, found in enumerate(WORD.finditer(text[:MOST_CHARACTERS])):
        plain = folded(found[0])
        if plain and len(plain) <= LONGEST_WORD and plain not in seen:
            seen[plain] = Word(plain, found.start(), found.end(), place)
        if len(seen) == MOST_WORDS:
            break
    return tuple(seen.values())


def telling(words: Iterable[Word]) -> tuple[Word, ...]:
    """The words that say what is meant; all of them when none would be left."""
    kept = tuple(words)
    return tuple(word for word in kept if word.text not in STOP_WORDS) or kept


def named(text: str) -> str:
    """A whole name as one line to compare: "Lumen-Scribe™ " and "lumen scribe" are the same name."""
    return " ".join(folded(found[0]) for found in WORD.finditer(text[:MOST_CHARACTERS]))


def joined(text: str) -> list[str]:
    """Hyphened words as one, so that "xray" finds "x-ray"."""
    hyphened = [found[0] for piece in text.split() if "-" in piece for found in HYPHENED.finditer(piece)]
    return ["".join(folded(part) for part in word.split("-")) for word in hyphened]


def rewritten(text: str, replacements: Mapping[Word, str]) -> str:
    """The text typed, with some of its words replaced wherever they stand, and everything else as it stood.

    A word that is replaced by nothing takes along the signs that hang on it.
    """
    instead = {word.text: other for word, other in replacements.items()}
    pieces = (_rewritten(piece, instead) for piece in text[:MOST_CHARACTERS].split())
    return " ".join(filter(None, pieces))


def _rewritten(piece: str, instead: Mapping[str, str]) -> str:
    words = [instead.get(folded(word), word) for word in WORD.findall(piece)]
    if not all(words):
        return " ".join(filter(None, words))
    return WORD.sub(lambda found: instead.get(folded(found[0]), found[0]), piece)


def edits_between(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with their neighbour (optimal string alignment)."""
    before, row = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, left in enumerate(one, start=1):
        older, before, row = before, row, [i] + [0] * len(other)
        for j, right in enumerate(other, start=1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                row[j] = min(row[j], older[j - 2] + 1)
    return row[-1]


def edits_allowed(word: str) -> int:
    """How far a word may be from what was meant: none below four letters, two from eight."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def read_all(text: str) -> set[str]:
    """Every word of a document, folded."""
    return {folded(found[0]) for found in WORD.finditer(text)}


def singular(word: str) -> str:
    """A plain ending taken off, where no stemmer is at hand: "scribes" and "scribe" are the same."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
