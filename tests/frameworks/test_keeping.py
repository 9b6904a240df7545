"""What was read of a file is kept beside it, for these very bytes, where Python may keep bytecode."""

import sys
from datetime import date

import pytest

from marketplace.frameworks.loader import keeping
from marketplace.frameworks.loader.keeping import recalled
from marketplace.kit.errors import Invalid


@pytest.fixture(autouse=True)
def bytecode_is_kept(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rules-1.2.yaml"
    path.write_text("id: rules\nfrom: 2026-01-31\nof: [1, two]\n")
    return path


def test_a_file_is_read_once_and_recalled_with_its_lines(file, monkeypatch):
    first = recalled(file, "a/rules.yaml")
    monkeypatch.setattr(keeping, "read", lambda path, name: pytest.fail("it was read again"))

    again = recalled(file, "b/rules.yaml")

    assert again.data == first.data == {"id": "rules", "from": date(2026, 1, 31), "of": [1, "two"]}
    assert (again.at(("of", 1)), first.at(("from",))) == ("b/rules.yaml:3", "a/rules.yaml:2")


def test_a_file_that_changed_is_read_anew(file):
    recalled(file, "rules.yaml")
    file.write_text("id: others\n")

    assert recalled(file, "rules.yaml").data == {"id": "others"}


def test_what_was_kept_by_other_rules_is_not_believed(file, monkeypatch):
    recalled(file, "rules.yaml")
    monkeypatch.setattr(keeping, "_rules", lambda: b"other rules")
    monkeypatch.setattr(keeping, "read", lambda path, name: pytest.fail("it was read again"))

    with pytest.raises(pytest.fail.Exception, match="read again"):
        recalled(file, "rules.yaml")


def test_a_slip_is_refused_each_time(file):
    file.write_text("id: yes\n")

    for _ in range(2):
        with pytest.raises(Invalid, match="bare"):
            recalled(file, "rules.yaml")


def test_nothing_is_kept_where_python_keeps_nothing_or_may_not(file, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    recalled(file, "rules.yaml")
    kept = list(file.parent.iterdir())
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (file.parent / "__pycache__").write_text("a file where the folder would be")

    assert (kept, recalled(file, "rules.yaml").data["id"]) == ([file], "rules")
