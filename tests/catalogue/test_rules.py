"""What has aged, which names look alike, what is missing, and what an edition's digest covers."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from pytest import mark

from marketplace.catalogue.rules.ageing import (
    age_terms,
    hidden_from,
    hidden_terms,
    is_hidden,
    is_stale,
    last_hidden,
    stale_from,
)
from marketplace.catalogue.rules.completeness import completeness
from marketplace.catalogue.rules.editions import edition_digest
from marketplace.catalogue.rules.naming import looks_like
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.text import is_one_slip
from tests.catalogue.shelf import COMPLETE, LICENCE

days = st.dates(date(2015, 1, 1), date(2060, 12, 31))
words = st.text(st.sampled_from("abcl1o0"), max_size=8)


@given(days, days)
def test_an_index_knows_what_is_hidden_without_being_written_to(touched: date, today: date) -> None:
    assert is_hidden(touched, today=today) == bool(hidden_terms(today) & set(age_terms(touched)))


@given(days)
def test_the_last_hidden_day_is_hidden_and_the_next_is_not(today: date) -> None:
    assert is_hidden(last_hidden(today), today=today)
    assert not is_hidden(last_hidden(today) + timedelta(days=1), today=today)


@given(days, days)
def test_what_is_hidden_was_stale_before(touched: date, today: date) -> None:
    assert stale_from(touched) < hidden_from(touched)
    assert is_stale(touched, today=today) or not is_hidden(touched, today=today)


@mark.parametrize(
    ("touched", "stale"),
    [
        (date(2025, 11, 24), date(2026, 11, 24)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_a_listing_is_stale_from_the_same_day_a_year_later(touched: date, stale: date) -> None:
    assert not is_stale(touched, today=stale - timedelta(days=1))
    assert is_stale(touched, today=stale)


def test_the_terms_of_a_search_are_few() -> None:
    assert all(len(hidden_terms(date(year, 12, 31))) < 80 for year in range(2026, 2046))


@mark.parametrize(
    "name", ["Lumen Scribe", "LUMEN SCRIBE", "Lumen-Scribe", "Lumen Scribe AI", "Lumеn Scribe", "Lumen Scr1be"]
)
def test_a_name_that_looks_the_same_is_found(name: str) -> None:
    assert [alike.same for _, alike in looks_like(name, [(1, "Lumen Scribe")])] == [True]


@mark.parametrize("name", ["Lumen Scribes", "Lumen Scirbe", "Lumen Scibe", "Lumen Scrobe"])
def test_a_name_one_slip_away_is_found(name: str) -> None:
    assert [alike.same for _, alike in looks_like(name, [(1, "Lumen Scribe")])] == [False]


@mark.parametrize("name", ["Quill", "Lumen Letters", "Lumen"])
def test_another_name_is_another_name(name: str) -> None:
    assert looks_like(name, [(1, "Lumen Scribe"), (2, "Lumex")]) == []


def test_what_looks_the_same_comes_first() -> None:
    found = looks_like("Lumen Scribe", [(1, "Lumen Scribes"), (2, "Lumеn Scribe")])

    assert [key for key, _ in found] == [2, 1]


@given(words, words)
def test_one_slip_is_the_same_from_both_sides(left: str, right: str) -> None:
    assert is_one_slip(left, right) == is_one_slip(right, left)


@given(words, st.data())
def test_every_single_slip_is_recognised(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word)))
    letter = data.draw(st.sampled_from("xyz"))

    assert is_one_slip(word, word[:at] + letter + word[at:])
    assert is_one_slip(word, word[:at] + letter + word[at + 1 :])
    assert is_one_slip(word, word[:at] + word[at : at + 2][::-1] + word[at + 2 :])


def test_a_complete_description_with_a_price_lacks_nothing(frameworks: Frameworks) -> None:
    found = completeness(frameworks.form("genai-application"), COMPLETE, [LICENCE])

    assert found.is_complete
    assert found.done == found.needed


@mark.parametrize("question", ["known-risks", "exit", "summary", "sub-processors"])
def test_each_thing_that_is_missing_is_named_with_its_place(frameworks: Frameworks, question: str) -> None:
    form = frameworks.form("genai-application")
    lacking = completeness(form, {name: said for name, said in COMPLETE.items() if name != question}, [])

    places = [(gap.place, gap.field) for gap in lacking.gaps]
    assert places == [("description", question), ("prices", "prices")]
    assert all(gap.field in {e.question.id for e in form.section(gap.section).entries} for gap in lacking.gaps[:1])


def test_a_question_that_is_skipped_is_not_missing(frameworks: Frameworks) -> None:
    without = {name: said for name, said in COMPLETE.items() if name != "sub-processors"}
    form = frameworks.form("genai-application")

    assert completeness(form, {**without, "has-sub-processors": "no"}, [LICENCE]).is_complete


def test_the_digest_of_an_edition_moves_with_every_word() -> None:
    facts = {"edition": 1, "name": "Lumen Scribe", "number": "1.0", "described": {"summary": "Writes letters."}}
    changes = [{"edition": 2}, {"name": "Lumen"}, {"number": "1.1"}, {"described": {"summary": "Writes letters"}}]

    digests = {edition_digest(**{**facts, **change}) for change in changes}  # type: ignore[arg-type]

    assert len(digests | {edition_digest(**facts)}) == 5  # type: ignore[arg-type]
