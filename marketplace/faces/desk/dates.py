"""`desk dates`: a procedure and a start date give every deadline, standstill included."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from marketplace.faces.desk.worked import Calculator, Worked
from marketplace.frameworks.loader import Frameworks
from marketplace.kit.calendar import Holidays, earliest_deadline, in_words, parse_day, standstill_ends
from marketplace.kit.errors import Invalid
from marketplace.kit.text import quote

PERIODS = {
    "participation": (25, "request to participate, no urgency: Procurement Act 2023, s. 54"),
    "participation-urgent": (10, "request to participate in a state of urgency: s. 54"),
    "tender": (25, "electronic tender, all documents with the notice: s. 54"),
    "tender-documents-later": (30, "electronic tender, documents not all together: s. 54"),
    "tender-on-paper": (35, "no electronic tender, documents not together: s. 54"),
    "tender-planned": (10, "a qualifying planned procurement notice was published: ss. 15(3), 54"),
    "tender-dynamic-market": (10, "by reference to a dynamic market: s. 54"),
}
KNOWN = ("invited-on", "period", "award-notice-on")


def work(given: Mapping[str, Any], frameworks: Frameworks) -> Worked:
    """Deadline of a period from the day of the invitation; end of the standstill from the day of the award notice."""
    strangers = sorted(set(given) - set(KNOWN))
    if strangers:
        raise Invalid(f"{quote(strangers[0])} is not asked for", f"Give {', '.join(KNOWN)}.")
    rows: list[tuple[str, str, str]] = []
    found: dict[str, str] = {}
    if "invited-on" in given:
        _period(given, rows, found)
    if "award-notice-on" in given:
        holidays = Holidays.from_data(frameworks.calendars["bank-holidays"])
        _standstill(_day(given, "award-notice-on"), holidays, rows, found)
    if not rows:
        raise Invalid("no date was given", "Give invited-on with a period, or award-notice-on.")
    return Worked("Dates", rows, found)


def _period(given: Mapping[str, Any], rows: list[tuple[str, str, str]], found: dict[str, str]) -> None:
    name = str(given.get("period", "tender"))
    if name not in PERIODS:
        raise Invalid(f"{quote(name)} is not a period", f"Use one of {', '.join(PERIODS)}.")
    days, why = PERIODS[name]
    invited = _day(given, "invited-on")
    deadline = earliest_deadline(invited, days)
    rows.append(
        ("Earliest deadline", in_words(deadline), f"day {days}, counted from the day after {in_words(invited)}; {why}")
    )
    found.update({"earliest-deadline": deadline.isoformat(), "days": str(days)})


def _standstill(notice: date, holidays: Holidays, rows: list[tuple[str, str, str]], found: dict[str, str]) -> None:
    ends = standstill_ends(notice, holidays)
    enter = ends + timedelta(days=1)
    why = "eighth working day beginning with the day of the notice; bank holidays of every nation count: ss. 51, 123"
    rows.append(("Standstill ends", f"{in_words(ends)}, at midnight", why))
    rows.append(("Contract may be entered from", in_words(enter), "s. 51(2)"))
    found.update({"standstill-ends": ends.isoformat(), "earliest-entry": enter.isoformat()})


def _day(given: Mapping[str, Any], name: str) -> date:
    value = given[name]
    return value if isinstance(value, date) else parse_day(str(value))


CALCULATOR = Calculator(
    name="dates",
    label="Dates of a procurement",
    text=(
        "The earliest deadline of a participation or tendering period, and the end of the standstill. "
        "A planning aid, no legal advice."
    ),
    source=(
        "Procurement Act 2023, ss. 15, 51, 54, 123; bank holidays of all UK nations, 2025 to 2028 "
        "(2028 derived by rule)"
    ),
    example="invited-on: 2026-12-01\nperiod: tender\naward-notice-on: 2026-12-24\n",
    work=work,
)
