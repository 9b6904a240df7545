"""Every framework is declared whole: each criterion of its list, with its source, and what is unsure marked."""

from collections import Counter, defaultdict

import pytest

from marketplace.catalogue.rules.documents import KINDS
from marketplace.frameworks.loader import Frameworks
from tests.frameworks.fulfilling import verdict_of

ALL = {
    "dtac": "assessed", "dcb0129": "assessed", "dcb0160": "local", "dspt": "attested", "cyber-essentials": "attested",
    "cyber-essentials-plus": "attested", "medical-device": "attested", "nice-esf": "assessed", "avt": "assessed",
    "avt-deployment": "local", "data-protection": "local", "data-use": "local", "atrs": "local",
    "accessibility": "assessed", "bs-30440": "assessed", "iso-27001": "attested", "iso-13485": "attested",
    "iso-14971": "attested", "iso-42001": "attested", "iec-62304": "attested", "genai": "assessed",
}  # fmt: skip
CODES = {
    "dcb0129": """2.1.1 2.2.1 2.2.2 2.3.1 2.3.3 2.3.4 2.4.1 2.4.2 2.5.1 2.5.2 2.6.1 3.1.1 3.2.1 3.3.1 3.4.1 3.5.1 3.6.1
        4.1.1 4.1.2 4.1.3 4.2.1 4.2.2 4.3.1 4.4.1 5.1.1 6.1.1 6.2.1 6.2.2 6.3.1 6.3.2 6.3.3 6.4.1
        7.1.1 7.1.3 7.2.1 7.3.1 7.3.3 7.3.4 7.9""",
    "dcb0160": """2.1.1 2.2.1 2.2.2 2.3.1 2.3.3 2.3.4 2.4.1 2.4.2 2.5.1 2.6.1 2.7.1 3.1.1 3.2.1 3.3.1 3.4.1 3.5.1 3.6.1
        4.1.1 4.1.2 4.1.3 4.2.1 4.2.3 4.3.1 4.4.1 6.1.1 6.2.1 6.2.2 6.3.1 6.4.1 7.1.1 7.1.2 7.2.1 7.3.1 7.4.1 7.9""",
    "dspt": "DSPT.1 DSPT.2 DSPT.3 DSPT.4 DSPT.5",
    "cyber-essentials": "CE.1 CE.2 CE.3 CE.4 CE.5",
    "medical-device": "MD.1 MD.2 MD.3 MD.4 MD.5 MD.6 MD.7 MD.8 MD.9 MD.10",
    "nice-esf": " ".join(f"ESF.{number}" for number in range(22)),
    "avt": " ".join(f"AVT.{number}" for number in range(1, 15)),
    "avt-deployment": " ".join(f"AVD.{number}" for number in range(1, 11)),
    "data-protection": " ".join(f"DP.{number}" for number in range(10)),
    "accessibility": "AC.1 AC.2 AC.3 AC.4 AC.5",
    "bs-30440": "BS1 BS2 BS3 BS4 BS5 BS6",
    "genai": " ".join(f"GA.{number}" for number in range(1, 19)),
}


def test_every_framework_that_a_uk_buyer_asks_for_is_here(frameworks: Frameworks):
    assert {each.id: each.kind for each in frameworks.assurance.values()} == ALL


@pytest.mark.parametrize("name", CODES)
def test_each_code_of_a_framework_stands_in_it(frameworks: Frameworks, name: str):
    declared = [code for code in frameworks.assurance[name].by_code if not code[-1].isalpha()]

    assert sorted(declared) == sorted(CODES[name].split())


@pytest.mark.parametrize("name", ALL)
def test_each_criterion_names_its_source_its_documents_and_what_passes(frameworks: Frameworks, name: str):
    framework = frameworks.assurance[name]

    for criterion in framework.criteria:
        assert criterion.source.document, criterion.code
        assert criterion.source.section, criterion.code
        assert criterion.source.key or criterion.source.mark or criterion.source.document == "Touchstone", (
            criterion.code
        )
        assert set(criterion.evidence) <= KINDS.keys(), criterion.code
        assert criterion.passes or criterion.assessed == "context", criterion.code


@pytest.mark.parametrize("name", ALL)
def test_each_framework_says_to_which_products_it_applies_and_why(frameworks: Frameworks, name: str):
    applies = frameworks.assurance[name].applies

    assert applies
    assert all(condition.because.endswith(".") for condition in applies)


@pytest.mark.parametrize("name", ALL)
def test_each_framework_can_be_fulfilled(frameworks: Frameworks, name: str):
    verdict = verdict_of(frameworks.assurance[name])

    assert verdict.status == "met", verdict.cause


@pytest.mark.parametrize("name", ALL)
def test_who_answers_and_about_what_goes_together(frameworks: Frameworks, name: str):
    framework = frameworks.assurance[name]

    for criterion in framework.criteria:
        assert (criterion.unit == "deployment") == (criterion.who == "deploying-organisation"), criterion.code
    assert (framework.kind == "local") == (framework.completed_by == "deploying-organisation")


def test_one_answer_counts_in_many_frameworks(frameworks: Frameworks):
    asking = defaultdict(set)
    for framework in frameworks.assurance.values():
        for criterion in framework.criteria:
            asking[criterion.question_id].add(framework.id)

    counts = Counter({name: len(found) for name, found in asking.items()})
    assert counts["clinical-safety-case"] >= 6
    assert counts["product-dpia"] >= 4
    assert sum(count >= 2 for count in counts.values()) >= 30


def test_what_is_answered_for_the_organisation_serves_all_of_its_products(frameworks: Frameworks):
    for name in ("dspt", "cyber-essentials", "cyber-essentials-plus", "iso-27001", "iso-13485"):
        assert {each.unit for each in frameworks.assurance[name].criteria} == {"organisation"}, name


def test_what_is_unsure_is_marked(frameworks: Frameworks):
    marked = {
        name: {each.source.mark for each in framework.criteria if each.source.mark}
        for name, framework in frameworks.assurance.items()
    }

    assert "Inferred from the public scope, not the clauses" in marked["bs-30440"]
    assert "from memory, check" in marked["dcb0160"] & marked["accessibility"] & marked["iso-27001"]
    assert any("looked up" in mark or "look it up" in mark for mark in marked["medical-device"])
    assert "Titles shortened from memory, check" in marked["data-protection"]
    assert "Order from memory, check" in marked["atrs"]


def test_annex_a_of_iso_42001_has_38_controls(frameworks: Frameworks):
    assert len(frameworks.taxonomies["iso-42001-controls"].options) == 38


def test_the_annex_names_every_item_of_the_owasp_list(frameworks: Frameworks):
    notes = " ".join(each.note for each in frameworks.assurance["genai"].criteria)

    assert all(f"LLM{number:02}" in notes for number in range(1, 11))


@pytest.mark.parametrize(
    "risk",
    [
        "CBRN", "confabulation", "dangerous", "data privacy", "environmental", "bias", "human-AI", "information integrity",
        "information security", "intellectual property", "obscene", "value chain",
    ],
)  # fmt: skip
def test_the_annex_places_every_risk_of_nist(frameworks: Frameworks, risk: str):
    notes = " ".join(each.note for each in frameworks.assurance["genai"].criteria)

    assert risk in notes
