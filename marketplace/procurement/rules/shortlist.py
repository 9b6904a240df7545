"""Who is on the shortlist, read from decisions that are only ever added to."""

from collections.abc import Hashable, Iterable
from typing import Generic, Protocol, TypeVar

from marketplace.kit.values import Value

ADDED, INCLUDED, EXCLUDED = "added", "included", "excluded"
VERDICTS = {ADDED: "To decide", INCLUDED: "Included", EXCLUDED: "Excluded"}
OTHER_REASON = "other-reason"


class Decided(Protocol):
    """A decision on one candidate: `turn` counts the decisions on it from 1."""

    @property
    def candidate_id(self) -> Hashable: ...
    @property
    def turn(self) -> int: ...
    @property
    def verdict(self) -> str: ...


T = TypeVar("T", bound=Decided)


class Board(Value, Generic[T]):
    """The current decision on each candidate, by verdict, in the order given."""

    undecided: tuple[T, ...]
    included: tuple[T, ...]
    excluded: tuple[T, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.undecided or self.included or self.excluded)


def current(history: Iterable[T]) -> list[T]:
    """The latest decision on each candidate, whatever the order of the turns; candidates as they first appear."""
    latest: dict[Hashable, T] = {}
    for decision in history:
        known = latest.get(decision.candidate_id)
        if known is None or decision.turn > known.turn:
            latest[decision.candidate_id] = decision
    return list(latest.values())


def board(history: Iterable[T]) -> Board[T]:
    """Every candidate on exactly one of three lists."""
    now = current(history)
    return Board(*(tuple(one for one in now if one.verdict == verdict) for verdict in VERDICTS))


def reason_faults(verdict: str, code: str, reason: str, codes: Iterable[str]) -> dict[str, str]:
    """What is missing of the reason for a decision, by field. To put on the list to decide later needs none."""
    if verdict == ADDED:
        return {}
    if verdict == INCLUDED:
        return {} if reason else {"reason": "Say why it is included: others read it in the audit trail."}
    if code and code not in codes:
        return {"reason_code": f"“{code[:60]}” is not one of the reasons offered. Choose one, or say it in words."}
    if not code and not reason:
        return {"reason_code": "An exclusion needs a reason: choose one, or say it in words."}
    if code == OTHER_REASON and not reason:
        return {"reason": "Say which other reason it is."}
    return {}
