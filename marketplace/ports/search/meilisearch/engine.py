"""The port on a Meilisearch server."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from time import monotonic
from typing import Any

from meilisearch.client import Client
from meilisearch.models.task import TaskInfo

from marketplace.kit.paging import encode_cursor
from marketplace.kit.values import replace
from marketplace.ports.search.asked import counted_apart, is_joined, key_of, place_of
from marketplace.ports.search.meilisearch import asking, costing
from marketplace.ports.search.meilisearch.server import Server
from marketplace.ports.search.meilisearch.settings import FORMAT, as_record, settings
from marketplace.ports.search.port import DEEPEST, Document, Found, Query, SearchUnavailable, Vocabulary, Without
from marketplace.ports.search.thesaurus import Thesaurus
from marketplace.ports.search.words import Word, singular

Answer = Mapping[str, Any]

ENOUGH = 10
"""Documents that have every word; with fewer, those that have the rarer words are found too."""
BATCH = 1_000
ABANDONED_AFTER = timedelta(hours=1)
"""An index aside that is older was left by a rebuild that died."""


class MeilisearchSearch:
    """`clock` gives seconds that never go back and times the circuit; `now` tells how old a rebuild is."""

    name = "meilisearch"

    def __init__(
        self, url: str, key: str = "", vocabulary: Vocabulary | None = None, *, index: str = "products",
        clock: Callable[[], float] = monotonic, now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:  # fmt: skip
        self._now = now
        self._server = Server(url, key, clock=clock)
        self._vocabulary = vocabulary or Vocabulary()
        self._thesaurus = Thesaurus(self._vocabulary, root=singular)
        self._index = f"{index}-v{FORMAT}"
        self._aside = f"{self._index}-aside"

    def find(self, query: Query) -> Found:
        words, at = asking.wanted(query.words, self._thesaurus), place_of(query)
        if query.words.strip() and not words:
            return Found(hits=(), total=0, facets={facet: {} for facet in query.count}, engine=self.name)
        strategy = self._strategy(query, words)
        main, *others = self._answers(query, words, strategy)
        if not int(main["estimatedTotalHits"]) and (begun := self._begun(query, words)):
            return self.find(begun)
        hits = tuple(asking.hit_of(hit) for hit in self._page_of(query, words, strategy, main))
        total, reached = int(main["estimatedTotalHits"]), at + len(hits)
        return Found(
            hits=hits,
            total=total,
            facets=self._facets(query, words, strategy, main, others),
            corrected=asking.corrected(query.words, words, asking.matched(main["hits"])),
            next=encode_cursor(reached) if hits and reached < min(total, DEEPEST) else None,
            engine=self.name,
        )

    def _begun(self, query: Query, words: Sequence[Word]) -> Query | None:
        """The query with its last word read as begun, where no document has its words as they are; None otherwise."""
        if query.typing or not words:
            return None
        alone = Query(words=query.words, limit=0)
        (answer,) = self._asked([self._search(alone, words, "all", ())])
        return None if int(answer["estimatedTotalHits"]) else replace(query, typing=True)

    def _answers(self, query: Query, words: Sequence[Word], strategy: str) -> list[Answer]:
        """In one call: the page with the counts of facets where nothing is chosen, then a count for each that is."""
        apart = counted_apart(query)
        free = [facet for facet in query.count if facet not in apart]
        asked = [self._search(query, words, strategy, free)]
        for facet in apart:
            loose = replace(query.without_facet(facet), limit=0, after=None)
            asked.append(self._search(loose, words, strategy, [facet]))
        return self._asked(asked)

    def _page_of(self, query: Query, words: Sequence[Word], strategy: str, main: Answer) -> Sequence[Answer]:
        """The hits of a page. What things cost the buyer the server does not know: that order takes two calls more."""
        if query.sort != "price" or not query.costs:
            return list(main["hits"])
        every = costing.every_ref(self._search(query, words, strategy, ()), query.costs)
        matched = self._server.ask(lambda client: asking.refs_in(client.multi_search([every])["results"][0]))
        plan = costing.plan(matched, query.costs, at=place_of(query), limit=query.limit)
        on_page, known = asking.among(plan.refs), asking.among(query.costs.pence)
        cheapest = replace(query, limit=len(plan.refs), after=None)
        first, rest = self._asked([
            self._search(cheapest, words, strategy, (), [on_page]),
            self._search(costing.rest(query, plan), words, strategy, (), [f"NOT {known}"]),
        ])  # fmt: skip
        by_ref = {str(hit["ref"]): hit for hit in first["hits"]}
        return [*(by_ref[ref] for ref in plan.refs if ref in by_ref), *rest["hits"][: plan.rest]]

    def _facets(
        self, query: Query, words: Sequence[Word], strategy: str, main: Answer, others: Sequence[Answer]
    ) -> dict[str, Mapping[str, int]]:
        """The counts; what goes together with another facet that is chosen is asked value by value."""
        counts = facets_of(query, main, others)
        for facet in (each for each in query.count if is_joined(query, each)):
            values = [value for value, count in counts[facet].items() if count]
            asked = [replace(query.with_only(facet, value), limit=0, after=None) for value in values]
            told = self._asked([self._search(each, words, strategy, ()) for each in asked]) if asked else []
            totals = {value: int(each["estimatedTotalHits"]) for value, each in zip(values, told, strict=True)}
            chosen = dict.fromkeys(sorted(query.chosen.get(facet, ())), 0)
            kept = chosen | {value: count for value, count in totals.items() if count}
            counts[facet] = dict(sorted(kept.items(), key=lambda one: -one[1]))
        return counts

    def _asked(self, questions: Sequence[Mapping[str, Any]]) -> list[Answer]:
        return self._server.ask(lambda client: asking.answers_in(client.multi_search(questions), len(questions)))

    def _search(
        self, query: Query, words: Sequence[Word], strategy: str, facets: Sequence[str], only: Sequence[str] = ()
    ) -> dict[str, Any]:
        return asking.search_of(query, words, index=self._index, strategy=strategy, facets=facets, only=only)

    def _strategy(self, query: Query, words: Sequence[Word]) -> str:
        """Decided by the words alone, so that a filter never changes which words are enough."""
        if len(words) < 2:
            return "all"
        alone = Query(words=query.words, typing=query.typing, limit=0)
        (answer,) = self._asked([self._search(alone, words, "all", ())])
        return "all" if int(answer["estimatedTotalHits"]) >= ENOUGH else "frequency"

    def without(self, query: Query) -> Without:
        words = asking.wanted(query.words, self._thesaurus)
        query = self._begun(query, words) or query
        strategy = self._strategy(query, words)
        ticks = [(facet, value) for facet, values in query.chosen.items() for value in sorted(values)]
        loose = replace(query, words="", limit=0, after=None)
        asked = [self._search(loose, (), "all", ())]
        for tick in ticks:
            fewer = replace(query.without_value(*tick), limit=0, after=None)
            asked.append(self._search(fewer, words, strategy, ()))
        is_limit = query.costs is not None and query.costs.is_limit
        asked.append(self._search(replace(query, costs=None, limit=0, after=None), words, strategy, ()))
        asked.append(self._search(replace(query.unfiltered(), limit=0, after=None), words, strategy, ()))
        everything, *totals, unlimited, bare = [int(answer["estimatedTotalHits"]) for answer in self._asked(asked)]
        return Without(
            words=everything if query.words.strip() else None, values=dict(zip(ticks, totals, strict=True)),
            costs=unlimited if is_limit else None, filters=bare if len(ticks) + is_limit > 1 else None,
        )  # fmt: skip

    def suggest(self, words: str, *, limit: int = 8) -> tuple[str, ...]:
        typed = asking.wanted(words, self._thesaurus)
        if not typed:
            return ()
        asked = {
            "limit": 2 * limit, "attributesToSearchOn": ["names"], "attributesToRetrieve": ["name"],
            "matchingStrategy": "all",
        }  # fmt: skip
        text = asking.typed(typed, unfinished=not words.endswith(" "))
        titles = self._server.ask(
            lambda client: [str(hit["name"]) for hit in client.index(self._index).search(text, asked)["hits"]]
        )
        return tuple(dict.fromkeys(titles))[:limit]

    def put(self, documents: Iterable[Document]) -> None:
        self._wait_for_no_rebuild()
        self._add(self._index, documents)

    def drop(self, refs: Iterable[str]) -> None:
        keys = ", ".join(f'"{key_of(ref):016x}"' for ref in refs)
        self._wait_for_no_rebuild()
        if keys:
            self._server.do(lambda client: client.index(self._index).delete_documents(filter=f"key IN [{keys}]"))

    def rebuild(self, documents: Iterable[Document]) -> int:
        """While it lasts, its index aside keeps other writers out."""
        self._clear_abandoned()
        try:
            self._create(self._aside)
            count = self._add(self._aside, first_of_each(documents))
            if self._described(self._index) is None:
                self._create(self._index)
            self._server.do(lambda client: client.swap_indexes([{"indexes": [self._index, self._aside]}]))
        finally:
            self._remove(self._aside)
        return count

    def digests(self) -> Iterator[tuple[str, str]]:
        at, total = 0, 1
        while at < total:
            page = {"offset": at, "limit": BATCH, "fields": ["ref", "digest"]}
            found, total = self._server.ask(partial(self._page, page))
            yield from found
            at += BATCH

    def _page(self, page: dict[str, Any], client: Client) -> tuple[list[tuple[str, str]], int]:
        told = client.index(self._index).get_documents(page)
        return [(str(each.ref), str(each.digest)) for each in told.results], int(told.total)

    def check(self) -> None:
        if self._described(self._index) is None:
            raise SearchUnavailable("the search server has no index of ours", lost=True)

    def _add(self, index: str, documents: Iterable[Document]) -> int:
        """In batches, each followed to its end."""
        records, count = (as_record(document, self._thesaurus) for document in documents), 0
        while batch := list(islice(records, BATCH)):
            self._server.do(partial(hand_over, index, batch))
            count += len(batch)
        return count

    def _create(self, index: str) -> None:
        self._server.do(lambda client: client.create_index(index, {"primaryKey": "key"}))
        self._server.do(lambda client: client.index(index).update_settings(settings(self._vocabulary)))

    def _remove(self, index: str) -> None:
        if self._described(index) is not None:
            self._server.do(lambda client: client.delete_index(index))

    def _described(self, index: str) -> Mapping[str, Any] | None:
        """None when there is no such index."""
        try:
            return dict(self._server.ask(lambda client: client.get_raw_index(index)))
        except SearchUnavailable as missing:
            if missing.lost:
                return None
            raise

    def _wait_for_no_rebuild(self) -> None:
        aside = self._described(self._aside)
        if aside and not is_abandoned(aside, at=self._now()):
            raise SearchUnavailable("the search index is being rebuilt")
        self.check()

    def _clear_abandoned(self) -> None:
        aside = self._described(self._aside)
        if aside and not is_abandoned(aside, at=self._now()):
            raise SearchUnavailable("the search index is being rebuilt by another process")
        self._remove(self._aside)


def hand_over(index: str, batch: Sequence[Mapping[str, Any]], client: Client) -> TaskInfo:
    return client.index(index).add_documents(batch, "key")


def is_abandoned(index: Answer, *, at: datetime) -> bool:
    """`createdAt` is UTC with more decimals than a datetime has."""
    return at - datetime.fromisoformat(str(index["createdAt"])[:19]).replace(tzinfo=UTC) > ABANDONED_AFTER


def facets_of(query: Query, main: Answer, others: Sequence[Answer]) -> dict[str, Mapping[str, int]]:
    """What one gets by clicking; a chosen value is told even at 0."""
    answers = dict(zip(counted_apart(query), others, strict=True))
    counts = {facet: asking.counts_of(answers.get(facet, main), facet) for facet in query.count}
    for facet in answers:
        counts[facet] |= {value: 0 for value in sorted(query.chosen.get(facet, ())) if value not in counts[facet]}
    return dict(counts)


def first_of_each(documents: Iterable[Document]) -> Iterator[Document]:
    """Of a ref given twice, the first counts."""
    seen: set[str] = set()
    for document in documents:
        if document.ref not in seen:
            seen.add(document.ref)
            yield document
