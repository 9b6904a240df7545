"""What the engine for the world does when its server is down, slow, wrong, or gives up a task later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from marketplace.ports.search.circuit import FAILURES, REST
from marketplace.ports.search.meilisearch import MeilisearchSearch
from marketplace.ports.search.port import Query, SearchUnavailable
from tests.ports.meilisearch_double import Double, running
from tests.ports.search_cast import CATALOGUE, LUMEN, WORDS, a_document


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def double() -> Iterator[Double]:
    with running() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def search(double: Double, clock: Clock) -> MeilisearchSearch:
    built = MeilisearchSearch(double.url, "key", WORDS, clock=clock)
    built.rebuild(iter(CATALOGUE))
    return built


def test_a_server_that_is_not_there_is_told_at_once():
    search = MeilisearchSearch("http://127.0.0.1:9", "", WORDS)

    with pytest.raises(SearchUnavailable) as told:
        search.find(Query(words="scribe"))

    assert not told.value.lost


def test_a_slow_server_is_given_a_second(search: MeilisearchSearch, double: Double):
    double.slow = 2.0
    began = perf_counter()

    with pytest.raises(SearchUnavailable, match="does not answer"):
        search.find(Query(words="scribe"))

    assert perf_counter() - began < 1.5


def test_after_some_failures_nothing_is_asked_until_the_rest_is_over(
    search: MeilisearchSearch, double: Double, clock: Clock
):
    double.status = 500
    for _ in range(FAILURES):
        with pytest.raises(SearchUnavailable):
            search.find(Query(words="scribe"))
    asked = double.calls.total()

    with pytest.raises(SearchUnavailable, match="a moment ago"):
        search.find(Query(words="scribe"))
    assert double.calls.total() == asked

    double.status = None
    clock.seconds += REST + 1
    assert search.find(Query(words="scribe")).total == 1
    assert search.find(Query(words="scribe")).total == 1


def test_one_caller_at_a_time_tries_after_the_rest(search: MeilisearchSearch, double: Double, clock: Clock):
    double.status = 503
    for _ in range(FAILURES):
        with pytest.raises(SearchUnavailable):
            search.find(Query())
    clock.seconds += REST + 1

    with pytest.raises(SearchUnavailable, match="refused"):
        search.find(Query())
    with pytest.raises(SearchUnavailable, match="a moment ago"):
        search.find(Query())


def test_a_wrong_key_is_told_and_is_no_reason_to_rest(search: MeilisearchSearch, double: Double):
    double.status = 403
    for _ in range(FAILURES + 1):
        with pytest.raises(SearchUnavailable, match="refused"):
            search.find(Query())


def test_an_answer_that_is_not_the_servers_is_no_traceback(search: MeilisearchSearch, double: Double):
    double.garbage = True

    for act in (lambda: search.find(Query()), lambda: search.put([LUMEN]), lambda: search.suggest("lum"), search.check):
        with pytest.raises(SearchUnavailable):
            act()


def test_a_task_that_fails_later_is_an_error_now(search: MeilisearchSearch, double: Double):
    double.fails = {"documentAdditionOrUpdate", "documentDeletion"}

    with pytest.raises(SearchUnavailable, match="no space left"):
        search.put([a_document("PRD-NEW", "Newcomer")])
    with pytest.raises(SearchUnavailable, match="no space left"):
        search.drop([LUMEN.ref])

    double.fails = set()
    search.put([a_document("PRD-NEW", "Newcomer")])
    assert search.find(Query(words="newcomer")).total == 1


@pytest.mark.parametrize("kind", ["indexCreation", "settingsUpdate", "documentAdditionOrUpdate", "indexSwap"])
def test_a_rebuild_that_fails_leaves_the_old_index_and_can_be_tried_again(
    search: MeilisearchSearch, double: Double, kind: str
):
    double.fails = {kind}
    with pytest.raises(SearchUnavailable):
        search.rebuild(iter([LUMEN]))
    assert search.find(Query()).total == len(CATALOGUE)

    double.fails = set()
    assert search.rebuild(iter([LUMEN])) == 1
    assert search.find(Query()).total == 1


def test_an_index_that_vanished_is_lost(search: MeilisearchSearch, double: Double):
    double.indexes.clear()

    for act in (
        lambda: search.find(Query()),
        lambda: search.put([LUMEN]),
        search.check,
        lambda: list(search.digests()),
    ):
        with pytest.raises(SearchUnavailable) as told:
            act()
        assert told.value.lost


def test_nobody_writes_during_a_rebuild(search: MeilisearchSearch, double: Double):
    other = MeilisearchSearch(double.url, "key", WORDS)

    def documents() -> Iterator[object]:
        with pytest.raises(SearchUnavailable, match="being rebuilt"):
            other.put([LUMEN])
        with pytest.raises(SearchUnavailable, match="being rebuilt"):
            other.rebuild(iter([LUMEN]))
        yield LUMEN

    assert search.rebuild(documents()) == 1  # type: ignore[arg-type]
    other.put([a_document("PRD-NEW", "Newcomer")])
    assert search.find(Query()).total == 2


def test_what_a_dead_rebuild_left_stops_nobody_for_more_than_an_hour(double: Double, search: MeilisearchSearch):
    double.create({"uid": "products-v1-aside", "primaryKey": "key"})
    with pytest.raises(SearchUnavailable, match="being rebuilt"):
        search.put([LUMEN])
    later = MeilisearchSearch(double.url, "key", WORDS, now=lambda: datetime.now(UTC) + timedelta(minutes=61))

    later.put([LUMEN])
    assert later.rebuild(iter(CATALOGUE)) == len(CATALOGUE)


def test_a_page_is_one_call_for_one_word_two_for_more_and_one_more_where_it_is_empty(
    search: MeilisearchSearch, double: Double
):
    for words, kind, calls in (("", "model", 1), ("scribe", "genai-application", 1), ("scribe", "model", 2),
                               ("ambient scribe", "genai-application", 2)):  # fmt: skip
        chosen = {"kind": frozenset({kind})}
        double.calls.clear()

        search.find(Query(words=words, chosen=chosen, count=("kind", "care-setting")))

        assert double.calls == {"POST /multi-search": calls}


def test_a_thousand_documents_go_in_batches(double: Double):
    search = MeilisearchSearch(double.url, "key", WORDS)

    assert search.rebuild(a_document(f"PRD-{number}", "Product") for number in range(2_500)) == 2_500
    assert len(dict(search.digests())) == 2_500
