"""What the words typed mean to this index: which exist, which were mistyped, which say the same in other words."""

from collections.abc import Container, Iterator, Sequence
from math import log

from tantivy import Searcher

from marketplace.kit.values import Value, replace
from marketplace.ports.search.tantivy.mending import meant_by
from marketplace.ports.search.tantivy.schema import root
from marketplace.ports.search.thesaurus import Phrase, Thesaurus
from marketplace.ports.search.words import Word, named, read, rewritten, telling

LEVELS = 4
"""Rare words weigh up to so many times what common ones do when it is decided whether enough words are there."""


class Unit(Value):
    """A word looked for: its stems in all spellings, and `begins`, what an unfinished word begins with.

    `weight`: how much it matters that a document has it.
    """

    place: int
    roots: tuple[str, ...]
    begins: str | None = None
    weight: int = 1


class Concept(Value):
    """Units that belong together, and the stems of phrases that say the same."""

    units: tuple[Unit, ...]
    others: tuple[Phrase, ...] = ()


class Understood(Value):
    """`name`: the text as a whole name is kept. `corrected`: the text searched instead of the one typed."""

    concepts: tuple[Concept, ...]
    name: str = ""
    corrected: str | None = None

    @property
    def units(self) -> tuple[Unit, ...]:
        return tuple(unit for concept in self.concepts for unit in concept.units)

    @property
    def roots(self) -> tuple[str, ...]:
        """The stems of everything that is looked for, other phrases included."""
        said = [stem for unit in self.units for stem in unit.roots]
        other = [stem for concept in self.concepts for phrase in concept.others for stem in phrase]
        return tuple(dict.fromkeys([*said, *other]))


class Reader:
    """Reads queries against one state of the index."""

    def __init__(self, products: Searcher, words: Searcher, thesaurus: Thesaurus) -> None:
        self._products = products
        self._words = words
        self._thesaurus = thesaurus

    def understand(self, text: str, *, typing: bool = False) -> Understood:
        """Mistyped words are replaced by what they most likely were; words that nothing resembles are left out."""
        mended = self._mended(text, typing=typing)
        concepts = tuple(self._concepts(mended, typing=typing))
        return Understood(self._weighed(concepts), named(mended), None if mended == text else mended)

    def _mended(self, text: str, *, typing: bool) -> str:
        typed = read(text)
        kept = {
            typed[at]
            for span in self._thesaurus.spans([word.text for word in typed])
            for at in range(span.start, span.end)
        }
        last = unfinished(text, typed) if typing else None
        strange = [word for word in telling(typed) if word not in kept and not self._unit(word, last=last)]
        if not strange:
            return text
        beside = [each for word in telling(typed) if word not in strange for each in self._roots(word.text)]
        meant = {word: self._meant(word.text, beside) for word in strange}
        return rewritten(text, meant) if any(meant.values()) or beside else text

    def _meant(self, word: str, beside: Sequence[str]) -> str:
        """Nothing for what is a word of its own: who looks for one specialty is not shown another."""
        if self._thesaurus.knows(word):
            return ""
        return meant_by(word, beside=beside, products=self._products, words=self._words)

    def _concepts(self, text: str, *, typing: bool) -> Iterator[Concept]:
        """In the order typed. Neighbours that the index also knows as one word are one concept."""
        words = read(text)
        wanted, last = set(telling(words)), unfinished(text, words) if typing else None
        spans = {span.start: span for span in self._thesaurus.spans([word.text for word in words])}
        at = 0
        while at < len(words):
            end, others = (spans[at].end, spans[at].others) if at in spans else self._compound(words, at)
            yield from self._concept(words[at:end], others, wanted=wanted, last=last)
            at = end

    def _concept(
        self, words: Sequence[Word], others: Sequence[Phrase], *, wanted: Container[Word], last: Word | None
    ) -> Iterator[Concept]:
        """A known phrase with words that say nothing alone ("A&E") is only looked for as a whole."""
        telling = [word for word in words if word in wanted and len(word.text) > 1]
        if others and len(telling) < len(words):
            others, telling = [tuple(word.text for word in words), *others], []
        elif not others:
            telling = [word for word in words if word in wanted]
        units = tuple(unit for word in telling if (unit := self._unit(word, last=last)))
        known = tuple(stems for phrase in others if (stems := self._known(phrase)))
        if units or known:
            yield Concept(units, known)

    def _compound(self, words: Sequence[Word], at: int) -> tuple[int, tuple[Phrase, ...]]:
        """One word, or two that stand next to each other and are also written as one."""
        pair = words[at : at + 2]
        if len(pair) == 2 and pair[1].place == pair[0].place + 1 and self._known(one := (pair[0].text + pair[1].text,)):
            return at + 2, (one,)
        return at + 1, ()

    def _known(self, phrase: Phrase) -> Phrase:
        """The stems of a phrase whose every word is in the index; otherwise nothing."""
        stems = tuple(map(root, phrase))
        return stems if all(self._products.doc_freq("all", stem) for stem in stems) else ()

    def _roots(self, word: str) -> tuple[str, ...]:
        stems = dict.fromkeys(map(root, (word, *self._thesaurus.spellings(word))))
        return tuple(stem for stem in stems if self._products.doc_freq("all", stem))

    def _unit(self, word: Word, *, last: Word | None) -> Unit | None:
        """None when nothing in the index is this word or, if it is the unfinished one, begins like it."""
        begins = word.text if word is last and self._products.terms_with_prefix("words", word.text, limit=1) else None
        roots = self._roots(word.text)
        return Unit(word.place, roots, begins) if roots or begins else None

    def _weighed(self, concepts: tuple[Concept, ...]) -> tuple[Concept, ...]:
        rarity = {unit.place: self._rarity(unit) for concept in concepts for unit in concept.units}
        most = max(rarity.values(), default=1.0)
        weight = {place: max(1, round(LEVELS * rare / most)) for place, rare in rarity.items()}
        return tuple(
            replace(concept, units=tuple(replace(unit, weight=weight[unit.place]) for unit in concept.units))
            for concept in concepts
        )

    def _rarity(self, unit: Unit) -> float:
        """Inverse document frequency, as BM25 has it; an unfinished word counts as common."""
        frequency = max(
            (self._products.doc_freq("all", stem) for stem in unit.roots), default=self._products.num_docs // 2
        )
        return log(1 + (self._products.num_docs - frequency + 0.5) / (frequency + 0.5))


def unfinished(text: str, words: Sequence[Word]) -> Word | None:
    """The last word, when nothing stands behind it."""
    return words[-1] if words and words[-1].end == len(text) else None
