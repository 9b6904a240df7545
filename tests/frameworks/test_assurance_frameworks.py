"""A framework of assurance is refused where it does not hold together; DTAC is declared whole."""

from pathlib import Path
from shutil import copytree

import pytest

from marketplace.catalogue.rules.documents import KINDS
from marketplace.frameworks.answers import asked, clean
from marketplace.frameworks.loader import Frameworks, load
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.errors import Invalid, NotFound
from tests.conftest import HOUSE
from tests.frameworks.assuring import NEXT, QUESTIONS, assured
from tests.frameworks.building import write

SLIPS = {
    "a question that there is not": ("question: score", "question: scores", r"small.yaml:25: S2.1: .*“scores”"),
    "a gate to nowhere": ('when: {S1: ["no"]}', 'when: {S1.3: ["no"]}', r"small.yaml:16: S1.1 depends on S1.3, which"),
    "a gate with an answer that is none": (
        'when: {S1: ["yes"]}',
        "when: {S1: [maybe]}",
        r"small.yaml:17: S2 depends on “maybe”",
    ),
    "a gate without options": (
        "when: {S2: [done]}",
        "when: {S1.1: [done]}",
        r"small.yaml:25: .*S1.1, which has no opt",
    ),
    "a gate that nobody can open": (
        "when: {S2: [done]}",
        "when: {S2: [old-way]}",
        r"small.yaml:25: .*nobody can choose",
    ),
    "a gate to itself": ("{code: S1, question: device,", '{code: S1, question: device, when: {S1: ["no"]},', "circle"),
    "gates in a circle": (
        "{code: S1, question: device,",
        "{code: S1, question: device, when: {S2: [done]},",
        r"small.yaml:15: the gates go in a circle: S. -> S. -> S.",
    ),
    "a gate that stands later": (
        '- {code: S1, question: device, passes: {options: ["yes", "no"]}, source: {document: Touchstone}}\n'
        '      - {code: S1.1, question: why-not, when: {S1: ["no"]}, passes: {answered: true},'
        " source: {document: Touchstone}}",
        '- {code: S1.1, question: why-not, when: {S1: ["no"]}, passes: {answered: true}, source: {document: X}}\n'
        '      - {code: S1, question: device, passes: {options: ["yes", "no"]}, source: {document: X}}',
        r"small.yaml:15: S1.1 depends on S1, which stands after it",
    ),
    "gates that contradict one another": (
        "when: {S2: [done]}",
        'when: {S2: [done], S1: ["no"]}',
        r"small.yaml:25: S2.1 is never asked",
    ),
    "a code twice": ("code: S2.1", "code: S1.1", r"small.yaml:25: the code “S1.1” stands twice, first at .*:16"),
    "a question twice": ("question: score", "question: why-not", r"small.yaml:25: the question “why-not” stands twice"),
    "a code that is none": ("code: S2.1", "code: s2", r"small.yaml:25: .*“s2” is not a code"),
    "a rule with an option that is none": ("options: [done]}", "options: [perfect]}", r":17: S2: passes: “perfect”"),
    "a rule that nobody can meet": ("options: [done]}", "options: [old-way]}", r":17: S2: passes: cannot be met"),
    "a bound that no number meets": ("below: 7.0", "below: 0", r":25: S2.1: passes: cannot be met: below 0"),
    "a bound above the most": ("below: 7.0", "at-least: 10.5", r":25: S2.1: passes: cannot be met: at least 10.5"),
    "bounds that exclude one another": ("below: 7.0", "below: 7.0, at-least: 8", r":25: .*nothing is at least 8"),
    "a bound of what is no number": ("answered: true", "below: 3", r":16: S1.1: passes: “why-not” is no number"),
    "options of what has none": ("answered: true", "options: [a]", r":16: S1.1: passes: “why-not” has no options"),
    "no rule": ("passes: {answered: true}, ", "", r":16: S1.1: says nothing of what `passes`"),
    "two rules in one": ("below: 7.0", "below: 7.0, answered: true", r":25: .*say one of"),
    "what passes and does not apply": (
        "options: [done]}",
        "options: [done], not-applicable: [done]}",
        r":17: S2: passes: “done” cannot both",
    ),
    "more documents than are named": ("documents: 1", "documents: 2", r":17: .*needs 2 documents and names 1"),
    "a period without its day": ("{dated: Tested on, days: 365}", "{days: 365}", r":23: .*`dated` names the day"),
    "a day without a period": ("{dated: Tested on, days: 365}", "{dated: Tested on}", r":23: .*`dated` names the day"),
    "two periods": ("days: 365", "days: 365, months: 12", r":23: .*say one of `months`, `days`"),
    "what is known and yet assessed": ("question: score,", "question: score, known: product-name,", r":25: S2.1: what"),
    "an unknown key": ("documents: 1", "document: 1", r":22: .*unknown key"),
    "an unknown source": (
        "{below: 7.0}, source: {document: Touchstone}",
        "{below: 7.0}, source: {document: X, key: S-NONE}",
        r":25: S2.1: the source “S-NONE”",
    ),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_in_a_framework_is_refused_with_its_file_and_line(tmp_path: Path, slip: str):
    old, new, says = SLIPS[slip]
    root = assured(tmp_path, old, new)

    with pytest.raises(Invalid, match=says):
        load(root)


def test_the_dead_end_of_the_official_form_cannot_be_declared(tmp_path: Path):
    root = tmp_path / "frameworks"
    copytree(HOUSE / "frameworks", root)
    (root / "published.lock").unlink()
    declared = root / "assurance" / "dtac.yaml"
    text = declared.read_text(encoding="utf-8")
    declared.write_text(text.replace('when: {C4.2.4: ["no"]}', 'when: {C4.3: ["no"]}'), encoding="utf-8")

    with pytest.raises(Invalid, match=r"assurance/dtac.yaml:\d+: C4.2.5 depends on C4.3, which is no criterion"):
        load(root)


def test_a_changed_rule_needs_no_python(tmp_path: Path):
    frameworks = load(assured(tmp_path, "below: 7.0", "below: 4.0"))

    rule = frameworks.assurance["small"].by_code["S2.1"].passes

    assert rule is not None
    assert rule.below == 4.0


def test_an_older_version_stays_as_it_was_with_the_questions_of_its_time(tmp_path: Path):
    root = assured(tmp_path)
    write(root, "assurance/small.2.yaml", NEXT)
    later = QUESTIONS.partition("questions:")[0].replace("version: 1", "version: 2") + "questions: []\n"
    write(root, "questions/safety.2.yaml", later + "retired: [score]\n")

    frameworks = load(root)

    assert "score" not in frameworks.questions
    assert frameworks.assurance["small"].version == 2
    assert list(frameworks.assurance["small"].by_code) == ["S1"]
    assert list(frameworks.assurance_versions["small", 1].by_code) == ["S1", "S1.1", "S2", "S2.1"]


def test_a_framework_that_there_is_not_is_not_found(frameworks: Frameworks):
    with pytest.raises(NotFound, match="no assurance framework “dcb"):
        frameworks.assurance_form("dcb9999")


CODES = """
A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 B1 B2 B3 B4 C1.1.1 C1.1.2 C1.2 C1.2.1 C1.2.2 C1.2.3 C1.2.4 C1.2.5
C2.1 C2.2 C2.2.1 C2.2.2 C2.2.3 C2.2.4 C2.2.5 C2.2.6 C3.1 C3.2 C3.3 C3.4 C3.5 C3.5.1 C3.6
C4.1 C4.1.1 C4.1.2 C4.1.3 C4.2 C4.2.1 C4.2.2 C4.2.3 C4.2.4 C4.2.5 C4.2.6
D1.1 D1.2 D1.3 D1.4 D1.4.1 D1.4.2 D1.4.3 D1.5
"""


@pytest.fixture
def dtac(frameworks: Frameworks) -> AssuranceFramework:
    return frameworks.assurance["dtac"]


def test_dtac_has_every_criterion_of_the_form(dtac: AssuranceFramework):
    official = [code for code in dtac.by_code if not code[-1].isalpha()]

    assert official == CODES.split()
    assert [criterion.code for criterion in sorted(dtac.criteria, key=lambda each: each.place)] == list(dtac.by_code)


def test_each_part_of_dtac_names_its_source_and_its_documents(dtac: AssuranceFramework):
    for criterion in dtac.criteria:
        assert criterion.source.key == "S-DTAC2"
        assert criterion.source.section == criterion.code.rstrip("ab")
        assert set(criterion.evidence) <= KINDS.keys(), criterion.code
        assert criterion.who == "supplier"


def test_dtac_ages_as_its_parts_do(dtac: AssuranceFramework):
    ageing = {
        each.code: each.expires for each in dtac.criteria if each.expires and each.dated and each.assessed == "pass"
    }

    assert set(ageing) == {"C1.2.5", "C2.1", "C2.2.1", "C3.1", "C3.3"}
    assert ageing["C3.1"].months == 12
    assert ageing["C3.3"].days == 365
    assert ageing["C2.2.1"].months == 12


def test_a_question_of_the_description_is_asked_once(frameworks: Frameworks, dtac: AssuranceFramework):
    shared = {each.code for each in dtac.criteria if each.question_id in frameworks.description.questions}

    assert {"B2", "B3", "C2.2.5", "C2.2.6", "C4.1.1", "D1.4.1", "D1.4.2", "D1.4.3", "D1.5"} <= shared


def test_the_form_of_dtac_is_gated_as_the_framework_says(frameworks: Frameworks):
    form = frameworks.assurance_form("dtac")
    answers, errors = clean(form, {"software-as-a-medical-device": "No", "informs-direct-care": "no"})

    skipped = asked(form, answers)

    assert errors == {}
    assert "product-name" not in form.questions
    assert skipped["outside-dcb0129"] == ""
    assert skipped["standalone-medical-device"] == "Asked only when “Software or AI as a medical device” is “Yes”."
    assert skipped["clinical-safety-case"] == "Asked only when “Informs direct care” is “Yes”."


def test_of_two_gates_one_is_enough(frameworks: Frameworks):
    form = frameworks.assurance_form("dtac")
    exchanging = {"exchanges-patient-data": "yes"}

    both_shut = asked(form, {**exchanging, "uses-nhs-number": "yes", "validates-nhs-number": "yes"})
    one_open = asked(form, {**exchanging, "uses-nhs-number": "yes", "validates-nhs-number": "no"})

    assert "“NHS number” is “No”" in both_shut["other-patient-identification"]
    assert "“Validation of the NHS number” is “No”" in both_shut["other-patient-identification"]
    assert one_open["other-patient-identification"] == ""
