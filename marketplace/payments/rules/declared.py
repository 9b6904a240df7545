"""The shape of frameworks/payments/rates.yaml."""

from datetime import date
from fractions import Fraction

from pydantic import BaseModel, ConfigDict


def _as_written(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


class _Declared(BaseModel):
    model_config = ConfigDict(
        defer_build=True, frozen=True, extra="forbid", alias_generator=lambda name: name.rstrip("_").replace("_", "-")
    )


class VatRate(_Declared):
    """A rate of VAT that may be charged on a tax point between two days."""

    id: str
    label: str
    percent: str
    from_: date
    until: date
    source: str
    mark: str = ""

    @property
    def rate(self) -> Fraction:
        return Fraction(self.percent) / 100


class VatRule(_Declared):
    rule: str
    rates: tuple[VatRate, ...]
    recovery: str
    tax_point: str
    source: str


class PaymentRule(_Declared):
    days: int
    rule: str
    valid: str
    source: str


class Compensation(_Declared):
    """The fixed sum that a debt of this size, or above, brings."""

    from_pence: int
    pence: int
    source: str
    mark: str = ""


class BaseRate(_Declared):
    """The official dealing rate on the last day of a half-year."""

    day: date
    percent: str
    source: str
    mark: str = ""


class LatePayment(_Declared):
    over_base: str
    rule: str
    year_days: int
    compensation: tuple[Compensation, ...]
    base_rates: tuple[BaseRate, ...]
    source: str


class Rates(_Declared):
    """frameworks/payments/rates.yaml."""

    id: str
    version: int
    label: str
    date: date
    note: str
    vat: VatRule
    payment: PaymentRule
    late_payment: LatePayment
    sources: dict[str, str]
