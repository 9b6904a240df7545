"""The calculators of outcomes: on the command line with a table beside the file, and as pages for everybody."""

import json

import pytest

from marketplace.cli.desk import read, with_tables
from marketplace.faces.desk import CALCULATORS
from marketplace.kit.errors import Invalid
from tests.contracts.terms import PARAMETERS

PARTIES = [{"name": "Ashdown", "weight": 3}, {"name": "Calder Valley", "weight": 2}]
ROWS = (
    "period,measure,party,value,count\r\n2026-05,notes,Ashdown,0.95,400\r\n2026-05,minutes,Ashdown,8,400\r\n"
    "2026-05,gap,Ashdown,2,400\r\n"
)


@pytest.mark.parametrize("name", ["settle", "simulate"])
def test_the_example_of_each_calculator_works_and_adds_up(frameworks, tmp_path, name):
    path = tmp_path / "example.yaml"
    path.write_text(CALCULATORS[name].example)

    worked = CALCULATORS[name].work(read(path), frameworks)

    assert worked.lines
    parts = [worked.document] if name == "settle" else list(worked.document.values())
    assert all(part["total_pence"] == sum(part["owed_pence"].values()) for part in parts)


def test_measurements_may_stand_in_a_table_beside_the_file(frameworks, tmp_path):
    (tmp_path / "spring.csv").write_text(ROWS)
    path = tmp_path / "terms.json"
    path.write_text(json.dumps({"terms": PARAMETERS, "parties": PARTIES, "measurements": "spring.csv"}))

    found = CALCULATORS["settle"].work(with_tables(read(path), tmp_path), frameworks).document

    assert found["owed_pence"] == {"Ashdown": 720_000, "Calder Valley": 480_000}
    with pytest.raises(Invalid, match="is not a file"):
        with_tables({"measurements": "nowhere.csv"}, tmp_path)


@pytest.mark.parametrize(
    ("name", "given", "part"),
    [
        ("settle", {"terms": PARAMETERS, "parties": PARTIES, "measurements": [], "extra": 1}, "not asked for"),
        ("settle", {"parties": PARTIES, "measurements": []}, "no terms"),
        ("settle", {"terms": PARAMETERS, "parties": [], "measurements": []}, "no parties"),
        ("settle", {"terms": PARAMETERS, "parties": PARTIES, "measurements": "all"}, "not a list of rows"),
        ("settle", {"mechanism": "luck", "terms": PARAMETERS, "parties": PARTIES}, "not a mechanism"),
        ("simulate", {"terms": PARAMETERS, "parties": PARTIES, "values": {"best": {}}}, "not a scenario"),
        ("simulate", {"terms": PARAMETERS, "parties": PARTIES, "values": {"low": {"mood": 1}}}, "not a measure"),
        ("simulate", {"terms": {**PARAMETERS, "ends-on": "2096-01-01"}, "parties": PARTIES}, "too long"),
    ],
)
def test_what_cannot_be_worked_out_is_named_with_what_to_do(frameworks, name, given, part):
    with pytest.raises(Invalid, match=part) as refused:
        CALCULATORS[name].work(given, frameworks)

    assert refused.value.hint
