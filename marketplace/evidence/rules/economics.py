"""What a product costs and gives back to whoever pays for it: budget impact, time as money, and cost for a QALY.

Source: evidence.md section 12. Exact until a sum is rounded to the penny. Time saved is never added to cash.
"""

from collections.abc import Sequence
from fractions import Fraction

from marketplace.kit.values import Value

LONGEST_YEARS = 5
MINUTES = 60
THRESHOLDS = (25_000, 35_000)
"""Pounds for a QALY between which NICE decides from April 2026."""


class Year(Value):
    """One year of a budget, in pounds: what the new product costs, what it takes the place of, and what is left."""

    uptake: Fraction
    users: Fraction
    new: Fraction
    displaced: Fraction

    @property
    def impact(self) -> Fraction:
        """What the buyer pays more; negative where it pays less."""
        return self.new - self.displaced


class TimeSaved(Value):
    """Hours that become free in a year and what they are worth: not cash unless somebody is paid less."""

    hours: Fraction
    pounds: Fraction


def budget_impact(
    eligible: Fraction, uptake: Sequence[Fraction], unit_cost: Fraction, displaced: Sequence[Fraction]
) -> tuple[Year, ...]:
    """Each year by itself, undiscounted and from the buyer's side. Raises ValueError."""
    if not 1 <= len(uptake) <= LONGEST_YEARS:
        raise ValueError(f"a budget looks 1 to {LONGEST_YEARS} years ahead, not {len(uptake)}")
    if len(displaced) != len(uptake):
        raise ValueError(f"{len(displaced)} displaced costs beside {len(uptake)} years")
    if wrong := [each for each in uptake if not 0 <= each <= 1]:
        raise ValueError(f"an uptake of {float(wrong[0]):g} is no share")
    return tuple(
        Year(share, eligible * share, eligible * share * unit_cost, saved)
        for share, saved in zip(uptake, displaced, strict=True)
    )


def time_saved(
    minutes: Fraction, encounters: Fraction, uptake: Fraction, attribution: Fraction, hourly_cost: Fraction
) -> TimeSaved:
    """Minutes saved each time, over a year. `attribution` is the share of it that the product itself brought."""
    hours = minutes * encounters * uptake * attribution / MINUTES
    return TimeSaved(hours, hours * hourly_cost)


def break_even_minutes(
    annual_cost: Fraction, encounters: Fraction, uptake: Fraction, hourly_cost: Fraction
) -> Fraction:
    """How many minutes it has to save each time for the time to be worth its cost. Raises ValueError."""
    worth = encounters * uptake * hourly_cost / MINUTES
    if worth <= 0:
        raise ValueError("time that nobody saves is worth nothing")
    return annual_cost / worth


def icer(cost: float, effect: float) -> float | None:
    """Pounds more for each unit of effect more; None without any effect, where there is no ratio."""
    return cost / effect if effect else None


def net_benefit(threshold: float, cost: float, effect: float) -> float:
    """What the effect is worth at a threshold, less what it costs."""
    return threshold * effect - cost


def quadrant(cost: float, effect: float) -> str:
    """Where a pair of differences lies on the plane of costs and effects."""
    if effect >= 0:
        return "dominates" if cost <= 0 else "better-dearer"
    return "worse-cheaper" if cost <= 0 else "dominated"


QUADRANTS = {
    "dominates": "Works better and costs less",
    "better-dearer": "Works better and costs more",
    "worse-cheaper": "Works less well and costs less",
    "dominated": "Works less well and costs more",
}
