"""What a search page was asked, read from its URL and written back: every state is an address."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from marketplace.catalogue.queries.asking import product_query
from marketplace.catalogue.rules.costing import FIELDS, NOTHING, Costing, costing_in_words, read_costing
from marketplace.catalogue.search import STUDIED
from marketplace.catalogue.search import facets as catalogue_facets
from marketplace.faces.ask import Values
from marketplace.faces.finding import MOST_CHOSEN
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.forms import Facet
from marketplace.kit.errors import Invalid
from marketplace.kit.values import Value, field, replace
from marketplace.ports.search.port import SORTS, Query

PAGE = 20
LONGEST_WORDS = 1_000
SORT_LABELS = {"relevance": "Best match", "newest": "Newest", "evidence": "Strongest evidence", "price": "Lowest price"}
FIRST = ("purpose", "care-setting", "conformity", "evidence", "autonomy", "hosting-country", "price-model", "kind")


class Asking(Value):
    """The words, the filters by facet, the order, and the page.

    `costing` are the buyer's numbers, for prices on the cards, for the order of price, and what a year may cost;
    `typed` is what stood in its fields, `wrong` what of that cannot be read.
    """

    words: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = "relevance"
    after: str = ""
    project: str = ""
    every_filter: bool = False
    with_stale: bool = False
    costing: Costing = NOTHING
    typed: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)

    @property
    def cost_in_words(self) -> str:
        return costing_in_words(self.costing)

    @property
    def heading(self) -> str:
        return f"Products for “{self.words}”" if self.words else "Catalogue"

    def url(self, path: str = "/products") -> str:
        """The address that brings back this very state."""
        pairs = self.pairs()
        extra = {"after": self.after, "project": self.project, "more": "filters" if self.every_filter else ""}
        pairs += [(name, value) for name, value in extra.items() if value]
        told = {name for name, _ in pairs}
        pairs += [(name, value) for name, (value,) in self.costing.choices().items() if name not in told]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def pairs(self) -> list[tuple[str, str]]:
        """What decides the results: words, filters, order; not the page, nor where the search is made from."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(facet, value) for facet in sorted(self.chosen) for value in sorted(self.chosen[facet])]
        pairs += [("sort", self.sort)] if self.sort != "relevance" else []
        if self.costing.is_limit or self.sort == "price":
            pairs += [(name, value) for name, (value,) in self.costing.choices().items()]
        return pairs + ([("stale", "shown")] if self.with_stale else [])

    def without(self, facet: str, value: str) -> "Asking":
        left = {key: values - {value} if key == facet else values for key, values in self.chosen.items()}
        return replace(self, chosen={key: values for key, values in left.items() if values}, after="")

    def at_volumes(self, volumes: Mapping[str, int]) -> "Asking":
        """The same for the numbers of a project, where none were typed."""
        return replace(self, costing=self.costing.at(volumes))

    def without_limits(self) -> "Asking":
        """The same at whatever cost, for the same numbers."""
        return replace(self, costing=replace(self.costing, least=None, most=None), after="")

    def without_filters(self) -> "Asking":
        """The words alone."""
        return replace(self.without_limits(), chosen={})

    def query(self, db: Session, count: tuple[str, ...], *, today: date) -> Query:
        """What the engine is asked."""
        return product_query(
            db, self.words, self.chosen, on=today, with_stale=self.with_stale, costing=self.costing, sort=self.sort,
            count=count, limit=PAGE, after=self.after or None,
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
    typed = {name: query.one(name) for name in FIELDS if query.one(name).strip()}
    costing, wrong = read_costing(typed)
    return Asking(
        words=" ".join(words.split()), chosen=chosen, sort=sort, after=query.one("after"), project=query.one("project"),
        every_filter=query.one("more") == "filters", with_stale=query.one("stale") == "shown",
        costing=costing, typed=typed, wrong=wrong,
    )  # fmt: skip


def facets_of(frameworks: Frameworks) -> dict[str, Facet]:
    """Every filter by key: those that buyers use most first, then the rest in their declared order.

    What studies are like stands beside how strong they are.
    """
    known = {facet.key: facet for facet in catalogue_facets(frameworks)}
    beside = FIRST.index("evidence") + 1
    order = dict.fromkeys((*FIRST[:beside], *STUDIED, *FIRST[beside:], *known))
    return {key: known[key] for key in order if key in known}
