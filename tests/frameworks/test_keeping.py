"""What was read is kept beside the files, for these very bytes, where Python may keep bytecode."""

import sys
from datetime import date
from types import MappingProxyType

import pytest

from marketplace.frameworks.loader import gathering, keeping, load, recalled
from marketplace.kit.errors import Invalid
from tests.frameworks.building import FILES, declarations, write


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


@pytest.fixture
def root(tmp_path):
    return declarations(tmp_path / "frameworks")


def test_all_that_is_declared_is_resolved_once_and_recalled_the_same(root, monkeypatch):
    first = load(root)
    monkeypatch.setattr(gathering, "recalled", lambda path, name: pytest.fail("each file was asked for again"))

    again = load(root)

    assert (again, again is first) == (first, False)
    assert type(again.questions) is MappingProxyType
    assert again.description.questions["acts"] is again.questions["acts"]


def test_all_is_resolved_anew_where_a_file_changed_or_is_new(root):
    load(root)
    write(root, "questions/use.yaml", FILES["questions/use.yaml"].replace("Summary", "In short"))
    changed = load(root)
    write(root, "taxonomy/moods.yaml", FILES["taxonomy/yes-no.yaml"].replace("yes-no", "moods"))

    assert changed.questions["summary"].label == "In short"
    assert "moods" in load(root).taxonomies


def test_what_other_code_made_of_all_files_is_not_believed(root, monkeypatch):
    load(root)
    monkeypatch.setattr(keeping, "_all_rules", lambda: b"other code")
    monkeypatch.setattr(gathering, "recalled", lambda path, name: pytest.fail("each file was asked for again"))

    with pytest.raises(pytest.fail.Exception, match="asked for again"):
        load(root)
