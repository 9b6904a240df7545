"""A file of products comes in once, whole or not at all, and what fails is told by record, field and value."""

import csv
import io
import json
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from marketplace.catalogue.actions.importing import preview
from marketplace.catalogue.actions.importing import run as running
from marketplace.catalogue.models import ImportFailure, Product, Version
from marketplace.faces.importing import report_of
from marketplace.frameworks.loader import Frameworks
from marketplace.identity.policies import Actor
from marketplace.kit.db import Database
from marketplace.kit.errors import Invalid, NotAllowed
from marketplace.kit.reading import records
from tests.catalogue.imports import Desk, a_file, a_row, counts


def test_good_rows_come_in_and_bad_ones_are_told(operator: Desk, look: Session):
    done = operator.bring_in(a_row("A"), a_row("B", users="Wizards"), a_row("C"))

    failure = look.scalars(select(ImportFailure)).one()
    assert counts(done) == (2, 0, 0, 1)
    assert failure.number == 3
    assert failure.reasons[0]["field"] == "user-group"
    assert "Wizards" in failure.reasons[0]["value"]


def test_what_comes_in_is_unclaimed_names_its_source_and_has_no_uk_status(operator: Desk, look: Session):
    operator.bring_in(a_row("A"), publish=True)

    product = look.scalars(select(Product).options(joinedload(Product.supplier))).one()
    assert (product.organisation_id, product.state) == (None, "live")
    assert product.source["publisher"] == "Touchstone"
    assert product.supplier_name == "Elsewhere Ltd"


def test_importing_twice_changes_nothing(operator: Desk, look: Session):
    operator.bring_in(a_row("A"), a_row("B"), publish=True)

    again = operator.bring_in(a_row("A"), a_row("B"), publish=True)

    assert counts(again) == (0, 0, 2, 0)
    assert look.scalar(select(func.count()).select_from(Version)) == 2


def test_a_changed_row_makes_a_new_edition_and_keeps_the_old_one(operator: Desk, look: Session):
    operator.bring_in(a_row("A"), publish=True)

    again = operator.bring_in(a_row("A", summary="Drafts better letters."), publish=True)

    editions = look.scalars(select(Version).order_by(Version.edition)).all()
    assert counts(again) == (0, 1, 0, 0)
    assert [(one.edition, one.state) for one in editions] == [(1, "superseded"), (2, "published")]
    assert look.scalars(select(Product)).one().live_version_id == editions[1].id


def test_the_second_row_with_the_same_reference_fails(operator: Desk):
    assert counts(operator.bring_in(a_row("A"), a_row("A", name="Another"))) == (1, 0, 0, 1)


def test_a_second_row_with_the_same_reference_comes_back_whole_to_be_mended(
    operator: Desk, look: Session, frameworks: Frameworks
):
    done = operator.bring_in(a_row("A"), a_row("A", name="Another"))
    report = report_of(look, done, frameworks.mappings["touchstone-csv"]).content.decode("utf-8-sig")

    mended = operator.run(operator.begin(report.replace("A,Another", "B,Another", 1).encode()))

    assert counts(mended) == (1, 0, 0, 0)


def test_the_report_can_be_mended_and_imported_again(operator: Desk, look: Session, frameworks: Frameworks):
    done = operator.bring_in(a_row("A"), a_row("B", users="Wizards"))
    report = report_of(look, done, frameworks.mappings["touchstone-csv"]).content.decode("utf-8-sig")

    mended = operator.run(operator.begin(report.replace("Wizards", "Nurses", 1).encode()))

    assert counts(mended) == (1, 0, 0, 0)


def test_a_suppliers_rows_come_in_as_its_own_drafts(supplier: Desk, look: Session, lumen: Actor):
    supplier.bring_in(a_row("A"))

    product = look.scalars(select(Product)).one()
    assert (product.organisation_id, product.state) == (lumen.organisation_id, "draft")


def test_a_supplier_cannot_publish_by_importing(supplier: Desk):
    with pytest.raises(NotAllowed, match="published by a moderator"):
        supplier.begin(a_file(a_row("A")), publish=True)


def test_a_buyer_cannot_import(database: Database, db: Session, frameworks: Frameworks, buyer: Actor, now: datetime):
    db.commit()

    with pytest.raises(NotAllowed):
        Desk(database, frameworks, buyer, now).begin(a_file(a_row("A")))


def test_two_suppliers_may_use_the_same_reference(supplier: Desk, db: Session, rival: Actor, now: datetime):
    db.commit()
    supplier.bring_in(a_row("A"))

    other = Desk(supplier.database, supplier.frameworks, rival, now).bring_in(a_row("A"))

    assert counts(other) == (1, 0, 0, 0)


def test_a_claimed_product_keeps_its_suppliers_words(lumen: Actor, operator: Desk, look: Session):
    operator.bring_in(a_row("A"), publish=True)
    with operator.database.writing() as db:
        db.scalars(select(Product)).one().organisation_id = lumen.organisation_id

    again = operator.bring_in(a_row("A", summary="Something else."), publish=True)

    assert counts(again) == (0, 0, 0, 1)
    assert look.scalars(select(Version)).one().answers["summary"] == "Drafts letters."


class CutOffError(Exception):
    """The power goes."""


@pytest.mark.parametrize("batches", [0, 1, 2, 3])
def test_an_import_that_was_cut_off_goes_on_where_it_was(
    operator: Desk, look: Session, monkeypatch: pytest.MonkeyPatch, batches: int
):
    monkeypatch.setattr(running, "BATCH", 4)
    begun = operator.begin(a_file(*(a_row(str(number)) for number in range(14))), publish=True)
    whole, left = operator.database.writing, [batches + 1]

    @contextmanager
    def cut_off():
        if left[0] < 0:
            raise CutOffError
        left[0] -= 1
        with whole() as session:
            yield session
            if left[0] < 0:
                raise CutOffError

    operator.database.writing = cut_off  # type: ignore[method-assign]
    with pytest.raises(CutOffError):
        operator.run(begun)
    operator.database.writing = whole  # type: ignore[method-assign]

    done = operator.run(begun)

    assert counts(done) == (14, 0, 0, 0)
    assert look.scalar(select(func.count()).select_from(Product)) == 14


def test_a_preview_writes_nothing(operator: Desk, look: Session, frameworks: Frameworks):
    content = a_file(a_row("A"), a_row("B", users="Wizards"), a_row("A", name="The same reference"))
    begun = operator.begin(content)

    seen = preview(look, io.BytesIO(content), begun, frameworks, most=10)

    assert (seen.looked_at, seen.holds, seen.is_whole) == (3, 1, True)
    assert [one.number for one in seen.failures] == [3, 4]
    assert look.scalar(select(func.count()).select_from(Product)) == 0


@pytest.mark.parametrize(
    ("content", "reads", "each", "told"),
    [
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b></a>', "xml", "/a/b", "document type"),
        (b"<a><b>", "xml", "/a/b", "not XML"),
        (b'[{"name": ', "json", "", "not JSON"),
        (b'[{"a": ' + b"[" * 60 + b"]" * 60 + b"}]", "json", "", "more than 50 deep"),
        (b"", "csv", None, "no header"),
        ("Name\nCaf\xe9".encode("latin-1"), "csv", None, "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_place(content: bytes, reads: str, each: str | None, told: str):
    with pytest.raises(Invalid, match=told):
        list(records(io.BytesIO(content), reads, each))


@pytest.mark.parametrize(
    ("line", "told"),
    [('{"a": 1, "a": 2}', "names a key twice"), ("{", "not JSON"), ('{"a": NaN}', "not JSON"), ("[1]", "no object")],
)
def test_a_line_that_cannot_be_read_fails_alone(line: str, told: str):
    read = list(records(io.BytesIO(f'{{"name": "A"}}\n{line}\n{{"name": "B"}}\n'.encode()), "jsonl", None))

    assert [bool(one.wrong) for one in read] == [False, True, False]
    assert told in read[1].wrong


def test_json_is_picked_by_pointer():
    content = json.dumps({"list": [{"a": {"b": ["x", "y"]}, "c/d": 1}]}).encode()

    [only] = records(io.BytesIO(content), "json", "/list")

    assert (only.pick("/a/b"), only.pick("/a/b/1"), only.pick("/c~1d"), only.pick("/none")) == (
        ["x", "y"],
        ["y"],
        ["1"],
        [],
    )


def test_real_model_cards_come_in(operator: Desk, shared_data: Path, look: Session):
    cards = sorted((shared_data / "products" / "chai-v0.1").glob("*.xml"))
    cards = [path for path in cards if path.name != "schema.xsd"]

    done = [operator.run(operator.begin(path.read_bytes(), publish=True, mapping="chai-model-card")) for path in cards]

    assert [counts(one) for one in done] == [(1, 0, 0, 0)] * len(cards)
    assert {product.state for product in look.scalars(select(Product))} == {"live"}


def test_the_real_device_list_comes_in(operator: Desk, shared_data: Path):
    content = (shared_data / "products" / "fda-ai-devices.csv").read_bytes()

    names = [row["device"] for row in csv.DictReader(io.StringIO(content.decode()))]

    done = operator.run(operator.begin(content, publish=True, mapping="fda-ai-devices"))

    assert done.new + done.failed == 1357
    assert done.failed == len([name for name in names if len(name) > 200])
