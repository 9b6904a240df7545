"""The extra `semantic` is plugged in by one setting, and says what to do where it is not installed."""

from pathlib import Path

from pytest import MonkeyPatch, raises

from marketplace.frameworks.loader import Frameworks
from marketplace.ports.embedding import minilm
from marketplace.ports.embedding.port import EmbeddingUnavailable
from marketplace.ports.search.port import Document, Query
from marketplace.settings import Settings
from marketplace.wiring.engines import search_from
from tests.ports.embedding_double import WordsAsMeaning


def test_without_the_extra_the_setting_is_refused_with_a_way_on(
    tmp_path: Path, monkeypatch: MonkeyPatch, frameworks: Frameworks
) -> None:
    def nowhere() -> Path:
        raise EmbeddingUnavailable("the package with the weights is not installed")

    monkeypatch.setattr(minilm, "installed", nowhere)

    with raises(RuntimeError, match=r"not installed: install requirements-semantic\.txt"):
        search_from(Settings(semantic=True, search_url=f"tantivy://{tmp_path}"), frameworks)


def test_with_the_extra_a_product_is_found_by_what_is_meant(
    tmp_path: Path, monkeypatch: MonkeyPatch, frameworks: Frameworks
) -> None:
    monkeypatch.setattr(minilm, "installed", lambda: tmp_path)
    monkeypatch.setattr(minilm, "MiniLM", lambda _: WordsAsMeaning({"missives": "letters"}))
    documents = [Document(ref="a", title="Scribe", body="Writes letters."), Document(ref="b", title="Rota", body="Plans.")]
    found = {}

    for semantic in (True, False):
        search = search_from(Settings(semantic=semantic, search_url=f"tantivy://{tmp_path}/{semantic}"), frameworks)
        search.rebuild(iter(documents))
        found[semantic] = [hit.ref for hit in search.find(Query(words="missives")).hits]

    assert found == {True: ["a"], False: []}
