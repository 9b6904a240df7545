"""What a search page was asked, read from its URL and written back: every state is an address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from urllib.parse import urlencode

from marketplace.catalogue.search import facets as catalogue_facets
from marketplace.catalogue.search import hidden
from marketplace.faces.ask import Values
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.forms import Facet
from marketplace.kit.errors import Invalid
from marketplace.ports.search.port import SORTS, Query

PAGE = 20
SHOWN_AT_ONCE = 8
LONGEST_WORDS = 1_000
MOST_CHOSEN = 60
SORT_LABELS = {"relevance": "Best match", "newest": "Newest", "evidence": "Strongest evidence", "price": "Lowest price"}
FIRST = ("purpose", "care-setting", "conformity", "evidence", "autonomy", "hosting-country", "price-model", "kind")


@dataclass(frozen=True, slots=True)
class Asking:
    """The words, the filters by facet, the order, and the page; `volumes` are the buyer's, for prices on the cards."""

    words: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = "relevance"
    after: str = ""
    project: str = ""
    every_filter: bool = False
    with_stale: bool = False
    volumes: dict[str, int] = field(default_factory=dict)

    @property
    def heading(self) -> str:
        return f"Products for “{self.words}”" if self.words else "Catalogue"

    def url(self, path: str = "/products") -> str:
        """The address that brings back this very state."""
        pairs = self.pairs()
        extra = {"after": self.after, "project": self.project, "more": "filters" if self.every_filter else ""}
        pairs += [(name, value) for name, value in extra.items() if value]
        pairs += [(name, str(number)) for name, number in self.volumes.items()]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def pairs(self) -> list[tuple[str, str]]:
        """What decides the results: words, filters, order; not the page, nor where the search is made from."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(facet, value) for facet in sorted(self.chosen) for value in sorted(self.chosen[facet])]
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        return pairs + ([("stale", "shown")] if self.with_stale else [])

    def without(self, facet: str, value: str) -> "Asking":
        left = {key: values - {value} if key == facet else values for key, values in self.chosen.items()}
        return replace(self, chosen={key: values for key, values in left.items() if values}, after="")

    def query(self, count: tuple[str, ...], *, today: date) -> Query:
        """What the engine is asked; listings that nobody touched for years stay out unless they are asked for."""
        return Query(
            words=self.words, chosen=self.chosen, hidden={} if self.with_stale else hidden(today), count=count,
            sort=self.sort, limit=PAGE, after=self.after or None,
        )  # fmt: skip


def read_asking(query: Values, facets: Mapping[str, Facet]) -> Asking:
    """What the address asks. Raises Invalid for a sort that there is none of, or far too much of anything."""
    words = query.one("q").strip()
    if len(words) > LONGEST_WORDS:
        words = words[:LONGEST_WORDS]
    chosen = {key: frozenset(values) for key in facets if (values := [one for one in query.all(key) if one])}
    if sum(len(values) for values in chosen.values()) > MOST_CHOSEN:
        raise Invalid(f"more than {MOST_CHOSEN} filters were chosen", "Clear some of them.")
    sort = query.one("sort", "relevance") or "relevance"
    if sort not in SORT_LABELS or (sort != "relevance" and sort not in SORTS):
        raise Invalid(f"products cannot be sorted by {sort}", f"Sort by {', '.join(SORT_LABELS)}.")
    return Asking(
        words=" ".join(words.split()), chosen=chosen, sort=sort, after=query.one("after"), project=query.one("project"),
        every_filter=query.one("more") == "filters", with_stale=query.one("stale") == "shown",
        volumes=read_volumes(query),
    )  # fmt: skip


def read_volumes(query: Values) -> dict[str, int]:
    """The buyer's numbers for prices: users, uses a year, sites. What is not a whole number is left out."""
    typed = {name: query.one(name).replace(",", "").strip() for name in ("users", "uses", "sites")}
    return {name: int(text) for name, text in typed.items() if text.isascii() and text.isdigit() and len(text) <= 10}


def facets_of(frameworks: Frameworks) -> dict[str, Facet]:
    """Every filter by key: those that buyers use most first, then the rest in their declared order."""
    known = {facet.key: facet for facet in catalogue_facets(frameworks)}
    return {key: known[key] for key in dict.fromkeys((*FIRST, *known)) if key in known}
