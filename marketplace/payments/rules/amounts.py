"""What an invoice comes to, by when it is to be paid, and what is owed when it is not. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction

from marketplace.kit.calendar import last_day_of
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money, Vat
from marketplace.kit.text import quote
from marketplace.kit.values import Value
from marketplace.payments.rules.declared import LatePayment, VatRate


def vat_rate_on(percent: str, tax_point: date, rates: Sequence[VatRate]) -> VatRate:
    """The declared rate of that percentage on a day. Raises Invalid where none is in force."""
    found = [one for one in rates if one.from_ <= tax_point <= one.until and Fraction(one.percent) == _percent(percent)]
    if not found:
        known = ", ".join(f"{one.percent}%" for one in rates if one.from_ <= tax_point <= one.until)
        raise Invalid(f"{percent[:10]}% is no rate of VAT on {tax_point}", f"In force are {known}.")
    return found[0]


def amounts(net_pence: int, rate: VatRate) -> Vat:
    """Net, VAT and gross of one invoice; the VAT is rounded once, half up, on the net total. Negative for a credit."""
    return Money(net_pence).vat(rate.rate)


def pay_by(received_on: date, days: int, *, most: int) -> date:
    """The last day to pay: so many days beginning with the day of receipt, and never more than the law's.

    Source: Procurement Act 2023, s. 68(2).
    """
    return last_day_of(received_on, max(1, min(days, most)))


class Late(Value):
    """What may be claimed for an invoice that is paid late, with the working. A planning aid."""

    days: int
    percent: Fraction
    base_on: date
    interest: Money
    compensation: Money
    mark: str

    @property
    def total(self) -> Money:
        return self.interest + self.compensation


def late_payment(debt: Money, due_on: date, today: date, rule: LatePayment) -> Late | None:
    """Interest and the fixed sum on a day; None where nothing is late, or no base rate is declared for the half-year.

    Interest runs from the day after payment was due, at the rate fixed on that day. Source: Late Payment of Commercial
    Debts (Interest) Act 1998, ss. 1, 4, 5A.
    """
    days = (today - due_on).days
    starts = due_on + timedelta(days=1)
    base_on = date(starts.year - 1, 12, 31) if starts.month <= 6 else date(starts.year, 6, 30)
    bases = {one.day: one for one in rule.base_rates}
    if days < 1 or debt.pence <= 0 or base_on not in bases:
        return None
    percent = Fraction(bases[base_on].percent) + Fraction(rule.over_base)
    interest = debt.times(percent / 100 * Fraction(days, rule.year_days))
    reached = [one for one in rule.compensation if one.from_pence <= debt.pence]
    fixed = max(reached, key=lambda one: one.from_pence)
    return Late(days, percent, base_on, interest, Money(fixed.pence), bases[base_on].mark or fixed.mark)


def _percent(text: str) -> Fraction:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise Invalid(f"{quote(text)} is not a percentage", "Write a number such as 20.") from None
