"""The terms that payment follows from, read and checked: from a text of the contract, or from a file of the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

DESIGNS = {
    "before-after": "before and after, against its own baseline",
    "stepped": "stepped: organisations start one after another, in an order drawn by lot",
    "matched": "matched: against comparable cases or sites at the same time",
    "none": "none: nothing says what would have happened without it",
}
BETTER = ("higher", "lower")
LARGEST = Fraction(10**15)
MOST_DIGITS, MOST_DECIMALS = 19, 12
MOST_MEASURES = 12


class MeasureTerms(Value):
    """One measure: what earns from `threshold` to `target`, and by which weight.

    A guard earns nothing: where it lies beyond `guard_limit`, what the others earned is cut. Below `fewest` cases a
    value is too small to pay on. `minimum` and `maximum` are what the unit allows.
    """

    key: str
    label: str
    unit: str
    better: str
    threshold: Fraction
    target: Fraction
    weight: Fraction
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    fewest: int = 0
    design: str = "none"
    is_guard: bool = False
    guard_limit: Fraction | None = None
    definition: str = ""
    population: str = ""
    source: str = ""
    validator: str = ""


class Terms(Value):
    """What the fee of a month is, how much of it is at risk, and on which measures. Pence before VAT.

    `cap_pence` is for the whole term and all organisations together; None where there is no cap. `guard_keeps` is
    what a breached guard leaves of what was earned at risk.
    """

    fee_pence: int
    at_risk: Fraction
    measures: tuple[MeasureTerms, ...]
    cap_pence: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    settle_days: int = 20
    payment_days: int = 30
    vat: Fraction = Fraction(1, 5)
    data_days: int = 10
    guard_keeps: Fraction = Fraction(0)

    def measure(self, key: str) -> MeasureTerms:
        """Raises KeyError for a measure that these terms do not have."""
        return next(measure for measure in self.measures if measure.key == key)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(measure.key for measure in self.measures)


@dataclass(slots=True)
class _Read:
    """Values by name, and what was found wrong with them."""

    given: Mapping[str, Any]
    path: str = ""
    wrong: dict[str, str] = field(default_factory=dict)

    def number(self, name: str, *, low: Fraction | None = None, high: Fraction | None = None) -> Fraction | None:
        """An exact number, or None where nothing is given."""
        given = self.given.get(name)
        if given is None or given == "":
            return None
        try:
            value = exact(given)
        except Invalid as refusal:
            self.wrong[self.path + name] = f"{refusal.fact}. {refusal.hint}"
            return None
        if (low is not None and value < low) or (high is not None and value > high):
            self.wrong[self.path + name] = f"{quote(given)} is not between {plain(low)} and {plain(high)}."
            return None
        return value

    def needed(self, name: str, **limits: Fraction | None) -> Fraction:
        value = self.number(name, **limits)
        if value is None:
            self.wrong.setdefault(self.path + name, f"Give {name.replace('-', ' ')}.")
        return value if value is not None else Fraction(0)

    def whole(self, name: str, otherwise: int) -> int:
        value = self.number(name, low=Fraction(0), high=LARGEST)
        if value is not None and value.denominator != 1:
            self.wrong[self.path + name] = f"{quote(self.given[name])} is not a whole number."
        return int(value) if value is not None else otherwise

    def day(self, name: str) -> date | None:
        given = self.given.get(name)
        if given is None or given == "" or isinstance(given, date):
            return given or None
        try:
            return parse_day(str(given))
        except Invalid as refusal:
            self.wrong[self.path + name] = f"{refusal.fact}. {refusal.hint}"
            return None


def terms_from(parameters: Mapping[str, Any]) -> Terms:
    """The terms in the parameters of a text. Raises Invalid that names every parameter that does not hold."""
    read = _Read(parameters)
    measures = _measures(parameters.get("measures"), read.wrong)
    terms = Terms(
        fee_pence=_pence(read, "fee-pence"), at_risk=_percent(read, "at-risk-percent"),
        cap_pence=_pence(read, "cap-pence") if parameters.get("cap-pence") not in (None, "") else None,
        measures=measures, starts_on=read.day("starts-on"), ends_on=read.day("ends-on"),
        settle_days=read.whole("settle-days", 20), payment_days=read.whole("payment-days", 30),
        vat=_percent(read, "vat-percent", otherwise=Fraction(20)), data_days=read.whole("data-days", 10),
        guard_keeps=_percent(read, "guard-keeps-percent", otherwise=Fraction(0)),
    )  # fmt: skip
    if terms.at_risk and not any(measure.weight for measure in measures if not measure.is_guard):
        read.wrong.setdefault("measures", "A part of the fee is at risk, and no measure has a weight.")
    if terms.starts_on and terms.ends_on and terms.ends_on < terms.starts_on:
        read.wrong["ends-on"] = "It ends before it starts."
    if read.wrong:
        raise Invalid("the terms do not hold", "Look at what is named.", fields=read.wrong)
    return terms


def _percent(read: _Read, name: str, otherwise: Fraction | None = None) -> Fraction:
    if otherwise is not None and read.given.get(name) in (None, ""):
        return otherwise / 100
    return read.needed(name, low=Fraction(0), high=Fraction(100)) / 100


def _pence(read: _Read, name: str) -> int:
    value = read.needed(name, low=Fraction(0), high=Fraction(10**13))
    if value.denominator != 1:
        read.wrong[name] = f"{quote(read.given[name])} has a fraction of a penny."
    return int(value)


def _measures(rows: Any, wrong: dict[str, str]) -> tuple[MeasureTerms, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows or len(rows) > MOST_MEASURES:
        wrong["measures"] = f"Give 1 to {MOST_MEASURES} measures."
        return ()
    found = []
    for place, row in enumerate(rows):
        if not isinstance(row, Mapping):
            wrong[f"measures.{place}"] = f"{quote(row)} is not a measure."
            continue
        found.append(_measure(row, f"measures.{place}.", wrong))
    keys = [measure.key for measure in found]
    if twice := next((key for key in keys if keys.count(key) > 1), ""):
        wrong["measures"] = f"Two measures have the key {quote(twice)}."
    return tuple(found)


def _measure(row: Mapping[str, Any], path: str, wrong: dict[str, str]) -> MeasureTerms:
    read = _Read(row, path, wrong)
    key, better = str(row.get("key", "")), str(row.get("better", "higher"))
    guard = _yes(row.get("guard", False))
    limits = {"low": -LARGEST, "high": LARGEST}
    if not key:
        wrong[f"{path}key"] = "Give each measure a key."
    if better not in BETTER:
        wrong[f"{path}better"] = f"{quote(better)} is not higher or lower."
    measure = MeasureTerms(
        key=key, label=str(row.get("label") or key), unit=str(row.get("unit", "")), better=better,
        threshold=(read.number if guard else read.needed)("threshold", **limits) or Fraction(0),
        target=(read.number if guard else read.needed)("target", **limits) or Fraction(0),
        weight=Fraction(0) if guard else _weight(read), fewest=read.whole("fewest", 0),
        minimum=read.number("minimum", **limits), maximum=read.number("maximum", **limits), is_guard=guard,
        guard_limit=read.needed("guard-limit", **limits) if guard else None, design=str(row.get("design") or "none"),
        **{name: str(row.get(name) or "") for name in ("definition", "population", "source", "validator")},
    )  # fmt: skip
    if not guard and not wrong and measure.target == measure.threshold:
        wrong[f"{path}target"] = "The target is the threshold: there would be a cliff between them."
    elif not guard and not wrong and (measure.target > measure.threshold) != (better == "higher"):
        wrong[f"{path}target"] = f"With {better} as better, the target is on the wrong side of the threshold."
    if measure.design not in DESIGNS:
        wrong[f"{path}design"] = f"{quote(measure.design)} is not one of {', '.join(DESIGNS)}."
    return measure


def _weight(read: _Read) -> Fraction:
    if read.given.get("weight") in (None, ""):
        return Fraction(1)
    return read.number("weight", low=Fraction(0), high=LARGEST) or Fraction(0)


def _yes(given: Any) -> bool:
    return given is True or str(given).lower() in ("yes", "true")


def exact(given: Any) -> Fraction:
    """A number as it was written, exactly. Raises Invalid for what is none: NaN, infinity, words, fullwidth digits."""
    if isinstance(given, Fraction):
        return given
    text = str(given).strip().replace("\N{MINUS SIGN}", "-")
    refused = Invalid(f"{quote(given)} is not a number", "Write digits, such as 0.86 or 12.")
    if isinstance(given, bool) or len(text) > 40 or not text.isascii() or "_" in text:
        raise refused
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise refused from None
    if not value.is_finite():
        raise refused
    if value and value.adjusted() >= MOST_DIGITS:
        raise Invalid(f"{quote(given)} is too large", f"Write at most {MOST_DIGITS} digits before the point.")
    if (value and value.adjusted() < -MOST_DECIMALS) or _decimals(value) > MOST_DECIMALS:
        raise Invalid(f"{quote(given)} is too exact", f"Write at most {MOST_DECIMALS} digits after the point.")
    return Fraction(value)


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def as_decimal(value: Fraction) -> Decimal:
    """A number that was typed, as the database keeps it: it has twelve decimals at most."""
    return Decimal(plain(value))


def plain(value: Fraction | None) -> str:
    """An exact number in plain digits, such as 0.86; what has no end is cut after twelve."""
    if value is None:
        return ""
    if value.denominator == 1:
        return str(value.numerator)
    shown = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{shown.quantize(Decimal('1e-12')):f}".rstrip("0").rstrip(".")


def as_data(terms: Terms) -> dict[str, Any]:
    """The terms as data that `terms_from` reads back: numbers as text, days as 2026-05-01."""
    found: dict[str, Any] = {
        "fee-pence": terms.fee_pence, "at-risk-percent": plain(terms.at_risk * 100),
        "vat-percent": plain(terms.vat * 100), "settle-days": terms.settle_days, "payment-days": terms.payment_days,
        "data-days": terms.data_days, "guard-keeps-percent": plain(terms.guard_keeps * 100),
        "measures": [_measure_as_data(measure) for measure in terms.measures],
    }  # fmt: skip
    optional = {"cap-pence": terms.cap_pence, "starts-on": terms.starts_on, "ends-on": terms.ends_on}
    return found | {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in optional.items()
        if value is not None
    }


def _measure_as_data(measure: MeasureTerms) -> dict[str, Any]:
    words = ("key", "label", "unit", "better", "design", "definition", "population", "source", "validator")
    found: dict[str, Any] = {name: getattr(measure, name) for name in words if getattr(measure, name)}
    numbers = {"minimum": measure.minimum, "maximum": measure.maximum}
    if measure.is_guard:
        numbers["guard-limit"] = measure.guard_limit
        found["guard"] = "yes"
    else:
        numbers |= {"threshold": measure.threshold, "target": measure.target, "weight": measure.weight}
    found["fewest"] = measure.fewest
    return found | {name: plain(value) for name, value in numbers.items() if value is not None}
