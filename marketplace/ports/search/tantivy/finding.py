"""One question put to one reading of the index."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from tantivy import DocAddress
from tantivy import Query as Asked

from marketplace.ports.search.asked import counted_apart, facet_field, is_joined, key_of, required
from marketplace.ports.search.near import Meaning, Near
from marketplace.ports.search.port import Costs, Query
from marketplace.ports.search.tantivy import asking
from marketplace.ports.search.tantivy.reading import Reading
from marketplace.ports.search.tantivy.schema import VALUE_MARK, count_of
from marketplace.ports.search.tantivy.understanding import Reader, Understood
from marketplace.ports.search.thesaurus import Thesaurus

SHARES = (1.0, 0.75, 0.5, 0.35, 0.25, 0.15)
"""How much of the weight of the words a document must have: the first that leaves `ENOUGH` documents decides.

It is decided by the words alone, so that a filter never changes which words are enough, and a count holds when clicked.
"""
ENOUGH = 10
MOST_VALUES = 500
MOST_KEPT = 2_000

T = TypeVar("T")


class Finder:
    """Answers that hold as long as the reading are kept beside it."""

    def __init__(self, reading: Reading, thesaurus: Thesaurus, meaning: Meaning | None) -> None:
        self.products = reading.products
        self._reading = reading
        self._thesaurus = thesaurus
        self._meaning = meaning

    def understood(self, query: Query) -> Understood:
        reader = Reader(self._reading.products, self._reading.words, self._thesaurus)
        key = ("understood", query.words, query.typing)
        return self._kept(key, lambda: reader.understand(query.words, typing=query.typing))

    def near(self, query: Query) -> tuple[Near, ...]:
        """Documents near in meaning to what is searched, nearest first. None while somebody is still typing."""
        if not self._meaning or query.typing:
            return ()
        meaning, words = self._meaning, self.understood(query).corrected or query.words
        return self._kept(("near", query.words), lambda: tuple(meaning.near(words)))

    def by_words(self, query: Query) -> Asked:
        """Documents that have the words, before any filter; all when there are none."""
        if not query.words.strip():
            return Asked.all_query()
        understood = self.understood(query)
        share = self._kept(("share", query.words, query.typing), lambda: self._share(understood))
        return Asked.const_score_query(asking.matching(understood, share=share), 0.0)

    def everything(self, query: Query) -> Asked:
        """Documents found, by words or by meaning, that pass the filters."""
        near = self.near(query)
        found = self.by_words(query)
        return self.filtered(query, asking.any_of([found, asking.keyed(near)]) if near else found)

    def filtered(
        self, query: Query, found: Asked, *, better: Iterable[Asked] = (), never: Iterable[Asked] = ()
    ) -> Asked:
        """`better` adds to scores and decides nothing."""
        filters = [asking.chosen(facet, values) for facet, values in sorted(required(query).items())]
        if query.costs and query.costs.is_limit:
            filters.append(self._within(query.costs))
        hidden = [asking.chosen(facet, values) for facet, values in sorted(query.hidden.items()) if values]
        return asking.together([found, *filters], better=better, never=[*hidden, *never])

    def total(self, query: Query) -> int:
        return self._kept(("total", *identity(query)), lambda: count_of(self._reading.products, self.everything(query)))

    def priced(self, query: Query, costs: Costs) -> list[DocAddress]:
        """What is found and has a cost for the buyer, the cheapest first."""
        return self._kept(("priced", costs, *identity(query)), lambda: self._in_order_of_cost(query, costs))

    def known(self, costs: Costs) -> Asked:
        """Documents with a cost for the buyer."""
        return self._kept(("known", costs), lambda: asking.among(costs.pence))

    def facets(self, query: Query) -> dict[str, Mapping[str, int]]:
        """What one gets by clicking: each facet is counted as if nothing of its own were chosen."""
        apart = counted_apart(query)
        free = tuple(facet for facet in query.count if facet not in apart)
        counts = dict(self._counts(query, free))
        for facet in apart:
            found = dict(self._counts(query.without_facet(facet), (facet,))[facet])
            found = self._joined(query, facet, found) if is_joined(query, facet) else found
            chosen = sorted(query.chosen.get(facet, ()))
            counts[facet] = found | {value: 0 for value in chosen if value not in found}
        return {facet: counts[facet] for facet in query.count}

    def _joined(self, query: Query, facet: str, found: Mapping[str, int]) -> dict[str, int]:
        """Of the values found, what each gives where one part has to meet other facets too."""
        totals = {value: self.total(query.with_only(facet, value)) for value in found}
        return dict(sorted(((value, count) for value, count in totals.items() if count), key=lambda one: -one[1]))

    def _within(self, costs: Costs) -> Asked:
        return self._kept(("within", costs), lambda: asking.among(costs.within()))

    def _in_order_of_cost(self, query: Query, costs: Costs) -> list[DocAddress]:
        both = asking.together([self.everything(query), self.known(costs)])
        found = self.products.search(both, max(1, len(costs.pence)), count=False).hits
        addresses = [address for _, address in found]
        places = self._kept(
            ("places", costs), lambda: {key_of(ref): (pence, ref) for ref, pence in costs.pence.items()}
        )
        keys = self.products.fast_field_values("key", addresses)
        return [address for _, address in sorted(zip((places[int(key or 0)] for key in keys), addresses, strict=True))]

    def _counts(self, query: Query, facets: tuple[str, ...]) -> Mapping[str, Mapping[str, int]]:
        return self._kept(("counts", facets, *identity(query)), lambda: self._counted(query, facets)) if facets else {}

    def _counted(self, query: Query, facets: tuple[str, ...]) -> Mapping[str, Mapping[str, int]]:
        fields = {str(number): f"facets.{facet_field(facet)}" for number, facet in enumerate(facets)}
        terms = {name: {"terms": {"field": field, "size": MOST_VALUES}} for name, field in fields.items()}
        told = self._reading.products.aggregate(self.everything(query), terms)
        return {facet: values_in(told[name]) for name, facet in zip(fields, facets, strict=True)}

    def _share(self, understood: Understood) -> float:
        for share in SHARES[:-1]:
            if count_of(self._reading.products, asking.matching(understood, share=share)) >= ENOUGH:
                return share
        return SHARES[-1]

    def _kept(self, key: object, make: Callable[[], T]) -> T:
        kept = self._reading.kept
        found = kept.get(key)
        if found is None:
            if len(kept) >= MOST_KEPT:
                kept.clear()
            found = kept[key] = make()
        return cast(T, found)


def identity(query: Query) -> tuple[object, ...]:
    """What decides which documents are found, whatever the order, the page or the facets counted."""
    costs = query.costs if query.costs and query.costs.is_limit else None
    return query.words, query.typing, frozenset(required(query).items()), frozenset(query.hidden.items()), costs


def values_in(told: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"].removeprefix(VALUE_MARK): int(bucket["doc_count"]) for bucket in told["buckets"]}
