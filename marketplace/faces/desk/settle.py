"""`desk settle`: terms, measurements and shares give what each party owes, in pence. The contract's own rules do it."""

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.contracts.rules.given import Given, given_from
from marketplace.contracts.rules.mechanisms import BREACHED, MISSING, TOO_FEW, Reached
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.rules.rating import Rated
from marketplace.contracts.rules.terms import MeasureTerms, plain
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote

KNOWN = ("mechanism", "terms", "parties", "measurements", "variations")
WHY = {MISSING: "nobody measured it", TOO_FEW: "too few cases to pay on", BREACHED: "beyond its limit"}


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """What each party owes for each period, with the working. Raises Invalid, naming what does not hold."""
    strangers = sorted(set(given) - set(KNOWN))
    if strangers:
        raise Invalid(f"{quote(strangers[0])} is not asked for", f"Give {', '.join(KNOWN)}.")
    read = given_from(given)
    rated = read.rated()
    rows = [row for one in rated for row in _rows(one, read)]
    totals = {member.name: sum(one.line_of(member.name).net_pence for one in rated) for member in read.members}
    rows += [(f"{name}, in all", str(Money(pence)), "before VAT") for name, pence in totals.items()]
    total = sum(totals.values())
    rows.append(("All parties", str(Money(total)), "before VAT"))
    document = {"total_pence": total, "owed_pence": totals, "periods": [as_document(one) for one in rated]}
    return Worked("What is owed", rows, document)


def _rows(rated: Rated, given: Given) -> Iterator[tuple[str, str, str]]:
    terms, month = given.terms_on(rated.period), in_words(rated.period)
    for reached in rated.outcome.measures:
        measure = terms.measure(reached.key)
        yield f"{month}: {measure.label}", _shown(reached, measure), working_of(reached, measure)
    yield f"{month}: base fee", str(Money(rated.base_pence)), f"{plain((1 - terms.at_risk) * 100)} % of the fee"
    earned = f"{plain(rated.outcome.earned * 100)} % of the part at risk"
    capped = f"; the cap leaves {Money(rated.remaining_pence or 0)}" if rated.is_capped else ""
    yield f"{month}: at risk", str(Money(rated.at_risk_pence)), earned + capped
    for line in rated.lines:
        yield f"{month}: {line.organisation}", str(Money(line.net_pence)), f"share of {line.share}"


def _shown(reached: Reached, measure: MeasureTerms) -> str:
    if reached.value is None:
        return "no value"
    return f"{plain(round(reached.value, 4))} {measure.unit}".strip()


def working_of(reached: Reached, measure: MeasureTerms) -> str:
    """How one measure came to what it earned, in one line."""
    why = WHY.get(reached.why, "")
    if measure.is_guard:
        return f"guard, limit {plain(measure.guard_limit)}: {why or 'it holds'}"
    if why:
        return f"{why}: earns nothing"
    value, threshold, target = (plain(each) for each in (reached.value, measure.threshold, measure.target))
    scale = f"({value} - {threshold}) / ({target} - {threshold})"
    return f"{scale}, kept within 0 and 1: {plain(reached.fraction)}; weight {plain(reached.weight)}"


def as_document(rated: Rated) -> dict[str, Any]:
    """One period as data."""
    return {
        "period": rated.period,
        "base_pence": rated.base_pence,
        "at_risk_pence": rated.at_risk_pence,
        "total_pence": rated.total_pence,
        "is_capped": rated.is_capped,
        "measures": [
            {
                "key": each.key, "value": plain(each.value) or None, "count": each.count,
                "fraction": plain(each.fraction), "weight": plain(each.weight), "why": each.why,
            }
            for each in rated.outcome.measures
        ],
        "owed_pence": {line.organisation: line.net_pence for line in rated.lines},
    }  # fmt: skip


EXAMPLE = """\
terms:
  fee-pence: 1200000
  at-risk-percent: 20
  measures:
  - {key: minutes, label: Minutes per letter, unit: minutes, better: lower, threshold: 12, target: 8, weight: 70}
  - {key: returned, label: Letters returned, unit: "%", better: lower, threshold: 6, target: 2, weight: 30, fewest: 50}
  - {key: equity, label: Gap between language groups, better: lower, guard: true, guard-limit: 5}
parties:
- {name: Ashdown, weight: 2}
- {name: Calder Valley, weight: 1}
measurements:
- {period: 2026-05, measure: minutes, party: Ashdown, value: 9.2, count: 410}
- {period: 2026-05, measure: minutes, party: Calder Valley, value: 10.1, count: 180}
- {period: 2026-05, measure: returned, party: Ashdown, value: 3.1, count: 410}
- {period: 2026-05, measure: returned, party: Calder Valley, value: 4.4, count: 180}
- {period: 2026-05, measure: equity, party: Ashdown, value: 2, count: 410}
- {period: 2026-05, measure: equity, party: Calder Valley, value: 3, count: 180}
"""

CALCULATOR = Calculator(
    name="settle",
    label="What each party owes for a result",
    text="An at-risk fee: terms, measurements and shares give what each party owes, to the penny, with the working.",
    source="the at-risk fee as declared for contracts, whose examples this calculator has to get right",
    example=EXAMPLE,
    work=work,
)
