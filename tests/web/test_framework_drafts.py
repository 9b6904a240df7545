"""An author sees what a draft does before it is published: `marketplace desk check --against`."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from marketplace.cli import main
from marketplace.faces.desk import CALCULATORS
from tests.assurance.scenes import an_answered_product
from tests.conftest import HOUSE

HEAD = """
id: dtac
version: 2
label: DTAC 2.1
date: 2027-03-01
name: Digital Technology Assessment Criteria for health and social care
edition: "2.1"
publisher: NHS England
about: A draft.
source: {document: DTAC 2.0, key: S-DTAC2}
applies:
  - when: {product-kind: [genai-application]}
    because: It is a digital health technology.
sections:
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy of the declarations with a next version of DTAC, in which a test may find nothing of 4.0 or more."""
    root = tmp_path / "draft"
    copytree(HOUSE / "frameworks", root, ignore=lambda folder, names: [n for n in names if n == "demonstration"])
    whole = (root / "assurance" / "dtac.yaml").read_text(encoding="utf-8")
    section = whole[whole.index("  - id: c3\n") : whole.index("  - id: c4\n")]
    stricter = section.replace("below: 7.0", "below: 4.0").replace("CVSS score of 7.0", "CVSS score of 4.0")
    (root / "assurance" / "dtac.2.yaml").write_text(HEAD.lstrip() + stricter, encoding="utf-8")
    return root


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(["desk", "check", *words])
    read = capsys.readouterr()
    return code, read.out + read.err


def test_a_draft_says_what_it_changes_and_whose_verdict(db, services, draft, lumen, now, capsys, monkeypatch):
    product = an_answered_product(db, services, of=lumen, at=now, penetration_test_worst=4.3)
    db.commit()
    monkeypatch.setenv("TOUCHSTONE_DATABASE_URL", services.database.url)

    code, said = told(capsys, "--against", str(draft), "--json")

    (found,) = json.loads(said)["frameworks"]
    changed = {each["code"]: each for each in found["criteria"]}
    assert code == 0
    assert list(changed) == ["C3.3a"]
    assert ("Applies", "where the kind of product is “GenAI application”") in {(one[0], one[2]) for one in found["whole"]}
    (moved,) = found["products"]
    assert (moved["ref"], moved["after"]) == (product.ref, "Not met")
    assert moved["cause"].startswith("C3.3a")


def test_answers_of_a_file_are_checked_under_both(draft, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("TOUCHSTONE_DATABASE_URL", f"sqlite:///{tmp_path / 'none.db'}")
    answers = tmp_path / "answers.yaml"
    answers.write_text(CALCULATORS["check"].example.replace("dated: 2025-11-23", "dated: 2026-11-01"), encoding="utf-8")

    code, said = told(capsys, str(answers), "--against", str(draft))

    assert code == 0
    assert "Your answers, Verdict: Met becomes Not met" in said
    assert "products: not compared" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.yaml", "--against", "no-such-folder"), "nowhere.yaml is not a file"),
        (("--against", "no-such-folder"), "no-such-folder is no copy of the declarations"),
        ((), "no file is named"),
    ],
)
def test_what_cannot_be_compared_is_refused(words: tuple[str, ...], says: str, capsys):
    code, said = told(capsys, *words)

    assert code == 1
    assert says in said


def test_a_draft_that_does_not_hold_together_is_refused_with_its_line(draft, capsys):
    path = draft / "assurance" / "dtac.2.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("question: penetration-test\n", "question: pen\n"), encoding="utf-8"
    )

    code, said = told(capsys, "--against", str(draft))

    assert code == 1
    assert "assurance/dtac.2.yaml:" in said
    assert "there is no question “pen”" in said
