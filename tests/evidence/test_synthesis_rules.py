"""Which studies are added up with which, what they come to, and what is told as not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.queries.declared import pooling_rules
from marketplace.evidence.rules.absolute import baseline_of, per_thousand
from marketplace.evidence.rules.effects import FUNDED, INDEPENDENT, RUN
from marketplace.evidence.rules.fitting import Finding, sort_out
from marketplace.evidence.rules.synthesis import synthesise
from marketplace.evidence.rules.versions import OTHER, SAME
from marketplace.kit.values import replace
from tests.services import known_frameworks

RULES = pooling_rules(known_frameworks())
TRIAL = Finding(
    ref="STU-1", title="One", design="randomised-trial", independence=INDEPENDENT, measure="Minutes per note",
    unit="minutes", effect="difference", better="lower", role="workload", estimate=Decimal("-3.1"),
    low=Decimal("-4.0"), high=Decimal("-2.2"), participants=120, country="gb", fit=SAME, began="2025-01-06",
    ended="2026-03-31",
)  # fmt: skip
OTHERS = [
    replace(TRIAL, ref="STU-2", title="Two", estimate=Decimal("-2.0"), low=Decimal("-3.2"), high=Decimal("-0.8"), ended="2026-05-31"),
    replace(TRIAL, ref="STU-3", title="Three", estimate=Decimal("-1.1"), low=Decimal("-2.4"), high=Decimal("0.2"), independence=FUNDED, ended="2026-06-30"),
]
THREE = [TRIAL, *OTHERS]

numbers = st.decimals(-20, 20, places=1)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    estimate, half = draw(numbers), draw(st.decimals(0, 5, places=1))
    whole = draw(st.booleans())
    return replace(
        TRIAL, ref=f"STU-{draw(st.integers(1, 6))}", design=draw(st.sampled_from(sorted(RULES.family_of))),
        independence=draw(st.sampled_from([INDEPENDENT, FUNDED, RUN])), unit=draw(st.sampled_from(["minutes", "%"])),
        effect=draw(st.sampled_from(["difference", "ratio", "proportion"])), estimate=estimate,
        low=estimate - half if whole else None, high=estimate + half if whole else None,
        fit=draw(st.sampled_from([SAME, OTHER, ""])), ended=draw(st.sampled_from(["", "2025-02-01", "2026-02-01"])),
    )  # fmt: skip


def test_trials_of_one_measure_are_added_up_with_every_model_beside():
    found = synthesise(THREE, RULES, groups_missing=False)

    body = found.first
    assert body is not None
    assert body.label == "Randomised trials"
    assert body.total.count == 3
    assert -3.1 < (body.total.estimate or 0) < -1.1
    assert body.method == "REML, Hartung-Knapp"
    assert [one.label for one in body.models] == ["One true effect", "DerSimonian-Laird", "DerSimonian-Laird, Hartung-Knapp", "REML", "REML, Hartung-Knapp"]
    assert [one.count for one in body.without_each] == [2, 2, 2]
    assert [one.count for one in body.one_by_one] == [1, 2, 3]
    assert [row.title for row in body.rows] == ["One", "Two", "Three"]
    assert round(sum(row.weight for row in body.rows), 9) == 1


def test_the_sum_is_shown_again_without_what_the_supplier_paid_for():
    body = synthesise(THREE, RULES, groups_missing=False).first

    independent, on_sale = body.subsets
    assert (independent.count, on_sale.count) == (2, 3)
    assert independent.estimate != body.total.estimate
    paid = [replace(each, independence=RUN) for each in OTHERS]
    alone = synthesise([TRIAL, *paid], RULES, groups_missing=False)
    assert alone.first.subsets[0].estimate is None
    assert "one-supplier" in alone.unknown


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"unit": "hours"}, "another unit"),
        ({"effect": "ratio", "estimate": Decimal("0.7"), "low": Decimal("0.5"), "high": Decimal("0.9")}, "another unit"),
        ({"better": "higher"}, "another unit"),
        ({"effect": "mean"}, "compares nobody"),
        ({"low": None, "high": None}, "neither an interval"),
        ({"design": "before-after"}, "what would have happened anyway"),
        ({"design": "diagnostic-accuracy"}, "Accuracy comes in pairs"),
        ({"design": "simulation"}, "Made-up cases"),
        ({"design": "cohort"}, "the only study of its kind"),
        ({"ref": "STU-1"}, "counts once"),
        ({"low": Decimal(-2), "high": Decimal(-2), "estimate": Decimal(-2)}, "cannot be"),
    ],
)
def test_what_does_not_fit_is_never_added_up_and_says_why(change, told):
    stranger = replace(TRIAL, **{"ref": "STU-9", "title": "Stranger", "ended": "2026-07-01", **change})

    found = synthesise([*THREE, stranger], RULES, groups_missing=False)

    assert [row.title for row in found.first.rows] == ["One", "Two", "Three"]
    assert [each.title for each in found.left] == ["Stranger"]
    assert told in found.left[0].reason


def test_families_of_designs_are_added_up_apart():
    cohorts = [replace(each, ref=f"{each.ref}-C", design="cohort") for each in OTHERS]

    found = synthesise([*THREE, *cohorts], RULES, groups_missing=False)

    assert [(body.family, body.total.count) for body in found.bodies] == [("randomised", 3), ("controlled", 2)]


def test_one_study_is_not_added_up():
    found = synthesise([TRIAL], RULES, groups_missing=True)

    assert found.first is None
    assert "the only study of its kind" in found.left[0].reason
    assert found.unknown[0] == "not-pooled"
    assert "groups" in found.unknown


def test_a_ratio_comes_to_so_many_in_a_thousand():
    arms = ({"label": "Tool", "n": "200", "events": "20"}, {"label": "Typed", "n": "200", "events": "40"})
    ratios = [
        replace(TRIAL, ref=f"STU-{place}", effect="ratio", unit="", estimate=Decimal(middle), low=Decimal(low), high=Decimal(high), arms=arms)
        for place, (middle, low, high) in enumerate([("0.5", "0.3", "0.83"), ("0.6", "0.4", "0.9")])
    ]

    row = synthesise(ratios, RULES, groups_missing=False).first.absolute[0]

    assert row.without == 200
    assert not row.is_example
    assert 105 < row.with_it < 115
    assert row.needed == 12
    assert baseline_of([TRIAL]) is None


def test_examples_stand_in_where_nobody_counted_and_points_are_told_as_they_are():
    assert [(row.without, row.fewer, row.is_example) for row in per_thousand("ratio", "", 0.5, 0.3, 0.9, baseline=None, examples=(10, 200))] == [(10, 5, True), (200, 100, True)]
    points = per_thousand("difference", "points", -2.5, -4, -1, baseline=None)
    assert (points[0].fewer, points[0].fewest, points[0].most, points[0].needed) == (25, 10, 40, 40)
    assert per_thousand("difference", "minutes", -3, -4, -2, baseline=None) == []
    assert per_thousand("ratio", "", 3, 2, 20, baseline=400)[0].with_it == 1000


def test_something_is_always_told_as_not_known():
    year = replace(TRIAL, began="2024-01-01")

    assert synthesise([replace(each, began="2024-01-01") for each in [year, *OTHERS]], RULES, groups_missing=False).unknown == (
        "few-studies", "spread", "next-place", "no-difference", "small-studies",
    )  # fmt: skip
    assert "long-term" in synthesise([replace(each, began="2026-01-01") for each in THREE], RULES, groups_missing=False).unknown
    assert "other-version" in synthesise([replace(each, fit=OTHER) for each in THREE], RULES, groups_missing=False).unknown
    assert "not-in-uk" in synthesise([replace(each, country="us") for each in THREE], RULES, groups_missing=False).unknown


@given(st.lists(findings(), min_size=1, max_size=12), st.randoms())
def test_each_result_stands_in_one_place_and_no_order_changes_what_they_come_to(given_findings, chance):
    unique = {(each.ref, each.ended, str(each)): each for each in given_findings}
    given_findings = list(unique.values())
    found = sort_out(given_findings, RULES)
    placed = [each.finding for _, fitted in found.pooled for each in fitted]
    out = [each.finding for each in found.left]

    assert len(placed) + len(out) >= len(given_findings)
    assert not [each for each in placed if each in out]
    for family, fitted in found.pooled:
        assert {each.finding.design for each in fitted} <= set(family.designs)
        assert {each.finding.scale for each in fitted} == {found.scale}
        assert len({each.finding.ref for each in fitted}) == len(fitted)
    one = synthesise(given_findings, RULES, groups_missing=False)
    assert one.bodies or "not-pooled" in one.unknown
