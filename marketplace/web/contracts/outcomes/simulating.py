"""What the contract will cost if it works, and if it does not: before anybody signs, and at any time after."""

from fractions import Fraction
from typing import Any

from marketplace.contracts.queries.outcomes.finance import latest_terms
from marketplace.contracts.queries.outcomes.results import shown
from marketplace.contracts.rules.periods import in_words
from marketplace.contracts.rules.simulation import EXPECTED, Scenario, simulate
from marketplace.contracts.rules.terms import Terms, exact, plain
from marketplace.faces.ask import Ask
from marketplace.kit.errors import Invalid
from marketplace.kit.fields import told
from marketplace.web.contracts.outcomes.common import Scene, scene_of
from marketplace.web.edge import ANYBODY_SIGNED_IN, Page, page


@page("/contracts/{ref:str}/simulation", who=ANYBODY_SIGNED_IN)
def show_simulation(ask: Ask, ref: str) -> Page:
    """Low, expected and high cost by month and organisation; what is expected can be typed."""
    scene = scene_of(ask, ref, "simulation")
    terms = latest_terms(scene.book)
    given = {key.removeprefix("expected-"): values[0] for key, values in ask.query.items().items() if values}
    errors, values = read_expected(given, terms)
    scenarios = simulate(terms, scene.book.given.members, {EXPECTED: values})
    page_values = {
        **scene.values(),
        "refusal": None,
        "errors": errors,
        "terms": {"fee_pence": terms.fee_pence, "at_risk": plain(terms.at_risk * 100), "cap_pence": terms.cap_pence},
        "scenarios": [shown_scenario(scene, one) for one in scenarios],
        "months": shown_months(scenarios),
        "fields": _fields(terms, values, given),
    }
    return Page("contracts/outcomes/simulation.html", page_values, status=422 if errors else 200)


def read_expected(given: dict[str, str], terms: Terms) -> tuple[dict[str, str], dict[str, Fraction]]:
    """What a measure is expected to come to, where somebody typed it, and what of it is no number."""
    errors, values = {}, {}
    for key in terms.keys:
        text = given.get(key, "").strip()
        if text:
            try:
                values[key] = exact(text)
            except Invalid as refusal:
                errors[f"expected-{key}"] = told(refusal)
    return errors, values


def shown_scenario(scene: Scene, scenario: Scenario) -> dict[str, Any]:
    names = [(party.organisation.ref, party.organisation.name) for party in scene.book.buyers]
    return {
        "name": scenario.name, "label": scenario.label, "total_pence": scenario.total_pence,
        "gross_pence": scenario.gross_pence,
        "shares": [{"name": name, "pence": scenario.of(ref)} for ref, name in names],
    }  # fmt: skip


def shown_months(scenarios: list[Scenario]) -> list[dict[str, Any]]:
    """Each month with what it costs in each scenario."""
    return [
        {"label": in_words(rated[0].period), "pence": [one.total_pence for one in rated]}
        for rated in zip(*(one.periods for one in scenarios), strict=True)
    ]


def _fields(terms: Terms, values: dict[str, Fraction], given: dict[str, str]) -> list[dict[str, str]]:
    return [
        {
            "key": one.key, "label": one.label, "unit": one.unit,
            "value": given.get(one.key, "") or (plain(values[one.key]) if one.key in values else ""),
            "hint": f"Limit {shown(one.guard_limit or Fraction(0))}" if one.is_guard
            else f"From {shown(one.threshold)} to {shown(one.target)}",
        }
        for one in terms.measures
    ]  # fmt: skip


ROUTES = [show_simulation]
