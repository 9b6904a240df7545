"""What goes out of claims, and what comes in."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from marketplace.api.evidence.shapes import Exact, Number
from marketplace.api.shapes import In, Line, Out, Text


class SpokenOut(Out):
    """A result that speaks to a claim: `by_numbers` is what its numbers alone say, None where they stand elsewhere.

    `elsewhere` names setting and population where its study was made in others than is claimed.
    """

    study: str
    result: int
    measure: str
    estimate: Exact
    low: Exact | None
    high: Exact | None
    stance: str
    reason: str
    by_numbers: str | None
    by: str
    independence: str
    version_fit: str
    elsewhere: list[str]


class ReopeningOut(Out):
    """A change beneath a claim; settled once its owner said what they made of it."""

    because: str
    at: datetime
    settled_words: str
    settled_at: datetime | None


class PlanOut(Out):
    """What the claim needs: a tier and standard of NICE's framework; `next` is what to do where it is not shown yet."""

    tier: str
    standard: str
    is_shown: bool
    next: list[str]


class ClaimOut(Out):
    """A claim. `verdict` is supported, contested, contradicted, undecided or untested, by every result that counts."""

    ref: str
    product_id: UUID
    owner: str
    words: str
    measure: str
    measure_id: str
    unit: str
    effect: str
    better: str
    direction: str
    size: Exact | None
    setting: str
    population: str
    in_whom: str
    role: str
    state: str
    state_reason: str
    verdict: str
    results: list[SpokenOut]
    retracted: list[str]
    reopenings: list[ReopeningOut]
    plan: PlanOut
    published_at: datetime | None
    is_demonstration: bool


class ClaimIn(In):
    """A claim that a number can support or contradict. `size` has no sign: `direction` says which way."""

    words: Line
    measure: Line
    effect: Literal["difference", "ratio", "proportion", "mean"]
    better: Literal["higher", "lower"]
    direction: Literal["higher", "lower", "unchanged"]
    unit: Line = ""
    measure_id: Line = ""
    size: Number | None = None
    setting: Line = ""
    population: Line = ""
    in_whom: Text = ""
    role: Line = "effectiveness"


class WeighedIn(In):
    """What a result does for a claim, and why."""

    result: Line
    stance: Literal["supports", "contradicts", "neutral"]
    reason: Text


class SettledIn(In):
    """What the owner of a claim made of what changed beneath it."""

    words: Text
