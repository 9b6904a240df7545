"""What every engine of search promises. The same tests run on each of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.values import replace
from marketplace.ports.search.meilisearch import MeilisearchSearch
from marketplace.ports.search.port import DEEPEST, Query, Search, SearchUnavailable
from marketplace.ports.search.tantivy import TantivySearch
from tests.ports.embedding_double import WordsAsMeaning
from tests.ports.meilisearch_double import running
from tests.ports.search_cast import (
    CATALOGUE,
    CODEWELL,
    LETTERWING,
    LUMEN,
    PALEA,
    TRIAGE,
    WORDS,
    a_document,
)  # fmt: skip

REAL = os.environ.get("TOUCHSTONE_TEST_SEARCH_URL", "")
ENGINES = ["tantivy", "tantivy with meaning", "meilisearch double", "meilisearch"]


@contextmanager
def an_engine(kind: str, folder: Path) -> Iterator[Search]:
    if kind == "tantivy":
        yield TantivySearch(folder / "index", WORDS)
    elif kind == "tantivy with meaning":
        meaning = pytest.importorskip("marketplace.ports.search.meaning.meaning")
        yield TantivySearch(folder, WORDS, meaning=meaning.VectorMeaning(folder, WordsAsMeaning()))
    elif kind == "meilisearch double":
        with running() as double:
            yield MeilisearchSearch(double.url, "", WORDS)
    elif not REAL:
        pytest.skip("TOUCHSTONE_TEST_SEARCH_URL names no Meilisearch server")
    else:
        key = os.environ.get("TOUCHSTONE_TEST_SEARCH_KEY", "")
        yield MeilisearchSearch(REAL, key, WORDS, index=f"test-{uuid4().hex}")


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Search]:
    """An engine that has never held anything."""
    with an_engine(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture
def changing(empty: Search) -> Search:
    """An engine that holds the catalogue, for a test that changes what it holds."""
    empty.rebuild(iter(CATALOGUE))
    return empty


@pytest.fixture(scope="module", params=ENGINES)
def search(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """An engine that holds the catalogue, for all tests that only ask."""
    with an_engine(request.param, tmp_path_factory.mktemp("search")) as engine:
        engine.rebuild(iter(CATALOGUE))
        yield engine


def refs(search: Search, words: str = "", **more: object) -> list[str]:
    return [hit.ref for hit in search.find(Query(words=words, **more)).hits]  # type: ignore[arg-type]


def test_an_index_that_was_never_built_says_that_it_is_lost(empty: Search):
    for ask in (lambda: empty.find(Query(words="scribe")), lambda: empty.put([LUMEN]), empty.check):
        with pytest.raises(SearchUnavailable) as told:
            ask()

        assert told.value.lost


def test_a_rebuild_tells_how_many_it_holds(empty: Search):
    assert empty.rebuild(iter([*CATALOGUE, LUMEN])) == len(CATALOGUE)
    assert empty.find(Query()).total == len(CATALOGUE)
    empty.check()


def test_a_rebuild_holds_only_what_it_was_given(changing: Search):
    changing.rebuild(iter([PALEA]))

    assert refs(changing) == [PALEA.ref]
    assert refs(changing, "scribe") == []


def test_a_rebuild_that_breaks_leaves_the_old_index_in_place(changing: Search):
    def breaking() -> Iterator[object]:
        yield PALEA
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        changing.rebuild(breaking())  # type: ignore[arg-type]

    assert changing.find(Query()).total == len(CATALOGUE)
    changing.put([LUMEN])


def test_a_document_put_is_found_at_once_and_replaces_its_older_self(changing: Search):
    changing.put([replace(PALEA, title="Palea two", stored={"version": 2}), a_document("PRD-NEW", "Newcomer")])

    assert changing.find(Query(words="Palea")).hits[0].stored == {"version": 2}
    assert refs(changing, "newcomer") == ["PRD-NEW"]
    assert changing.find(Query()).total == len(CATALOGUE) + 1


def test_a_document_dropped_is_gone_and_dropping_it_again_is_no_error(changing: Search):
    changing.drop([LUMEN.ref, "PRD-UNKNOWN"])
    changing.drop([LUMEN.ref])

    assert LUMEN.ref not in refs(changing)


def test_what_is_stored_comes_back_untouched(search: Search):
    (hit,) = search.find(Query(words="Lumen Scribe", limit=1)).hits

    assert hit.stored == {"title": "Lumen Scribe", "supplier": "Lumen", "badges": ["live", "cited"], "price": None}


def test_digests_are_those_of_the_documents(search: Search):
    assert dict(search.digests()) == {document.ref: document.digest() for document in CATALOGUE}


def test_words_are_found_in_any_order_and_case(search: Search):
    assert refs(search, "LETTER clinic Drafts")[0] == LUMEN.ref
    assert refs(search, "drafts clinic letter")[0] == LUMEN.ref


def test_a_title_weighs_more_than_the_text(changing: Search):
    changing.put([a_document("PRD-TEXT", "Another", "It names Doorway once, in passing.")])

    assert refs(changing, "doorway")[:2] == [TRIAGE.ref, "PRD-TEXT"]


def test_an_exact_name_comes_first(changing: Search):
    wordy = a_document("PRD-WORDY", "Lumen Scribe for Lumen Scribe users", "Lumen Scribe and Lumen Scribe.")
    changing.put([wordy, a_document("PRD-SHORT", "Lumen", "A model.")])

    assert refs(changing, "lumen")[0] == "PRD-SHORT"
    assert refs(changing, "lumen scribe")[0] == LUMEN.ref
    assert refs(changing, "lumen avt")[0] == LUMEN.ref


def test_a_typo_still_finds_the_product_and_says_what_was_searched(search: Search):
    for typed in ("Letterwnig", "Leterwing", "Letterwimg", "Lettterwing"):
        found = search.find(Query(words=typed))

        assert found.hits[0].ref == LETTERWING.ref, typed
        assert found.corrected == "letterwing"


def test_a_typo_beside_other_words_is_mended_and_the_rest_stands_as_typed(search: Search):
    found = search.find(Query(words="Synthetic, recrods"))

    assert found.hits[0].ref == PALEA.ref
    assert found.corrected == "Synthetic, records"


def test_words_typed_rightly_are_not_corrected(search: Search):
    assert search.find(Query(words="discharge letters")).corrected is None


def test_one_of_many_words_in_the_plural_is_enough(search: Search):
    assert refs(search, "ambient scribes")[0] == LUMEN.ref


def test_a_word_begun_is_found_while_typing(search: Search):
    assert refs(search, "synth", typing=True) == [PALEA.ref]
    assert refs(search, "discharge lett", typing=True)[0] in (LETTERWING.ref, CODEWELL.ref)


def test_a_word_begun_and_sent_is_found_too(search: Search):
    assert refs(search, "synthe") == [PALEA.ref]
    assert refs(search, "invented synthe")[0] == PALEA.ref
    told = search.without(Query(words="synthe", chosen={"kind": frozenset({"model"})}))
    assert told.values == {("kind", "model"): 1}


def test_british_and_american_spelling_find_each_other(search: Search):
    assert refs(search, "anesthesia") == [PALEA.ref]
    assert refs(search, "pediatric") == [LETTERWING.ref]


def test_synonyms_find_each_other(search: Search):
    assert refs(search, "digital scribe")[0] == LUMEN.ref
    assert refs(search, "ambient voice technology") == [LUMEN.ref]
    assert TRIAGE.ref in refs(search, "A&E")
    assert refs(search, "radiograph") == [TRIAGE.ref]


def test_a_phrase_that_says_the_same_counts_where_its_words_stand_together(changing: Search):
    together = a_document("PRD-TOGETHER", "Pen", "A digital scribe in the pocket.")
    apart = a_document("PRD-APART", "Ink", "Digital ink for the scribe in the pocket.")
    changing.put([together, apart])

    found = refs(changing, "ambient voice technology")

    assert together.ref in found
    assert apart.ref not in found
    assert refs(changing, "ambient scribe")[0] == LUMEN.ref


def test_hyphens_do_not_matter(search: Search):
    assert refs(search, "xray") == refs(search, "x-ray") == [TRIAGE.ref]


def test_a_long_plain_question_finds_what_was_meant(search: Search):
    question = "something that writes discharge letters and is safe for children"

    assert refs(search, question)[0] == LETTERWING.ref


def test_a_passage_shows_the_place_that_answers(search: Search):
    hit = search.find(Query(words="checked by a nurse")).hits[0]

    assert hit.passage is not None
    assert "checked by a nurse" in hit.passage
    assert search.find(Query()).hits[0].passage is None


def test_a_word_that_nothing_has_finds_nothing(search: Search):
    found = search.find(Query(words="xylophone", count=("kind",)))

    assert found.total == 0
    assert found.hits == ()
    assert found.facets == {"kind": {}}


def test_within_a_facet_one_value_is_enough_and_across_facets_all_are_needed(search: Search):
    either = {"care-setting": frozenset({"inpatients", "emergency"})}
    both = either | {"kind": frozenset({"model"})}

    assert set(refs(search, chosen=either)) == {LETTERWING.ref, CODEWELL.ref, TRIAGE.ref}
    assert refs(search, chosen=both) == [TRIAGE.ref]


def test_counts_are_what_one_gets_by_clicking(search: Search):
    chosen = {"care-setting": frozenset({"inpatients"})}
    found = search.find(Query(chosen=chosen, count=("kind", "care-setting")))

    assert found.facets["kind"] == {"genai-application": 2}
    assert found.facets["care-setting"] == {"inpatients": 2, "community": 1, "emergency": 1, "outpatients": 1}
    for setting, count in found.facets["care-setting"].items():
        assert search.find(Query(chosen={"care-setting": frozenset({setting})})).total == count


def test_a_chosen_value_without_results_is_told_as_none(search: Search):
    found = search.find(
        Query(words="Palea", chosen={"care-setting": frozenset({"emergency"})}, count=("care-setting",))
    )

    assert found.total == 0
    assert found.facets["care-setting"] == {"emergency": 0}


def test_a_filter_does_not_change_which_words_are_enough(search: Search):
    words = "discharge letters for the emergency department"
    counted = search.find(Query(words=words, count=("kind",))).facets["kind"]

    for kind, count in counted.items():
        assert search.find(Query(words=words, chosen={"kind": frozenset({kind})})).total == count


def test_hidden_values_are_never_found(search: Search):
    hidden = {"kind": frozenset({"genai-application", "model"})}

    assert refs(search, hidden=hidden) == [PALEA.ref]
    assert search.find(Query(hidden=hidden, count=("kind",))).facets["kind"] == {"synthetic-data-set": 1}


def test_a_facet_that_was_never_declared_anywhere_needs_no_code(changing: Search):
    changing.put([replace(PALEA, facets={"new.question_of 2027": ("yes — “quoted”", "2027-01-01T00:00:00Z", "5")})])
    found = changing.find(Query(count=("new.question_of 2027", "unheard-of")))

    assert found.facets["new.question_of 2027"] == {"2027-01-01T00:00:00Z": 1, "5": 1, "yes — “quoted”": 1}
    assert found.facets["unheard-of"] == {}
    for value in found.facets["new.question_of 2027"]:
        assert refs(changing, chosen={"new.question_of 2027": frozenset({value})}) == [PALEA.ref]


def test_orders_put_the_best_end_first_and_what_is_not_known_last(search: Search):
    assert refs(search, sort="newest") == [each.ref for each in (PALEA, LUMEN, TRIAGE, LETTERWING, CODEWELL)]
    assert refs(search, sort="evidence") == [each.ref for each in (LETTERWING, LUMEN, TRIAGE, PALEA, CODEWELL)]
    assert refs(search, sort="price") == [each.ref for each in (CODEWELL, LUMEN, TRIAGE, LETTERWING, PALEA)]


def test_without_words_relevance_means_newest(search: Search):
    assert refs(search) == refs(search, sort="newest")


def test_pages_follow_one_another_without_gap_or_repetition(search: Search):
    seen, after = [], None
    for _ in range(3):
        found = search.find(Query(sort="price", limit=2, after=after))
        seen += [hit.ref for hit in found.hits]
        after = found.next

    assert after is None
    assert seen == refs(search, sort="price")


@pytest.mark.parametrize("after", ["", "garbage", "LTE", "W10", "WyJ4Il0", "WzFlOTld", "WzEwMDAwXQ", "Wy0xXQ"])
def test_a_page_marker_that_no_page_gave_is_refused(search: Search, after: str):
    with pytest.raises(Invalid):
        search.find(Query(after=after))


def test_an_unknown_order_is_refused_and_the_known_ones_are_named(search: Search):
    with pytest.raises(Invalid) as refused:
        search.find(Query(sort="cheapest"))

    assert "price" in refused.value.hint


def test_a_zero_result_tells_what_each_filter_costs(search: Search):
    chosen = {"kind": frozenset({"model"}), "care-setting": frozenset({"inpatients", "community"})}
    told = search.without(Query(words="letter", chosen=chosen, hidden={"kind": frozenset({"data-set"})}))

    assert told.words == 0
    assert told.values == {
        ("kind", "model"): 3, ("care-setting", "community"): 0, ("care-setting", "inpatients"): 0,
    }  # fmt: skip
    assert told.filters == search.find(Query(words="letter", hidden={"kind": frozenset({"data-set"})})).total == 3
    alone = search.without(Query(chosen={"kind": frozenset({"model"})}))
    assert (alone.words, alone.filters) == (None, None)


def test_titles_are_suggested_while_typing(search: Search):
    assert search.suggest("lum") == ("Lumen Scribe",)
    assert search.suggest("synthetic rec") == ("Palea synthetic records",)
    assert search.suggest("") == ()
    assert len(search.suggest("l", limit=1)) == 1


HOSTILE = [
    '"', '"unclosed', "title:*", "a AND", "AND OR NOT", "(((", "[1 TO 5]", "-scribe", "+scribe", "scribe^1e999", "~~~",
    "*", "?", "\\", "\x00", "‮scribe", "\ud800", "facets.kind:model", "' OR 1=1 --", "{{7*7}}", "e" * 50_000,
    '"' * 50_000, "(a+)+$" * 8_000, "ａｍｂｉｅｎｔ", "½ 1e5 ∞", "🩺", " \t\n ", "a-" * 20_000,
    " ".join(f"word{number}" for number in range(10_000)), "scribe " * 8_000,
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_is_a_syntax_error_or_slow(search: Search, words: str):
    search.find(Query(words="warm up"))
    began = process_time()

    for typing in (False, True):
        chosen = {"kind": frozenset({words[:80]})}
        search.find(Query(words=words, typing=typing, count=("kind", words[:80])))
        search.find(Query(words=words, chosen=chosen, hidden=chosen, count=("kind",)))
    search.suggest(words)

    assert process_time() - began < 5 * 0.2


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(max_size=60), value=st.text(max_size=20))
def test_any_text_is_answered(search: Search, words: str, value: str):
    found = search.find(Query(words=words, chosen={"kind": frozenset({value})}, count=("kind", words)))

    assert found.total == len(found.hits)


def test_pages_end_at_the_deepest_place(search: Search):
    assert search.find(Query(limit=DEEPEST * 10)).total == len(CATALOGUE)
    assert search.find(Query(limit=0)).hits == ()
