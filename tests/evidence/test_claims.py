"""A claim is held against every published result of its measure; nobody picks them, and what changes beneath reopens it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from marketplace.catalogue.subscribers import tell_supplier_of_claim
from marketplace.evidence.actions.claims import (
    add_claim,
    change_claim,
    discard_claim,
    publish_claim,
    settle_reopenings,
    weigh_result,
    withdraw_claim,
)
from marketplace.evidence.actions.publishing import retract_study
from marketplace.evidence.actions.writing import set_results
from marketplace.evidence.events import ClaimReopened, StudyCorrected, StudyRetracted
from marketplace.evidence.models import Claim
from marketplace.evidence.queries.claims import claims_of, find_claim, weigh
from marketplace.evidence.queries.declared import protocol_rules
from marketplace.evidence.queries.studies import studies_of
from marketplace.evidence.rules.claims import (
    CONTESTED,
    CONTRADICTED,
    CONTRADICTS,
    NEUTRAL,
    SUPPORTED,
    SUPPORTS,
    UNDECIDED,
    UNTESTED,
    goes,
    made_elsewhere,
    stance_of,
    verdict_of,
)
from marketplace.evidence.rules.needed import NeededRules, Shown, plan_of, whole_of
from marketplace.evidence.schemas.claims import Stated, read_claim
from marketplace.evidence.subscribers import reopens_claims
from marketplace.faces import claims as faces
from marketplace.faces.claims import claim_words
from marketplace.identity.models import Notice
from marketplace.kit.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.kit.jobs import Heard
from tests import cast
from tests.evidence.scenes import FASTER, LESS_WRITING, a_claim, a_published, measured, stated
from tests.services import known_frameworks

DECLARED = known_frameworks()
KNOWN = claim_words(DECLARED)
NEEDED = NeededRules.model_validate(DECLARED.plain[faces.NEEDED][-1])
NUMBERS = st.decimals(min_value=-100, max_value=100, places=2)


@pytest.fixture
def scribe(db, lumen, now):
    return cast.a_product(db, of=lumen, at=now, name="Lumen Scribe")


def heard_of(event, now) -> Heard:
    return Heard(event=event, at=now, by_person_id=None, by_organisation_id=None, key=f"{event.about_id}")


def weighed(db, claim: Claim):
    whole = find_claim(db, claim.ref, by=None)
    return weigh(whole, studies_of(db, claim.product_id, by=None))


@pytest.mark.parametrize(
    ("claim", "numbers", "stance"),
    [
        ({"direction": "lower"}, ("-3.1", "-4.0", "-2.2"), SUPPORTS),
        ({"direction": "lower", "size": Decimal(3)}, ("-3.1", "-4.0", "-2.2"), SUPPORTS),
        ({"direction": "lower", "size": Decimal("3.5")}, ("-3.1", "-4.0", "-2.2"), NEUTRAL),
        ({"direction": "lower", "size": Decimal(5)}, ("-3.1", "-4.0", "-2.2"), CONTRADICTS),
        ({"direction": "lower"}, ("-0.4", "-1.1", "0.3"), NEUTRAL),
        ({"direction": "lower"}, ("-0.4", "-0.8", "0"), NEUTRAL),
        ({"direction": "lower", "size": Decimal(2)}, ("-0.4", "-1.1", "0.3"), CONTRADICTS),
        ({"direction": "lower"}, ("1.2", "0.1", "2.3"), CONTRADICTS),
        ({"direction": "lower"}, ("-3.1", None, None), NEUTRAL),
        ({"direction": "unchanged", "size": Decimal("0.5")}, ("0.1", "-0.2", "0.4"), SUPPORTS),
        ({"direction": "unchanged", "size": Decimal("0.3")}, ("0.1", "-0.2", "0.4"), NEUTRAL),
        ({"direction": "unchanged", "size": Decimal("0.3")}, ("1.1", "0.9", "1.3"), CONTRADICTS),
        ({"effect": "ratio", "direction": "lower", "size": Decimal("0.8")}, ("0.71", "0.54", "0.93"), SUPPORTS),
        ({"effect": "ratio", "direction": "lower", "size": Decimal("0.5")}, ("0.71", "0.54", "0.93"), CONTRADICTS),
        ({"effect": "ratio", "direction": "lower"}, ("1.18", "0.92", "1.51"), NEUTRAL),
        ({"effect": "ratio", "direction": "unchanged", "size": Decimal("0.8")}, ("1.0", "0.9", "1.1"), SUPPORTS),
        ({"effect": "proportion", "direction": "lower", "size": Decimal(2)}, ("1.2", "0.4", "1.9"), SUPPORTS),
        ({"effect": "proportion", "direction": "lower", "size": Decimal(1)}, ("1.2", "0.4", "1.9"), NEUTRAL),
        ({"effect": "proportion", "direction": "lower", "size": Decimal(1)}, ("3.2", "2.4", "4.9"), CONTRADICTS),
    ],
)
def test_what_the_numbers_of_a_result_do_for_a_claim(claim, numbers, stance):
    estimate, low, high = (None if each is None else Decimal(each) for each in numbers)
    effect = claim.get("effect", "difference")

    found = stance_of(stated(**claim), measured(effect=effect, estimate=estimate, low=low, high=high))

    assert found.id == stance
    assert found.reason.endswith(".")


@given(NUMBERS, st.sampled_from(["higher", "lower"]), st.lists(NUMBERS, min_size=3, max_size=3))
def test_claiming_more_never_makes_a_result_support_what_it_did_not(size, direction, numbers):
    low, estimate, high = sorted(numbers)
    result = measured(estimate=estimate, low=low, high=high)
    size = abs(size)

    modest = stance_of(stated(direction=direction, size=size or None), result)
    bold = stance_of(stated(direction=direction, size=size + 1), result)

    order = [CONTRADICTS, NEUTRAL, SUPPORTS]
    assert order.index(bold.id) <= order.index(modest.id)
    if modest.id == SUPPORTS:
        assert estimate * goes(stated(direction=direction)) > 0


@pytest.mark.parametrize(
    ("stances", "verdict"),
    [
        ([], UNTESTED), ([NEUTRAL], UNDECIDED), ([SUPPORTS, NEUTRAL], SUPPORTED), ([CONTRADICTS], CONTRADICTED),
        ([SUPPORTS, SUPPORTS, CONTRADICTS], CONTESTED),
    ],
)  # fmt: skip
def test_what_all_results_come_to(stances, verdict):
    assert verdict_of(stances) == verdict


def test_every_published_result_of_the_measure_counts_whoever_likes_it(db, frameworks, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    a_published(db, frameworks, scribe.id, by=lumen, at=now)
    a_published(
        db, frameworks, scribe.id, measured(estimate=Decimal("1.0"), low=Decimal("0.2"), high=Decimal("1.8")),
        by=lumen, at=now, title="A second trial, which went the other way",
    )  # fmt: skip
    a_published(db, frameworks, scribe.id, measured(unit="points"), by=lumen, at=now, title="On another scale")

    found = weighed(db, claim)

    assert found.verdict == CONTESTED
    assert sorted(each.stance.id for each in found.spoken) == [CONTRADICTS, SUPPORTS]


def test_the_owner_cannot_say_otherwise_than_the_numbers_and_an_academic_can(
    db, frameworks, lumen, scribe, academic, now
):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    said = {"stance": NEUTRAL, "reason": "Only one team wrote by hand before.", "at": now}

    with pytest.raises(NotAllowed, match="its numbers say"):
        weigh_result(db, claim, study, study.results[0], by=lumen, **said)
    weigh_result(db, claim, study, study.results[0], by=academic, **said)

    spoken = weighed(db, claim).spoken[0]
    assert (spoken.stance.id, spoken.by_numbers.id) == (NEUTRAL, SUPPORTS)


def test_the_owner_names_a_result_of_another_measure_and_not_over_somebody_outside(
    db, frameworks, lumen, scribe, academic, now
):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    study = a_published(db, frameworks, scribe.id, measured(measure="Time until signed"), by=lumen, at=now)
    result, said = study.results[0], {"stance": SUPPORTS, "reason": "It holds the writing.", "at": now}

    weigh_result(db, claim, study, result, by=lumen, **said)
    assert weighed(db, claim).verdict == SUPPORTED
    weigh_result(db, claim, study, result, by=academic, **{**said, "stance": NEUTRAL})

    with pytest.raises(NotAllowed, match="somebody outside the supplier"):
        weigh_result(db, claim, study, result, by=lumen, **said)


@pytest.mark.parametrize(
    ("settings", "populations", "elsewhere"),
    [
        (["outpatients"], ["adults"], ()),
        ([], [], ()),
        (["inpatient-wards"], ["adults", "children"], ("setting",)),
        (["inpatient-wards"], ["children"], ("setting", "population")),
    ],
)
def test_a_study_in_another_place_than_is_claimed_is_marked(settings, populations, elsewhere):
    assert made_elsewhere(LESS_WRITING, settings, populations) == elsewhere
    assert made_elsewhere(stated(setting="", population=""), settings, populations) == ()


def test_a_draft_of_a_claim_is_its_owner_s_alone(db, lumen, rival, scribe, now):
    claim = add_claim(db, scribe.id, LESS_WRITING, by=lumen, at=now)

    with pytest.raises(NotFound, match="no claim"):
        find_claim(db, claim.ref, by=rival)
    with pytest.raises(NotAllowed, match="only the people of its owner"):
        publish_claim(db, claim, is_on_show=True, by=rival, at=now)
    assert claims_of(db, [scribe.id], by=None) == []
    discard_claim(db, claim, by=lumen, at=now)
    assert cast.recorded(db, about=claim.id) == ["ClaimAdded", "ClaimDiscarded"]


def test_what_was_claimed_in_public_is_withdrawn_and_never_rewritten(db, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)

    with pytest.raises(Conflict, match="cannot change a published claim"):
        change_claim(db, claim, LESS_WRITING, by=lumen, at=now)
    with pytest.raises(Invalid, match="a reason is needed"):
        withdraw_claim(db, claim, reason=" ", by=lumen, at=now)
    withdraw_claim(db, claim, reason="Version 4 no longer does this.", by=lumen, at=now)

    assert find_claim(db, claim.ref, by=None).state_reason == "Version 4 no longer does this."


def test_a_retracted_study_reopens_what_leans_on_it_and_tells_its_owner(db, frameworks, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    elsewhere = a_claim(db, scribe.id, by=lumen, at=now, measure="Days until the letter is sent", unit="days")
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    retract_study(db, study, reason="The data were mixed up.", by=lumen, at=now)
    event = StudyRetracted(study_id=study.id, product_id=scribe.id, title=study.title, reason="The data were mixed up.")

    for _ in range(2):
        reopens_claims(db, heard_of(event, now))

    found = weighed(db, claim)
    assert (found.verdict, len(found.retracted), len(found.claim.reopenings)) == (UNTESTED, 1, 1)
    assert cast.recorded(db, about=elsewhere.id) == ["ClaimAdded", "ClaimPublished"]
    assert cast.recorded(db, about=claim.id)[-1] == "ClaimReopened"

    opened = ClaimReopened(
        claim_id=claim.id, product_id=scribe.id, organisation_id=lumen.organisation_id, claim_ref=claim.ref,
        words=claim.words, study_ref=study.ref, because=found.claim.reopenings[0].because,
    )  # fmt: skip
    tell_supplier_of_claim(db, heard_of(opened, now))
    assert db.scalars(select(Notice.path)).all() == [f"/claims/{claim.ref}"]

    settle_reopenings(db, found.claim, words="Two other trials still show it.", by=lumen, at=now)
    assert find_claim(db, claim.ref, by=None).reopenings[0].settled_words == "Two other trials still show it."


def test_a_correction_that_takes_the_measure_away_reopens_the_claim_too(db, frameworks, lumen, scribe, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    set_results(db, study, [measured(measure="Time until signed")], reason="Wrong words.", by=lumen, at=now)
    event = StudyCorrected(
        study_id=study.id, product_id=scribe.id, changed=["results"], reason="Wrong words.", digest="0" * 64
    )

    reopens_claims(db, heard_of(event, now))

    assert len(find_claim(db, claim.ref, by=None).reopenings) == 1


def test_a_corrected_number_stays_the_same_result(db, frameworks, lumen, scribe, academic, now):
    claim = a_claim(db, scribe.id, by=lumen, at=now)
    study = a_published(db, frameworks, scribe.id, by=lumen, at=now)
    kept = study.results[0].id
    weigh_result(db, claim, study, study.results[0], stance=NEUTRAL, reason="One site.", by=academic, at=now)

    set_results(db, study, [measured(estimate=Decimal("-3.0")), FASTER], reason="A slip.", by=lumen, at=now)

    assert study.results[0].id == kept
    assert [each.position for each in study.results] == [1, 2]
    assert [link.result_id for link in find_claim(db, claim.ref, by=None).links] == [kept]


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"words": ""}, "words", "one sentence"),
        ({"direction": "sideways"}, "direction", "not one of the choices"),
        ({"size": "-2"}, "size", "without a sign"),
        ({"size": "two"}, "size", "not a number that can be kept"),
        ({"direction": "unchanged"}, "size", "how near to no difference"),
        ({"effect": "proportion"}, "size", "Give the level"),
        ({"effect": "ratio", "size": "1.4"}, "size", "is below 1"),
        ({"setting": "the moon"}, "setting", "not one of the choices"),
        ({"population": "everybody"}, "population", "not one of the choices"),
        ({"role": "magic"}, "role", "not one of the choices"),
    ],
)
def test_a_claim_that_cannot_be_held_against_anything_is_refused_by_field(changes, field, told):
    raw = {"words": "It is quick.", "measure": "Minutes per note", "effect": "difference", "better": "lower",
           "direction": "lower", **changes}  # fmt: skip

    with pytest.raises(Invalid) as refused:
        read_claim(raw, KNOWN)

    assert told in refused.value.fields[field]


def test_a_claim_is_read_as_it_was_meant():
    raw = {"words": "Two minutes less per note.", "measure": "Minutes per note", "unit": "minutes", "size": "2",
           "effect": "difference", "better": "lower", "direction": "lower", "setting": "outpatients"}  # fmt: skip

    assert read_claim(raw, KNOWN) == Stated(
        words="Two minutes less per note.", measure="Minutes per note", unit="minutes", size=Decimal(2),
        effect="difference", better="lower", direction="lower", setting="outpatients",
    )  # fmt: skip


def shown(design: str = "randomised-trial", independence: str = "independent", country: str = "gb", fit: str = "same"):
    return Shown(design=design, independence=independence, country=country, fit=fit)


@pytest.mark.parametrize(
    ("role", "verdict", "results", "tier", "is_shown", "steps"),
    [
        ("workload", UNTESTED, [], "tier-a", False, ["measure-it"]),
        ("workload", SUPPORTED, [shown("before-after")], "tier-a", True, []),
        ("effectiveness", SUPPORTED, [shown("before-after")], "tier-c", False, ["fitting-design"]),
        ("effectiveness", SUPPORTED, [shown(independence="supplier-funded")], "tier-c", True, ["somebody-else"]),
        ("accuracy", UNDECIDED, [shown("diagnostic-accuracy", country="us", fit="other")], "tier-c", True,
         ["this-version", "at-home", "more-people"]),
        ("safety", CONTESTED, [shown("simulation"), shown("silent-mode", "supplier-run")], "tier-c", True, []),
    ],
)  # fmt: skip
def test_what_a_claim_needs_follows_from_what_is_claimed_and_the_gaps_become_a_plan(
    role, verdict, results, tier, is_shown, steps
):
    plan = plan_of(role, verdict, results, NEEDED, groups_missing=0)

    assert (plan.need.tier, plan.is_shown, [step.id for step in plan.steps]) == (tier, is_shown, steps)


def test_the_tier_of_a_product_is_the_highest_that_its_claims_ask_for_and_common_steps_come_first():
    plans = [
        plan_of("workload", UNTESTED, [], NEEDED, groups_missing=0),
        plan_of("effectiveness", UNDECIDED, [shown("before-after")], NEEDED, groups_missing=1),
        plan_of("accuracy", UNDECIDED, [shown("diagnostic-accuracy")], NEEDED, groups_missing=1),
    ]

    whole = whole_of(plans, NEEDED)

    assert (whole.need.tier, whole.shown, whole.claims) == ("tier-c", 1, 3)
    assert [(step.id, asking) for step, asking in whole.steps] == [
        ("more-people", (1, 2)), ("groups", (1, 2)), ("measure-it", (0,)), ("fitting-design", (1,)),
    ]  # fmt: skip
    assert whole_of([], NEEDED).need is None


def test_each_step_begins_with_a_protocol_that_there_is():
    templates = protocol_rules(DECLARED).template
    assert {step.template for step in NEEDED.steps if step.template} <= set(templates)


def test_groups_without_results_of_their_own_are_part_of_the_plan():
    plan = plan_of("workload", SUPPORTED, [shown()], NEEDED, groups_missing=2)

    assert [step.id for step in plan.steps] == ["groups"]
