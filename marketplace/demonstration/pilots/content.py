"""What frameworks/demonstration/pilots.yaml declares: its shapes, and the days that follow from it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from marketplace.contracts.schemas.outcomes import Measured
from marketplace.demonstration.content import Sheet
from marketplace.demonstration.stage import Stage
from marketplace.frameworks.loader.reading import declared, read
from marketplace.frameworks.schema.base import Declared
from marketplace.kit.calendar import add_months, day_in_london
from marketplace.kit.values import Value

FILE = "pilots.yaml"


class PartyOf(Declared):
    organisation: str
    weight: int
    quantities: dict[str, int]
    cost_code: str
    purchase_order: str


class HappenedOf(Declared):
    """Something that happened in a month of a pilot: exactly one of correct, dispute, resolve, harm."""

    month: int
    organisation: str
    reason: str
    correct: str = ""
    dispute: str = ""
    resolve: str = ""
    harm: str = ""
    value: str = ""


class EndOf(Declared):
    """How a pilot ended: the decision, and how many days after its last."""

    verdict: Literal["scale", "extend", "stop"]
    days_after: int
    reasons: str


class PilotOf(Declared):
    """A pilot. `measured` is a value of each month by organisation and measure; the last `waiting` ones stay open."""

    name: str
    product: str
    project: str = ""
    lead: str
    begins_months_ago: int
    lasts_months: int
    question: str
    exit_criteria: str
    stop_rule: str
    price_afterwards: str
    route: dict[str, str]
    fee_pence: int
    at_risk_percent: str
    cap_pence: int
    parties: tuple[PartyOf, ...]
    measures: tuple[dict[str, Any], ...]
    baseline: dict[str, dict[str, str]]
    measured: dict[str, dict[str, tuple[str, ...]]]
    happened: tuple[HappenedOf, ...] = ()
    waiting: int = 0
    ends: EndOf | None = None


class Pilots(Sheet):
    pilots: tuple[PilotOf, ...]


class Calendar(Value):
    """The days of one pilot, counted from the first day of its first month."""

    stage: Stage
    begins: date
    ends: date

    def moment(self, day: date, minutes: int = 0) -> datetime:
        """In working hours of that day, the Friday before where it was a weekend."""
        return self.stage.moment((day_in_london(self.stage.now) - day).days, minutes)

    def before(self, days: int, minutes: int = 0) -> datetime:
        """So many days before the pilot begins."""
        return self.moment(self.begins - timedelta(days=days), minutes)

    def after(self, month: int, day: int, minutes: int = 0) -> datetime:
        """On that day of the month that follows the n-th month of the pilot."""
        return self.moment(add_months(self.begins, month) + timedelta(days=day - 1), minutes)

    def period(self, month: int) -> str:
        """The n-th month of the pilot, such as 2026-05."""
        return f"{add_months(self.begins, month - 1):%Y-%m}"


def read_pilots(folder: Path) -> tuple[PilotOf, ...]:
    """Everything that is declared. Raises Invalid with file and line."""
    return declared(Pilots, read(folder / FILE, FILE)).pilots


def calendar_of(stage: Stage, pilot: PilotOf) -> Calendar:
    """A pilot begins on the first of a month; what is measured by now are whole months."""
    begins = add_months(day_in_london(stage.now).replace(day=1), -pilot.begins_months_ago)
    return Calendar(stage, begins, add_months(begins, pilot.lasts_months) - timedelta(days=1))


def measured(key: str, written: str, reason: str = "") -> Measured:
    """`8.6/1240` is the value 8.6, taken from 1,240 cases."""
    value, _, count = written.partition("/")
    return Measured(key, Decimal(value), int(count), reason)
