"""Files of references in the browser: looked at first, then brought in."""

import re

import pytest

from marketplace.evidence.queries.studies import studies_of
from tests import cast
from tests.evidence.test_importing import CSL, DEFAULTS, RIS


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


@pytest.fixture
def supplier(client_of, lumen, scribe):
    return client_of(lumen)


def test_a_file_is_looked_at_and_then_brought_in(supplier, db, lumen, scribe):
    address = f"/listings/{scribe.ref}/studies/import"
    assert "Bring studies in" in supplier.get(address).text
    page = supplier.send_form(f"{address}/preview", {**DEFAULTS, "pasted": CSL}).text
    assert "2 drafts can be made" in page
    assert "Drafted notes: a randomised trial" in page
    assert "Left out: the link http://example.org/not-safe" in page
    assert studies_of(db, scribe.id, by=lumen) == []
    db.rollback()
    content = re.search(r'name="content" value="([^"]+)"', page)[1]

    there = supplier.send_form(address, {**DEFAULTS, "content": content, "name": "refs.json"}).headers["location"]

    assert "Interviews about drafted notes" in supplier.get(there).text
    again = supplier.send_form(f"{address}/preview", {**DEFAULTS, "pasted": CSL}).text
    assert "Everything in it is there already" in again
    assert "by the same DOI" in again


def test_a_file_with_a_fault_is_shown_with_its_line_and_cannot_come_in(supplier, scribe):
    address = f"/listings/{scribe.ref}/studies/import"

    page = supplier.send_form(f"{address}/preview", {**DEFAULTS, "pasted": RIS.replace("TI  - ", "T9  - ")}).text

    assert "1 entry does not hold: nothing can be brought in" in page
    assert "It has no title" in page
    assert "Bring them in" not in page


@pytest.mark.parametrize(("pasted", "told"), [("", "Choose a file"), ("a letter", "Send CSL JSON, RIS")])
def test_what_is_no_file_comes_back_with_what_was_said_of_it(supplier, scribe, pasted, told):
    page = supplier.send_form(
        f"/listings/{scribe.ref}/studies/import/preview", {**DEFAULTS, "version_number": "7.7", "pasted": pasted}
    )

    assert page.status_code == 422
    assert told in page.text
    assert 'value="7.7"' in page.text
