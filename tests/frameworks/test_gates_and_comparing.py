"""What is asked, missing, changed, compared and counted."""

from pathlib import Path
from typing import Any

from hypothesis import given

from marketplace.frameworks.answers import (
    NOT_STATED,
    asked,
    changes,
    clean,
    compare,
    described,
    display,
    effective,
    facets,
    missing,
)
from marketplace.frameworks.loader import Frameworks, load
from tests.frameworks.answering import answers_to
from tests.frameworks.building import declarations, spoilt
from tests.services import known_frameworks

FRAMEWORKS = known_frameworks()
FORM = FRAMEWORKS.form("genai-application")


def test_a_shut_gate_says_why_and_keeps_the_earlier_answer():
    answers = {"autonomy": "drafts", "actions-it-takes": "Sends letters"}

    assert asked(FORM, answers)["actions-it-takes"] == "Asked only when “Autonomy” is “Acts”."
    assert "actions-it-takes" not in effective(FORM, answers)
    assert asked(FORM, {**answers, "autonomy": "acts"})["actions-it-takes"] == ""
    assert effective(FORM, {**answers, "autonomy": "acts"})["actions-it-takes"] == "Sends letters"


def test_a_gate_of_another_page_still_counts():
    page = FORM.section("data-and-hosting")

    assert asked(page, {"leaves-uk": "no"})["transfer-basis"] != ""
    assert asked(page, {"leaves-uk": "yes"})["transfer-basis"] == ""


def test_what_is_missing_names_its_place_and_leaves_out_what_is_skipped():
    lacking = {gap.question: gap.section for gap in missing(FORM, {"autonomy": "drafts", "summary": "x"})}

    assert lacking["intended-use"] == "intended-use"
    assert "summary" not in lacking
    assert "actions-it-takes" not in lacking
    assert "actions-it-takes" in {gap.question for gap in missing(FORM, {"autonomy": "acts"})}


@given(answers_to(FORM))
def test_every_required_question_is_answered_skipped_or_missing(answers: dict[str, Any]):
    lacking = {gap.question for gap in missing(FORM, answers)}
    skipped = asked(FORM, answers)

    for entry in FORM.entries:
        name = entry.question.id
        assert (name in lacking) == (entry.required and name not in answers and not skipped[name])


@given(answers_to(FORM))
def test_what_is_skipped_is_never_shown_counted_or_compared(answers: dict[str, Any]):
    skipped = {name for name, reason in asked(FORM, answers).items() if reason}
    shown = {entry.question.id for _, entries in described(FORM, answers) for entry, _ in entries}

    assert not skipped & shown
    assert not skipped & facets(FORM, effective(FORM, answers)).keys()
    assert shown == effective(FORM, answers).keys()


@given(answers_to(FORM), answers_to(FORM))
def test_changes_name_exactly_what_differs(before: dict[str, Any], after: dict[str, Any]):
    old, new = effective(FORM, before), effective(FORM, after)

    found = {change.question: change for change in changes(FORM, before, after)}

    assert found.keys() == {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    assert all((change.before == "") == (name not in old) for name, change in found.items())
    assert changes(FORM, before, before) == []


def test_a_change_reads_like_a_sentence_about_its_parts():
    before = {"base-models": [{"name": "M1", "provider": "P", "version": "1"}], "nation": ["england"]}
    after = {
        "base-models": [{"name": "M2", "provider": "P", "version": "3", "country": "gb"}],
        "nation": ["england", "wales"],
    }

    nation, models = changes(FORM, before, after)

    assert (nation.label, nation.added, nation.removed) == ("Nation", ("Wales",), ())
    assert (models.before, models.after) == ("M1, P, 1", "M2, P, 3, United Kingdom")


@given(answers_to(FORM), answers_to(FORM))
def test_a_row_differs_exactly_when_its_readings_do(one: dict[str, Any], other: dict[str, Any]):
    for row in compare(FORM, [one, other, one]):
        assert row.cells[0] == row.cells[2]
        if not row.differs:
            assert sorted(row.cells[0].lines) == sorted(row.cells[1].lines)


def test_what_is_not_stated_is_told_from_what_is_not_asked():
    rows = compare(
        FRAMEWORKS.description,
        [{"autonomy": "drafts"}, {}, {"population": "Adults"}],
        kinds=["genai-application", "genai-application", "data-set"],
    )

    autonomy = next(row for row in rows if row.question == "autonomy")
    assert [cell.text for cell in autonomy.cells] == ["Drafts", NOT_STATED.text, "Not asked of this kind of product"]
    assert autonomy.differs
    assert "description" not in {row.question for row in rows}


def test_an_answer_is_shown_with_labels_units_and_dates_in_words():
    questions = FRAMEWORKS.questions

    assert display(questions["customer-staff-days"], 1200).text == "1,200 days"
    assert display(questions["available-since"], "2026-11-04").text == "4 November 2026"
    assert display(questions["hosting-country"], ["gb", "ie"]).lines == ("United Kingdom", "Ireland")
    table = display(questions["base-models"], [{"name": "M", "provider": "P", "version": "1", "since": "2026-05-01"}])
    assert (table.head, table.rows) == (
        ("Model", "Provider", "Version", "In use since"),
        (("M", "P", "1", "1 May 2026"),),
    )


@given(answers_to(FORM))
def test_facets_hold_declared_options_of_filterable_questions_alone(answers: dict[str, Any]):
    known = {facet.key: {option.id for option in facet.options} for facet in FRAMEWORKS.facets}

    for key, options in facets(FORM, effective(FORM, answers)).items():
        assert set(options) <= known[key]


def test_a_new_filterable_question_becomes_a_facet_a_field_and_a_row_without_python(tmp_path: Path):
    changed = spoilt(
        "questions/use",
        "    options-from: yes-no\n",
        "    options-from: yes-no\n    filterable: true\n    facet: {label: Acts alone, order: 3}\n",
    )
    grown: Frameworks = load(declarations(tmp_path, **changed))

    answers, errors = clean(grown.form("scribe"), {"acts": "Yes"})

    assert errors == {}
    assert [(facet.key, facet.label) for facet in grown.facets] == [("acts", "Acts alone")]
    assert facets(grown.form("scribe"), effective(grown.form("scribe"), answers)) == {"acts": ("yes",)}
    assert [row.question for row in compare(grown.form("scribe"), [answers, {}]) if row.differs] == ["acts"]
