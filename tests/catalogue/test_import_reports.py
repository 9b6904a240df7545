"""What failed comes back in the form of its file, can be mended there, and comes in when it is imported again."""

import pytest
from sqlalchemy.orm import Session

from marketplace.catalogue.models import Import
from marketplace.faces.importing import Report, report_of
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.mappings import ImportMapping
from marketplace.kit.values import replace
from tests.catalogue.imports import Desk, counts

FIELDS = {"external-ref": {"from": "id", "required": True}, "name": {"from": "title", "required": True},
          "kind": {"default": "genai-application"}, "user-group": {"from": "who"}}  # fmt: skip
JSON = """{"found": {"products": [
{"id": "A", "title": "Good", "who": "Doctors"}, {"id": "B", "title": "Bad", "who": ["Doctors", "Wizards"], "more": {"x": [1]}}
]}}"""
JSON_LINES = """{"id": "A", "title": "Good", "who": "Doctors"}
{"id": "B", "title": "Bad\\ud800", "who": "Wizards"}
"""
XML = """<?xml version="1.0"?><found xmlns="urn:of-somebody"><products><product><id>A</id><title>Good</title>
<who>Doctors</who></product> <product sort="--"><id>B</id><title>Bad &amp; &lt;worse&gt;</title><who>Wizards</who></product>
</products></found>"""


def own(frameworks: Frameworks, reads: str, each: str | None) -> ImportMapping:
    source = {"document": "My list", "publisher": "Me", "date": "2026", "licence": "Mine"}
    fields = {"id": "my-list", "version": 1, "reads": reads, "each": each, "source": source, "fields": FIELDS}
    return ImportMapping.model_validate(fields)


@pytest.fixture
def reader(operator: Desk, frameworks: Frameworks, request: pytest.FixtureRequest) -> ImportMapping:
    """The mapping of the test's form of file, known at the operator's desk."""
    mapping = own(frameworks, *request.param)
    operator.frameworks = replace(frameworks, mappings={**frameworks.mappings, mapping.id: mapping})
    return mapping


def report(desk: Desk, done: Import, mapping: ImportMapping | None) -> Report:
    with desk.database.reading() as db:
        return report_of(db, done, mapping)


FORMS = [(("json", "/found/products"), JSON), (("jsonl", None), JSON_LINES), (("xml", "/found/products/product"), XML)]


@pytest.mark.parametrize(("reader", "content"), FORMS, ids=["json", "jsonl", "xml"], indirect=["reader"])
def test_a_report_is_mended_in_place_and_imported_again(operator: Desk, reader: ImportMapping, content: str):
    done = operator.run(operator.begin(content.encode(), mapping="my-list"))
    assert counts(done) == (1, 0, 0, 1)

    made = report(operator, done, reader)

    text = made.content.decode()
    assert made.ending == reader.reads
    assert "What to mend" in text
    told, _, rest = text.rpartition("Wizards") if reader.reads == "xml" else text.partition("Wizards")
    mended = f"{told}Nurses{rest}".replace("?", "") if reader.reads == "jsonl" else f"{told}Nurses{rest}"
    again = operator.run(operator.begin(mended.encode(), mapping="my-list"))
    assert counts(again) == (1, 0, 0, 0)
    assert counts(operator.run(operator.begin(content.encode() + b"\n", mapping="my-list"))) == (0, 0, 1, 1)


@pytest.mark.parametrize("reader", [("csv", None)], indirect=True)
def test_a_reason_names_the_column_of_the_file(operator: Desk, reader: ImportMapping):
    done = operator.run(operator.begin(b"id,title,who\nB,Bad,Wizards\n", mapping="my-list"))

    header, row = report(operator, done, reader).content.decode("utf-8-sig").splitlines()

    assert header == "id,title,who,Record,What to mend"
    assert row.startswith('B,Bad,Wizards,2,"who ""Wizards"": ""Wizards"" is not one of the options.')


@pytest.mark.parametrize("reader", [("csv", None)], indirect=True)
def test_a_report_that_fails_again_has_its_added_columns_once(operator: Desk, reader: ImportMapping):
    done = operator.run(operator.begin(b"id,title,who\nB,Bad,Wizards\n", mapping="my-list"))
    mended = report(operator, done, reader).content

    again = report(operator, operator.run(operator.begin(mended, mapping="my-list")), reader)

    assert again.content.decode("utf-8-sig").splitlines()[0] == "id,title,who,Record,What to mend"


@pytest.mark.parametrize("reader", [("jsonl", None)], indirect=True)
def test_without_its_mapping_a_report_has_the_form_of_its_file(operator: Desk, reader: ImportMapping, look: Session):
    done = operator.run(operator.begin(JSON_LINES.encode(), mapping="my-list"))
    done.file_name = "products.jsonl"

    made = report(operator, done, None)

    assert (made.ending, made.content.decode().count("\n")) == ("jsonl", 1)
    assert "user-group" in made.content.decode()
