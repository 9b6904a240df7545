"""What a contract will cost if it works, and if it does not: by month and organisation, before anybody signs."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from marketplace.contracts.rules.periods import periods_between
from marketplace.contracts.rules.pooling import Reading
from marketplace.contracts.rules.rating import Rated, rate
from marketplace.contracts.rules.splitting import Member
from marketplace.contracts.rules.terms import MeasureTerms, Terms
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.values import Value

LOW, EXPECTED, HIGH = "low", "expected", "high"
SCENARIOS = {
    LOW: "Low: nothing gets better",
    EXPECTED: "Expected: half-way to the target",
    HIGH: "High: every target is met",
}
LONGEST = 60
ENOUGH = 10**9
Values = Mapping[str, Fraction]


class Scenario(Value):
    """One course of events: the value of each measure all along, and what then is owed, in pence before VAT."""

    name: str
    label: str
    values: Values
    periods: tuple[Rated, ...]
    vat: Fraction

    @property
    def total_pence(self) -> int:
        return sum(rated.total_pence for rated in self.periods)

    @property
    def gross_pence(self) -> int:
        """With VAT, worked out on each line as an invoice does."""
        return sum(Money(line.net_pence).vat(self.vat).gross.pence for rated in self.periods for line in rated.lines)

    def of(self, organisation: str) -> int:
        return sum(rated.line_of(organisation).net_pence for rated in self.periods)


def simulate(terms: Terms, members: Sequence[Member], values: Mapping[str, Values]) -> list[Scenario]:
    """What the whole term costs in each scenario. `values` overrides, by scenario, what a measure comes to.

    Raises Invalid where the terms name no days, or more than five years of them.
    """
    if terms.starts_on is None or terms.ends_on is None:
        raise Invalid("the first and the last day are not known", "Give starts-on and ends-on.")
    periods = periods_between(terms.starts_on, terms.ends_on)
    if len(periods) > LONGEST:
        raise Invalid(f"{len(periods)} months are too long to simulate", f"Give at most {LONGEST}.")
    return [_scenario(name, terms, members, values.get(name, {}), periods) for name in SCENARIOS]


def _scenario(name: str, terms: Terms, members: Sequence[Member], typed: Values, periods: Sequence[str]) -> Scenario:
    values = {measure.key: typed.get(measure.key, assumed(name, measure)) for measure in terms.measures}
    found = {
        period: {key: [Reading("all", value, ENOUGH)] for key, value in values.items()} for period in periods
    }  # fmt: skip
    assert terms.starts_on is not None
    assert terms.ends_on is not None
    rated = rate(dict.fromkeys(periods, terms), members, found, first=terms.starts_on, last=terms.ends_on)
    return Scenario(name, SCENARIOS[name], values, tuple(rated), terms.vat)


def assumed(name: str, measure: MeasureTerms) -> Fraction:
    """What a measure comes to where nobody says otherwise: its threshold, half-way, its target. A guard holds."""
    if measure.is_guard:
        return measure.guard_limit or Fraction(0)
    distance = {LOW: Fraction(0), EXPECTED: Fraction(1, 2), HIGH: Fraction(1)}[name]
    return measure.threshold + (measure.target - measure.threshold) * distance
