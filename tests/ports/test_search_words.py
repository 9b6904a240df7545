"""The pure parts of search: reading what was typed, other words for it, and the passage that answers."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.ports.search.circuit import FAILURES, REST, Circuit
from marketplace.ports.search.declared import vocabulary_from
from marketplace.ports.search.fusion import fused
from marketplace.ports.search.passages import LONGEST, passage
from marketplace.ports.search.port import Document, SearchUnavailable, Vocabulary
from marketplace.ports.search.tantivy.asking import least_sets
from marketplace.ports.search.thesaurus import Thesaurus
from marketplace.ports.search.words import (
    MOST_WORDS,
    edits_allowed,
    edits_between,
    joined,
    named,
    read,
    rewritten,
    telling,
)

TEXT = st.text(max_size=200)
WORD = st.text(alphabet="abcde", max_size=8)


@settings(deadline=None)
@given(TEXT)
def test_every_word_read_stands_where_it_says(text: str):
    words = read(text)

    assert all(text[word.start : word.end].isalnum() for word in words)
    assert len(words) <= MOST_WORDS
    assert len({word.text for word in words}) == len(words)
    assert set(telling(words)) <= set(words)
    assert bool(telling(words)) == bool(words)


@settings(deadline=None)
@given(TEXT)
def test_what_is_not_replaced_stands_as_typed(text: str):
    assert rewritten(text, {}) == " ".join(text.split())
    assert rewritten(text, dict.fromkeys(read(text), "x")).count("x") >= len(read(text))


@pytest.mark.parametrize(
    ("typed", "meant", "shown"),
    [("scirbe and Scirbe", {"scirbe": "scribe"}, "scribe and scribe"), ("gpt-4 notes", {"gpt": ""}, "4 notes"),
     ("<script>alert(1)</script> ward", {"script": ""}, "alert 1 ward"), ("qq, (letters)", {"qq": ""}, "(letters)"),
     ("A&E, qq & more", {"qq": "quick"}, "A&E, quick & more")],
)  # fmt: skip
def test_a_word_is_replaced_wherever_it_stands_and_takes_its_signs_along(typed: str, meant: dict[str, str], shown: str):
    words = {word.text: word for word in read(typed)}

    assert rewritten(typed, {words[word]: other for word, other in meant.items()}) == shown


@pytest.mark.parametrize(
    ("one", "other", "edits"),
    [("scribe", "scribe", 0), ("scribe", "scrbie", 1), ("scribe", "scibre", 2),
     ("scribe", "scrbe", 1), ("scribe", "scribes", 1),
     ("scribe", "skribe", 1), ("", "abc", 3), ("ca", "abc", 3), ("letter", "ltetre", 2)],
)  # fmt: skip
def test_edits_are_counted_by_letters_added_dropped_changed_and_swapped(one: str, other: str, edits: int):
    assert edits_between(one, other) == edits_between(other, one) == edits


@settings(deadline=None)
@given(WORD, WORD, WORD)
def test_edits_between_words_are_a_distance_bounded_by_their_lengths(one: str, other: str, third: str):
    assert (edits_between(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= edits_between(one, other) <= max(len(one), len(other))
    assert edits_between(one, other) <= 2 * (edits_between(one, third) + edits_between(third, other))


def test_short_words_allow_no_typo():
    assert [edits_allowed(word) for word in ("ct", "mri", "ward", "records", "children")] == [0, 0, 1, 1, 2]


def test_names_are_compared_without_case_accents_and_signs():
    assert named("  Lumén–SCRIBE™ ") == "lumen scribe"


def test_hyphened_words_are_also_read_as_one():
    assert joined("An x-ray, a de-identified e-mail - and -this- or follow-up-call/x-ray") == [
        "xray", "deidentified", "email", "followupcall", "xray",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["a-" * 25_000, "a" * 50_000, "-" * 50_000, "a-b " * 12_500])
def test_long_texts_are_read_in_linear_time(text: str):
    began = process_time()

    joined(text), read(text), named(text), passage(text, ["a", "b"])

    assert process_time() - began < 0.2


def test_synonyms_are_found_in_roots_longest_first_and_do_not_overlap():
    words = Vocabulary(synonyms=(("ambient scribe", "AVT"), ("scribe", "writer"), ("A&E", "emergency department")))
    thesaurus = Thesaurus(words, root=lambda word: word.removesuffix("s"))

    spans = thesaurus.spans(["ambient", "scribes", "for", "a", "e", "scribe"])

    assert [(span.start, span.end, span.others) for span in spans] == [
        (0, 2, (("avt",),)),
        (3, 5, (("emergency", "department"),)),
        (5, 6, (("writer",),)),
    ]


def test_a_spelling_of_a_part_serves_every_word_with_it():
    thesaurus = Thesaurus(Vocabulary(spelling={"program": "programme"}, parts={"pediatr": "paediatr"}), root=str)

    assert thesaurus.spellings("paediatrician") == ("pediatrician",)
    assert thesaurus.spellings("pediatrics") == ("paediatrics",)
    assert thesaurus.spellings("programme") == ("program",)
    assert thesaurus.spellings("programmed") == ()


def test_a_synonym_holds_in_either_spelling():
    words = Vocabulary(synonyms=(("paediatric", "children"),), parts={"pediatr": "paediatr"})
    thesaurus = Thesaurus(words, root=str)

    assert [span.others for span in thesaurus.spans(["pediatric"])] == [(("children",),)]


def test_a_word_that_is_known_is_so_in_either_spelling_and_every_ending():
    words = Vocabulary(parts={"hemato": "haemato"}, known=frozenset({"haematology", "wards"}))
    thesaurus = Thesaurus(words, root=lambda word: word.removesuffix("s"))

    assert all(thesaurus.knows(word) for word in ("haematology", "hematology", "ward", "wards"))
    assert not thesaurus.knows("dermatology")


def test_a_declared_vocabulary_is_read_and_a_broken_one_refused():
    whole = vocabulary_from(
        synonyms={"groups": [{"id": "scribe", "words": ["ambient scribe", "AVT"]}]},
        spelling={"words": {"program": "programme"}, "parts": None},
    )

    assert whole == Vocabulary(synonyms=(("ambient scribe", "AVT"),), spelling={"program": "programme"})
    with pytest.raises(Invalid, match="scribe"):
        vocabulary_from(synonyms={"groups": [{"id": "scribe", "words": ["AVT"]}]}, spelling={})
    with pytest.raises(Invalid, match="grey"):
        vocabulary_from(synonyms={"groups": []}, spelling={"words": {"grey": "grey"}})


SAID = (
    "Letterwing writes letters. It was tested on two wards of a hospital in the north for a whole winter. "
    "Every letter is checked by a nurse before it is sent to the family. Nobody pays for a letter that was not sent. "
    "The supplier keeps nothing. It runs in the hospital's own building, and it can be stopped at any time by the ward."
)


def test_a_passage_is_a_sentence_that_has_most_of_the_words():
    shown = passage(SAID, ["check", "nurs"])

    assert shown is not None
    assert "checked by a nurse" in shown
    assert len(shown) <= LONGEST + 4


def test_a_passage_at_the_start_is_not_marked_as_cut_there():
    assert str(passage(SAID, ["letterw"])).startswith("Letterwing")
    assert passage("short text", ["short"]) == "short text"


def test_lines_of_a_passage_are_parted_by_a_dot_where_nothing_else_parts_them():
    assert passage("Clinic letters\nLess typing.\nOn the day", ["typ"]) == "Clinic letters · Less typing. On the day"


def test_there_is_no_passage_where_no_word_is():
    assert passage(SAID, ["xylophon"]) is None
    assert passage("", ["letter"]) is None
    assert passage(SAID, []) is None


@settings(deadline=None)
@given(st.text(max_size=600), st.lists(st.text(min_size=1, max_size=6), max_size=3))
def test_a_passage_is_made_of_the_text_and_short(text: str, roots: list[str]):
    shown = passage(text, roots)

    if shown is not None:
        assert len(shown) <= LONGEST + 4 + 2 * len(text.splitlines())
        words, whole = (each.replace("·", " ").split() for each in (shown.removeprefix("… ").removesuffix(" …"), text))
        assert " ".join(words) in " ".join(whole)


@settings(deadline=None)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(1, 16))
def test_the_least_sets_are_those_that_weigh_enough_and_of_which_none_can_be_spared(weights: list[int], need: int):
    sets = least_sets(weights, need=need)

    assert bool(sets) == (sum(weights) >= need)
    for each in sets:
        weight = sum(weights[place] for place in each)
        assert weight >= need
        assert all(weight - weights[place] < need for place in each)


RANKED = st.dictionaries(st.integers(0, 20), st.floats(0, 50), max_size=10)


@settings(deadline=None)
@given(RANKED, RANKED)
def test_fusing_keeps_everything_and_what_is_first_in_both_stays_first(
    scores: dict[int, float], similar: dict[int, float]
):
    together = [key for key, _ in fused({0: 60.0} | scores, {0: 1.0} | similar, certain=1_000)]

    assert together[0] == 0
    assert sorted(together) == sorted({0, *scores, *similar})


def test_what_is_certain_stays_before_what_is_near():
    assert [key for key, _ in fused({"near": 9.0, "named": 1_004.0}, {"near": 0.9}, certain=1_000)] == ["named", "near"]


def test_equal_documents_have_equal_digests_and_others_do_not():
    one = Document(ref="a", title="b", facets={"x": ("1",), "y": ("2",)}, stored={"n": [1, {"m": None}]})
    same = Document(ref="a", title="b", facets={"y": ("2",), "x": ("1",)}, stored={"n": (1, {"m": None})})

    assert one.digest() == same.digest()
    assert one.digest() != Document(ref="a", title="b", summary="", facets={"x": ("1",)}, stored=one.stored).digest()


def test_a_circuit_opens_after_failures_in_a_row_only():
    circuit = Circuit(clock=lambda: 0.0)
    for _ in range(FAILURES - 1):
        circuit.failed()
    circuit.succeeded()
    circuit.failed()

    circuit.enter()


def test_an_open_circuit_lets_one_try_after_the_rest():
    now = [0.0]
    circuit = Circuit(clock=lambda: now[0])
    for _ in range(FAILURES):
        circuit.failed()
    with pytest.raises(SearchUnavailable):
        circuit.enter()

    now[0] = REST
    circuit.enter()
    with pytest.raises(SearchUnavailable):
        circuit.enter()
