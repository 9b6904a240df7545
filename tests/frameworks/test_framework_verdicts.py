"""What each framework decides: its gates, what it refuses, and the day on which it ends."""

from datetime import date

import pytest

from marketplace.assurance.rules.verdicts import Given
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.criteria import AssuranceFramework
from tests.frameworks.fulfilling import TODAY, of_code, verdict_of


@pytest.fixture
def of(frameworks: Frameworks):
    def find(name: str) -> AssuranceFramework:
        return frameworks.assurance[name]

    return find


def test_a_risk_of_level_4_blocks_a_release(of):
    verdict = verdict_of(of("dcb0129"), highest_residual_risk="level-4")

    assert verdict.status == "not-met"
    assert "6.4.1a" in verdict.cause


def test_a_risk_of_level_3_needs_the_reasons_of_the_officer(of):
    silent = verdict_of(of("dcb0129"), highest_residual_risk="level-3", residual_risk_reasons=None)
    told = verdict_of(of("dcb0129"), highest_residual_risk="level-3")
    lower = verdict_of(of("dcb0129"), highest_residual_risk="level-2", residual_risk_reasons=None)

    assert silent.status == "not-answered"
    assert told.status == "met"
    assert of_code(lower, "6.4.1b").status == "skipped"


@pytest.mark.parametrize("answer", ["partial", "awaiting", "no"])
def test_work_under_way_does_not_pass_dcb0129(of, answer: str):
    assert verdict_of(of("dcb0129"), controls_effective=answer).status == "not-met"


def test_a_process_that_nobody_reviewed_for_a_year_has_expired(of):
    verdict = verdict_of(of("dcb0129"), on=date(2027, 10, 2), clinical_safety_officer=Given("X", (), date(2029, 1, 1)))

    assert verdict.status == "expired"
    assert "2.6.1" in verdict.cause


def test_what_the_standard_only_recommends_decides_nothing(of):
    verdict = verdict_of(of("dcb0129"), analysis_multidisciplinary="no")

    assert verdict.status == "met"
    assert [(score.met, score.asked) for score in verdict.scores] == [(1, 2)]


def test_a_deployment_takes_over_each_hazard_that_is_handed_over(of):
    assert verdict_of(of("dcb0160"), deploy_hazards_taken_over="not-all").status == "not-met"
    assert verdict_of(of("dcb0160"), deploy_hazards_taken_over="none-handed-over").status == "met"


def test_the_case_of_the_manufacturer_is_not_the_case_of_the_trust(of):
    assert verdict_of(of("dcb0160"), deploy_safety_report="not-provided").status == "not-met"


@pytest.mark.parametrize("status", ["approaching-standards", "standards-not-met", "not-published"])
def test_only_met_and_exceeded_pass_the_toolkit(of, status: str):
    assert verdict_of(of("dspt"), dspt_status=status).status == "not-met"


def test_a_return_ends_when_the_next_is_due(of):
    framework = of("dspt")
    returned = Given("confirmed", ("a" * 64,), date(2026, 6, 20))
    audited = Given("provided", ("a" * 64,), date(2026, 9, 1))
    kept = {"dspt": returned, "dspt_audit": audited}

    assert verdict_of(framework, on=date(2027, 6, 30), **kept).status == "met"
    assert verdict_of(framework, on=date(2027, 7, 1), **kept).status == "expired"


def test_a_smaller_supplier_needs_no_audit_of_its_return(of):
    verdict = verdict_of(of("dspt"), dspt_profile="assertions-category-3", dspt_audit=None)

    assert verdict.status == "met"


def test_a_certificate_of_a_part_without_the_product_says_nothing_of_it(of):
    assert verdict_of(of("cyber-essentials"), cyber_essentials_scope="part-without-product").status == "not-met"


def test_the_basic_level_is_no_plus(of):
    assert verdict_of(of("cyber-essentials"), cyber_essentials_level="basic").status == "met"
    assert verdict_of(of("cyber-essentials-plus"), cyber_essentials_level="basic").status == "not-met"


def test_what_is_no_device_says_why_and_how_it_is_watched(of):
    verdict = verdict_of(of("medical-device"), software_as_a_medical_device="no", medical_device_class="not-a-device")

    asked = {each.criterion.code for each in verdict.criteria if each.status != "skipped"}
    assert verdict.status == "met"
    assert asked == {"MD.1", "MD.1a", "MD.2", "MD.9"}


def test_a_higher_class_needs_a_certificate(of):
    framework = of("medical-device")

    first = verdict_of(framework, software_as_a_medical_device="yes", medical_device_class="class-i")
    higher = verdict_of(
        framework, software_as_a_medical_device="yes", medical_device_class="class-iia", device_certificate=None
    )

    assert of_code(first, "MD.5").status == "skipped"
    assert higher.status == "not-answered"


def test_a_ce_mark_holds_until_great_britain_no_longer_accepts_it(of):
    mark = {
        "software_as_a_medical_device": "yes", "medical_device_class": "class-i", "conformity_mark": "ce-mdd",
        "ce_accepted": Given("yes", (), date(2028, 6, 30)),
    }  # fmt: skip

    before = verdict_of(of("medical-device"), on=date(2028, 6, 30), **mark)
    after = verdict_of(of("medical-device"), on=date(2028, 7, 1), **mark)

    assert of_code(before, "MD.4a").status == "met"
    assert of_code(after, "MD.4a").status == "expired"


def test_a_register_is_looked_up_again_after_90_days(of):
    looked = {"software_as_a_medical_device": "yes", "pard_entry": Given("found", (), date(2026, 8, 28))}

    assert of_code(verdict_of(of("medical-device"), **looked), "MD.6").status == "met"
    assert of_code(verdict_of(of("medical-device"), on=date(2026, 11, 27), **looked), "MD.6").status == "expired"


@pytest.mark.parametrize(
    ("tier", "asked"),
    [("tier-a", set()), ("tier-b", {"ESF.7", "ESF.8", "ESF.9"}), ("tier-c", {"ESF.7", "ESF.8", "ESF.9", "ESF.14"})],
)
def test_the_tier_opens_its_standards(of, tier: str, asked: set[str]):
    verdict = verdict_of(of("nice-esf"), evidence_tier=tier)

    gated = {"ESF.7", "ESF.8", "ESF.9", "ESF.14"}
    assert {code for code in gated if of_code(verdict, code).status != "skipped"} == asked


def test_a_plan_is_not_evidence(of):
    assert of_code(verdict_of(of("nice-esf"), esf_real_world="planned"), "ESF.15").status == "not-met"


def test_what_is_no_device_is_not_listed_as_ambient_voice(of):
    verdict = verdict_of(of("avt"), software_as_a_medical_device="no")

    assert verdict.status == "not-met"


def test_the_registry_is_looked_up_each_quarter(of):
    looked = {"avt_registry_checked": Given("yes", (), date(2026, 8, 26))}

    assert verdict_of(of("avt-deployment"), on=date(2026, 11, 26), **looked).status == "met"
    assert verdict_of(of("avt-deployment"), on=date(2026, 11, 27), **looked).status == "expired"


def test_a_high_risk_to_people_needs_the_commissioner(of):
    assert verdict_of(of("data-protection"), dpia_highest_risk="high-risk").status == "not-met"
    assert verdict_of(of("data-protection"), dpia_highest_risk="high-risk-consulted").status == "met"


def test_the_assessment_of_a_deployment_starts_from_that_of_the_product(of):
    given = of_code(verdict_of(of("data-protection"), product_dpia=None), "DP.0")

    assert given.criterion.who == "supplier"
    assert verdict_of(of("data-protection"), product_dpia=None).status == "met"


def test_a_record_of_transparency_is_filled_by_supplier_and_body(of):
    whose = {each.criterion.code: each.criterion.who for each in verdict_of(of("atrs")).criteria}

    assert whose["2.4.1.5"] == "supplier"
    assert whose["2.1.3"] == "deploying-organisation"


def test_partly_accessible_passes_with_a_dated_plan(of):
    framework = of("accessibility")

    assert verdict_of(framework, accessibility_level="partly").status == "met"
    assert verdict_of(framework, accessibility_level="partly", accessibility_plan=None).status == "not-answered"
    assert verdict_of(framework, accessibility_level="wcag-21-aa").status == "not-met"


def test_speech_is_tested_where_speech_goes_in(of):
    typed = verdict_of(of("accessibility"), inputs=["free-text"], speech_groups_tested=None)
    spoken = verdict_of(of("accessibility"), inputs=["speech"], speech_groups_tested=None)

    assert typed.status == "met"
    assert spoken.status == "not-answered"


@pytest.mark.parametrize("name", ["iso-27001", "iso-13485", "iso-42001"])
def test_a_certificate_of_a_body_without_accreditation_fails(of, name: str):
    certificate = {"iso-27001": "isms", "iso-13485": "qms", "iso-42001": "aims"}[name]

    assert verdict_of(of(name), **{f"{certificate}_certificate_accredited": "unaccredited"}).status == "not-met"


@pytest.mark.parametrize("name", ["iso-14971", "iec-62304"])
def test_the_word_of_the_manufacturer_is_no_attestation(of, name: str):
    verdict = verdict_of(of(name), **{f"{name.replace('-', '_')}_followed": "own-declaration"})

    assert verdict.status == "not-met"


def test_an_injection_test_is_too_old_on_its_366th_day(of):
    tested = {"injection_test": Given("provided", ("a" * 64,), date(2025, 11, 26))}

    assert verdict_of(of("genai"), on=TODAY, **tested).status == "met"
    assert verdict_of(of("genai"), on=date(2026, 11, 27), **tested).status == "expired"


def test_an_error_that_must_not_happen_fails_the_annex(of):
    passed = ["negation", "numbers", "medication", "allergy", "wrong-speaker"]

    verdict = verdict_of(of("genai"), zero_tolerance_tests=passed)

    assert verdict.status == "not-met"
    assert "GA.6" in verdict.cause


@pytest.mark.parametrize("answer", ["own-model-only", "with-agreement", "by-default"])
def test_customers_data_train_nothing(of, answer: str):
    assert verdict_of(of("genai"), trains_on_data=answer).status == "not-met"


def test_what_acts_by_itself_says_how_it_is_stopped(of):
    assert verdict_of(of("genai"), autonomy="acts", actions_it_takes=None).status == "not-answered"
    assert verdict_of(of("genai"), autonomy="drafts", actions_it_takes=None).status == "met"


def test_energy_is_told_and_decides_nothing(of):
    assert verdict_of(of("genai"), energy=None).status == "met"


def test_a_new_base_model_is_named_wherever_it_reopens_the_annex(of):
    reopened = {
        each.code
        for each in of("genai").criteria
        if each.expires and any("base model" in e for e in each.expires.events)
    }

    assert {f"GA.{number}" for number in range(1, 15)} <= reopened
