"""The declarations that are shipped: complete, sourced, fit for every kind of product, and locked."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from marketplace.frameworks.loader import Frameworks, drift, read_plain
from marketplace.frameworks.schema.mappings import PRODUCT_FIELDS
from marketplace.frameworks.schema.questions import Kind
from marketplace.kit.calendar import Holidays, is_working_day
from tests.conftest import HOUSE

ROOT = HOUSE / "frameworks"
FILES = sorted(ROOT.rglob("*.yaml"))
NEEDED = {
    "summary", "description", "purpose", "intended-use", "must-not-use", "cautioned-settings", "user-group",
    "care-setting", "specialty", "nation", "inputs", "outputs", "base-models", "sub-processors", "autonomy",
    "oversight", "language", "epr-system", "integration-standard", "data-processed", "trains-on-data",
    "hosting-country", "energy", "deployment-effort", "support-hours", "accessibility-level", "exit",
}  # fmt: skip


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_is_yaml_without_slips(path: Path):
    assert read_plain(path)


def test_every_published_file_matches_its_digest():
    assert drift(ROOT) == []


def test_every_question_has_its_place_and_its_source(frameworks: Frameworks):
    assured = {name for framework in frameworks.assurance.values() for name in framework.by_question}
    assert set(frameworks.questions) == set(frameworks.description.questions) | assured
    assert all(question.source.document for question in frameworks.questions.values())
    assert all(q.source.document == "Touchstone" or q.source.key for q in frameworks.questions.values())


def test_a_genai_application_is_asked_everything_that_a_buyer_must_know(frameworks: Frameworks):
    assert set(frameworks.form("genai-application").questions) >= NEEDED


@pytest.mark.parametrize(
    "kind",
    ["genai-application", "model", "data-set", "synthetic-data-set", "evaluation-service", "implementation-service"],
)
def test_every_kind_of_product_has_a_form_with_things_that_must_be_told(frameworks: Frameworks, kind: str):
    form = frameworks.form(kind)

    assert {"summary", "description", "intended-use"} <= {entry.question.id for entry in form.entries if entry.required}
    assert 8 <= sum(entry.required for entry in form.entries) <= 45


def test_intended_use_stands_above_what_the_supplier_writes(frameworks: Frameworks):
    above = [section for section in frameworks.description.sections if section.stands_above]

    asked = {entry.question.id for section in above for entry in section.entries}
    assert asked == {"intended-use", "must-not-use", "cautioned-settings"}


def test_no_question_asks_for_a_price_a_conformity_or_the_strength_of_evidence(frameworks: Frameworks):
    assert not {"price", "conformity", "evidence-strength", "status"} & frameworks.questions.keys()


def test_labels_are_told_apart_and_written_in_full(frameworks: Frameworks):
    labels = Counter(question.label for question in frameworks.questions.values())

    assert [label for label, times in labels.items() if times > 1] == []
    for taxonomy in frameworks.taxonomies.values():
        names = Counter(option.label.casefold() for option in taxonomy.options)
        assert [name for name, times in names.items() if times > 1] == [], taxonomy.id


def test_facets_stand_in_a_settled_order(frameworks: Frameworks):
    orders = [facet.order for facet in frameworks.facets]

    assert orders == sorted(set(orders))
    assert [facet.key for facet in frameworks.facets][:3] == ["purpose", "care-setting", "specialty"]


def test_the_spreadsheet_has_a_column_for_every_question_that_fits_in_a_cell(frameworks: Frameworks):
    columns = frameworks.mappings["touchstone-csv"].fields

    fits = {name for name, question in frameworks.description.questions.items() if question.kind is not Kind.TABLE}
    assert fits == columns.keys() - PRODUCT_FIELDS
    assert all(columns[name].from_ == frameworks.questions[name].label for name in fits)


def test_the_calendar_serves_the_clock_of_the_house(frameworks: Frameworks):
    holidays = Holidays.from_data(frameworks.calendars["bank-holidays"])

    assert not is_working_day(date(2026, 12, 25), holidays)
