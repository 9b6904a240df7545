"""Rating: terms, parties and everything measured so far give what each organisation owes for each period.

Rating looks at the data as they stand and knows no history. The ledger keeps history: a line is whatever is still
missing between what was posted before and what rating says now. So the lines always add up to rating the final data
at once, whatever came late, was corrected, disputed or held in between.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Protocol

from marketplace.contracts.rules.mechanisms import Outcome, at_risk_fee
from marketplace.contracts.rules.periods import days_within, part_of
from marketplace.contracts.rules.pooling import Pooled, Reading, pool
from marketplace.contracts.rules.splitting import Member, parts_of
from marketplace.contracts.rules.terms import Terms
from marketplace.kit.money import Money
from marketplace.kit.values import Value

ACCEPTED, DISPUTED = "accepted", "disputed"
Found = Mapping[str, Sequence[Reading]]
"""What was measured in one period, by key of the measure."""


class Earned(Protocol):
    """What one organisation owes, as far as a verdict asks: pence before VAT, and what each measure earned of them."""

    @property
    def base_pence(self) -> int: ...
    @property
    def at_risk_pence(self) -> int: ...
    @property
    def parts(self) -> Mapping[str, int]: ...


class Line(Value):
    """What one organisation owes for one period, in pence before VAT. `parts` tell what each measure earned of it."""

    organisation: str
    share: Fraction
    base_pence: int
    at_risk_pence: int
    parts: Mapping[str, int]

    @property
    def net_pence(self) -> int:
        return self.base_pence + self.at_risk_pence


class Rated(Value):
    """One period: its outcome before the cap, what the cap leaves, and each organisation's line."""

    period: str
    outcome: Outcome
    pooled: Mapping[str, Pooled]
    base_pence: int
    at_risk_pence: int
    remaining_pence: int | None
    lines: tuple[Line, ...]

    @property
    def total_pence(self) -> int:
        return self.base_pence + self.at_risk_pence

    @property
    def is_capped(self) -> bool:
        return self.total_pence < self.outcome.total_pence

    def line_of(self, organisation: str) -> Line:
        """The organisation's line; one of nothing where it takes no part in the period."""
        nothing = Line(organisation, Fraction(0), 0, 0, {})
        return next((line for line in self.lines if line.organisation == organisation), nothing)


def rate(
    terms: Mapping[str, Terms],
    members: Sequence[Member],
    found: Mapping[str, Found],
    *,
    first: date,
    last: date,
) -> list[Rated]:
    """Every period of `found` in order of time, each under its own terms, within the days from first to last.

    The cap of the whole term is used up in order of time, and applied before the split. Raises KeyError for a period
    that has no terms.
    """
    rated: list[Rated] = []
    spent = 0
    for period in sorted(found):
        cap = terms[period].cap_pence
        remaining = None if cap is None else max(cap - spent, 0)
        one = _rated(period, terms[period], members, found[period], first, last, remaining)
        spent += one.total_pence
        rated.append(one)
    return rated


def _rated(
    period: str, terms: Terms, members: Sequence[Member], found: Found, first: date, last: date,
    remaining: int | None,
) -> Rated:  # fmt: skip
    within = days_within(period, first, last)
    pooled = {key: pool(found.get(key, ())) for key in terms.keys}
    outcome = at_risk_fee(terms, pooled, part=part_of(period, first, last))
    base, at_risk = _capped(outcome, remaining)
    parts = parts_of(members, *within) if within else {}
    lines = _lines(parts, base, at_risk, outcome)
    return Rated(period, outcome, pooled, base if lines else 0, at_risk if lines else 0, remaining, lines)


def _capped(outcome: Outcome, remaining: int | None) -> tuple[int, int]:
    """What is left of base fee and part at risk under the cap: it is the part at risk that is cut first."""
    if remaining is None:
        return outcome.base_pence, outcome.at_risk_pence
    base = min(outcome.base_pence, remaining)
    return base, min(outcome.at_risk_pence, remaining - base)


def _lines(parts: Mapping[str, Fraction], base: int, at_risk: int, outcome: Outcome) -> tuple[Line, ...]:
    """Each organisation's line: the total is split by the parts, and each share told in base fee and part at risk."""
    if not parts:
        return ()
    weights = list(parts.values())
    totals = [share.pence for share in Money(base + at_risk).split(weights)]
    bases = _within([share.pence for share in Money(base).split(weights)], totals)
    return tuple(
        Line(name, part, bases[place], totals[place] - bases[place],
             _by_measure(Money(totals[place] - bases[place]), outcome))
        for place, (name, part) in enumerate(parts.items())
    )  # fmt: skip


def _within(amounts: Sequence[int], limits: Sequence[int]) -> list[int]:
    """The amounts, with what lies above a limit given to those after it that have room: a penny here or there."""
    kept = [min(amount, limit) for amount, limit in zip(amounts, limits, strict=True)]
    left = sum(amounts) - sum(kept)
    for place, limit in enumerate(limits):
        more = min(limit - kept[place], left)
        kept[place] += more
        left -= more
    return kept


def _by_measure(at_risk: Money, outcome: Outcome) -> dict[str, int]:
    """What each measure earned of one organisation's part at risk; the parts add up to it."""
    earned = {reached.key: reached.earned for reached in outcome.measures if reached.earned > 0}
    if not at_risk or not earned:
        return {}
    return {key: part.pence for key, part in zip(earned, at_risk.split(list(earned.values())), strict=True)}


class Owed(Value):
    """An amount in its two parts, in pence before VAT; below zero where it goes back."""

    base_pence: int = 0
    at_risk_pence: int = 0

    @property
    def net_pence(self) -> int:
        return self.base_pence + self.at_risk_pence

    def __add__(self, other: "Owed") -> "Owed":
        return Owed(self.base_pence + other.base_pence, self.at_risk_pence + other.at_risk_pence)

    def __sub__(self, other: "Owed") -> "Owed":
        return Owed(self.base_pence - other.base_pence, self.at_risk_pence - other.at_risk_pence)

    def __bool__(self) -> bool:
        return bool(self.base_pence or self.at_risk_pence)


def owed_of(line: Earned, verdict: str, disputed: Iterable[str] = (), guards: Iterable[str] = ()) -> Owed:
    """What is due of a line after what the organisation said of it: all, all but what is disputed, or nothing yet.

    Whoever disputes a guard disputes the whole part at risk, because a guard decides on all of it.
    """
    if verdict not in (ACCEPTED, DISPUTED):
        return Owed()
    return Owed(line.base_pence, line.at_risk_pence - withheld_of(line, verdict, disputed, guards))


def withheld_of(line: Earned, verdict: str, disputed: Iterable[str] = (), guards: Iterable[str] = ()) -> int:
    """Pence withheld because they are disputed: what the disputed measures earned, and nothing else."""
    if verdict != DISPUTED:
        return 0
    keys = set(disputed)
    if keys & set(guards):
        return line.at_risk_pence
    return sum(pence for key, pence in line.parts.items() if key in keys)


def still_to_post(owed: Owed, posted: Owed, *, held: bool) -> Owed:
    """What is missing in the ledger. While something holds the contract, nothing at risk is added; it can go back."""
    missing = owed - posted
    return Owed(missing.base_pence, min(missing.at_risk_pence, 0) if held else missing.at_risk_pence)
