"""What holds of amounts, days, balances, numbers and matching, whatever the numbers."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kit.calendar import last_day_of
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.payments.rules.amounts import amounts, late_payment, pay_by, vat_rate_on
from marketplace.payments.rules.balances import (
    MATCHED,
    UNCERTAIN,
    UNMATCHED,
    Open,
    left_of,
    match,
    move_after,
    spread,
    taken,
)
from marketplace.payments.rules.declared import BaseRate, VatRate
from marketplace.payments.rules.holding import NO_ORDER, Readiness, hold_reason, last_of_month, month_ends_soon
from marketplace.payments.rules.numbers import gaps, numbered, prefix_for
from marketplace.payments.schemas import is_vat_number
from tests.payments.scenes import declared

RATES = declared()
PENCE = st.integers(-(10**12), 10**12)
STANDARD = RATES.vat.rates[0]


@given(PENCE, st.sampled_from(RATES.vat.rates))
def test_net_and_vat_make_gross_and_vat_is_within_half_a_penny_of_the_exact_one(pence: int, rate: VatRate):
    worth = amounts(pence, rate)

    assert worth.net + worth.vat == worth.gross
    assert abs(worth.vat.pence - pence * Fraction(rate.percent) / 100) <= Fraction(1, 2)
    assert amounts(-pence, rate).gross == -worth.gross


def test_the_worked_example_of_vat():
    worth = amounts(1_234_567, STANDARD)

    assert (worth.vat.pence, worth.gross.pence) == (246_913, 1_481_480)


def test_a_rate_that_is_not_in_force_is_refused_with_those_that_are():
    with pytest.raises(Invalid, match=r"17\.5% is no rate of VAT") as refused:
        vat_rate_on("17.5", date(2026, 11, 24), RATES.vat.rates)

    assert "20%" in refused.value.hint
    assert vat_rate_on("20.0", date(2026, 11, 24), RATES.vat.rates) is STANDARD


@given(st.dates(date(2025, 1, 1), date(2035, 1, 1)), st.integers(-5, 90))
def test_a_contract_makes_the_days_to_pay_shorter_and_never_longer_than_the_law(day: date, days: int):
    until = pay_by(day, days, most=30)

    assert day <= until <= last_day_of(day, 30)


def test_thirty_days_begin_with_the_day_of_receipt():
    assert pay_by(date(2026, 11, 24), 30, most=30) == date(2026, 12, 23)


def test_the_worked_example_of_late_payment():
    rule = RATES.late_payment.model_copy(update={"base_rates": (BaseRate(day=date(2025, 12, 31), percent="4.00", source="x"),)})

    late = late_payment(Money(1_250_000), date(2026, 1, 31), date(2026, 3, 17), rule)

    assert late is not None
    assert (late.days, late.percent) == (45, 12)
    assert (late.interest.pence, late.compensation.pence, late.total.pence) == (18_493, 10_000, 28_493)


@pytest.mark.parametrize(("debt", "fixed"), [(99_999, 4_000), (100_000, 7_000), (999_999, 7_000), (1_000_000, 10_000)])
def test_the_fixed_sum_by_the_size_of_the_debt(debt: int, fixed: int):
    late = late_payment(Money(debt), date(2026, 1, 31), date(2026, 2, 1), RATES.late_payment)

    assert late is not None
    assert late.compensation.pence == fixed


def test_the_base_rate_is_fixed_on_the_day_after_payment_was_due():
    june, july = (late_payment(Money(100), due, due + timedelta(days=10), RATES.late_payment)
                  for due in (date(2026, 6, 29), date(2026, 6, 30)))  # fmt: skip

    assert june is not None
    assert july is not None
    assert (june.base_on, july.base_on) == (date(2025, 12, 31), date(2026, 6, 30))


def test_nothing_is_late_on_the_last_day_and_no_rate_is_invented_for_a_half_year_that_has_none():
    assert late_payment(Money(100), date(2026, 2, 1), date(2026, 2, 1), RATES.late_payment) is None
    assert late_payment(Money(100), date(2024, 2, 1), date(2026, 2, 1), RATES.late_payment) is None


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_came_in_is_used_or_above_and_nothing_else(left: int, came: int):
    share = taken(left, came)

    assert share.pence + share.over_pence == came
    assert share.left_pence == left - share.pence >= 0
    assert share.over_pence == 0 or share.left_pence == 0


@given(st.integers(0, 10**9), st.lists(st.integers(-(10**6), 10**6), max_size=12))
def test_a_credit_is_never_spread_beyond_itself_or_beyond_what_is_left(credit: int, lefts: list[int]):
    parts = spread(credit, lefts)

    assert sum(parts) <= credit
    assert all(0 <= part <= max(0, left) for part, left in zip(parts, lefts, strict=True))
    assert sum(parts) == min(credit, sum(max(0, left) for left in lefts))


@given(st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=8))
def test_an_invoice_moves_to_where_its_payments_lead(gross: int, came: list[int]):
    left, paid = gross, 0
    for pence in came:
        paid += taken(left, pence).pence
        left = taken(left, pence).left_pence

    assert left_of(gross, [paid]) == left
    assert move_after(left, paid_pence=paid) == ("pay" if left == 0 else "pay in part" if paid else "")


def test_what_credits_took_alone_is_credited_and_not_paid():
    assert move_after(0, paid_pence=0) == "credit"


@given(st.lists(st.sampled_from(["Quillomere Ltd", "Quill & Co", "Łódź Health", "123", "Q"]), max_size=30))
def test_no_two_suppliers_share_a_prefix(names: list[str]):
    taken_: list[str] = []
    for name in names:
        taken_.append(prefix_for(name, taken_))

    assert len(set(taken_)) == len(taken_)
    assert all(prefix.isalnum() and 2 <= len(prefix) <= 6 for prefix in taken_)


def test_a_missing_number_is_found():
    numbers = [numbered("LUME", count) for count in (1, 2, 4)]

    assert list(gaps(numbers, up_to=5)) == [3]


CANDIDATES = [Open("LUME-000001", 120_000, "PO-4711"), Open("LUME-000002", 40_000, "CV 88/2026"), Open("LUME-000012", 9_900)]


@pytest.mark.parametrize(
    ("words", "pence", "certainty", "number"),
    [
        ("INV LUME-000001 THANKS", 120_000, MATCHED, "LUME-000001"),
        ("lume000001", 5, MATCHED, "LUME-000001"),
        ("lume 000012", 9_900, MATCHED, "LUME-000012"),
        ("PO4711", 120_000, UNCERTAIN, "LUME-000001"),
        ("PO4711", 120_001, UNMATCHED, ""),
        ("november", 40_000, UNCERTAIN, "LUME-000002"),
        ("LUME-000001 LUME-000002", 160_000, UNMATCHED, ""),
        ("rent", 7, UNMATCHED, ""),
        ("", 0, UNMATCHED, ""),
    ],
)
def test_a_transfer_finds_its_invoice_by_the_number_and_for_a_person_to_confirm_by_order_or_amount(
    words: str, pence: int, certainty: str, number: str
):
    found = match(words, pence, CANDIDATES)

    assert (found.certainty, found.number) == (certainty, number)


def test_an_invoice_waits_for_the_order_first_and_for_the_vat_number_only_where_there_is_vat():
    assert hold_reason(Readiness("", "", "", "", 100)) == NO_ORDER
    assert hold_reason(Readiness("PO", "", "1 Road", "", 100)) == "buyer-details"
    assert hold_reason(Readiness("PO", "Ashdown", "", "", 100)) == "supplier-details"
    assert hold_reason(Readiness("PO", "Ashdown", "1 Road", "", 100)) == "vat-number"
    assert hold_reason(Readiness("PO", "Ashdown", "1 Road", "", 0)) == ""
    assert hold_reason(Readiness("PO", "Ashdown", "1 Road", "GB1", 100, waits_for_original=True)) == "original"


@given(st.dates(date(2025, 1, 1), date(2035, 12, 31)))
def test_a_month_ends_soon_in_its_last_five_days_alone(day: date):
    assert (last_of_month(day) + timedelta(days=1)).day == 1
    assert bool(month_ends_soon(day)) == ((last_of_month(day) - day).days < 5)


def test_a_vat_number_passes_the_old_check_or_the_new_one():
    assert is_vat_number("GB123456782")
    assert is_vat_number("123456727")
    assert not is_vat_number("GB123456783")
    assert not is_vat_number("GB12345678")
