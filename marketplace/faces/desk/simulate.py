"""`desk simulate`: terms and shares give what a contract will cost if it works, and if it does not."""

from collections.abc import Mapping
from typing import Any

from marketplace.contracts.rules.given import given_from
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.rules.simulation import SCENARIOS, Scenario, simulate
from marketplace.contracts.rules.terms import Terms, exact, plain
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote

KNOWN = ("mechanism", "terms", "parties", "values")


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """Low, expected and high by month and party. Raises Invalid, naming what does not hold."""
    strangers = sorted(set(given) - set(KNOWN))
    if strangers:
        raise Invalid(f"{quote(strangers[0])} is not asked for", f"Give {', '.join(KNOWN)}.")
    read = given_from({**given, "measurements": []})
    scenarios = simulate(read.terms, read.members, values_from(given.get("values", {}), read.terms))
    rows: list[tuple[str, str, str]] = []
    for one in scenarios:
        assumed = "; ".join(f"{read.terms.measure(key).label} {plain(value)}" for key, value in one.values.items())
        rows.append((one.label, str(Money(one.total_pence)), assumed))
        rows.append(("with VAT", str(Money(one.gross_pence)), f"{plain(read.terms.vat * 100)} % on each invoice"))
        rows += [(f"{member.name}", str(Money(one.of(member.name))), one.label) for member in read.members]
        rows += [(in_words(rated.period), str(Money(rated.total_pence)), one.label) for rated in one.periods]
    return Worked("What it would cost, before VAT", rows, {one.name: as_document(one) for one in scenarios})


def values_from(given: Any, terms: Terms) -> dict[str, dict[str, Any]]:
    """What a measure is taken to come to in a scenario: {"expected": {"minutes": 9.5}}. Raises Invalid."""
    if not isinstance(given, Mapping) or not all(isinstance(one, Mapping) for one in given.values()):
        raise Invalid("the values are not laid out by scenario", "Write expected: {minutes: 9.5}.")
    for name, values in given.items():
        if name not in SCENARIOS:
            raise Invalid(f"{quote(name)} is not a scenario", f"There are {', '.join(SCENARIOS)}.")
        if stranger := next((key for key in values if key not in terms.keys), ""):
            raise Invalid(f"{quote(stranger)} is not a measure of the contract", f"There are {', '.join(terms.keys)}.")
    return {name: {key: exact(value) for key, value in values.items()} for name, values in given.items()}


def as_document(scenario: Scenario) -> dict[str, Any]:
    """One scenario as data."""
    names = dict.fromkeys(line.organisation for rated in scenario.periods for line in rated.lines)
    return {
        "total_pence": scenario.total_pence,
        "gross_pence": scenario.gross_pence,
        "owed_pence": {name: scenario.of(name) for name in names},
        "periods": {
            rated.period: {line.organisation: line.net_pence for line in rated.lines} for rated in scenario.periods
        },
    }


EXAMPLE = """\
terms:
  fee-pence: 1200000
  at-risk-percent: 20
  cap-pence: 7000000
  starts-on: 2027-01-01
  ends-on: 2027-06-30
  measures:
  - {key: minutes, label: Minutes per letter, better: lower, threshold: 12, target: 8, weight: 100}
parties:
- {name: Ashdown, weight: 2}
- {name: Calder Valley, weight: 1}
values:
  expected: {minutes: 9.5}
"""

CALCULATOR = Calculator(
    name="simulate",
    label="What an outcome contract would cost",
    text="Low, expected and high, by month and party, before anybody signs. Low: every measure stays at its threshold.",
    source="the at-risk fee as declared for contracts",
    example=EXAMPLE,
    work=work,
)
