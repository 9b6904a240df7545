"""What every search engine of the house takes and gives. Rooms and faces import this file, never an engine."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from types import MappingProxyType
from typing import Protocol

from marketplace.kit.values import Value, field, replace

JSON = None | bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"]

SORTS = MappingProxyType({"newest": "highest", "evidence": "highest", "price": "lowest"})
"""The orders besides relevance, and which end comes first. A document without the number comes last either way."""

ANY = "*"
"""Stands in a composed value where any will do."""

DEEPEST = 10_000
"""Results beyond this place are not paged to: the total tells them, a narrower query shows them."""


class SearchUnavailable(Exception):
    """The engine cannot answer now; callers turn to the database and say so.

    `lost` means that waiting will not help: the index is missing, damaged or of another format, and only `rebuild`
    (by the worker, from the database) brings it back.
    """

    def __init__(self, reason: str, *, lost: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lost = lost


class Document(Value, kw_only=True):
    """One thing that can be found.

    `facets` maps a declared key to values; keys are not known to any engine, so a newly declared one needs no code.
    `sorts` holds numbers under keys of `SORTS`. `stored` comes back untouched with the hit: what a result card shows.
    """

    ref: str
    title: str
    other_names: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sorts: Mapping[str, float] = field(default_factory=dict)
    stored: Mapping[str, JSON] = field(default_factory=dict)

    def digest(self) -> str:
        """The same for equal documents on every machine; what `Search.digests` gives back."""
        parts = (self.ref, self.title, self.other_names, self.summary, self.body, self.facets, self.sorts, self.stored)
        canonical = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=dict)
        return hashlib.blake2b(canonical.encode(), digest_size=16).hexdigest()


def composed(parts: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """The values of a facet of `Query.together`: each part of a document whole, and with all but two or more open."""
    found: dict[str, None] = {}
    for part in parts:
        places = range(len(part))
        for size in range(2, len(part) + 1):
            for told in combinations(places, size):
                found["/".join(part[place] if place in told else ANY for place in places)] = None
    return tuple(found)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What a year of each thing costs one buyer, in pence by ref; what cannot be told of their numbers is not there.

    With `least` or `most`, only what costs so much is found; in the order `price`, what costs the buyer least is first.
    `volumes` are the buyer's numbers; `drawn` names what else the costs were worked out from, so that two are the same
    where all but `pence` is.
    """

    pence: Mapping[str, int] = dataclasses.field(compare=False, repr=False)
    volumes: tuple[tuple[str, int], ...] = ()
    drawn: str = ""
    least: int | None = None
    most: int | None = None

    @property
    def is_limit(self) -> bool:
        return self.least is not None or self.most is not None

    def within(self) -> list[str]:
        """The refs of what costs between the limits, both included."""
        low, high = self.least, self.most
        kept = ((ref, pence) for ref, pence in self.pence.items() if low is None or pence >= low)
        return [ref for ref, pence in kept if high is None or pence <= high]


class Query(Value, kw_only=True):
    """What is looked for. Any text is allowed in `words`.

    `chosen`: a document needs one of the values of each facet (or inside, and across). `hidden`: none of them.
    `count`: facets to count. `after`: the `next` of the page before. `typing`: the last word may be unfinished.
    `together`: facets that one and the same part of a document must meet, under the facet that holds its parts, see
    `composed`. `costs`: what things cost the buyer, to narrow by and to put in order.
    """

    words: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    hidden: Mapping[str, frozenset[str]] = field(default_factory=dict)
    count: tuple[str, ...] = ()
    sort: str = "relevance"
    limit: int = 20
    after: str | None = None
    typing: bool = False
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    costs: Costs | None = None

    def without_value(self, facet: str, value: str) -> "Query":
        """The query with one tick taken away."""
        left = {key: values - {value} if key == facet else values for key, values in self.chosen.items()}
        return replace(self, chosen={key: values for key, values in left.items() if values})

    def without_facet(self, facet: str) -> "Query":
        return replace(self, chosen={key: values for key, values in self.chosen.items() if key != facet})

    def unfiltered(self) -> "Query":
        """The query with every tick and every limit taken away."""
        return replace(self, chosen={}, costs=None)

    def with_only(self, facet: str, value: str) -> "Query":
        return replace(self, chosen={**self.chosen, facet: frozenset({value})})


class Hit(Value):
    """`score` falls along the page and means nothing across engines. `passage` is plain text that answers the words."""

    ref: str
    score: float
    stored: Mapping[str, JSON]
    passage: str | None = None


class Found(Value, kw_only=True):
    """`facets` holds, for each facet asked for, value -> what one gets by clicking it, most frequent first.

    A chosen facet keeps its siblings, and a chosen value is there even at 0. `corrected` is what was searched instead
    of the words typed. `notice` is a sentence for the page, such as that a slower search answered.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    corrected: str | None = None
    next: str | None = None
    engine: str = ""
    notice: str | None = None


class Without(Value, kw_only=True):
    """How many would be found with one part of a query dropped: the words (None where there were none), or one value.

    `values` maps (facet, value) of each choice to the total without it, in the order of the query. `costs` is the total
    without limits of cost; None where there were none. `filters` is the total without all of these; None where there
    was no more than one.
    """

    words: int | None
    values: Mapping[tuple[str, str], int]
    costs: int | None = None
    filters: int | None = None


class Vocabulary(Value, kw_only=True):
    """Words that mean the same, read from `frameworks/taxonomy/` by whoever wires the engine. All hold both ways.

    `synonyms`: groups of words or phrases. `spelling`: American word -> British word. `parts`: the same for parts of
    words ("anesth" -> "anaesth"), so that one line serves every word with that part. `known`: words that are rightly
    spelled though no document may have them, such as the names of specialties: none is taken for a slip of another.
    """

    synonyms: tuple[tuple[str, ...], ...] = ()
    spelling: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


class Search(Protocol):
    """One index. Every method raises SearchUnavailable and nothing else of the engine's own.

    `kit.errors.Invalid` is raised for an unknown sort or a cursor that this engine did not make.
    """

    name: str

    def put(self, documents: Iterable[Document]) -> None:
        """Add documents, each replacing the one of the same ref. On return they are found by every process."""

    def drop(self, refs: Iterable[str]) -> None:
        """Take documents out; refs that are not there are no error."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index aside, swap it in whole, and tell how many it holds. Readers see the old one until then.

        Pass a lazy iterable whose database snapshot begins with its first item: writers wait from before that moment.
        """

    def find(self, query: Query) -> Found: ...

    def without(self, query: Query) -> Without:
        """For a page with no result: which part of the query to drop, with the count that it would give."""

    def suggest(self, words: str, *, limit: int = 8) -> tuple[str, ...]:
        """Titles that begin like the words typed so far, best first."""

    def digests(self) -> Iterator[tuple[str, str]]:
        """Each (ref, digest) held, in no order, for comparing index and database."""

    def check(self) -> None:
        """Read the whole index. Raises SearchUnavailable(lost=True) when any of it is damaged or missing."""
