"""Money is whole pence, adds up when it is split, and is rounded once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.errors import Invalid
from marketplace.kit.money import LARGEST_TYPED, Money, Vat

amounts = st.integers(-(10**14), 10**14).map(Money)
weights = st.lists(st.integers(0, 10**6) | st.fractions(0, 1000), min_size=1, max_size=40).filter(any)


@pytest.mark.parametrize("pence", [True, 1.0, Decimal(1), Fraction(1), "1", None])
def test_money_is_made_of_a_whole_number_of_pence_and_nothing_else(pence):
    with pytest.raises(TypeError, match="whole number"):
        Money(pence)


def test_money_adds_subtracts_compares_and_sums():
    fee, discount = Money(1250), Money(310)

    assert fee + discount == Money(1560)
    assert fee - discount == Money(940)
    assert -discount == Money(-310)
    assert abs(-discount) == discount
    assert discount < fee <= fee
    assert max(fee, discount) == fee
    assert sum([fee, discount, fee]) == Money(2810)
    assert sum([], Money.zero) == Money.zero
    assert fee
    assert not Money.zero


@pytest.mark.parametrize("other", [1, 0, 1.5, "1", None])
def test_money_does_not_mix_with_bare_numbers(other):
    with pytest.raises(TypeError):
        Money(1) + other
    with pytest.raises(TypeError):
        Money(1) < other  # noqa: B015
    assert Money(1) != other


@pytest.mark.parametrize(
    ("pence", "told"),
    [(123456, "£1,234.56"), (-310, "-£3.10"), (0, "£0.00"), (5, "£0.05"), (-5, "-£0.05"), (10**9, "£10,000,000.00")],
)
def test_money_is_told_in_pounds_and_pence(pence, told):
    assert str(Money(pence)) == told


@pytest.mark.parametrize(
    ("typed", "pence"),
    [
        ("1,234.56", 123456), ("£12", 1200), ("12", 1200), (" £ 12.5 ", 1250), ("-3.10", -310), ("-£3.10", -310),
        ("£-3.10", -310), ("\u2212£3.10", -310), ("0", 0), ("0.01", 1), ("1,234,567", 123456700), ("007", 700),
        ("100,000,000,000.00", LARGEST_TYPED),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_people_type_it(typed, pence):
    assert Money.parse(typed) == Money(pence)


@pytest.mark.parametrize(
    "typed",
    [
        "", "£", ".", "12.", ".50", "1.234", "0.001", "NaN", "nan", "inf", "Infinity", "1e5", "1E5", "12,34",
        "1,23", "1234,567",
        "1,,234", ",123", "１２", "١٢", "1 234", "--1", "-£-1", "$12", "12p", "1.2m", "0x10", "1_000", "12\n13",
        "twelve",
        "100,000,000,000.01", "9" * 30, "9" * 10_000, "1\u202e2",
    ],
)  # fmt: skip
def test_an_amount_that_is_not_certain_is_refused_with_its_value(typed):
    with pytest.raises(Invalid) as refused:
        Money.parse(typed)

    assert typed[:5].strip().replace("\u202e", "\ufffd").replace("\n", "\ufffd") in refused.value.fact
    assert refused.value.hint


@given(amounts)
def test_what_money_tells_can_be_typed_back(amount):
    if abs(amount.pence) <= LARGEST_TYPED:
        assert Money.parse(str(amount)) == amount


def test_three_trusts_share_a_pound_to_the_penny_and_the_first_gets_the_odd_one():
    assert Money(100).split([1, 1, 1]) == [Money(34), Money(33), Money(33)]
    assert Money(-100).split([1, 1, 1]) == [Money(-34), Money(-33), Money(-33)]
    assert Money(100).split([2, 1, 1]) == [Money(50), Money(25), Money(25)]
    assert Money(1).split([1, 0, 2]) == [Money(0), Money(0), Money(1)]
    assert Money(5).split([Fraction(1, 3), Fraction(2, 3)]) == [Money(2), Money(3)]


@given(amounts, weights)
def test_shares_add_up_whatever_the_weights(total, shares_of):
    shares = total.split(shares_of)

    assert sum(shares, Money.zero) == total
    for share, weight in zip(shares, shares_of, strict=True):
        exact = total.pence * Fraction(weight) / sum(map(Fraction, shares_of))
        assert abs(share.pence - exact) < 1
        assert weight or not share


@given(amounts, weights)
def test_a_refund_is_shared_exactly_as_the_charge_was(total, shares_of):
    assert (-total).split(shares_of) == [-share for share in total.split(shares_of)]


@given(amounts, weights, st.fractions(Fraction(1, 1000), 1000).filter(bool))
def test_only_the_proportion_of_weights_matters(total, shares_of, factor):
    assert total.split([Fraction(weight) * factor for weight in shares_of]) == total.split(shares_of)


@pytest.mark.parametrize("bad", [[], [0], [0, 0], [1, -1], [Fraction(-1, 2), 1]])
def test_weights_that_share_nothing_are_refused(bad):
    with pytest.raises(Invalid, match="cannot be shared"):
        Money(100).split(bad)


@pytest.mark.parametrize("bad", [[0.5, 0.5], [True, True], ["1"], [float("nan")]])
def test_weights_that_are_not_exact_are_an_error(bad):
    with pytest.raises(TypeError, match="exact"):
        Money(100).split(bad)


@pytest.mark.parametrize(
    ("pence", "rate", "half_up", "half_even"),
    [
        (5, Fraction(1, 2), 3, 2), (15, Fraction(1, 2), 8, 8), (-5, Fraction(1, 2), -3, -2),
        (1, Fraction(49, 100), 0, 0),
        (1_234_567, Fraction(1, 5), 246_913, 246_913), (3, Decimal("0.5"), 2, 2), (7, 3, 21, 21),
        (10, Fraction(-1, 4), -3, -2),
    ],
)  # fmt: skip
def test_a_rate_is_rounded_once_in_the_way_that_is_named(pence, rate, half_up, half_even):
    assert Money(pence).times(rate) == Money(half_up)
    assert Money(pence).times(rate, rounding="half-even") == Money(half_even)


@given(amounts, st.fractions(-10, 10))
def test_rounding_is_never_further_off_than_half_a_penny(amount, rate):
    exact = amount.pence * rate

    assert abs(amount.times(rate).pence - exact) <= Fraction(1, 2)
    assert abs(amount.times(rate, rounding="half-even").pence - exact) <= Fraction(1, 2)
    assert (-amount).times(rate) == -amount.times(rate)


def test_a_rate_is_never_a_float():
    with pytest.raises(TypeError, match="exact"):
        Money(100).times(0.2)


def test_vat_is_three_named_amounts():
    licence = Money(1_234_567).vat(Fraction(1, 5))

    assert licence == Vat(net=Money(1_234_567), vat=Money(246_913), gross=Money(1_481_480))


@given(amounts, st.sampled_from([Fraction(0), Fraction(1, 20), Fraction(1, 5)]))
def test_net_and_vat_always_make_the_gross(amount, rate):
    forward, back = amount.vat(rate), Vat.within(amount, rate)

    assert forward.net + forward.vat == forward.gross
    assert back.net + back.vat == back.gross == amount
    assert Vat.within(forward.gross, rate).net == amount


def test_a_vat_that_does_not_add_up_cannot_be_made():
    with pytest.raises(ValueError, match="do not make"):
        Vat(net=Money(100), vat=Money(20), gross=Money(121))
