"""What a preview says beforehand is what the import says afterwards, and one broken file keeps no other waiting."""

import io
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.catalogue.actions.importing import Preview, begin_import, preview, start_import
from marketplace.catalogue.actions.importing import run as running
from marketplace.catalogue.models import Import, ImportFailure, Product, Version
from marketplace.catalogue.queries.imports import failures_of
from marketplace.cli.importing import failed_in_words, find_mapping, lines_of, with_mapping
from marketplace.faces.services import Services
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.errors import Invalid
from marketplace.wiring import go_on_with_imports
from tests.catalogue.imports import HEADER, Desk, a_file, a_row, counts
from tests.catalogue.shelf import a_draft

OWN = """
id: my-list
version: 1
reads: json
each: /products
source: {document: My list, publisher: Me, date: "2026", licence: Mine}
fields:
  external-ref: {from: /id, required: true}
  name: {from: /title, required: true}
  kind: {default: genai-application}
"""


def looked_at(desk: Desk, content: bytes, *, publish: bool = False) -> Preview:
    """What the preview of a file says to whoever sits at the desk."""
    owner = None if desk.by.organisation_kind == "operator" else desk.by.organisation_id
    begun = Import(mapping="touchstone-csv", organisation_id=owner, publish=publish)
    with desk.database.reading() as db:
        return preview(db, io.BytesIO(content), begun, desk.frameworks, most=100)


def weighed(seen: Preview) -> tuple[int, int, int, int]:
    return seen.new, seen.changed, seen.same, seen.failed


# --- beside what stands there


def test_a_preview_tells_what_is_new_changed_the_same_and_claimed(lumen: Actor, operator: Desk):
    operator.bring_in(a_row("A"), a_row("B"), a_row("C"), publish=True)
    with operator.database.writing() as db:
        db.scalars(select(Product).where(Product.external_ref == "C")).one().organisation_id = lumen.organisation_id
    rows = a_row("A"), a_row("B", summary="Drafts better letters."), a_row("C", name="Another"), a_row("D")

    seen = looked_at(operator, a_file(*rows), publish=True)

    assert weighed(seen) == (1, 1, 1, 1)
    assert "has claimed this product" in seen.failures[0].reasons[0]["reason"]
    assert counts(operator.bring_in(*rows, publish=True)) == weighed(seen)


def test_what_came_in_without_being_listed_is_listed_by_importing_it_again(operator: Desk, look: Session):
    operator.bring_in(a_row("A"))
    assert weighed(looked_at(operator, a_file(a_row("A")), publish=True)) == (0, 1, 0, 0)

    again = operator.bring_in(a_row("A"), publish=True)

    assert counts(again) == (0, 1, 0, 0)
    assert look.scalars(select(Product.state)).all() == ["live"]
    assert counts(operator.bring_in(a_row("A"), publish=True)) == (0, 0, 1, 0)


def test_a_next_edition_that_was_not_listed_takes_its_place_by_importing_it_again(operator: Desk, look: Session):
    operator.bring_in(a_row("A"), publish=True)
    changed = a_row("A", summary="Drafts better letters.")
    operator.bring_in(changed)

    operator.bring_in(changed, publish=True)

    editions = look.execute(select(Version.edition, Version.state).order_by(Version.edition)).all()
    assert editions == [(1, "superseded"), (2, "published")]


def test_what_a_moderator_withdrew_stays_withdrawn(operator: Desk, look: Session):
    operator.bring_in(a_row("A"))
    with operator.database.writing() as db:
        db.scalars(select(Product)).one().state = "withdrawn"

    operator.bring_in(a_row("A"), publish=True)

    assert look.scalars(select(Product.state)).all() == ["withdrawn"]


def test_a_supplier_s_product_of_the_same_name_does_not_come_in_a_second_time(
    supplier: Desk, frameworks: Frameworks, lumen: Actor
):
    with supplier.database.writing() as db:
        mine = a_draft(db, frameworks, by=lumen, at=supplier.at, name="Lumen Scribe").ref
    rows = a_row("A", name="lumen scribe"), a_row("B", name="Lumen Coder"), a_row("C", name="Lumen coder")

    seen = looked_at(supplier, a_file(*rows))

    assert weighed(seen) == (1, 0, 0, 2)
    assert f"{mine} is one of your products of this name" in seen.failures[0].reasons[0]["reason"]
    assert counts(supplier.bring_in(*rows)) == weighed(seen)
    assert counts(supplier.bring_in(rows[1])) == (0, 0, 1, 0)


# --- files that are not as they should be


@pytest.mark.parametrize(("divider", "word"), [(";", "semicolons"), ("\t", "tabs")])
def test_another_divider_is_one_thing_to_mend_and_not_every_row(operator: Desk, look: Session, divider: str, word: str):
    content = a_file(a_row("A"), a_row("B")).replace(b",", divider.encode())

    with pytest.raises(Invalid, match='no column called "Your reference"') as refusal:
        looked_at(operator, content)

    assert f"divided by {word}" in refusal.value.hint
    assert counts(operator.run(operator.begin(content))) == (0, 0, 0, 1)


def test_a_column_that_is_missing_is_told_with_what_stands_first(operator: Desk, look: Session):
    content = a_file(a_row("A")).replace(b"Kind of product", b"Sort of product")

    with pytest.raises(Invalid, match='no column called "Kind of product"'):
        looked_at(operator, content)


def test_a_file_without_a_record_says_so(operator: Desk, look: Session):
    with pytest.raises(Invalid, match="no record in this file"):
        looked_at(operator, a_file())


def test_a_column_that_nothing_reads_is_named(operator: Desk, look: Session):
    content = a_file(a_row("A")).replace(b"Summary", b"Summry").replace(b"Users", b"What to mend")

    assert looked_at(operator, content).unread == ["Summry"]


def broken(*, at: int, rows: int) -> bytes:
    """A file of good rows, with a quotation mark that stands inside a cell in one of them."""
    lines = a_file(*(a_row(str(number)) for number in range(rows))).splitlines()
    lines[at - 1] = b'X,"A "b,c'
    return b"\r\n".join(lines)


def test_what_stands_before_a_place_that_cannot_be_read_comes_in_and_the_rest_is_told(
    operator: Desk, look: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(running, "BATCH", 4)
    content = broken(at=8, rows=12)

    seen = looked_at(operator, content)
    done = operator.run(operator.begin(content))

    failure = look.scalars(select(ImportFailure)).one()
    assert (weighed(seen), counts(done), done.state) == ((6, 0, 0, 1), (6, 0, 0, 1), "finished")
    assert failure.number == 8
    assert failure.reasons[0]["reason"].startswith("row 8 cannot be read: a quotation mark stands inside a cell")
    assert failure.reasons[0]["reason"].endswith(running.UNREAD)


def begun(services: Services, by: Actor, content: bytes, at: Any, mapping: str = "touchstone-csv") -> str:
    """An import that somebody started on the page; returns its reference."""
    stored = services.files.put(io.BytesIO(content), limit=1_000_000, name="products.csv")
    known = services.frameworks.mappings["touchstone-csv"].model_copy(update={"id": mapping})
    with services.database.writing() as db:
        one = begin_import(
            db, mapping=known, file_name="products.csv", file_digest=stored.digest, publish=False, by=by, at=at
        )
        start_import(db, one, by=by, at=at)
        return one.ref


def test_an_import_that_cannot_go_on_keeps_no_other_waiting(
    db: Session, services: Services, lumen: Actor, moderator: Actor, now: Any
):
    db.commit()
    lost = begun(services, moderator, a_file(a_row("A")), now)
    foreign = begun(services, moderator, a_file(a_row("B")), now, mapping="my-list")
    good = begun(services, lumen, a_file(a_row("C")), now)
    with services.database.writing() as other:
        other.scalars(select(Import).where(Import.ref == lost)).one().file_digest = "0" * 64

    with pytest.raises(Exception, match=r"0{8}"):
        go_on_with_imports(services)

    with services.database.reading() as seen:
        states = dict(seen.execute(select(Import.ref, Import.state)).all())
    assert states == {lost: "running", foreign: "running", good: "finished"}


# --- a mapping of one's own


def test_a_mapping_of_one_s_own_reads_a_file(services: Services, tmp_path: Path, look: Session):
    path = tmp_path / "own.yaml"
    path.write_text(OWN)
    mapping = find_mapping(services, str(path))
    content = b'{"products": [{"id": "J1", "title": "Jay"}, {"id": "J2"}, {"id": "J3", "id": "J4", "title": "Twice"}]}'

    seen = preview(
        look, io.BytesIO(content), Import(mapping="my-list"), with_mapping(services.frameworks, mapping), most=9
    )

    assert weighed(seen) == (1, 0, 0, 2)
    assert [one.reasons[0]["reason"] for one in seen.failures] == [
        "/title is empty. Fill it in and import the row again.", "it names a key twice",
    ]  # fmt: skip
    assert "my-list" not in services.frameworks.mappings


def test_columns_are_those_of_the_spreadsheet(frameworks: Frameworks):
    rules = frameworks.mappings["touchstone-csv"].fields.values()

    assert set(HEADER) <= {rule.from_ for rule in rules}


def test_a_record_with_two_faults_is_one_line_of_the_command(operator: Desk, look: Session):
    done = operator.bring_in(a_row("A", users="Wizards", summary="x" * 5_000), a_row("B", users="Elves"))

    lines = failed_in_words(failures_of(look, done, most=20), operator.frameworks.mappings["touchstone-csv"])

    assert [line.partition(":")[0] for line in lines] == ["record 2", "record 3"]
    assert 'Summary "xxx' in lines[0]
    assert 'Users "Wizards"' in lines[0]
    told = list(lines_of({"file": "a.csv", "read": 2, "new": 0, "failed": 2, "failures": lines, "report": "b.csv"}))
    assert not [line for line in told if "more" in line]


@pytest.mark.parametrize("kind", ["genai application", "genai-application", "GenAI application"])
def test_a_kind_of_product_may_be_written_as_people_write_it(operator: Desk, kind: str):
    assert counts(operator.bring_in([*a_row("A")[:3], kind, *a_row("A")[4:]])) == (1, 0, 0, 0)


@pytest.mark.parametrize(("kind", "told"), [("Wizardry", "Evaluation service or Implementation"), ("", "is empty")])
def test_what_is_no_kind_of_product_is_told_with_the_kinds_in_words(operator: Desk, kind: str, told: str):
    seen = looked_at(operator, a_file([*a_row("A")[:3], kind, *a_row("A")[4:]]))

    (reason,) = seen.failures[0].reasons
    assert (reason["field"], reason["value"]) == ("kind", f'"{kind}"' if kind else "")
    assert told in reason["reason"]
    assert "genai-application" not in reason["reason"]
