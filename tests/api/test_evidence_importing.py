"""Files of references by program."""

import pytest

from tests import cast
from tests.evidence.test_importing import CSL, DEFAULTS


@pytest.fixture
def scribe(db, lumen, now):
    db.expire_on_commit = False
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def test_a_file_is_looked_at_and_brought_in_by_program(caller_of, lumen, scribe):
    supplier = caller_of(lumen)
    files = {"file": ("refs.json", CSL.encode(), "application/json")}
    address = f"/listings/{scribe.ref}/studies/import"

    looked = supplier.post(address, files=files, data={**DEFAULTS, "preview": "yes"}).json()
    made = supplier.post(address, files=files, data=DEFAULTS).json()

    assert (looked["format"], looked["made"], [each["line"] for each in looked["entries"]]) == ("csl", [], [2, 26])
    assert len(made["made"]) == 2
    assert supplier.get(f"/studies/{made['made'][0]}").json()["doi"] == "10.1000/trial.1"


def test_a_file_with_a_fault_is_refused_with_its_line(caller_of, lumen, scribe):
    files = {"file": ("refs.json", b'[\n{"DOI": "10.1000/1"}]', "application/json")}

    refused = caller_of(lumen).post(f"/listings/{scribe.ref}/studies/import", files=files, data=DEFAULTS)

    assert refused.status_code == 422
    assert "Line 2: It has no title." in refused.text
