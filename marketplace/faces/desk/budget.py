"""`desk budget`: who would use it and what it costs give the budget impact by year. Time saved stands beside it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from marketplace.evidence.rules.economics import LONGEST_YEARS, Year, break_even_minutes, budget_impact, time_saved
from marketplace.faces.desk.numbers import number, refuse_strangers, values
from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.errors import Invalid
from marketplace.kit.money import Money

KNOWN = ("eligible", "uptake", "unit-cost", "displaced", "time")
OF_TIME = ("minutes", "encounters", "uptake", "attribution", "hourly-cost")
NOT_CASH = "not cash-releasing: capacity, unless establishment, agency or paid activity changes"
Line = tuple[str, str, str]


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """Each year's impact for the buyer, undiscounted. Raises Invalid, naming what does not hold."""
    refuse_strangers(given, KNOWN)
    uptake = _by_year(given, "uptake", 1)
    try:
        years = budget_impact(
            _exact(given, "eligible"), uptake, _exact(given, "unit-cost"), _by_year(given, "displaced", len(uptake))
        )
    except ValueError as wrong:
        raise Invalid(str(wrong), "Give one value, or a list with one for each year.") from wrong
    lines = [line for place, year in enumerate(years, start=1) for line in _year(place, year)]
    total = sum((year.impact for year in years), Fraction(0))
    document: dict[str, Any] = {
        "years": [{"new_pence": _pence(year.new), "displaced_pence": _pence(year.displaced),
                   "impact_pence": _pence(year.impact)} for year in years],
        "total_pence": _pence(total),
    }  # fmt: skip
    if len(years) > 1:
        lines.append((f"Impact over {len(years)} years", _pounds(total), "undiscounted, for the buyer"))
    if given.get("time"):
        document["time"] = _time(given["time"], years[0], lines)
    return Worked("Budget impact", lines, document)


def _year(place: int, year: Year) -> list[Line]:
    users = f"{float(year.users):,.0f} users, {float(year.uptake * 100):g}% of those eligible"
    return [
        (f"Year {place}: the product", _pounds(year.new), users),
        (f"Year {place}: what it takes the place of", _pounds(year.displaced), "costs that end"),
        (f"Year {place}: impact", _pounds(year.impact), "more to pay" if year.impact > 0 else "nothing more to pay"),
    ]


def _time(given: Any, first: Year, lines: list[Line]) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise Invalid("time is not told by name", f"Give {', '.join(OF_TIME)}.")
    refuse_strangers(given, OF_TIME, "time: ")
    minutes, encounters, uptake, attribution, hourly = (_exact(given, name, "time: ") for name in OF_TIME)
    saved = time_saved(minutes, encounters, uptake, attribution, hourly)
    try:
        even = break_even_minutes(first.new, encounters, uptake, hourly)
    except ValueError as wrong:
        raise Invalid(f"time: {wrong}", "Give encounters, uptake and hourly-cost above 0.") from wrong
    working = " x ".join(f"{float(each):,g}" for each in (minutes, encounters, uptake, attribution))
    lines += [
        ("Hours that become free in a year", f"{float(saved.hours):,.0f}", f"{working} / 60"),
        ("What they are worth", _pounds(saved.pounds), NOT_CASH),
        ("Break-even", f"{float(even):.2f} minutes", "to save each time for the time to be worth what year 1 costs"),
    ]
    return {
        "hours": float(saved.hours), "worth_pence": _pence(saved.pounds), "class": "non-cash-releasing",
        "break_even_minutes": float(even),
    }  # fmt: skip


def _by_year(given: Mapping[str, Any], name: str, count: int) -> list[Fraction]:
    """One value for every year, or one for each."""
    if isinstance(given.get(name), list):
        if len(given[name]) > LONGEST_YEARS:
            raise Invalid(f"{name} has {len(given[name])} years", f"Give at most {LONGEST_YEARS}.")
        return [Fraction(str(each)) for each in values(given, name)]
    return [_exact(given, name)] * count


def _exact(given: Mapping[str, Any], name: str, where: str = "") -> Fraction:
    value = number(given, name, where=where)
    if value < 0:
        raise Invalid(f"{where}{name} {value:g} is below 0", "Give 0 or more.")
    return Fraction(str(value))


def _pence(pounds: Fraction) -> int:
    return round(pounds * 100)


def _pounds(pounds: Fraction) -> str:
    return str(Money(_pence(pounds)))


EXAMPLE = """\
eligible: 1000
uptake: [0.6, 0.75, 0.8]
unit-cost: 540
displaced: 120000
time: {minutes: 3, encounters: 200000, uptake: 0.6, attribution: 0.8, hourly-cost: 60}
"""

CALCULATOR = Calculator(
    name="budget",
    label="What a product does to a budget",
    text="Who would use it and what it costs, less what it takes the place of, by year. Time saved stands beside it.",
    source="NICE evidence standards, standard 17; HM Treasury's classes of benefit, not yet checked",
    example=EXAMPLE,
    work=work,
)
