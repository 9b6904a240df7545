"""The law of evidence: how sure a result is, which way it goes, what is missing, which version was studied."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.queries.declared import gap_rules, strength_rules
from marketplace.evidence.rules.effects import (
    BETTER_SHOWN,
    DESCRIBED,
    FUNDED,
    INDEPENDENT,
    NO_INTERVAL,
    NOT_SHOWN,
    RUN,
    WORSE_SHOWN,
    Effect,
    by_measure,
    direction_of,
    independence_of,
)
from marketplace.evidence.rules.gaps import Known, gaps_of, missing_groups
from marketplace.evidence.rules.grading import certainty, strength_of
from marketplace.evidence.rules.versions import OTHER, SAME, SAME_MODEL, UNKNOWN, fit_of
from marketplace.kit.values import replace
from tests.evidence.scenes import FASTER
from tests.services import known_frameworks

FRAMEWORKS = known_frameworks()
STRENGTH, GAPS = strength_rules(FRAMEWORKS), gap_rules(FRAMEWORKS)
TRIAL = Effect(
    study="STU-1", design="randomised-trial", independence=INDEPENDENT, measure="Minutes per note", unit="minutes",
    effect="difference", better="lower", estimate=Decimal("-3.1"), low=Decimal("-4"), high=Decimal("-2"),
)  # fmt: skip
KNOWN = Known(
    design="randomised-trial", independence=INDEPENDENT, country="gb", is_registered=True,
    roles=frozenset({"workload", "safety"}), groups=frozenset(GAPS.group), is_whole=True,
)  # fmt: skip

numbers = st.decimals(min_value=-50, max_value=50, places=1)


@st.composite
def effects(draw: st.DrawFn) -> Effect:
    estimate, first, second = sorted(draw(st.tuples(numbers, numbers, numbers)))[1], draw(numbers), draw(numbers)
    low, high = min(first, second, estimate), max(first, second, estimate)
    whole = draw(st.booleans())
    return Effect(
        study=f"STU-{draw(st.integers(1, 4))}", design=draw(st.sampled_from(sorted(STRENGTH.design))),
        independence=draw(st.sampled_from([INDEPENDENT, FUNDED, RUN])), measure=draw(st.sampled_from(["a", "A", "b"])),
        unit="", effect=draw(st.sampled_from(["difference", "proportion"])), better="lower", estimate=estimate,
        low=low if whole else None, high=high if whole else None, fit=draw(st.sampled_from(["", SAME, OTHER])),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "down", "up", "level"),
    [(4, -2, 0, 2), (2, 0, 1, 3), (2, -1, 2, 1), (4, -5, 0, 1), (2, 0, 2, 4), (4, 0, 2, 4)],
)
def test_certainty_is_the_arithmetic_of_grade(start: int, down: int, up: int, level: int):
    assert certainty(start, down=down, up=up) == level


def test_a_randomised_independent_trial_is_sure_until_something_takes_it_down():
    taken = {
        "untouched": TRIAL,
        "paid for by the supplier": replace(TRIAL, independence=FUNDED),
        "of another version": replace(TRIAL, fit=OTHER),
        "without an interval": replace(TRIAL, low=None, high=None),
        "from better to worse": replace(TRIAL, high=Decimal(1)),
        "all of it": replace(TRIAL, independence=RUN, fit=OTHER, low=None, high=None),
    }

    levels = {name: strength_of([effect], STRENGTH).level for name, effect in taken.items()}

    assert levels == {
        "untouched": 4, "paid for by the supplier": 3, "of another version": 3, "without an interval": 3,
        "from better to worse": 3, "all of it": 1,
    }  # fmt: skip


def test_studies_that_contradict_one_another_are_less_sure():
    other = replace(TRIAL, study="STU-2", estimate=Decimal(5), low=Decimal(4), high=Decimal(6))

    strength = strength_of([TRIAL, other], STRENGTH)

    assert strength.level == 3
    assert [reason.domain for reason in strength.grades[0].reasons] == ["Inconsistency"]


def test_a_large_ratio_puts_up_what_is_not_randomised_and_has_no_fault():
    ratio = replace(
        TRIAL, design="cohort", effect="ratio", estimate=Decimal("0.4"), low=Decimal("0.3"), high=Decimal("0.6")
    )

    levels = [
        strength_of([each], STRENGTH).level
        for each in (ratio, replace(ratio, estimate=Decimal("0.15")), replace(ratio, independence=FUNDED))
    ]

    assert levels == [3, 4, 1]


@given(st.lists(effects(), max_size=8), st.randoms(use_true_random=False))
def test_strength_does_not_depend_on_the_order_of_studies(found: list[Effect], shuffled: random.Random):
    other = list(found)
    shuffled.shuffle(other)

    assert strength_of(other, STRENGTH).level == strength_of(found, STRENGTH).level


@given(st.lists(effects(), max_size=8))
def test_a_strength_is_one_of_the_declared_levels_and_none_only_without_effects(found: list[Effect]):
    strength = strength_of(found, STRENGTH)

    assert strength.id == STRENGTH.at_level[strength.level].id
    assert (strength.level == 0) == all(STRENGTH.design[each.design].starts_at == 0 for each in found)


@given(st.lists(effects(), min_size=1, max_size=8))
def test_independence_never_weakens_and_another_version_never_strengthens(found: list[Effect]):
    level = strength_of(found, STRENGTH).level

    assert strength_of([replace(each, independence=INDEPENDENT) for each in found], STRENGTH).level >= level
    assert strength_of([replace(each, fit=OTHER) for each in found], STRENGTH).level <= level


@given(st.lists(effects(), max_size=12))
def test_effects_are_told_one_by_one_and_never_pooled(found: list[Effect]):
    groups = by_measure(found)

    assert sorted(map(repr, (each for group in groups for each in group))) == sorted(map(repr, found))


@pytest.mark.parametrize(
    ("effect", "better", "low", "high", "direction"),
    [
        ("difference", "lower", "-4", "-2", BETTER_SHOWN), ("difference", "higher", "-4", "-2", WORSE_SHOWN),
        ("difference", "lower", "-4", "0", NOT_SHOWN), ("ratio", "lower", "0.5", "0.9", BETTER_SHOWN),
        ("ratio", "higher", "0.9", "1.2", NOT_SHOWN), ("proportion", "lower", "1", "2", DESCRIBED),
    ],
)  # fmt: skip
def test_which_way_an_effect_goes_is_what_its_interval_shows(effect, better, low, high, direction):
    assert direction_of(effect, better, Decimal(low), Decimal(low), Decimal(high)) == direction


def test_without_an_interval_nothing_is_shown():
    assert direction_of("difference", "lower", Decimal(-3), None, None) == NO_INTERVAL


@pytest.mark.parametrize(
    ("funded", "run", "word"), [(False, False, INDEPENDENT), (True, False, FUNDED), (True, True, RUN)]
)
def test_who_stands_behind_a_study(funded: bool, run: bool, word: str):
    class Backed:
        supplier_funded, supplier_run = funded, run

    assert independence_of(Backed()) == word


def test_what_is_missing_is_named_and_what_is_there_is_not():
    alone = replace(
        KNOWN, independence=RUN, design="simulation", country="us", is_registered=False, roles=frozenset(),
        groups=frozenset({"sex"}), is_whole=False,
    )  # fmt: skip

    assert gaps_of([KNOWN], STRENGTH, GAPS, fits=[SAME]) == ()
    assert [gap.id for gap in gaps_of([], STRENGTH, GAPS)] == ["no-study"]
    assert {gap.id for gap in gaps_of([alone], STRENGTH, GAPS, fits=[OTHER])} == {gap.id for gap in GAPS.gaps} - {
        "no-study"
    }


@given(st.sets(st.sampled_from(sorted(GAPS.group))))
def test_a_group_without_a_result_of_its_own_is_missing(given_groups: set[str]):
    missing = missing_groups([f"{group}: some" for group in given_groups], GAPS)

    assert {group.id for group in missing} | given_groups == set(GAPS.group)
    assert not {group.id for group in missing} & given_groups


def test_the_version_studied_stands_beside_the_one_on_sale():
    assert fit_of("v 2.1", None, on_sale="2.1", on_sale_edition=4).id == SAME
    assert fit_of("2.0", 3, on_sale="2.1", on_sale_edition=4, since=["fix"]).id == SAME_MODEL
    assert fit_of("2.0", 3, on_sale="3.0", on_sale_edition=5, since=["fix", "new-model"]).id == OTHER
    assert "another model" in fit_of("2.0", 3, on_sale="3.0", on_sale_edition=5, since=["new-model"]).words
    assert fit_of("1.0", None, on_sale="3.0", on_sale_edition=5).id == OTHER
    assert fit_of("1.0", None, on_sale="", on_sale_edition=None).id == UNKNOWN


def test_every_design_that_can_be_named_has_its_worth_and_every_rule_its_source():
    named = {option.id for option in FRAMEWORKS.taxonomies["study-designs"].options}

    assert named == set(STRENGTH.design)
    assert {level.id for level in STRENGTH.levels} == {o.id for o in FRAMEWORKS.taxonomies["evidence-strength"].options}
    assert all(rule.source for rule in (*STRENGTH.steps, *GAPS.gaps))
    assert STRENGTH.source.mark == "from memory, check"
    assert FASTER.role in GAPS.role
