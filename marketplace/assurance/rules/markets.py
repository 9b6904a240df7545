"""What a product still needs for another market: each line at home as it stands, against what is asked there.

Nothing is added up: one line that is met in part or not at all leaves a market open, and every line keeps its reason.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from marketplace.assurance.rules.applying import Described
from marketplace.assurance.rules.conformity import HOLDS
from marketplace.assurance.rules.standings import LOCAL, FrameworkStanding
from marketplace.frameworks.schema.crosswalks import Demand, Home, HomeRow, Market, Only, Thing
from marketplace.kit.values import Value

AtHome = Literal["met", "not-met", "not-answered", "not-asked", "local"]
HOME_WORDS: Mapping[AtHome, str] = {
    "met": "Met at home",
    "not-met": "Not met at home",
    "not-answered": "Not answered at home",
    "not-asked": "Not asked of it at home",
    "local": "Each organisation does it at home",
}
REACH_WORDS: Mapping[str, str] = {
    "meets": "Meets it", "partly": "Meets it in part", "not": "Does not meet it", "not-asked": "Not asked there",
}  # fmt: skip
RANK: Mapping[AtHome, int] = {"not-met": 0, "not-answered": 1, "local": 2, "met": 3, "not-asked": 4}


class Line(Value):
    """A line of a map for one product. `needed` says what is left to do for it; empty where nothing is."""

    row: HomeRow
    demand: Demand
    at_home: AtHome
    needed: str

    @property
    def is_covered(self) -> bool:
        return not self.needed


class Barrier(Value):
    """A condition of the market itself: whether the product is such a one; None where its description is silent."""

    only: Only
    holds: bool | None


class Gap(Value):
    """A thing that has to be done for the market, with the lines that ask for it."""

    thing: Thing
    lines: tuple[Line, ...]


class Reading(Value):
    """A market as it is for one product."""

    market: Market
    barriers: tuple[Barrier, ...]
    lines: tuple[Line, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_covered(self) -> bool:
        """Whether nothing is left: every line that is asked is met here and counts there, and the market is open."""
        return not self.gaps and all(each.holds for each in self.barriers)

    @property
    def open_barriers(self) -> tuple[Barrier, ...]:
        return tuple(each for each in self.barriers if not each.holds)

    @property
    def in_words(self) -> str:
        """“To sell this in Germany, seven things are still needed”."""
        count, place = len(self.gaps), self.market.place
        if self.is_covered:
            return f"For {place}, nothing on this map is left"
        if not count:
            return f"For {place}, see first whether it is open to this product"
        things = "one thing is" if count == 1 else f"{NUMBERS.get(count, str(count))} things are"
        return f"For {place}, {things} still needed"


NUMBERS = {
    2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten", 11: "eleven",
}  # fmt: skip


def read_market(market: Market, home: Home, standings: Iterable[FrameworkStanding], described: Described) -> Reading:
    """A market for a product: `standings` are of every framework, `described` its description."""
    by_id = {each.framework.id: each for each in standings}
    demands = {each.row: each for each in market.rows}
    lines = {row.id: _line(row, demands[row.id], at_home(row, by_id)) for row in home.rows}
    gaps = [Gap(thing, tuple(lines[row] for row in thing.rows if not lines[row].is_covered)) for thing in market.things]
    barriers = tuple(Barrier(only, described.holds(only.when)) for only in market.only_for)
    return Reading(market, barriers, tuple(lines.values()), tuple(gap for gap in gaps if gap.lines))


def at_home(row: HomeRow, standings: Mapping[str, FrameworkStanding]) -> AtHome:
    """The least of what a line stands for: a framework that does not apply, or is each organisation's, asks nothing."""
    found = [_of(standings[name], codes) for name, codes in row.criteria.items() if name in standings]
    return min(found, key=lambda each: RANK[each], default="not-asked")


def _of(standing: FrameworkStanding, codes: tuple[str, ...]) -> AtHome:
    if not standing.applies:
        return "not-asked"
    if standing.status == LOCAL:
        return "local"
    asked = [
        each.status for each in standing.verdict.criteria
        if each.criterion.code in codes and each.status not in ("skipped", "not-applicable")
    ]  # fmt: skip
    if not asked:
        return "not-asked"
    if standing.basis == "certificate" and not standing.holds:
        return "not-met"
    if all(status in HOLDS for status in asked):
        return "met"
    return "not-met" if any(status in ("not-met", "expired") for status in asked) else "not-answered"


def _line(row: HomeRow, demand: Demand, home: AtHome) -> Line:
    return Line(row, demand, home, _needed(row, demand, home))


def _needed(row: HomeRow, demand: Demand, home: AtHome) -> str:
    """What is left of a line. Where the map gives no reason, it says so."""
    if demand.answer == "not-asked":
        return ""
    missing = home in ("not-met", "not-answered")
    first = f"{HOME_WORDS[home]} yet: do that first." if missing else ""
    if demand.answer == "meets":
        return first
    why = f"{demand.reason}." if demand.reason else "The map gives no reason."
    more = "What is done at home does not count there" if demand.answer == "not" else "More is needed than at home"
    return f"{first} {more}: {why}".strip()
