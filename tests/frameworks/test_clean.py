"""What people and documents send is cleaned, or refused with the value named and a way on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.frameworks.answers import amend, clean, fields
from marketplace.frameworks.schema.forms import Form
from tests.frameworks.answering import ANYTHING, answers_to
from tests.services import known_frameworks

FORM = known_frameworks().form("genai-application")
EVERYTHING = known_frameworks().description
NAMES = st.sampled_from([*FORM.questions, "base-models.0.name", "base-models.x", "available-since.day", "no-such"])

NINE = list(FORM.questions["purpose"].labels)[:9]
MODEL = {"name": "a", "provider": "b", "version": "c"}

REFUSED = {
    "too long": ({"summary": "x" * 703}, "summary", "3 characters too long"),
    "an option misspelt": ({"care-setting": ["outpatient clinic"]}, "care-setting", "mean “Outpatient clinics”?"),
    "an option of few": ({"autonomy": "zzz"}, "autonomy", "Choose one of: Drafts; Advises; Acts."),
    "an option of many": ({"hosting-country": "zzz"}, "hosting-country", "one of the 249 options"),
    "too many options": ({"purpose": NINE}, "purpose", "at most 8"),
    "a number out of range": (
        {"model-change-notice": "400"},
        "model-change-notice",
        "400 is more than 365. Give a number from 0 up to 365 days.",
    ),
    "a number below": ({"availability": "-1"}, "availability", "-1 is less than 0"),
    "a number too exact": ({"availability": "99.123"}, "availability", "at most 2 decimal places"),
    "words for a number": ({"energy": "three"}, "energy", '"three" is not a number'),
    "not a number": ({"energy": float("nan")}, "energy", "not a number"),
    "infinity": ({"energy": float("inf")}, "energy", "not a number"),
    "a number without end": ({"energy": 10**5000, "available-since.day": 10**5000}, "energy", "not a number"),
    "a truth for a number": ({"energy": True}, "energy", "not a number"),
    "a control character": ({"summary": "a\x00b"}, "summary", "U+0000"),
    "a turned direction": ({"summary": "a\u202eb"}, "summary", "U+202E"),
    "a link in the clear": ({"website": "http://example.org"}, "website", "beginning with https://"),
    "a link to this machine": ({"website": "https://localhost/x"}, "website", "public page"),
    "a link to a number": ({"website": "https://127.0.0.1/x"}, "website", "public page"),
    "a link with a password": ({"website": "https://me:secret@example.org"}, "website", "public page"),
    "a script for a link": ({"website": "javascript:alert(1)"}, "website", "beginning with https://"),
    "a broken link": ({"website": "https://[::1"}, "website", "public page"),
    "a day that does not exist": (
        {"available-since": "2026-02-30"},
        "available-since",
        "does not exist in the calendar",
    ),
    "a date in three fields": (
        {"available-since.day": "31", "available-since.month": "4", "available-since.year": "2026"},
        "available-since",
        "does not exist",
    ),
    "a month that is none": ({"available-since": "3 Foo 2026"}, "available-since", "not a month"),
    "a year of long ago": ({"available-since": "0026-01-01"}, "available-since", "1900"),
    "two answers for one": ({"autonomy": ["drafts", "acts"]}, "autonomy", "Give one text"),
    "an object for a text": ({"summary": {"a": 1}}, "summary", "not a text"),
    "a question misspelt": ({"sumary": "x"}, "sumary", "Did you mean “summary”?"),
    "a question of another kind": ({"day-rates": []}, "day-rates", "not asked of a genai-application"),
    "too many lines": ({"exit-formats": ["x"] * 16}, "exit-formats", "at most 15"),
    "a long line": ({"exit-formats": "ok\n" + "x" * 61}, "exit-formats", "1 character too long"),
    "rows that are no rows": ({"base-models": "GPT"}, "base-models", "not a list of rows"),
    "too many rows": ({"base-models": [MODEL] * 21}, "base-models", "at most 20"),
    "a row without its name": (
        {"base-models.0.provider": "b", "base-models.0.version": "c"},
        "base-models.0.name",
        "needed in every row",
    ),
    "a cell that does not fit": (
        {"base-models": [{**MODEL, "country": "Narnia"}]},
        "base-models.0.country",
        '"Narnia" is not one of the options',
    ),
    "a column that there is not": ({"base-models": [{**MODEL, "colour": "red"}]}, "base-models.0.colour", "no column"),
    "a cell without a row": ({"base-models.name": "a"}, "base-models", "names no cell"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_bad_answer_is_refused_with_the_value_and_a_way_on(case: str):
    raw, field, says = REFUSED[case]

    answers, errors = clean(FORM, raw)

    assert says in errors[field]
    assert answers == {}


READ = {
    "a label for an option": ({"nation": ["wales", " England "]}, {"nation": ["england", "wales"]}),
    "one ticked box": ({"nation": "scotland"}, {"nation": ["scotland"]}),
    "a hidden blank beside the boxes": ({"nation": ["", "scotland"]}, {"nation": ["scotland"]}),
    "a line broken while pasting": ({"summary": " Drafts\r\n letters "}, {"summary": "Drafts letters"}),
    "several lines": ({"description": "One\r\n\r\nTwo "}, {"description": "One\n\nTwo"}),
    "a textarea of lines": ({"exit-formats": "FHIR\r\n\r\n CSV "}, {"exit-formats": ["FHIR", "CSV"]}),
    "a number with commas": ({"customer-staff-days": "1,200"}, {"customer-staff-days": 1200}),
    "a number with decimals": ({"availability": "99.90"}, {"availability": 99.9}),
    "a number of JSON": ({"availability": 99.95}, {"availability": 99.95}),
    "a date in words": ({"available-since": "24th Nov 2026"}, {"available-since": "2026-11-24"}),
    "a date with strokes": ({"available-since": "24/11/2026"}, {"available-since": "2026-11-24"}),
    "three fields": (
        {"available-since.day": "24", "available-since.month": "November", "available-since.year": "2026"},
        {"available-since": "2026-11-24"},
    ),
    "three blank fields": ({"available-since.day": "", "available-since.month": "", "available-since.year": ""}, {}),
    "cells of a page, a row left blank": (
        {
            "sub-processors.0.name": " ",
            "sub-processors.2.name": "Cloud",
            "sub-processors.2.does": "Hosting",
            "sub-processors.2.country": "United Kingdom",
            "sub-processors.2.since": "1 May 2026",
        },
        {"sub-processors": [{"name": "Cloud", "does": "Hosting", "country": "gb", "since": "2026-05-01"}]},
    ),
    "blanks of every kind": (
        {"summary": " ", "nation": [], "energy": None, "base-models": [{}], "exit-formats": "\n"},
        {},
    ),
}


@pytest.mark.parametrize("case", READ)
def test_an_answer_is_kept_as_it_was_meant(case: str):
    raw, kept = READ[case]

    assert clean(FORM, raw) == (kept, {})


@given(st.dictionaries(NAMES, ANYTHING, max_size=5))
def test_whatever_is_sent_nothing_is_raised_and_what_is_kept_holds(raw: dict[str, Any]):
    answers, errors = clean(FORM, raw)

    assert clean(FORM, answers) == (answers, {})
    assert all(message and isinstance(message, str) for message in errors.values())
    assert not answers.keys() & errors.keys()


@given(answers_to(EVERYTHING))
def test_good_answers_pass_unchanged(answers: dict[str, Any]):
    assert clean(EVERYTHING, answers) == (answers, {})


@given(answers_to(EVERYTHING))
def test_the_fields_of_a_page_carry_the_answers_there_and_back(answers: dict[str, Any]):
    assert clean(EVERYTHING, fields(EVERYTHING, answers)) == (answers, {})


@given(answers_to(FORM), st.data())
@settings(max_examples=50)
def test_one_page_of_the_form_leaves_the_others_alone(before: dict[str, Any], data: st.DataObject):
    page: Form = FORM.section(data.draw(st.sampled_from([section.id for section in FORM.sections])))
    typed = data.draw(answers_to(page))

    after, errors = amend(page, before, typed)

    assert errors == {}
    assert after == {**before, **typed}


def test_a_blank_clears_an_answer_and_a_fault_leaves_it():
    before = {"summary": "Drafts letters", "autonomy": "drafts", "energy": 3}

    after, errors = amend(FORM, before, {"summary": "", "autonomy": "flies"})

    assert after == {"autonomy": "drafts", "energy": 3}
    assert list(errors) == ["autonomy"]
