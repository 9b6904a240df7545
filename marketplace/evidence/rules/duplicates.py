"""Whether two entries are the same study: by DOI, by registration, by title."""

import re
from collections.abc import Iterable

from marketplace.kit.values import Value

DOI, REGISTRATION, TITLE = "doi", "registration", "title"
WAYS = {DOI: "the same DOI", REGISTRATION: "the same registration", TITLE: "nearly the same title"}
NEAR = 0.85
"""The share of words that two titles have in common, of all words in either, from which they count as the same."""
_WORDS = re.compile(r"[^\W_]+")
FEWEST_WORDS = 4


class Known(Value):
    """A study or entry by what tells it apart; `name` is how to speak of it."""

    name: str
    title: str
    doi: str = ""
    registration: str = ""


class Duplicate(Value):
    """What an entry is the same as, and by what."""

    name: str
    by: str


def duplicate_of(entry: Known, known: Iterable[Known]) -> Duplicate | None:
    """The first that is the same, surest ways first; None where there is none."""
    others = list(known)
    for way, same in ((DOI, _same_doi), (REGISTRATION, _same_registration), (TITLE, _same_title)):
        found = next((other for other in others if same(entry, other)), None)
        if found is not None:
            return Duplicate(found.name, way)
    return None


def likeness(one: str, other: str) -> float:
    """The share of words that two titles have in common, 0 to 1, whatever their order and case."""
    first, second = set(_WORDS.findall(one.casefold())), set(_WORDS.findall(other.casefold()))
    return len(first & second) / len(first | second) if first and second else 0.0


def _same_doi(one: Known, other: Known) -> bool:
    return bool(one.doi) and one.doi.casefold() == other.doi.casefold()


def _same_registration(one: Known, other: Known) -> bool:
    """One registration has several reports: both the number and much of the title have to meet."""
    same = bool(one.registration) and _bare(one.registration) == _bare(other.registration)
    return same and likeness(one.title, other.title) >= NEAR / 2


def _same_title(one: Known, other: Known) -> bool:
    """Titles of a few words are the same only to the letter."""
    if one.doi and other.doi and one.doi.casefold() != other.doi.casefold():
        return False
    if min(len(_WORDS.findall(each.title)) for each in (one, other)) < FEWEST_WORDS:
        return one.title.casefold().strip() == other.title.casefold().strip()
    return likeness(one.title, other.title) >= NEAR


def _bare(number: str) -> str:
    return "".join(_WORDS.findall(number)).casefold()
