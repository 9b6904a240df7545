"""Names by their words: which can be meant by what was typed so far, and what was meant where a word has a slip."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from itertools import islice, product, takewhile
from typing import Generic, TypeVar

from marketplace.identity.rules.names import SMALL_WORDS, initials, words_of_name
from marketplace.kit.text import is_one_slip

FORGIVEN_FROM = 5
"""A slip is forgiven in words of as many letters: in shorter ones it makes another word."""
MOST_MEANT, MOST_NEAR = 24, 4
PLACES = frozenset(("hospital", "hospitals", "trust", "foundation", "nhs", "infirmary", "clinic"))
"""What many a place is called, whether or not its organisation is."""
Key = TypeVar("Key", bound=Hashable)


class NameIndex(Generic[Key]):
    """Keys by each word of each of their names, and by the initials of it."""

    def __init__(self, named: Iterable[tuple[Key, Iterable[str]]]) -> None:
        self._keys: dict[str, set[Key]] = {}
        for key, names in named:
            for words in map(words_of_name, names):
                for word in (*words, initials(words)):
                    self._keys.setdefault(word, set()).add(key)
        self._words = sorted(self._keys)

    def candidates(self, typed: str) -> set[Key]:
        """Whose names have, for every word typed, one that begins so; those that `name_rank` finds are among them."""
        asked = words_of_name(typed)
        wanted = [word for word in asked if word not in SMALL_WORDS] or asked
        begun = [set[Key]().union(*(self._keys[each] for each in self._begun(word))) for word in wanted]
        return set.intersection(*begun) if begun else set()

    def meant(self, typed: str) -> Iterator[str]:
        """What may be meant by what finds nothing: long words with a slip put right, then without the kind of place.

        "guys hopsital" is "guys hospital", and then "guys", because Guy's and St Thomas' has no hospital in its name.
        """
        asked = words_of_name(typed)
        spelled = product(*(self._spelled(word) for word in asked))
        for words in islice(spelled, MOST_MEANT):
            yield " ".join(words)
            if telling := [word for word in words if word not in PLACES]:
                yield " ".join(telling)

    def _begun(self, word: str) -> Iterator[str]:
        start = bisect_left(self._words, word)
        return takewhile(lambda each: each.startswith(word), islice(self._words, start, None))

    def _spelled(self, word: str) -> list[str]:
        """The word itself, where it begins any name, and what is near it."""
        is_known = word in SMALL_WORDS or next(self._begun(word), None) is not None
        return [*([word] if is_known else []), *self._near(word)]

    def _near(self, word: str) -> list[str]:
        """As far as it was typed, the nearest words, the most frequent first; nothing near a short word.

        One slip leaves the first two letters as they are, or the fourth and fifth.
        """
        if len(word) < FORGIVEN_FROM:
            return []
        start, middle, near = word[:2], word[3:5], Counter[str]()
        for each in self._words:
            if each.startswith(start) or middle in each[2:6]:
                for size in (len(word), len(word) + 1, len(word) - 1):
                    if word != each[:size] and is_one_slip(word, each[:size]):
                        near[each[:size]] += len(self._keys[each])
                        break
        return [each for each, _ in near.most_common(MOST_NEAR)]
