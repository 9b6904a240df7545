"""A rating as a file gives it: terms, parties and measurements, read and checked, and laid out again as such a file."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

from marketplace.contracts.rules.periods import first_day, last_day, parse_period
from marketplace.contracts.rules.pooling import Reading
from marketplace.contracts.rules.rating import Rated, rate
from marketplace.contracts.rules.splitting import Member
from marketplace.contracts.rules.terms import MeasureTerms, Terms, as_data, exact, plain, terms_from
from marketplace.kit.calendar import parse_day
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote
from marketplace.kit.values import Value

MECHANISM = "at-risk-fee"
MOST_PARTIES, MOST_ROWS = 200, 50_000
Measured = dict[str, dict[str, list[Reading]]]
"""What was measured: period -> key of the measure -> readings."""


class Given(Value):
    """Everything that rating needs. `variations` are terms from a period on, where the contract was varied."""

    terms: Terms
    members: tuple[Member, ...]
    measured: Measured
    variations: tuple[tuple[str, Terms], ...] = ()

    def terms_on(self, period: str) -> Terms:
        """The terms of a period: those of the last variation that had begun by then."""
        begun = [terms for since, terms in self.variations if since <= period]
        return begun[-1] if begun else self.terms

    def rated(self) -> list[Rated]:
        """Every period that was measured, in order of time."""
        periods = sorted(self.measured)
        last_terms = self.variations[-1][1] if self.variations else self.terms
        first = self.terms.starts_on or (first_day(periods[0]) if periods else date.min)
        last = last_terms.ends_on or (last_day(periods[-1]) if periods else date.max)
        terms = {period: self.terms_on(period) for period in periods}
        return rate(terms, self.members, self.measured, first=first, last=last)


def given_from(data: Mapping[str, Any]) -> Given:
    """What a file gives. Raises Invalid, naming what does not hold."""
    if data.get("mechanism", MECHANISM) != MECHANISM:
        raise Invalid(f"{quote(data['mechanism'])} is not a mechanism", f"There is {MECHANISM}.")
    terms, members = _terms(data.get("terms")), _members(data.get("parties"))
    variations = tuple((parse_period(str(row.get("from"))), _terms(row)) for row in _rows(data.get("variations", [])))
    given = Given(terms, members, {}, tuple(sorted(variations, key=lambda row: row[0])))
    seen: set[tuple[str, str, str]] = set()
    for place, row in enumerate(_rows(data.get("measurements"))):
        period, key, reading = _reading(row, given, f"measurement {place + 1}")
        if (period, key, reading.organisation) in seen:
            raise Invalid(
                f"{reading.organisation} gives {quote(key)} of {period} twice",
                "Keep the one that counts, and send one.",
            )
        seen.add((period, key, reading.organisation))
        given.measured.setdefault(period, {}).setdefault(key, []).append(reading)
    return given


def _terms(data: Any) -> Terms:
    if not isinstance(data, Mapping):
        raise Invalid("there are no terms", "Give terms with fee-pence, at-risk-percent and measures.")
    return terms_from(data)


def _rows(data: Any) -> list[Mapping[str, Any]]:
    if not isinstance(data, list) or len(data) > MOST_ROWS or not all(isinstance(row, Mapping) for row in data):
        raise Invalid(
            "the measurements are not a list of rows", "Give period, measure, party, value and count of each."
        )
    return data


def _members(data: Any) -> tuple[Member, ...]:
    if not isinstance(data, list) or not 0 < len(data) <= MOST_PARTIES:
        raise Invalid("there are no parties", "Give a list of parties, each with name and weight.")
    members = tuple(_member(row) for row in data)
    if twice := next((one.name for one, other in combinations(members, 2) if one.overlaps(other)), ""):
        raise Invalid(f"the party {quote(twice)} stands twice", "Name each once for any day, with its whole weight.")
    if not any(member.weight for member in members):
        raise Invalid("nobody has a share", "Give at least one party a weight above 0.")
    return members


def _member(row: Any) -> Member:
    if not isinstance(row, Mapping) or not row.get("name"):
        raise Invalid(f"{quote(row)} is not a party", "Give each party a name and a weight.")
    weight = exact(row.get("weight", 1))
    if weight.denominator != 1 or not 0 <= weight <= 10**9:
        raise Invalid(f"{quote(row.get('weight'))} is not a weight", "Use a whole number, such as 2.")
    return Member(str(row["name"]), int(weight), _day(row.get("joined-on")), _day(row.get("left-on")))


def _day(given: Any) -> date | None:
    if given is None or given == "":
        return None
    return given if isinstance(given, date) else parse_day(str(given))


def _reading(row: Mapping[str, Any], given: Given, where: str) -> tuple[str, str, Reading]:
    period = parse_period(str(row.get("period", "")))
    key, party = str(row.get("measure", "")), str(row.get("party", ""))
    terms = given.terms_on(period)
    if key not in terms.keys:
        raise Invalid(f"{where}: {quote(key)} is not a measure of the contract", f"There are {', '.join(terms.keys)}.")
    if party not in [member.name for member in given.members]:
        raise Invalid(f"{where}: {quote(party)} is not a party", "Name one of the parties.")
    typed = row.get("value")
    value = None if typed is None or str(typed).strip() in ("", "missing") else exact(typed)
    count = exact(row.get("count", 1 if value is not None else 0))
    if count.denominator != 1 or not 0 <= count <= 10**12:
        raise Invalid(
            f"{where}: {quote(row.get('count'))} is not a number of cases", "Use a whole number, such as 120."
        )
    if value is not None:
        check_value(terms.measure(key), value, int(count))
    return period, key, Reading(party, value, int(count))


def check_value(measure: MeasureTerms, value: Fraction, count: int) -> None:
    """Raise Invalid for a value that the unit does not allow, or one that was taken from nothing."""
    low, high = measure.minimum, measure.maximum
    unit = f" {measure.unit}" if measure.unit else ""
    if (low is not None and value < low) or (high is not None and value > high):
        limits = " and ".join(plain(limit) for limit in (low, high) if limit is not None)
        kind = "between" if low is not None and high is not None else "at least" if low is not None else "at most"
        raise Invalid(
            f"{plain(value)}{unit} is outside what {quote(measure.label)} can be",
            f"It is {kind} {limits}{unit}. Check the unit and the point.",
        )
    if count < 1:
        raise Invalid(
            f"{quote(measure.label)} was taken from no case", "Give the number of cases, or say that there is no value."
        )


def laid_out(given: Given) -> dict[str, Any]:
    """What `given_from` reads back: everything that somebody needs to work it out again. Variations stand in order."""
    found: dict[str, Any] = {
        "mechanism": MECHANISM, "terms": as_data(given.terms),
        "parties": [_member_as_data(member) for member in given.members],
        "measurements": list(_measurements(given.measured)),
    }  # fmt: skip
    if given.variations:
        found["variations"] = [{"from": since, **as_data(terms)} for since, terms in given.variations]
    return found


def _member_as_data(member: Member) -> dict[str, Any]:
    days = {"joined-on": member.joined_on, "left-on": member.left_on}
    return {"name": member.name, "weight": member.weight} | {
        name: day.isoformat() for name, day in days.items() if day is not None
    }


def _measurements(measured: Mapping[str, Mapping[str, Sequence[Reading]]]) -> Iterable[dict[str, Any]]:
    for period in sorted(measured):
        for key, readings in measured[period].items():
            for reading in readings:
                value = "missing" if reading.value is None else plain(reading.value)
                yield {
                    "period": period, "measure": key, "party": reading.organisation, "value": value,
                    "count": reading.count,
                }  # fmt: skip


def measures_in(data: Mapping[str, Any], period: str) -> list[Mapping[str, Any]]:
    """The rows of the measures that a file of a rating has for a period."""
    begun = [row for row in data.get("variations", []) if row["from"] <= period]
    return list((begun[-1] if begun else data["terms"])["measures"])
