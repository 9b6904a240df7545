"""How the double of Meilisearch matches, orders and shows documents: simply, but by the documented rules."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from marketplace.ports.search.words import WORD, edits_allowed, edits_between, folded

FILTER = re.compile(r'^(NOT )?([\w.-]+) IN \[((?:"(?:[^"\\]|\\.)*"(?:, )?)*)\]$')
VALUE = re.compile(r'"((?:[^"\\]|\\.)*)"')


class RefusedError(Exception):
    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Held:
    """One index."""

    uid: str
    key: str
    created: datetime
    settings: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Match:
    """`words`: numbers of the query's words that the document has. `rank`: less is better. `spots`: what matched."""

    document: dict[str, Any]
    words: set[int]
    rank: tuple[float, ...]
    spots: set[str]


class Asked:
    """The words of a query, with the alternatives that the settings of an index give them."""

    def __init__(self, held: Held, text: str, attributes: list[str]) -> None:
        self.held, self.attributes = held, attributes
        self.words = [folded(found[0]) for found in WORD.finditer(text)][:10]
        self.unfinished = bool(text) and not text.endswith(" ")
        self.synonyms = {tuple(key.split()): value for key, value in held.settings.get("synonyms", {}).items()}

    def match(self, document: dict[str, Any]) -> Match | None:
        texts = [tokens(document.get(name)) for name in self.attributes]
        words, spots, typos, place = set(), set(), 0, 0
        for number, word in enumerate(self.words):
            last = number == len(self.words) - 1 and self.unfinished
            near = min(
                ((*best, at) for at, text in enumerate(texts) if (best := closest(word, text, last))), default=None
            )
            if near:
                words.add(number)
                spots.add(near[1])
                typos, place = typos + near[0], place + near[2]
        for start, end, others in self.phrases():
            for other in others:
                if any(contains(text, [folded(part) for part in other.split()]) for text in texts):
                    words |= set(range(start, end))
                    place += 1
        if self.words and not words:
            return None
        exact = 0 if any(tokens(name) == self.words for name in document["names"]) else 1
        return Match(document, words, (-len(words), typos, place, exact), spots)

    def phrases(self) -> Iterator[tuple[int, int, list[str]]]:
        for start in range(len(self.words)):
            for end in range(start + 1, len(self.words) + 1):
                if tuple(self.words[start:end]) in self.synonyms:
                    yield start, end, self.synonyms[tuple(self.words[start:end])]


def tokens(value: Any) -> list[str]:
    texts = value if isinstance(value, list) else [value or ""]
    return [folded(found[0]) for text in texts for found in WORD.finditer(text)]


def contains(text: list[str], phrase: list[str]) -> bool:
    return any(text[at : at + len(phrase)] == phrase for at in range(len(text)))


def closest(word: str, text: list[str], unfinished: bool) -> tuple[int, str] | None:
    """Typos, and the word of the text, for the nearest one."""
    near = [(0 if unfinished and each.startswith(word) else edits_between(word, each), each) for each in set(text)]
    return min((each for each in near if each[0] <= edits_allowed(word)), default=None)


def by_strategy(matches: list[Match], asked: Asked, strategy: str) -> list[Match]:
    """`all`: every word. `frequency`: the rarest word at least. `last`: the first word at least."""
    if not asked.words:
        return matches
    if strategy == "all":
        return [each for each in matches if len(each.words) == len(asked.words)]
    counts = Counter(number for each in matches for number in each.words)
    needed = min(counts, key=lambda number: counts[number], default=0) if strategy == "frequency" else 0
    return [each for each in matches if needed in each.words]


def accepts(held: Held, filtered: str, document: dict[str, Any]) -> bool:
    found = FILTER.match(filtered)
    if not found:
        raise RefusedError(400, "invalid_search_filter", f"Was expecting an operation, got {filtered!r}")
    negated, attribute, values = found[1], found[2], [re.sub(r"\\(.)", r"\1", each) for each in VALUE.findall(found[3])]
    had = {value.lower() for value in values_of(held, attribute, document)}
    return bool(had & {value.lower() for value in values}) != bool(negated)


def values_of(held: Held, attribute: str, document: dict[str, Any]) -> list[str]:
    if attribute.partition(".")[0] not in held.settings.get("filterableAttributes", []):
        raise RefusedError(400, "invalid_search_filter", f"Attribute `{attribute}` is not filterable.")
    value: Any = document
    for part in attribute.split("."):
        value = value.get(part, []) if isinstance(value, dict) else []
    return value if isinstance(value, list) else [value]


def distribution(held: Held, attribute: str, matches: list[Match]) -> dict[str, int]:
    return dict(Counter(value for each in matches for value in set(values_of(held, attribute, each.document))))


def sort_keys(held: Held, body: dict[str, Any], document: dict[str, Any]) -> Iterator[tuple[bool, float]]:
    """Documents without the number come last in either direction."""
    for rule in body.get("sort") or []:
        name, _, end = rule.partition(":")
        if name not in held.settings.get("sortableAttributes", []):
            raise RefusedError(400, "invalid_search_sort", f"Attribute `{name}` is not sortable.")
        value = document.get(name)
        yield value is None, (-1 if end == "desc" else 1) * (value or 0)


def shown(match: Match, body: dict[str, Any], place: int) -> dict[str, Any]:
    pre, post = body.get("highlightPreTag", "<em>"), body.get("highlightPostTag", "</em>")

    def marked(text: str) -> str:
        return WORD.sub(lambda found: pre + found[0] + post if folded(found[0]) in match.spots else found[0], text)

    formatted: dict[str, Any] = {}
    for name in body.get("attributesToHighlight") or []:
        value = match.document[name]
        formatted[name] = [marked(each) for each in value] if isinstance(value, list) else marked(value)
    for name in body.get("attributesToCrop") or []:
        formatted[name] = cropped(formatted[name], pre, body["cropLength"], body["cropMarker"])
    told = {name: match.document[name] for name in body.get("attributesToRetrieve") or match.document}
    return told | {"_formatted": formatted, "_rankingScore": 1 / (1 + place)}


def cropped(text: str, pre: str, length: int, marker: str) -> str:
    words = text.split()
    first = next((at for at, word in enumerate(words) if pre in word), 0)
    start = max(0, min(first - length // 2, len(words) - length))
    cut = " ".join(words[start : start + length])
    return f"{marker if start else ''}{cut}{marker if start + length < len(words) else ''}"
