"""Many frameworks at once: to which products each applies, and one question that several of them ask."""

from pathlib import Path

import pytest

from marketplace.frameworks.loader import Frameworks, load
from marketplace.kit.errors import Invalid
from tests.frameworks.assuring import FRAMEWORK, NEXT, QUESTIONS, assured
from tests.frameworks.building import write

HEAD = "source: {document: Touchstone}\nsections:"
OTHER = """
id: other
version: 1
label: Other 1.0
date: 2026-11-24
name: Another framework
edition: "1.0"
publisher: Touchstone
about: For tests.
source: {document: Touchstone}
kind: attested
sections:
  - id: o
    label: Other
    assessed: pass
    criteria:
      - code: O1
        question: tested
        passes: {options: [done]}
        expires: {dated: Tested on, days: 365}
        source: {document: Touchstone}
"""


def applying(condition: str) -> str:
    return f"source: {{document: Touchstone}}\napplies:\n  - {condition}\nsections:"


CONDITIONS = {
    "a question that is not of the description": (
        "{when: {device: [done]}, because: So.}",
        r"small.yaml:11: “device” is no question with options of the desc",
    ),
    "an answer that there is not": (
        "{when: {acts: [maybe]}, because: So.}",
        r"small.yaml:11: “acts” names “maybe”, which is no answer",
    ),
    "a question in words": ("{when: {summary: [x]}, because: So.}", r"small.yaml:11: “summary” is no question with"),
    "a kind that there is not": ("{when: {product-kind: [robot]}, because: So.}", r":11: “robot” is no kind of prod"),
    "no answers": ("{when: {acts: []}, because: So.}", r"small.yaml:11: “acts” has no answers named"),
    "no condition": ("{when: {}, because: So.}", r"small.yaml:11: .*at least 1 item"),
    "no reason": ('{when: {acts: ["yes"]}}', r"small.yaml:11: .*because"),
    "an unknown source": (
        '{when: {acts: ["yes"]}, because: So., source: {document: X, key: S-NONE}}',
        r"small.yaml:11: the source “S-NONE” is not in taxonomy",
    ),
}


@pytest.mark.parametrize("slip", CONDITIONS)
def test_a_condition_that_leads_nowhere_is_refused_with_its_line(tmp_path: Path, slip: str):
    condition, says = CONDITIONS[slip]

    with pytest.raises(Invalid, match=says):
        load(assured(tmp_path, HEAD, applying(condition)))


def test_a_tier_stands_once(tmp_path: Path):
    tier = '{id: a, label: A, meaning: "Low.", when: {product-kind: [scribe]}}'
    twice = applying("{when: {product-kind: [scribe]}, because: So.}").replace(
        "sections:", f"tiers:\n  - {tier}\n  - {tier}\nsections:"
    )

    with pytest.raises(Invalid, match="the tier “a” stands twice"):
        load(assured(tmp_path, HEAD, twice))


def test_who_completes_a_framework_answers_each_criterion_that_names_nobody(tmp_path: Path):
    root = assured(
        tmp_path, "about: For tests.", "about: For tests.\nkind: local\ncompleted-by: deploying-organisation"
    )

    small = load(root).assurance["small"]

    assert small.kind == "local"
    assert {each.who for each in small.criteria} == {"deploying-organisation"}


def test_a_next_version_keeps_to_whom_it_applies_where_it_says_nothing_of_it(tmp_path: Path):
    root = assured(tmp_path, HEAD, applying('{when: {acts: ["yes"]}, because: It acts.}'))
    write(root, "assurance/small.2.yaml", NEXT)
    kept = load(root).assurance["small"]
    write(root, "assurance/small.2.yaml", NEXT.replace("sections:", "applies: []\nsections:"))

    assert [each.because for each in kept.applies] == ["It acts."]
    assert load(root).assurance["small"].applies == ()


SHARED = {
    "another unit": (
        "question: tested",
        "question: tested\n        unit: organisation",
        r"other.yaml:16: O1 is about “organisation”|small.yaml:17: S2 is about “product-version”",
    ),
    "another date": (
        "dated: Tested on",
        "dated: Certified on",
        r"asks for the date “.*”, and .* for the same question",
    ),
}


@pytest.mark.parametrize("slip", SHARED)
def test_a_question_that_two_frameworks_ask_is_one_question(tmp_path: Path, slip: str):
    old, new, says = SHARED[slip]
    root = assured(tmp_path)
    write(root, "assurance/other.yaml", OTHER)
    assert set(load(root).assurance) == {"small", "other"}
    write(root, "assurance/other.yaml", OTHER.replace(old, new))

    with pytest.raises(Invalid, match=says):
        load(root)


ALL_OF = {
    "several of what takes one answer": ("all-of: [done, none-yet]", r":17: S2: passes: cannot be met: .*takes one"),
    "an option that is not offered": ("all-of: [old-way]", r":17: S2: passes: cannot be met: none of its options"),
    "with another rule": ("all-of: [done], answered: true", r":20: .*say one of"),
}


@pytest.mark.parametrize("slip", ALL_OF)
def test_a_rule_that_asks_for_all_of_what_cannot_be_had_is_refused(tmp_path: Path, slip: str):
    new, says = ALL_OF[slip]
    assert "options: [done]}" in FRAMEWORK

    with pytest.raises(Invalid, match=says):
        load(assured(tmp_path, "options: [done]}", f"{new}}}"))


def test_more_than_can_be_chosen_cannot_all_be_asked_for(tmp_path: Path):
    several = QUESTIONS.replace(
        "kind: choice\n    options: [{id: done", "kind: choices\n    maximum: 1\n    options: [{id: done"
    )
    root = assured(tmp_path, "options: [done]}", "all-of: [done, none-yet]}", questions=several)

    with pytest.raises(Invalid, match="at most 1 can be chosen"):
        load(root)


def test_every_framework_says_where_it_comes_from_and_to_whom_it_applies(frameworks: Frameworks):
    assert len(frameworks.assurance) >= 15
    for framework in frameworks.assurance.values():
        assert framework.source.document, framework.id
        assert all(each.source.document for each in framework.criteria), framework.id
        assert all(each.because for each in framework.applies), framework.id
        local = {each.who for each in framework.criteria if not each.known}
        assert framework.kind != "local" or "deploying-organisation" in local, framework.id


def test_most_frameworks_share_questions_so_that_one_answer_serves_several(frameworks: Frameworks):
    asked: dict[str, set[str]] = {}
    for framework in frameworks.assurance.values():
        for each in framework.criteria:
            if not each.known:
                asked.setdefault(each.question_id, set()).add(framework.id)

    shared = {name: where for name, where in asked.items() if len(where) > 1}

    assert {"cyber-essentials", "dspt", "clinical-safety-case", "product-dpia"} <= shared.keys()
    assert max(len(where) for where in shared.values()) >= 3
