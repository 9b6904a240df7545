"""What products are assured against, for everybody to read, and the calculator over it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from marketplace.cli import main
from marketplace.faces.desk import CALCULATORS, check
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.web.frameworks.picture import NARROW, picture_of
from tests.clients import Browser

EXAMPLE: dict[str, Any] = yaml.safe_load(check.EXAMPLE)


def checked(frameworks: Frameworks, **changed: object) -> dict[str, Any]:
    """The verdict on the example with some answers changed, as programs get it."""
    return dict(check.work({**EXAMPLE, "answers": EXAMPLE["answers"] | changed}, frameworks).document)


def test_anybody_reads_every_criterion_with_its_gate_its_rule_and_its_source(client: Browser, frameworks: Frameworks):
    page = client.get("/frameworks/dtac").text

    for criterion in frameworks.assurance["dtac"].criteria:
        assert f'id="{criterion.code}"' in page
    for words in (
        "Asked when C1.1.1 is “No” or C1.1.2 is “No”.",
        "No open finding with a CVSS score of 7.0 or more.",
        "365 days later; or sooner, with a new version that changes what is exposed.",
        "When the next year ends, which is on 30 June.",
        "Clinical safety case report; Hazard log. At least 2 needed.",
        "In the official form “No” leads to C4.3, which does not exist.",
        "Who answers for this section at the buyer is not confirmed.",
    ):
        assert words in page


def test_the_list_leads_to_each_framework(client: Browser, frameworks: Frameworks):
    page = client.get("/frameworks").text

    for name in frameworks.assurance:
        assert f'href="/frameworks/{name}"' in page


@pytest.mark.parametrize("address", ["/frameworks/dtac?version=9", "/frameworks/dtac?version=x", "/frameworks/nothing"])
def test_a_framework_or_version_that_there_is_not_is_not_found(client: Browser, address: str):
    assert client.get(address).status_code == 404


def test_the_first_version_can_be_read_by_its_number(client: Browser):
    assert client.get("/frameworks/dtac?version=1").status_code == 200


def test_each_picture_has_a_line_for_each_gate_and_stays_within_a_small_screen(frameworks: Frameworks):
    dtac = frameworks.assurance["dtac"]
    for section in dtac.sections:
        picture = picture_of(section, dtac, widest=NARROW)
        if picture is None:
            assert not any(criterion.gates for criterion in section.criteria)
            continue
        assert len(picture.edges) == sum(len(criterion.gates) for criterion in section.criteria)
        assert max(node.words_x for node in picture.nodes) <= 120
        bottoms = [node.y + node.height for node in picture.nodes]
        assert all(below.y >= above for above, below in zip(bottoms, picture.nodes[1:], strict=False))


def test_the_calculator_shows_a_verdict_with_its_reasons(client: Browser):
    page = client.get("/desk/check").text

    assert "DTAC 2.0 on 24 November 2026" in page
    assert "C3.3 External penetration test: Held until 23 November 2026" in page
    assert "Asked only when C1.2 “Informs direct care” is “No”." in page


def test_a_pen_test_a_day_younger_holds(frameworks: Frameworks):
    before, after = (
        checked(frameworks, **{"C3.3": {"value": "provided", "documents": 1, "dated": date(2025, 11, day)}})
        for day in (23, 24)
    )

    assert (before["status"], before["until"]) == ("expired", "2026-11-23")
    assert (after["status"], after["until"]) == ("met", "2026-11-24")
    assert after["until-cause"] == "C3.3 External penetration test: Test ended on 24 November 2025"


def test_answers_may_be_named_by_question_and_written_as_yaml_reads_them(frameworks: Frameworks):
    typed = {name: answer for name, answer in EXAMPLE["answers"].items() if name != "C3.2"}

    worked = check.work({**EXAMPLE, "answers": {**typed, "cyber-charter": True}}, frameworks)

    assert worked.document["status"] == "met"
    assert {row["status"] for row in worked.document["criteria"] if row["code"].startswith("C3.3")} == {"skipped"}


def test_a_finding_of_an_assessor_counts(frameworks: Frameworks):
    condition = {"judgement": "met-with-conditions", "condition": "Finish it", "due-on": "2026-12-31"}
    changed = {"C3.2": "yes", "C2.2.2": {"value": "provided", "documents": 1, "finding": condition}}

    found = checked(frameworks, **changed)

    assert (found["status"], found["until"]) == ("met-with-conditions", "2026-12-31")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"framework": "dtac"}, "the day is missing"),
        ({"framework": "nothing", "day": "2026-11-24"}, "is not a framework"),
        ({"framework": "dtac", "version": 9, "day": "2026-11-24"}, "is not a version of dtac"),
        ({"framework": "dtac", "version": [1], "day": "2026-11-24"}, "is not a version of dtac"),
        ({"framework": "dtac", "day": "2026-02-30"}, "does not exist"),
        ({"framework": "dtac", "day": "9999-01-01"}, "is not in a year"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": []}, "no named values"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": {"C4.3": "no"}}, "is not asked by DTAC 2.0"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": {"A2": "Quill"}}, "is not asked by DTAC 2.0"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": {"C3.2": {"value": "no", "on": 1}}}, "not asked for"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": {"C3.1": {"documents": -1}}}, "no documents"),
        ({"framework": "dtac", "day": "2026-11-24", "answers": {"C3.2": {"value": "no", "dated": 7}}}, "not a date"),
        (
            {"framework": "dtac", "day": "2026-11-24", "answers": {"C3.2": {"value": "no", "finding": {}}}},
            "no judgement",
        ),
        ({"framework": "dtac", "day": "2026-11-24", "more": 1}, "not asked for"),
    ],
)
def test_input_that_does_not_hold_is_refused_with_what_it_was(frameworks: Frameworks, typed: Any, says: str):
    if typed.get("answers") == {"C3.1": {"documents": -1}}:
        typed["answers"]["C3.1"]["value"] = "provided"

    with pytest.raises(Invalid, match=says):
        check.work(typed, frameworks)


def test_every_answer_that_does_not_hold_is_named_by_what_was_typed(frameworks: Frameworks):
    with pytest.raises(Invalid) as refusal:
        checked(frameworks, **{"C3.2": "perhaps", "C3.3a": 11})

    assert set(refusal.value.fields) == {"C3.2", "C3.3a"}


def test_the_command_prints_the_same_as_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "answers.yaml"
    file.write_text(CALCULATORS["check"].example, encoding="utf-8")

    assert main(["desk", "check", str(file), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["edition"], len(told["criteria"])) == ("expired", "2.0", 64)
