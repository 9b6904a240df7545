"""Every worked example of the arithmetic of evidence, to the digits at which it was published."""

from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.evidence.rules.arms import (
    accuracy,
    hedges_g,
    kappa,
    mean_difference,
    needed_to_treat,
    odds_ratio,
    pooled_sd,
    rate_ratio,
    risk_difference,
    risk_ratio,
)
from marketplace.evidence.rules.curves import chi_squared_p, normal_quantile, t_below, t_p, t_quantile
from marketplace.evidence.rules.pooling import DL, FIXED, REML, one_by_one, pool, predicted_higgins, without_each
from marketplace.evidence.rules.wilson import poisson, wilson

BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232),
    (17, 1699, 65, 1600), (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip
RATIOS = [risk_ratio(*row) for row in BCG]
BCG_Y, BCG_V = [one.y for one in RATIOS], [one.v for one in RATIOS]
TEACHERS_Y = [.03, .12, -.14, 1.18, .26, -.06, -.02, -.32, .27, .80, .54, .18, -.02, .23, -.18, -.06, .30, .07, -.07]  # fmt: skip
TEACHERS_V = [
    .0156, .0216, .0279, .1391, .1362, .0106, .0106, .0484, .0269, .0630, .0912, .0497, .0835, .0841, .0253, .0279,
    .0193, .0088, .0303,
]  # fmt: skip
STAY_Y = [-20, -2, -55, -71, -4, 1, 11, -10, 7]
STAY_SHOWN = [40.5863, 2.0468, 15.2809, 150.2222, 20.1923, 1.2235, 95.3756, 8.0321, 20.6936]
STAYS = [
    (155, 47, 156, 64), (31, 7, 32, 4), (75, 17, 71, 29), (18, 20, 18, 48), (8, 8, 13, 11), (57, 7, 52, 4),
    (34, 45, 33, 34), (110, 16, 183, 27), (60, 27, 52, 20),
]  # fmt: skip
"""Normand 1999: how many and with which spread, specialist and routine care. The variances shown are rounded."""
STAY_V = [pooled_sd(*row) ** 2 * (1 / row[0] + 1 / row[2]) for row in STAYS]

numbers = st.floats(-5, 5, allow_nan=False).map(lambda value: round(value, 3))
variances = st.floats(0.01, 4, allow_nan=False).map(lambda value: round(value, 3))
bodies = st.lists(st.tuples(numbers, variances), min_size=2, max_size=9)


def to(digits: int, *values: float) -> tuple[float, ...]:
    return tuple(round(value, digits) for value in values)


def test_the_curves_are_those_of_published_tables():
    assert round(normal_quantile(0.975), 6) == 1.959964
    assert [round(t_quantile(0.975, df), 4) for df in (1, 2, 11, 12, 30)] == [12.7062, 4.3027, 2.2010, 2.1788, 2.0423]
    assert round(t_below(1.4050, 18), 4) == 0.9115
    assert round(t_p(2.2010, 11), 4) == 0.0500
    assert [round(chi_squared_p(value, df), 4) for value, df in ((3.8415, 1), (35.8295, 18), (21.0261, 12))] == [0.05, 0.0074, 0.05]


def test_two_groups_beside_each_other_give_the_published_ratios():
    ratio, odds, difference = (measure(15, 85, 30, 70) for measure in (risk_ratio, odds_ratio, risk_difference))

    assert to(4, ratio.estimate, *ratio.interval()) == (0.5000, 0.2872, 0.8704)
    assert round(ratio.se, 6) == 0.282843
    assert to(4, odds.estimate, *odds.interval()) == (0.4118, 0.2053, 0.8258)
    assert round(odds.se, 6) == 0.355036
    assert to(4, difference.estimate, *difference.interval()) == (-0.1500, -0.2639, -0.0361)
    assert needed_to_treat(difference.estimate) == 7
    assert needed_to_treat(0) is None


def test_two_means_give_the_published_differences():
    plain, g = (measure(40, 8.2, 2.5, 38, 9.6, 2.9) for measure in (mean_difference, hedges_g))

    assert to(4, plain.estimate, *plain.interval()) == (-1.4000, -2.6043, -0.1957)
    assert round(plain.se, 5) == 0.61446
    assert round(pooled_sd(40, 2.5, 38, 2.9), 6) == 2.702143
    assert round(-1.4 / pooled_sd(40, 2.5, 38, 2.9), 6) == -0.518107
    assert to(6, g.estimate, g.v) == (-0.512977, 0.053003)
    assert to(4, *g.interval()) == (-0.9642, -0.0617)
    assert to(4, rate_ratio(10, 100, 20, 100).estimate) == (0.5,)


def test_accuracy_and_agreement_are_as_published():
    found = accuracy(90, 30, 10, 170)

    assert to(4, found.sensitivity, found.specificity, found.positive_predictive, found.negative_predictive) == (0.9, 0.85, 0.75, 0.9444)
    assert to(4, found.likelihood_positive, found.likelihood_negative) == (6.0, 0.1176)
    assert round(kappa(((40, 10), (5, 45))), 10) == 0.70
    assert kappa(((7, 0), (0, 0))) == 1


@pytest.mark.parametrize(
    ("events", "cases", "share", "low", "high"),
    [
        (8, 10, 0.8, 0.490162, 0.943318),
        (0, 50, 0, 0, 0.071348),
        (3, 250, 0.012, 0.004089, 0.034681),
        (191, 12_999, 0.014693, 0.012764, 0.016910),
    ],
)
def test_wilson_is_as_published(events, cases, share, low, high):
    found = wilson(events, cases)

    assert to(6, found.value, found.low, found.high) == (share, low, high)


def test_a_rate_of_events_has_the_exact_interval_of_a_count():
    assert to(4, *poisson(10, 100)) == (0.1, 0.048, 0.1839)
    assert to(4, *poisson(0, 10)) == (0, 0, 0.3689)
    for wrong in ((3, 2), (-1, 5), (0, 0)):
        with pytest.raises(ValueError, match="no share"):
            wilson(*wrong)
    with pytest.raises(ValueError, match="no rate"):
        poisson(1, 0)


def test_a_zero_is_filled_and_two_zeros_are_no_ratio():
    assert to(4, risk_ratio(0, 50, 5, 45).estimate) == (0.0909,)
    for nobody in ((0, 50, 0, 50), (50, 0, 50, 0)):
        with pytest.raises(ValueError, match="no ratio where"):
            odds_ratio(*nobody)
    with pytest.raises(ValueError, match="no rate ratio"):
        rate_ratio(0, 1, 2, 1)


def test_bcg_one_true_effect_is_metafors():
    assert to(4, BCG_Y[0], BCG_V[0], BCG_Y[3], BCG_V[3]) == (-0.8893, 0.3256, -1.4416, 0.0200)
    found = pool(BCG_Y, BCG_V, method=FIXED)

    assert to(4, found.mu, found.low, found.high, found.spread.q) == (-0.4303, -0.5097, -0.3509, 152.2330)
    assert to(4, exp(found.mu), exp(found.low), exp(found.high)) == (0.6503, 0.6007, 0.7040)
    odds = [odds_ratio(*row) for row in BCG]
    other = pool([one.y for one in odds], [one.v for one in odds], method=FIXED)
    assert to(4, other.mu, other.low, other.high, other.spread.q) == (-0.4361, -0.5190, -0.3533, 163.1649)
    assert other.predicted is None


def test_bcg_dersimonian_laird_is_metafors():
    found = pool(BCG_Y, BCG_V, method=DL)

    assert to(4, found.mu, found.low, found.high) == (-0.7141, -1.0644, -0.3638)
    assert to(4, found.spread.tau2, found.spread.i2, found.spread.q) == (0.3088, 92.1173, 152.2330)
    assert found.spread.df == 12
    assert to(4, exp(found.mu), exp(found.low), exp(found.high)) == (0.4896, 0.3449, 0.6950)


def test_bcg_reml_is_metafors_with_hartung_knapp_and_prediction():
    found, knapp = pool(BCG_Y, BCG_V, method=REML), pool(BCG_Y, BCG_V, method=REML, knapp=True)

    assert to(4, found.mu, found.low, found.high, found.se) == (-0.7145, -1.0669, -0.3622, 0.1798)
    assert to(4, found.spread.tau2, found.spread.tau2_se or 0, found.spread.tau) == (0.3132, 0.1664, 0.5597)
    assert round(found.spread.i2, 2) == 92.22
    assert round(found.spread.h2, 4) == 12.8558
    assert to(4, exp(found.mu), exp(found.low), exp(found.high)) == (0.4894, 0.3441, 0.6962)
    assert to(4, *found.predicted) == (-1.8667, 0.4376)
    assert to(4, *map(exp, found.predicted)) == (0.1546, 1.5490)
    assert to(4, *predicted_higgins(found)) == (-2.0084, 0.5793)
    assert to(4, knapp.se, knapp.low, knapp.high) == (0.1808, -1.1084, -0.3206)
    assert to(4, *knapp.predicted) == (-1.9960, 0.5670)


def test_teacher_expectancy_is_raudenbushs_with_hartung_knapp():
    fixed, dl, reml = (pool(TEACHERS_Y, TEACHERS_V, method=method) for method in (FIXED, DL, REML))
    dl_knapp, reml_knapp = (pool(TEACHERS_Y, TEACHERS_V, method=method, knapp=True) for method in (DL, REML))

    assert to(4, fixed.mu, fixed.se, fixed.statistic, fixed.low, fixed.high) == (0.0604, 0.0365, 1.6553, -0.0111, 0.1318)
    assert to(4, dl.spread.tau2, dl.mu, dl.se, dl.statistic, dl.low, dl.high) == (0.0259, 0.0893, 0.0558, 1.6009, -0.0200, 0.1987)
    assert to(4, reml.spread.tau2, reml.mu, reml.se, reml.statistic, reml.low, reml.high) == (0.0188, 0.0837, 0.0516, 1.6208, -0.0175, 0.1849)
    assert to(4, dl_knapp.se, dl_knapp.statistic, dl_knapp.low, dl_knapp.high) == (0.0636, 1.4050, -0.0442, 0.2229)
    assert to(4, reml_knapp.se, reml_knapp.statistic, reml_knapp.low, reml_knapp.high) == (0.0616, 1.3592, -0.0457, 0.2131)
    as_metafor_stops = pool(TEACHERS_Y, TEACHERS_V, method=REML, knapp=True, near=1e-5)
    assert round(as_metafor_stops.statistic, 4) == 1.3593
    assert to(4, reml.spread.q, reml.spread.p) == (35.8295, 0.0074)
    assert round(reml.spread.i2, 2) == 41.85


def test_length_of_stay_shows_that_the_estimator_changes_the_conclusion():
    fixed, dl, reml = (pool(STAY_Y, STAY_V, method=method) for method in (FIXED, DL, REML))

    assert to(4, *STAY_V) == tuple(STAY_SHOWN)
    assert to(4, fixed.mu, fixed.low, fixed.high) == (-3.4939, -5.0265, -1.9613)
    assert to(4, dl.mu, dl.low, dl.high, dl.spread.tau2) == (-14.0972, -24.4454, -3.7490, 218.7216)
    assert to(4, reml.mu, reml.low, reml.high, reml.spread.tau2) == (-15.1217, -32.6716, 2.4282, 685.1965)


def test_leaving_one_out_and_adding_one_by_one_end_where_all_do():
    whole = pool(BCG_Y, BCG_V)

    assert one_by_one(BCG_Y, BCG_V)[0] is None
    assert one_by_one(BCG_Y, BCG_V)[-1] == whole
    left = without_each(BCG_Y, BCG_V)
    assert [one.count for one in left] == [12] * 13
    assert left[0] == pool(BCG_Y[1:], BCG_V[1:])
    assert without_each(BCG_Y[:2], BCG_V[:2]) == [None, None]
    assert predicted_higgins(pool(BCG_Y[:2], BCG_V[:2])) is None


@pytest.mark.parametrize(
    ("effects", "spreads", "method", "told"),
    [
        ([1.0], [1.0], REML, "fewer than two"),
        ([1.0, 2.0], [1.0, 0.0], REML, "above 0"),
        ([1.0, 2.0], [1.0, float("nan")], REML, "above 0"),
        ([1.0, 2.0], [1.0], REML, "needs its variance"),
        ([1.0, 2.0], [1.0, 1.0], "bayes", "not one of"),
    ],
)
def test_what_cannot_be_added_up_is_refused(effects, spreads, method, told):
    with pytest.raises(ValueError, match=told):
        pool(effects, spreads, method=method)


@given(bodies, st.sampled_from([FIXED, DL, REML]), st.randoms())
def test_a_pooled_effect_lies_among_its_studies_and_no_order_changes_it(body, method, chance):
    found = pool(*zip(*body, strict=True), method=method)
    mixed = chance.sample(body, len(body))
    again = pool(*zip(*mixed, strict=True), method=method)

    assert min(y for y, _ in body) - 1e-9 <= found.mu <= max(y for y, _ in body) + 1e-9
    assert abs(sum(found.weights) - 1) < 1e-9
    assert found.spread.tau2 >= 0
    assert 0 <= found.spread.i2 <= 100
    assert abs(found.mu - again.mu) < 1e-6


@given(st.integers(0, 400), st.integers(1, 400))
def test_a_share_lies_within_its_interval(events, more):
    found = wilson(events, events + more)

    assert 0 <= found.low <= found.value <= found.high <= 1
