"""A product under many frameworks: which apply and why, what holds, who says so, and what stays with whoever uses it."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import event

from marketplace.assurance.actions.certificates import suspend_certificate
from marketplace.assurance.models import Answer
from marketplace.assurance.queries.standings import standings_of, standings_of_many
from marketplace.assurance.rules.applying import Described, applicability
from marketplace.assurance.rules.judging import judge
from marketplace.assurance.rules.standings import FrameworkStanding
from marketplace.frameworks.loader import Frameworks
from marketplace.frameworks.schema.assurance import Condition, Tier
from marketplace.frameworks.schema.criteria import AssuranceFramework
from marketplace.kit.ids import new_id
from marketplace.kit.values import replace
from tests.assurance.answering import TODAY, passing_answers
from tests.assurance.scenes import Bench, a_certificate, an_answered_product
from tests.frameworks.answering import answers_to
from tests.services import known_frameworks

LOADED = known_frameworks()
DTAC = LOADED.assurance["dtac"]
DEVICE = Condition(when={"medical-device-class": ("class-i", "class-iia")}, because="It is a medical device.")
OF_MODELS = Condition(when={"product-kind": ("model",)}, because="It is a model.")


def described(kind: str = "genai-application", **answers: Any) -> Described:
    kinds = {each.id: each.label for each in LOADED.kinds}
    said = {name.replace("_", "-"): value for name, value in answers.items()}
    return Described(kind, LOADED.form(kind), said, kinds)


def where(*conditions: Condition, tiers: tuple[Tier, ...] = ()) -> AssuranceFramework:
    return replace(DTAC, applies=conditions, tiers=tiers)


def beside(frameworks: Frameworks, *others: AssuranceFramework) -> Frameworks:
    """What is declared, with these beside it."""
    versions = {**frameworks.assurance_versions, **{(each.id, each.version): each for each in others}}
    return replace(frameworks, assurance_versions=MappingProxyType(versions))


def by_id(found: tuple[FrameworkStanding, ...]) -> Mapping[str, FrameworkStanding]:
    return {each.framework.id: each for each in found}


CASES: Mapping[str, tuple[AssuranceFramework, Described, str, str]] = {
    "without conditions it is for everything": (where(), described(), "applies", "every product"),
    "a condition that holds says why": (
        where(DEVICE), described(medical_device_class="class-i"), "applies", "It is a medical device.",
    ),
    "one of several is enough": (where(DEVICE, OF_MODELS), described("model"), "applies", "It is a model."),
    "none of them": (
        where(DEVICE), described(medical_device_class="not-a-device"), "does-not-apply", "“Class I” or",
    ),
    "silence does not get anybody out of it": (where(DEVICE), described(), "not-known", "does not say yet"),
    "what is not asked of this kind is no silence": (where(DEVICE), described("data-set"), "does-not-apply", "not so"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_whether_a_framework_applies_follows_from_the_description(case: str):
    framework, product, state, said = CASES[case]

    found = applicability(framework, product)

    assert found.state == state
    assert said in found.reason
    assert found.applies is (state != "does-not-apply")


def test_every_part_of_a_condition_has_to_hold():
    both = Condition(
        when={"medical-device-class": ("class-i",), "meets-patients": ("yes",)}, because="A device for patients."
    )

    assert applicability(where(both), described(medical_device_class="class-i", meets_patients="no")).applies is False
    assert applicability(where(both), described(medical_device_class="class-i", meets_patients="yes")).applies
    assert applicability(where(both), described(medical_device_class="class-i")).state == "not-known"


def test_the_first_tier_that_fits_is_the_tier():
    high = Tier(id="high", label="High", meaning="Devices.", when={"medical-device-class": ("class-i",)})
    rest = Tier(id="rest", label="The rest", meaning="All.", when={"product-kind": ("genai-application",)})

    assert applicability(where(tiers=(high, rest)), described(medical_device_class="class-i")).tier == high
    assert applicability(where(tiers=(high, rest)), described()).tier == rest


@given(answers_to(LOADED.form("genai-application")))
def test_taking_an_answer_of_the_description_away_never_gets_out_of_a_framework(answers: dict[str, Any]):
    framework = where(DEVICE)
    before = applicability(framework, described(**answers))
    for gone in ("medical-device-class", "uses-generative-ai", "purpose"):
        without = {name: value for name, value in answers.items() if name != gone}
        assert applicability(framework, described(**without)).applies or not before.applies


def test_each_side_is_judged_by_what_it_has_to_answer():
    theirs = replace(DTAC.criteria[-1], who="deploying-organisation", assessed="pass")
    section = replace(DTAC.sections[-1], assessed="pass", criteria=(theirs,))
    mixed = replace(DTAC, sections=(*DTAC.sections[:-1], section))
    answers = passing_answers(DTAC)
    answers.pop(theirs.question_id, None)

    supplier = judge(mixed, answers, on=TODAY)
    deployer = judge(mixed, answers, on=TODAY, who="deploying-organisation")

    assert supplier.status == "met"
    assert deployer.status == "not-answered"
    assert {each.reason for each in deployer.criteria if each.criterion.who == "supplier"} == {
        "The supplier answers this, once for all buyers."
    }


def test_a_certificate_says_more_than_answers_and_answers_more_than_nothing(db, services, bench: Bench, lumen, now):
    product = an_answered_product(db, services, of=lumen, at=now)
    declared = beside(
        services.frameworks, replace(DTAC, id="other", label="Other", kind="attested"),
        replace(DTAC, id="local", label="Local", kind="local"), replace(where(DEVICE), id="none", applies=(OF_MODELS,)),
    )  # fmt: skip
    before = by_id(standings_of(db, declared, product, on=now.date()))

    certificate = a_certificate(db, bench, product, by=lumen, at=now)
    after = by_id(standings_of(db, declared, product, on=now.date()))
    suspend_certificate(db, certificate, reason="A safety notice.", by=bench.third, at=now)
    suspended = by_id(standings_of(db, declared, product, on=now.date()))

    assert [before[name].basis for name in ("dtac", "other", "local", "none")] == ["answers", "attestation", "", ""]
    assert before["dtac"].status == "met"
    assert 20 < before["dtac"].answered <= before["dtac"].asked
    assert (before["local"].status, before["none"].status) == ("local", "not-applicable")
    assert (after["dtac"].basis, after["dtac"].certificate_ref) == ("certificate", certificate.ref)
    assert after["dtac"].until == before["dtac"].until
    assert (suspended["dtac"].status, suspended["dtac"].cause) == ("suspended", "A safety notice.")
    assert not suspended["dtac"].holds


def test_what_a_trust_answers_of_its_own_use_is_not_the_suppliers(db, services, lumen, buyer, now):
    product = an_answered_product(db, services, of=lumen, at=now, but=("cyber-essentials",))
    db.add(Answer(
        id=new_id(now), organisation_id=buyer.organisation_id, product_id=product.id, version_id=product.live_version_id,
        question_id="cyber-essentials", value="provided", dated=now.date(), documents=[], by_id=buyer.person_id, at=now,
    ))  # fmt: skip
    db.flush()

    found = by_id(standings_of(db, services.frameworks, product, on=now.date()))["dtac"]

    assert found.status == "not-answered"
    assert "C3.1" in found.cause


def test_many_products_under_all_frameworks_take_as_many_queries_as_one(db, services, bench: Bench, lumen, now):
    products = [an_answered_product(db, services, of=lumen, at=now, name=f"Scribe {n}") for n in range(3)]
    for each in products:
        a_certificate(db, bench, each, by=lumen, at=now)
    counted: list[str] = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda *args: counted.append(args[2]))
    counts = []

    for some in (products[:1], products):
        counted.clear()
        found = standings_of_many(db, services.frameworks, some, on=now.date() + timedelta(days=1))
        counts.append(len(counted))
        assert {by_id(each)["dtac"].status for each in found.values()} == {"met"}

    assert counts[0] == counts[1] <= 8
