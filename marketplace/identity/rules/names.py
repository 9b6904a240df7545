"""Names of organisations: as a register shouts them, as people write them, and as they begin to type them."""

import re
from collections.abc import Iterable
from functools import lru_cache

from marketplace.kit.text import fold

SMALL_WORDS = frozenset(
    ("and", "of", "the", "for", "on", "upon", "in", "under", "by", "at", "with", "super", "le", "de", "la", "y")
)
CAPITALS = frozenset(("NHS", "ICB", "UK", "GP", "HSC", "CIC", "LLP", "PLC", "MRC", "NIHR"))
SHORT_FOR = {
    "ft": ("foundation", "trust"),
    "icb": ("integrated", "care", "board"),
    "lhb": ("local", "health", "board"),
    "saint": ("st",),
    "hosps": ("hospitals",),
}
LETTERS_OF_INITIALS = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NOT_IN_INITIALS = SMALL_WORDS | {"nhs"}


def title_case(name: str) -> str:
    """A name that a register gives in capitals, as people write it; any other name as it is.

    EAST KENT HOSPITALS UNIVERSITY NHS FOUNDATION TRUST is East Kent Hospitals University NHS Foundation Trust.
    """
    if name != name.upper():
        return name
    return _WORD.sub(lambda word: _cased(word.group(), is_first=word.start() == 0), name)


def _cased(word: str, *, is_first: bool) -> str:
    if word in CAPITALS:
        return word
    if word.lower() in SMALL_WORDS and not is_first:
        return word.lower()
    first, *rest = re.split("(['’])", word.lower())
    return first.capitalize() + "".join(part if part == "s" else part.capitalize() for part in rest)


def organisation_words(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: "Guy's & St Thomas'" is guys, and, st, thomas."""
    words: list[str] = []
    for word in fold(name.replace("&", " and ")).split():
        words.extend(SHORT_FOR.get(word, (word,)))
    return tuple(words)


words_of_name = lru_cache(maxsize=16_384)(organisation_words)


def name_rank(query: str, name: str, other_names: Iterable[str] = ()) -> int | None:
    """How well what was typed so far finds an organisation: 0 best, None where it does not.

    Every word typed begins a word of one of its names, in any order, or is its initials: "manchester uni", "uclh".
    The name itself comes before other names, the same words before words that only begin alike.
    """
    asked = words_of_name(query)
    wanted = tuple(word for word in asked if word not in SMALL_WORDS) or asked
    if not wanted:
        return None
    ranks = [_rank(asked, wanted, name), *(_other(_rank(asked, wanted, other)) for other in other_names)]
    return min((rank for rank in ranks if rank is not None), default=None)


def name_matches(query: str, name: str, other_names: Iterable[str] = ()) -> bool:
    """Whether what was typed so far finds the organisation."""
    return name_rank(query, name, other_names) is not None


def _rank(asked: tuple[str, ...], wanted: tuple[str, ...], name: str) -> int | None:
    words = words_of_name(name)
    if words == asked:
        return 0
    if not all(_is_found(word, words) for word in wanted):
        return None
    if words[: len(asked)] == asked:
        return 1
    return 2 if set(wanted) <= set(words) else 3


def _other(rank: int | None) -> int | None:
    """Another name says less than the name, unless it is exactly what was typed."""
    return rank if not rank else rank + 3


def _is_found(word: str, words: tuple[str, ...]) -> bool:
    if any(each.startswith(word) for each in words):
        return True
    return len(word) >= LETTERS_OF_INITIALS and initials(words).startswith(word)


def initials(words: tuple[str, ...]) -> str:
    """What a name is called for short: "University College London Hospitals NHS Foundation Trust" is uclhft."""
    return "".join(word[0] for word in words if word not in _NOT_IN_INITIALS)
