"""A form that was filled in elsewhere: looked at, taken, given out again; and files that are none."""

from io import BytesIO

import pytest
from docx import Document

from marketplace.assurance.queries.given import answers_of
from tests.assurance.scenes import whole
from tests.cast import a_product

CSV = (
    "code,question,answer,date\r\n"
    'C1.1.1,Is it a device?,"No, it is not",\r\n'
    "C3.3,When was it tested?,Provided,2026-10-01\r\n"
    "C3.3a,Worst?,4.3,\r\n"
    "C3.5,MFA?,perhaps,\r\n"
    "Z9.9,Not ours,yes,\r\n"
)


@pytest.fixture
def product(db, lumen, now):
    db.expire_on_commit = False
    made = whole(db, a_product(db, of=lumen, at=now, name="Lumen Scribe"))
    db.commit()
    return made


def a_word_file(rows):
    document = Document()
    table = document.add_table(rows=0, cols=3)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    held = BytesIO()
    document.save(held)
    return held.getvalue()


def sent(browser, product, content, do, name="form.csv"):
    return browser.send_form(
        f"/listings/{product.ref}/assurance/form", {"do": do, "framework": "dtac"},
        files={"file": (name, content, "application/octet-stream")},
    )  # fmt: skip


def kept(db, product, now):
    db.expire_all()
    found = {name: each.value for name, each in answers_of(db, product, at=now).items()}
    db.commit()
    return found


def test_a_filled_form_is_looked_at_first_and_then_taken(client_of, db, product, lumen, now):
    supplier = client_of(lumen)

    looked = sent(supplier, product, CSV.encode(), "look").text
    before = kept(db, product, now)
    taken = sent(supplier, product, CSV.encode(), "take").text
    after = kept(db, product, now)

    assert "3 answers would be taken" in looked
    assert before == {}
    assert "3 answers taken" in taken
    assert "is none of the answers" in taken
    assert "Z9.9" not in taken
    assert after == {
        "software-as-a-medical-device": "no", "penetration-test": "provided", "penetration-test-worst": 4.3,
    }  # fmt: skip


def test_a_word_file_is_read_by_its_tables(client_of, db, product, lumen, now):
    content = a_word_file([("Code", "Question", "Answer"), ("C1.1.1 Device", "Is it?", "Yes"), ("C3.3a", "Worst?", "")])

    taken = sent(client_of(lumen), product, content, "take", "form.docx").text

    assert "1 answer taken" in taken
    assert kept(db, product, now) == {"software-as-a-medical-device": "yes"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"PK not a word file", "This is not a Word file"),
        (b"a,b\r\n1,2\r\n", "has no columns code and answer"),
        (b"code,answer\r\nZ1,yes\r\n", "No row of DTAC 2.0 is answered"),
        (b"x" * 2_000_100, "too large for a form"),
    ],
)
def test_what_is_no_form_is_refused_with_its_reason(client_of, product, lumen, content, fault):
    answer = sent(client_of(lumen), product, content, "take")

    assert answer.status_code == 422
    assert fault in answer.text


def test_the_form_goes_out_with_the_answers_and_comes_back_the_same(client_of, db, product, lumen, now):
    supplier = client_of(lumen)
    sent(supplier, product, CSV.encode(), "take")
    before = kept(db, product, now)

    table = supplier.get(f"/listings/{product.ref}/assurance/form.csv?framework=dtac").content
    again = sent(supplier, product, table, "take").text

    assert "3 answers taken" in again
    assert "Not taken" not in again
    assert kept(db, product, now) == before
