"""What goes into a verdict and what comes out. All plain values: no day is fetched, nothing is stored."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from marketplace.frameworks.schema.criteria import Criterion, Section
from marketplace.kit.values import Value

Judgement = Literal["met", "met-with-conditions", "not-met"]
Status = Literal["met", "met-with-conditions", "not-met", "not-answered", "expired", "not-applicable"]
CriterionStatus = Literal[
    "met", "met-with-conditions", "not-met", "not-answered", "expired", "not-applicable", "skipped"
]

RANK: Mapping[str, int] = {
    "not-answered": 0,
    "not-met": 1,
    "expired": 2,
    "met-with-conditions": 3,
    "met": 4,
    "not-applicable": 4,
    "skipped": 4,
}
"""How good a status is. The least of its parts is the status of the whole."""

WORDS: Mapping[str, str] = {
    "met": "Met",
    "met-with-conditions": "Met with conditions",
    "not-met": "Not met",
    "not-answered": "Not answered",
    "expired": "Expired",
    "not-applicable": "Not applicable",
    "skipped": "Not asked",
}


class Finding(Value):
    """What an assessor found. It can lower what the declared rule says and never lift it.

    With `met-with-conditions` comes the condition; after `due_on` it counts as not kept.
    """

    judgement: Judgement
    note: str = ""
    condition: str = ""
    due_on: date | None = None


class Given(Value):
    """One answer as it stands: its value, the digests of the documents behind it, its date, what was found of it.

    `dated` is the day that the criterion asks for (`Criterion.dated` says which).
    """

    value: Any
    documents: tuple[str, ...] = ()
    dated: date | None = None
    finding: Finding | None = None


class CriterionVerdict(Value):
    """What holds of one criterion, why, and the last day on which it does with what ends then."""

    criterion: Criterion
    status: CriterionStatus
    reason: str
    until: date | None = None
    cause: str = ""

    @property
    def counts(self) -> bool:
        """Whether it belongs to a part that must pass, and is asked."""
        return self.criterion.assessed == "pass" and self.status not in ("skipped", "not-applicable")


class Score(Value):
    """Of a section that is scored: how many of those asked fulfil what is asked for."""

    section: Section
    met: int
    asked: int


class Verdict(Value):
    """The least of the parts that must pass. `cause` says why it is so, `until_cause` what ends on `until`.

    `until` is the last day on which every dated part holds (it may be past); None where nothing is dated. `answered`
    and `asked` count the criteria that are asked and assessed, without what is known anyway.
    """

    status: Status
    cause: str
    until: date | None
    until_cause: str
    criteria: tuple[CriterionVerdict, ...]
    scores: tuple[Score, ...] = ()
    answered: int = 0
    asked: int = 0
