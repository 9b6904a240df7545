"""What is published stays as it was; what changes is a next version that names only the differences."""

import shutil
import subprocess
from pathlib import Path

import pytest

from marketplace.frameworks.loader import drift, load, write_lock
from marketplace.frameworks.loader.__main__ import main
from marketplace.kit.errors import Conflict, Invalid
from tests.frameworks.building import FILES, declarations, spoilt, write

NEXT_TAXONOMY = """
id: yes-no
version: 2
label: Yes or no
date: 2027-01-10
source: {document: Touchstone}
options:
  - {id: "no", label: "No, never"}
  - {id: unknown, label: Not known}
retired: ["yes"]
"""

NEXT_QUESTIONS = """
id: use
version: 2
label: Use
date: 2027-01-10
questions:
  - id: summary
    label: In short
    ask: What does it do, in one line?
    kind: text
    limit: 40
    source: {document: Touchstone}
"""


def test_a_published_file_that_changed_is_refused_until_it_is_put_back(tmp_path: Path):
    root = declarations(tmp_path)
    write_lock(root)
    write(root, "taxonomy/kinds.yaml", FILES["taxonomy/kinds.yaml"].replace("Data set", "Data sets"))

    with pytest.raises(Invalid, match=r"taxonomy/kinds.yaml: was published and has changed without a new version"):
        load(root)

    write(root, "taxonomy/kinds.yaml", FILES["taxonomy/kinds.yaml"])
    assert drift(root) == []
    load(root)


def test_a_published_file_that_is_gone_is_refused(tmp_path: Path):
    root = declarations(tmp_path)
    write_lock(root)
    (root / "imports/list.yaml").unlink()

    with pytest.raises(Invalid, match=r"imports/list.yaml: was published and is gone"):
        load(root)


def test_the_lock_is_never_rewritten_over_a_change(tmp_path: Path):
    root = declarations(tmp_path)
    write_lock(root)
    before = (root / "published.lock").read_text()
    write(root, "taxonomy/kinds.yaml", FILES["taxonomy/kinds.yaml"] + "# a remark\n")

    with pytest.raises(Conflict, match="has changed without a new version"):
        write_lock(root)

    assert (root / "published.lock").read_text() == before


def test_a_draft_may_change_until_it_is_locked(tmp_path: Path):
    root = declarations(tmp_path)
    published = write_lock(root)
    write(root, "taxonomy/yes-no.2.yaml", NEXT_TAXONOMY)

    assert drift(root) == ["taxonomy/yes-no.2.yaml: is not in published.lock"]
    assert write_lock(root) == ["taxonomy/yes-no.2.yaml"]
    assert "taxonomy/yes-no.2.yaml" not in published


@pytest.mark.parametrize("line", ["nonsense", "abc  taxonomy/kinds.yaml", "0" * 64 + " one-space.yaml"])
def test_a_lock_that_was_tampered_with_is_refused(tmp_path: Path, line: str):
    root = declarations(tmp_path)
    (root / "published.lock").write_text(line + "\n")

    with pytest.raises(Invalid, match=r"published.lock:1"):
        load(root)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not here")
def test_anybody_can_check_the_lock_with_sha256sum(tmp_path: Path):
    root = declarations(tmp_path)
    write_lock(root)

    checked = subprocess.run(["sha256sum", "--check", "--strict", "published.lock"], cwd=root, capture_output=True)

    assert checked.returncode == 0


def test_a_next_version_names_only_its_differences(tmp_path: Path):
    root = declarations(tmp_path)
    write(root, "questions/use.2.yaml", NEXT_QUESTIONS)

    questions = load(root).questions

    assert questions["summary"].label == "In short"
    assert questions["summary"].limit == 40
    assert questions["acts"].label == "Acts"


def test_a_retired_option_can_be_read_and_no_longer_chosen(tmp_path: Path):
    root = declarations(tmp_path)
    gate = FILES["questions/use.yaml"].replace('when: {acts: ["yes"]}', 'when: {acts: ["no"]}')
    write(root, "questions/use.yaml", gate)
    write(root, "taxonomy/yes-no.2.yaml", NEXT_TAXONOMY)

    acts = load(root).questions["acts"]

    assert acts.labels == {"yes": "Yes", "no": "No, never", "unknown": "Not known"}
    assert set(acts.offered.values()) == {"no", "unknown"}


def test_a_version_cannot_be_skipped(tmp_path: Path):
    root = declarations(tmp_path)
    write(root, "taxonomy/yes-no.3.yaml", NEXT_TAXONOMY.replace("version: 2", "version: 3"))

    with pytest.raises(Invalid, match="version 3 needs every version from 1"):
        load(root)


def test_an_answer_keeps_its_kind_for_life(tmp_path: Path):
    root = declarations(tmp_path)
    write(root, "questions/use.2.yaml", NEXT_QUESTIONS.replace("kind: text", "kind: long-text"))

    with pytest.raises(Invalid, match="for life: give it a new id"):
        load(root)


def test_locking_checks_everything_first_and_publishes_the_drafts_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    root = declarations(tmp_path)

    assert main(["lock", str(root)]) == 0
    assert "published questions/use.yaml" in capsys.readouterr().out
    assert main(["lock", str(root)]) == 0
    assert "nothing is new" in capsys.readouterr().out


def test_locking_refuses_declarations_that_do_not_hold_together(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    root = declarations(tmp_path, **spoilt("questions/use", "limit: 20", "limit: many"))

    assert main(["lock", str(root)]) == 1
    assert "questions/use.yaml:10" in capsys.readouterr().err
    assert not (root / "published.lock").exists()


def test_locking_in_a_wrong_way_says_how():
    assert main(["unlock"]) == 2
