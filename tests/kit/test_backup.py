"""A copy of the database and its files, and the way back."""

import hashlib
import sqlite3
from pathlib import Path

import pytest

from marketplace.kit.backup import DATABASE, back_up, restore
from marketplace.kit.errors import Conflict


@pytest.fixture
def site(tmp_path: Path) -> tuple[str, Path]:
    """A database of one row, and a folder of one file under its digest."""
    with sqlite3.connect(tmp_path / "site.db") as connection:
        connection.execute("create table kept as select 'once' as word")
    content = b"a protocol"
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / "files" / digest[:2]).mkdir(parents=True)
    (tmp_path / "files" / digest[:2] / digest).write_bytes(content)
    return f"sqlite:///{tmp_path}/site.db", tmp_path / "files"


def everything(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_copied_comes_back(site: tuple[str, Path], tmp_path: Path):
    (tmp_path / "empty").mkdir()

    copied = back_up(*site, tmp_path / "empty")
    restore(f"sqlite:///{tmp_path}/again/site.db", tmp_path / "again" / "files", tmp_path / "empty")

    assert copied.files == 1
    assert everything(tmp_path / "again" / "files") == everything(site[1])
    with sqlite3.connect(tmp_path / "again" / "site.db") as connection:
        assert connection.execute("select word from kept").fetchall() == [("once",)]


@pytest.mark.parametrize("left", [DATABASE, "files/ab/old", "notes.txt", ".hidden"])
def test_a_copy_goes_into_no_folder_that_holds_something_and_nothing_in_it_is_touched(
    site: tuple[str, Path], tmp_path: Path, left: str
):
    folder = tmp_path / "yesterday"
    (folder / left).parent.mkdir(parents=True)
    (folder / left).write_text("of yesterday")

    with pytest.raises(Conflict, match=f'yesterday is not empty: it holds "{left.split("/")[0]}"') as refused:
        back_up(*site, folder)

    assert "Name a folder that is new or empty" in refused.value.hint
    assert everything(folder) == {Path(left): b"of yesterday"}
