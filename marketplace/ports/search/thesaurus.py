"""The vocabulary made ready for looking up: other words for a span of words, and other spellings of one. Pure."""

from collections.abc import Callable, Mapping, Sequence

from marketplace.kit.values import Value
from marketplace.ports.search.port import Vocabulary
from marketplace.ports.search.words import WORD, folded

Phrase = tuple[str, ...]


class Span(Value):
    """Words from `start` up to `end` of a query, and what else says the same."""

    start: int
    end: int
    others: tuple[Phrase, ...]


class Thesaurus:
    """`root` brings a folded word to the form in which it is compared, so that "scribes" meets "scribe"."""

    def __init__(self, vocabulary: Vocabulary, *, root: Callable[[str], str]) -> None:
        self._root = root
        self._british = vocabulary.spelling
        self._british_parts = tuple(vocabulary.parts.items())
        self._groups = _groups(vocabulary.synonyms, self._key)
        self._longest = max(map(len, self._groups), default=0)
        self._words = _both_ways(vocabulary.spelling)
        self._parts = tuple(_both_ways(vocabulary.parts).items())
        self._known = frozenset(map(self._key, vocabulary.known))

    def spans(self, words: Sequence[str]) -> tuple[Span, ...]:
        """Known phrases among the words, the longest first from each place; spans do not overlap."""
        roots, found, at = [self._key(word) for word in words], [], 0
        while at < len(words):
            most = min(self._longest, len(words) - at)
            length = next((n for n in range(most, 0, -1) if tuple(roots[at : at + n]) in self._groups), 0)
            if length:
                found.append(Span(at, at + length, self._groups[tuple(roots[at : at + length])]))
            at += max(length, 1)
        return tuple(found)

    def knows(self, word: str) -> bool:
        """Whether it is a word, in either spelling, whatever the documents hold."""
        return self._key(word) in self._known

    def spellings(self, word: str) -> tuple[str, ...]:
        """The same word as others spell it; some may not exist, so ask the index."""
        whole = self._words.get(word, ())
        parts = [word.replace(part, other) for part, others in self._parts if part in word for other in others]
        return tuple(dict.fromkeys([*whole, *parts]))

    def _key(self, word: str) -> str:
        """One form of a word in both spellings and in all its endings."""
        british = self._british.get(word, word)
        for american, other in self._british_parts:
            british = british if other in british else british.replace(american, other)
        return self._root(british)


def _groups(synonyms: Sequence[Sequence[str]], root: Callable[[str], str]) -> dict[Phrase, tuple[Phrase, ...]]:
    """Each phrase, in roots, with the other phrases of all its groups."""
    others: dict[Phrase, dict[Phrase, None]] = {}
    for group in synonyms:
        phrases = [words for words in map(_words_of, group) if words]
        for phrase in phrases:
            kept = others.setdefault(tuple(map(root, phrase)), {})
            kept.update(dict.fromkeys(other for other in phrases if other != phrase))
    return {phrase: tuple(kept) for phrase, kept in others.items()}


def _words_of(phrase: str) -> Phrase:
    return tuple(folded(found[0]) for found in WORD.finditer(phrase))


def _both_ways(pairs: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for one, other in pairs.items():
        table[one] = (*table.get(one, ()), other)
        table[other] = (*table.get(other, ()), one)
    return table
