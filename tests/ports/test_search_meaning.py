"""Finding by meaning beside words: what is kept, what is found, and what is never spoilt by it."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.ports.search.port import Query
from marketplace.ports.search.tantivy import TantivySearch
from tests.ports.embedding_double import WordsAsMeaning
from tests.ports.search_cast import CATALOGUE, LETTERWING, LUMEN, TRIAGE, WORDS, a_document

pytest.importorskip("numpy")
from marketplace.ports.search.meaning.meaning import MOST_PARTS, PART, VectorMeaning, parts_of
from marketplace.ports.search.meaning.vectors import Row, Vectors

SAME = {"minors": "children", "correspondence": "letters", "departure": "discharge"}


@pytest.fixture
def embedding() -> WordsAsMeaning:
    return WordsAsMeaning(SAME)


@pytest.fixture
def search(tmp_path: Path, embedding: WordsAsMeaning) -> Iterator[TantivySearch]:
    built = TantivySearch(tmp_path, WORDS, meaning=VectorMeaning(tmp_path, embedding, floor=0.3))
    built.rebuild(iter(CATALOGUE))
    embedding.embedded.clear()
    return built


def refs(search: TantivySearch, words: str, **more: object) -> list[str]:
    return [hit.ref for hit in search.find(Query(words=words, **more)).hits]  # type: ignore[arg-type]


def test_what_no_word_finds_meaning_finds_with_its_passage(search: TantivySearch):
    hits = {hit.ref: hit for hit in search.find(Query(words="departure correspondence minors")).hits}

    assert str(hits[LETTERWING.ref].passage).startswith("Writes discharge letters")


def test_what_is_far_in_meaning_is_not_found(search: TantivySearch):
    assert refs(search, "xylophone") == []


def test_counts_and_filters_hold_for_what_meaning_found(search: TantivySearch):
    found = search.find(Query(words="departure correspondence minors", count=("care-setting",)))

    assert found.facets["care-setting"] == {"inpatients": found.total}
    assert refs(search, "departure correspondence minors", chosen={"care-setting": frozenset({"emergency"})}) == []
    assert refs(search, "departure correspondence minors", hidden={"care-setting": frozenset({"inpatients"})}) == []


def test_an_exact_name_stays_first_whatever_is_near(search: TantivySearch):
    search.put([a_document("PRD-NEAR", "Other", "doorway doorway doorway", body="doorway")])

    assert refs(search, "Doorway")[0] == TRIAGE.ref


def test_every_order_finds_the_same(search: TantivySearch):
    words = "departure correspondence minors scribe"

    for sort in ("newest", "evidence", "price"):
        assert set(refs(search, words, sort=sort)) == set(refs(search, words))


def test_a_text_is_embedded_once_however_often_the_index_is_built(search: TantivySearch, embedding: WordsAsMeaning):
    search.rebuild(iter(CATALOGUE))
    search.put([LUMEN])
    assert embedding.embedded == []

    search.put([a_document(LUMEN.ref, LUMEN.title, "Another text.")])
    assert embedding.embedded == ["Lumen Scribe. Another text."]


def test_a_document_dropped_is_not_found_by_meaning(search: TantivySearch):
    search.drop([LETTERWING.ref])

    assert LETTERWING.ref not in refs(search, "departure correspondence minors")


def test_an_older_text_is_not_found_by_meaning(search: TantivySearch):
    search.put([a_document(LETTERWING.ref, "Letterwing", "Something else entirely.")])

    assert LETTERWING.ref not in refs(search, "departure correspondence minors")


def test_pages_of_fused_results_follow_one_another_without_gap_or_repetition(tmp_path: Path):
    search = TantivySearch(tmp_path, meaning=VectorMeaning(tmp_path, WordsAsMeaning(SAME)))
    chance = random.Random(3)
    words = ["letters", "ward", "nurse", "clinic"]
    search.rebuild(
        a_document(f"PRD-{number}", f"Product {number}", " ".join(chance.choices(words, k=3)) + " correspondence")
        for number in range(450)
    )
    seen: list[str] = []
    after, total = None, 0
    while True:
        found = search.find(Query(words="correspondence", limit=40, after=after))
        seen += [hit.ref for hit in found.hits]
        after, total = found.next, found.total
        if not after:
            break

    assert len(seen) == len(set(seen)) == total == 450


def test_the_vectors_file_survives_a_crash_in_the_middle_of_a_row(tmp_path: Path):
    vectors = Vectors(tmp_path / "vectors", width=2)
    vectors.add([Row(1, 10, 0), Row(1, 10, 500)], [[1.0, 0.0], [0.0, 1.0]])
    with (tmp_path / "vectors").open("ab") as file:
        file.write(b"half a row")

    assert [near[:2] for near in vectors.near([0.1, 0.9], most=3)] == [(1, 500)]
    vectors.add([Row(2, 20, 0)], [[-1.0, 0.0]])
    assert [near.key for near in Vectors(tmp_path / "vectors", width=2).near([-1.0, 0.0], most=3)] == [2, 1]


def test_only_the_latest_text_of_a_document_counts_and_the_rest_is_cleared_away(tmp_path: Path):
    vectors, other = (Vectors(tmp_path / "vectors", width=2) for _ in range(2))
    vectors.add([Row(1, 10, 0), Row(2, 20, 0)], [[1.0, 0.0], [1.0, 0.0]])
    other.add([Row(1, 11, 0)], [[0.0, 1.0]])

    assert vectors.digests() == {1: 11, 2: 20}
    assert [near.key for near in vectors.near([1.0, 0.0], most=1)] == [2]
    size = (tmp_path / "vectors").stat().st_size
    vectors.keep({1})
    assert (tmp_path / "vectors").stat().st_size == size // 3
    assert other.digests() == {1: 11}
    assert vectors.near([1.0, 0.0], most=0) == []


def test_numbers_that_are_none_are_near_to_nothing(tmp_path: Path):
    vectors = Vectors(tmp_path / "vectors", width=2)
    vectors.add([Row(1, 10, 0), Row(2, 20, 0)], [[float("nan"), 0.0], [0.5, 0.5]])

    assert [near.key for near in vectors.near([1.0, 0.0], most=5)] == [2]


def test_parts_cover_a_text_without_gap_and_a_very_long_one_in_its_beginning():
    text = "word " * 700

    parts = list(parts_of(text))

    assert "".join(part for _, part in parts) == text
    assert all(text[start:].startswith(part) and len(part) <= PART for start, part in parts)
    assert len(list(parts_of("x" * 100_000))) == MOST_PARTS
    assert list(parts_of("")) == [(0, "")]
