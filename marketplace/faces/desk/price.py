"""`desk price`: prices and volumes give a yearly cost with its working."""

from collections.abc import Mapping
from typing import Any

from marketplace.catalogue.rules.offers import Offer, Tier
from marketplace.catalogue.rules.pricing import yearly_cost
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money
from marketplace.kit.text import quote

KNOWN = ("prices", "volumes", "years")
FIELDS = ("model", "label", "unit", "period", "pence", "tiers", "minimum-pence", "optional")


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """A year and a term, net, VAT and gross. Raises Invalid, naming the price or the volume that does not hold."""
    strangers = sorted(set(given) - set(KNOWN))
    if strangers:
        raise Invalid(f"{quote(strangers[0])} is not asked for", f"Give {', '.join(KNOWN)}.")
    prices, volumes = given.get("prices"), given.get("volumes", {})
    if not isinstance(prices, list) or not prices or not isinstance(volumes, dict):
        raise Invalid("prices and volumes are needed", "Give a list of prices, and volumes such as users: 400.")
    cost = yearly_cost([_offer(one) for one in prices], volumes)
    years = given.get("years", 1)
    rows = [
        (line.label, str(line.amount), "; ".join(step.text for step in line.steps))
        for line in (*cost.yearly, *cost.once)
    ]
    rows += [
        ("A year, ex VAT", str(cost.year.net), ""),
        ("VAT", str(cost.year.vat), "20%"),
        ("A year with VAT", str(cost.year.gross), ""),
    ]
    term = cost.over(years)
    rows.append((f"Over {years} years with set-up, ex VAT", str(term.net), ""))
    document = {"year": _pence(cost.year), "once": _pence(cost.start), "term": {"years": years, **_pence(term)}}
    return Worked("Yearly cost", rows, document)


def _offer(one: Any) -> Offer:
    if not isinstance(one, dict) or set(one) - set(FIELDS):
        raise Invalid(f"{quote(one)} is not a price", f"Give {', '.join(FIELDS)}.")
    values = {name.replace("-", "_"): value for name, value in one.items()}
    values["tiers"] = tuple(Tier(tier["above"], tier["pence"]) for tier in values.get("tiers", ()))
    return Offer(**{"label": values.get("model", ""), **values})


def _pence(vat: Any) -> dict[str, int]:
    parts: dict[str, Money] = {"net": vat.net, "vat": vat.vat, "gross": vat.gross}
    return {f"{name}_pence": money.pence for name, money in parts.items()}


CALCULATOR = Calculator(
    name="price",
    label="Yearly cost from prices and volumes",
    text="Graduated tiers, minimums, once-only amounts and VAT, to the penny, with the working.",
    source="Touchstone pricing rules; VAT at the standard rate",
    example=(
        "prices:\n- {model: per-user, label: Licence, unit: clinician, period: month, pence: 1200}\n"
        "- {model: per-use, label: Consultations, unit: consultation, period: year,\n"
        "   tiers: [{above: 0, pence: 40}, {above: 50000, pence: 25}]}\n"
        "volumes: {users: 400, uses: 90000}\nyears: 3\n"
    ),
    work=work,
)
