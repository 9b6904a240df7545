"""The port on tantivy, inside the process."""

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from tantivy import Query as Asked

from marketplace.kit.paging import encode_cursor
from marketplace.kit.values import replace
from marketplace.ports.search.asked import key_of, place_of
from marketplace.ports.search.near import Meaning
from marketplace.ports.search.passages import passage, passage_from
from marketplace.ports.search.port import DEEPEST, Document, Found, Hit, Query, Vocabulary, Without
from marketplace.ports.search.tantivy import asking, writing
from marketplace.ports.search.tantivy.finding import Finder
from marketplace.ports.search.tantivy.ranking import Scored, page
from marketplace.ports.search.tantivy.reading import Reading, Readings, telling_of_engine, verify
from marketplace.ports.search.tantivy.schema import root, text_of
from marketplace.ports.search.tantivy.store import PATIENCE, Store, seal
from marketplace.ports.search.thesaurus import Thesaurus


class TantivySearch:
    """`clock` gives seconds that never go back and decides when open files are looked at again.

    `patience`: seconds that a writer waits for another. With `meaning`, documents are also found by what they mean.
    """

    name = "tantivy"

    def __init__(
        self, folder: Path, vocabulary: Vocabulary | None = None, *, meaning: Meaning | None = None,
        clock: Callable[[], float] = monotonic, patience: float = PATIENCE,
    ) -> None:  # fmt: skip
        self._store = Store(folder, patience=patience)
        self._readings = Readings(self._store, clock=clock)
        self._thesaurus = Thesaurus(vocabulary or Vocabulary(), root=root)
        self._meaning = meaning

    def find(self, query: Query) -> Found:
        with self._reading() as reading:
            finder, at = self._finder(reading), place_of(query)
            understood = finder.understood(query)
            total, scored = page(finder, query, at=at, limit=max(1, min(query.limit, DEEPEST - at)))
            parts = {each.key: each.start for each in finder.near(query)}
            hits = tuple(hit(reading, each, understood.roots, parts) for each in scored[: max(0, query.limit)])
            reached = at + len(hits)
            return Found(
                hits=hits,
                total=total,
                facets=finder.facets(query),
                corrected=understood.corrected,
                next=encode_cursor(reached) if hits and reached < min(total, DEEPEST) else None,
                engine=self.name,
            )

    def without(self, query: Query) -> Without:
        with self._reading() as reading:
            finder = self._finder(reading)
            ticks = [(facet, value) for facet, values in query.chosen.items() for value in sorted(values)]
            is_limit = query.costs is not None and query.costs.is_limit
            return Without(
                words=finder.total(replace(query, words="")) if query.words.strip() else None,
                values={tick: finder.total(query.without_value(*tick)) for tick in ticks},
                costs=finder.total(replace(query, costs=None)) if is_limit else None,
                filters=finder.total(query.unfiltered()) if len(ticks) + is_limit > 1 else None,
            )

    def suggest(self, words: str, *, limit: int = 8) -> tuple[str, ...]:
        with self._reading() as reading:
            understood = self._finder(reading).understood(Query(words=words, typing=True))
            whole = asking.in_title(understood)
            hits = reading.products.search(whole, max(1, limit) * 2, count=False).hits
            titles = [reading.products.doc(address)["name"][0].decode() for _, address in hits]
            return tuple(dict.fromkeys(titles))[:limit]

    def put(self, documents: Iterable[Document]) -> None:
        put = list(documents)
        with self._writing() as generation:
            writing.put(generation, put)
            seal(generation)
        if self._meaning:
            self._meaning.learn((key_of(each.ref), each.title, text_of(each)) for each in put)

    def drop(self, refs: Iterable[str]) -> None:
        with self._writing() as generation:
            writing.drop(generation, refs)
            seal(generation)

    def rebuild(self, documents: Iterable[Document]) -> int:
        with self._store.writing(), telling_of_engine():
            generation = self._store.aside()
            try:
                count = writing.build(generation, documents)
                seal(generation)
            except BaseException:
                shutil.rmtree(generation, ignore_errors=True)
                raise
            self._store.swap(generation)
        self._readings.forget()
        if self._meaning:
            self._learn_all(self._meaning)
        return count

    def _learn_all(self, meaning: Meaning) -> None:
        """Documents are already found by their words while this lasts, which is long the first time."""
        with self._reading() as reading:
            products = reading.products
            hits = products.search(Asked.all_query(), max(1, products.num_docs), count=False).hits
            told = (products.doc(address) for _, address in hits)
            meaning.learn((key_of(each["ref"][0]), each["name"][0].decode(), each["text"][0].decode()) for each in told)
            meaning.keep({int(key or 0) for key in products.fast_field_values("key", [each for _, each in hits])})

    def digests(self) -> Iterator[tuple[str, str]]:
        with self._reading() as reading:
            products = reading.products
            hits = products.search(Asked.all_query(), max(1, products.num_docs), count=False).hits
            for _, address in hits:
                told = products.doc(address)
                yield str(told["ref"][0]), told["digest"][0].decode()

    def check(self) -> None:
        verify(self._store.current(), known={})

    def _finder(self, reading: Reading) -> Finder:
        return Finder(reading, self._thesaurus, self._meaning)

    @contextmanager
    def _reading(self) -> Iterator[Reading]:
        with telling_of_engine():
            yield self._readings.now()

    @contextmanager
    def _writing(self) -> Iterator[Path]:
        """The current generation, for one writer. A damaged one is not written to: it must be rebuilt."""
        with self._store.writing(), telling_of_engine():
            yield self._readings.for_writing()
        self._readings.forget()


def hit(reading: Reading, scored: Scored, roots: Sequence[str], parts: Mapping[int, int]) -> Hit:
    """`parts`: where the part begins that is near in meaning, shown where no word of the search stands in the text."""
    score, address = scored
    told = reading.products.doc(address)
    ref, text = str(told["ref"][0]), told["text"][0].decode()
    shown = passage(text, roots) if roots else None
    if not shown and (start := parts.get(key_of(ref))) is not None:
        shown = passage_from(text, start)
    return Hit(ref, float(score), json.loads(told["stored"][0]), shown)
