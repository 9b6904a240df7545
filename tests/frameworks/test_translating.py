"""The shipped import mappings, over the real files that they are for."""

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

from marketplace.frameworks.answers import clean, translate
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import PRODUCT_FIELDS, ImportMapping

Pick = Callable[[str], Sequence[str]]


def cards(shared_data: Path) -> Iterator[Pick]:
    for path in sorted((shared_data / "products" / "chai-v0.1").glob("*.xml")):
        card = ElementTree.parse(path).getroot()
        yield lambda where, card=card: [
            element.text or "" for element in card.findall("/".join(f"{{*}}{step}" for step in where.split("/")))
        ]


def devices(shared_data: Path) -> Iterator[Pick]:
    with (shared_data / "products" / "fda-ai-devices.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield lambda column, row=row: [row[column]] if row.get(column) else []


def taken(frameworks: Frameworks, mapping: ImportMapping, picks: Iterator[Pick]) -> Iterator[tuple[dict, dict]]:
    """The product fields and the answers of each record; a record with any fault fails the test."""
    for pick in picks:
        fields, lacking = translate(mapping, pick)
        product = {name: fields.pop(name) for name in PRODUCT_FIELDS & fields.keys()}
        answers, errors = clean(frameworks.form(product["kind"]), fields)
        assert (lacking, errors) == ({}, {}), product
        yield product, answers


def test_all_eighteen_cards_come_in_whole(frameworks: Frameworks, shared_data: Path):
    found = list(taken(frameworks, frameworks.mappings["chai-model-card"], cards(shared_data)))

    assert len(found) == len({product["external-ref"] for product, _ in found}) == 18
    assert sum(product["kind"] == "genai-application" for product, _ in found) == 2
    assert all(answers["intended-use"] and answers["cautioned-settings"] for _, answers in found)
    scribe = next(answers for product, answers in found if product["supplier"] == "OrbDoc")
    assert "ambient-scribing" in scribe["purpose"]
    assert scribe["models-in-words"] == "DeepGram Medical Nova 2 for clinical speech recognition."


def test_every_device_of_the_list_comes_in_and_carries_no_status_here(frameworks: Frameworks, shared_data: Path):
    found = list(taken(frameworks, frameworks.mappings["fda-ai-devices"], devices(shared_data)))

    assert len(found) == 1357
    assert all("medical-device-class" not in answers and "nation" not in answers for _, answers in found)
    assert sum("radiology" in answers.get("specialty", ()) for _, answers in found) == 1039
    assert all("specialty" in answers for _, answers in found[:3])


def test_a_record_without_what_it_needs_says_which_column(frameworks: Frameworks):
    mapping = frameworks.mappings["fda-ai-devices"]

    fields, lacking = translate(mapping, lambda column: ["K1"] if column == "submission_id" else [])

    assert lacking["name"] == "device is empty. Fill it in and import the row again."
    assert fields["kind"] == "model"


def test_a_spreadsheet_row_is_read_by_its_labels(frameworks: Frameworks):
    row = {
        "Your reference": "7", "Name": "Scribe", "Kind of product": "GenAI application", "Nation": "England; wales;",
        "Autonomy": "Drafts", "On sale since": "1/5/2026", "Formats on leaving": "FHIR;CSV",
    }  # fmt: skip

    fields, lacking = translate(
        frameworks.mappings["touchstone-csv"], lambda column: [row[column]] if column in row else []
    )
    answers, errors = clean(
        frameworks.form("genai-application"), {k: v for k, v in fields.items() if k not in PRODUCT_FIELDS}
    )

    assert (lacking, errors, fields["kind"]) == ({}, {}, "genai-application")
    assert answers["nation"] == ["england", "wales"]
    assert answers["exit-formats"] == ["FHIR", "CSV"]
