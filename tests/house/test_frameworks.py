"""Every declaration loads, every name in it resolves, and what was published is as it was published."""

from pathlib import Path

import pytest

from marketplace.frameworks.loader import Frameworks, drift, load, read_plain
from marketplace.kit.errors import Invalid
from tests.conftest import HOUSE

ROOT = HOUSE / "frameworks"
FILES = sorted(ROOT.rglob("*.yaml"))


def test_there_are_declarations_and_they_load_together():
    found = load(ROOT)

    assert isinstance(found, Frameworks)
    assert len(FILES) > 20
    assert len(found.kinds) == 6
    assert all(found.form(kind.id).questions for kind in found.kinds)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_declaration_is_plain_yaml(path: Path):
    assert read_plain(path)


def test_every_declaration_matches_the_lock():
    assert drift(ROOT) == [], "put published files back, or run `make lock` to publish what is new"


def test_a_changed_published_file_is_seen(tmp_path: Path):
    (tmp_path / "taxonomy").mkdir()
    declared = tmp_path / "taxonomy" / "one.yaml"
    declared.write_text("id: one\n")
    (tmp_path / "published.lock").write_text(f"{'0' * 64}  taxonomy/one.yaml\n")

    assert drift(tmp_path) == ["taxonomy/one.yaml: was published and has changed without a new version"]
    with pytest.raises(Invalid):
        load(tmp_path)
