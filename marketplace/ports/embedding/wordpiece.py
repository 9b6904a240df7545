"""Text into the pieces that a BERT model without case was taught: the published WordPiece rules. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from unicodedata import category, normalize

LONGEST_WORD = 100
MOST_KEPT = 50_000
"""Words whose pieces are remembered."""
IDEOGRAPHS = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2FA1F), (0xF900, 0xFAFF))


class WordPiece:
    """`pieces`: each piece in the order of its number; those that go on within a word begin with `##`."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers: Mapping[str, int] = {piece: number for number, piece in enumerate(pieces)}
        self._kept: dict[str, tuple[int, ...]] = {}
        self._start, self._end, self._unknown = (self._numbers[mark] for mark in ("[CLS]", "[SEP]", "[UNK]"))

    def numbers(self, text: str, *, most: int) -> list[int]:
        """Between the marks of start and end, which count among `most`."""
        found: list[int] = []
        for word in words(text[: most * LONGEST_WORD]):
            found += self._pieces(word)
            if len(found) >= most - 2:
                break
        return [self._start, *found[: most - 2], self._end]

    def _pieces(self, word: str) -> tuple[int, ...]:
        if word not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[word] = self._split(word)
        return self._kept[word]

    def _split(self, word: str) -> tuple[int, ...]:
        """The longest known piece from each place on; a word with a part that is not known is unknown."""
        found, at = [], 0
        while at < len(word):
            ends = (end for end in range(len(word), at, -1) if ("##" if at else "") + word[at:end] in self._numbers)
            end = next(ends, 0) if len(word) <= LONGEST_WORD else 0
            if not end:
                return (self._unknown,)
            found.append(self._numbers[("##" if at else "") + word[at:end]])
            at = end
        return tuple(found)


def words(text: str) -> Iterator[str]:
    """Lower case, no accents; every sign of punctuation and every ideograph is a word of its own."""
    plain = "".join(char for char in normalize("NFD", text.lower()) if category(char) != "Mn")
    word: list[str] = []
    for char in plain:
        stands_alone = is_punctuation(char) or is_ideograph(char)
        if word and (stands_alone or char.isspace()):
            yield "".join(word)
            word = []
        if stands_alone:
            yield char
        elif not char.isspace() and category(char)[0] != "C" and char != "\ufffd":
            word.append(char)
    if word:
        yield "".join(word)


def is_punctuation(char: str) -> bool:
    """Every ASCII sign that is no letter and no digit counts."""
    return category(char).startswith("P") or ("!" <= char <= "~" and not char.isalnum())


def is_ideograph(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in IDEOGRAPHS)
